"""Where the schools of one file are: its coordinate columns, else its geometry; and whether the two agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from clustering.model.columns import EARTH_RADIUS_KM
from clustering.model.exchanged_coordinates import are_exchanged, are_mostly_exchanged, lack_minus
from clustering.model.sphere import unit_vectors_of
from clustering.readers.crs import coordinates_of_points
from clustering.readers.reference_systems import WEST_POSITIVE
from clustering.validation.degrees import degrees_of
from clustering.validation.findings import Findings
from clustering.validation.unreadable_cells import Wording, note_unreadable

# Two points of one school may be its door and its middle; beyond a kilometre they are two places.
SAME_PLACE_KM = 1.0
_LIMITS = {"latitude": 90.0, "longitude": 180.0}
# Degrees go to 180. Metres and feet of a projection are in the thousands, but for a few schools near its origin.
_SMALLEST_PROJECTED = 1_000.0

_NO_DEGREES = {
    canonical: Wording(
        message=f"The {canonical} is not a number.", form="decimal degrees, such as 38.8977, or leave the cell blank."
    )
    for canonical in ("latitude", "longitude")
}


def read_positions(findings: Findings) -> dict[str, pa.Array]:
    """
    Read the position of each record.

    Parameters
    ----------
    findings
        A file of schools; problems are added to it. Coordinate columns count before its geometry.

    Returns
    -------
    positions
        ``latitude`` and ``longitude`` in degrees (EPSG:4326), one per record, missing where unknown; empty if the file
        has neither columns nor geometry.
    """
    if not set(_LIMITS) & set(findings.headings):
        return _of_geometry(findings)
    latitude, bad_latitudes = _numbers(findings, "latitude")
    longitude, bad_longitudes = _numbers(findings, "longitude")
    if set(_LIMITS) <= set(findings.headings):
        if _are_projected(longitude, latitude):
            _note_projected(findings, longitude, latitude)
            return _of_geometry(findings)
        if are_mostly_exchanged(longitude, latitude):
            _note_exchanged(findings)
            return {}
        if lack_minus(longitude, latitude):
            _note_no_minus(findings)
            return {}
    exchanged = are_exchanged(longitude, latitude)
    for canonical, values, bad in (("latitude", latitude, bad_latitudes), ("longitude", longitude, bad_longitudes)):
        if bad is not None:
            note_unreadable(findings, canonical, bad, _NO_DEGREES[canonical])
        _mark_beyond_limit(findings, canonical, values, exchanged)
    _warn_of_other_geometry(findings, longitude, latitude)
    unusable = ((latitude == 0) & (longitude == 0)) | np.isnan(latitude) | np.isnan(longitude)
    return _located(findings, latitude, longitude, unusable)


def _numbers(findings: Findings, canonical: str) -> tuple[np.ndarray, pd.Series | None]:
    """A coordinate column, and which of its distinct texts are no numbers; ``None`` if there are none."""
    if (plain := findings.plain_numbers(canonical)) is not None:
        return plain, None
    column = findings.texts(canonical)
    values, bad = degrees_of(findings, canonical)
    return column.spread(values), bad


def _are_projected(x: np.ndarray, y: np.ndarray) -> bool:
    """Whether most positions that are known are far beyond degrees."""
    known = np.isfinite(x) & np.isfinite(y) & ((x != 0) | (y != 0))
    far = (np.abs(x) > _SMALLEST_PROJECTED) & (np.abs(y) > _SMALLEST_PROJECTED)
    return 2 * int((far & known).sum()) > int(known.sum())


def _note_projected(findings: Findings, x: np.ndarray, y: np.ndarray) -> None:
    """Ask for the reference system of coordinate columns, unless the file has a geometry, which then counts."""
    x_heading, y_heading = findings.headings["longitude"], findings.headings["latitude"]
    ranges = ", ".join(
        f"{heading} from {np.nanmin(values):,.0f} to {np.nanmax(values):,.0f}"
        for heading, values in ((x_heading, x), (y_heading, y))
    )
    message = f"These look like projected coordinates, not degrees: {ranges}."
    if findings.table.geometry is not None:
        remedy = "Nothing needs to be done if the schools lie right on the map."
        findings.note(f"{message} The geometry of the file is used.", remedy, column=f"{x_heading}, {y_heading}")
        return
    remedy = (
        "Set crs=EPSG:NUMBER to their reference system, which whoever made the file can name. For a state plane it is"
        " one number for each zone and unit, feet or metres."
    )
    findings.note(message, remedy, column=f"{x_heading}, {y_heading}", is_error=True)


def _note_exchanged(findings: Findings) -> None:
    x_heading, y_heading = findings.headings["longitude"], findings.headings["latitude"]
    message = "Latitude and longitude are exchanged: the schools lie in the United States only the other way round."
    remedy = f"Set columns.latitude={x_heading} and columns.longitude={y_heading}."
    findings.note(message, remedy, column=f"{x_heading}, {y_heading}", is_error=True)


def _note_no_minus(findings: Findings) -> None:
    message = "The longitudes lack their minus sign: without it the schools lie in Asia, with it in the United States."
    remedy = f"Set crs={WEST_POSITIVE}; or write the longitudes with a minus sign."
    findings.note(message, remedy, column=findings.headings["longitude"], is_error=True)


def _mark_beyond_limit(findings: Findings, canonical: str, values: np.ndarray, exchanged: np.ndarray) -> None:
    limit = _LIMITS[canonical]
    beyond = np.abs(values) > limit
    findings.mark(
        beyond & ~exchanged,
        canonical,
        message=f"The {canonical} lies outside -{limit:g} to {limit:g} degrees.",
        remedy="Write decimal degrees in WGS 84, or set crs=EPSG:NUMBER if all rows are in another reference system.",
    )
    if canonical == "latitude":
        message, remedy = "Latitude and longitude are exchanged in this row.", "Put each in the other's column."
        findings.mark(exchanged & beyond, canonical, message=message, remedy=remedy)
        findings.mark(exchanged & ~beyond, canonical, message=message, remedy=remedy, is_error=False)


def _warn_of_other_geometry(findings: Findings, longitude: np.ndarray, latitude: np.ndarray) -> None:
    """Warn if the file's points are elsewhere than its coordinate columns say."""
    geometry = findings.table.geometry
    if geometry is None:
        return
    x, y = coordinates_of_points(geometry)
    of_columns, of_geometry = unit_vectors_of(*np.radians([longitude, latitude])), unit_vectors_of(*np.radians([x, y]))
    chords = np.linalg.norm(of_columns - of_geometry, axis=1)
    apart_km = 2 * EARTH_RADIUS_KM * np.arcsin(np.clip(chords / 2, 0, 1))
    is_given = (longitude != 0) | (latitude != 0)
    far = is_given & (apart_km > SAME_PLACE_KM) & findings.kept()
    if far.any():
        worst = int(np.argmax(np.where(far, apart_km, 0)))
        findings.note(
            f"For {int(far.sum()):,} schools the coordinate columns and the geometry are more than {SAME_PLACE_KM:g} km"
            f" apart, at most {apart_km[worst]:,.1f} km (row {findings.table.row_of(worst)}). The columns count.",
            "Check which are right. If the geometry is, delete the coordinate columns.",
            column=f"{findings.headings.get('longitude', '')}, {findings.headings.get('latitude', '')}",
        )


def _of_geometry(findings: Findings) -> dict[str, pa.Array]:
    geometry = findings.table.geometry
    if geometry is None:
        return {}
    other = (shapely.get_type_id(geometry) != shapely.GeometryType.POINT) & ~shapely.is_missing(geometry)
    message = "The geometry is not a point; its centre is used as the position of the school."
    findings.mark(other, "geometry", message=message, remedy="Give each school a point.", is_error=False)
    points = geometry.copy()
    points[other] = shapely.centroid(geometry[other])
    longitude, latitude = coordinates_of_points(points)
    return _located(findings, latitude, longitude, np.isnan(longitude) | np.isnan(latitude))


def _located(
    findings: Findings, latitude: np.ndarray, longitude: np.ndarray, unusable: np.ndarray
) -> dict[str, pa.Array]:
    findings.mark(
        unusable & findings.kept(),
        "latitude",
        message="The school has no usable coordinates and will not be on the map.",
        remedy="Add latitude and longitude if the school should be on the map or distances matter.",
        is_error=False,
    )
    return {
        "latitude": pa.array(np.where(unusable, np.nan, latitude), from_pandas=True),
        "longitude": pa.array(np.where(unusable, np.nan, longitude), from_pandas=True),
    }
