"""Population points, for measuring the overlap of catchments in people."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from clustering.model.columns import GEOGRAPHIC_CRS
from clustering.readers.text.printed_marks import without_marks
from clustering.readers.text.values import parse_numbers
from clustering.validation.decimal_commas import ask_for_decimal
from clustering.validation.degrees import degrees_of
from clustering.validation.findings import Findings
from clustering.validation.unreadable_cells import Wording, note_unreadable

_NO_PEOPLE = Wording(
    message="This is not a number of people.",
    form="0 or more; a blank cell counts as 0.",
    is_refused=True,
)


def validate_population(files: Sequence[Findings]) -> gpd.GeoDataFrame:
    """
    Validate files of population points.

    Parameters
    ----------
    files
        One per file; problems are added to each. The population is a column of people or students; without it, each
        point counts as one.

    Returns
    -------
    points
        ``population`` [people] and ``geometry`` (EPSG:4326), in the order of the files.
    """
    parts = [_validate_file(findings) for findings in files]
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=GEOGRAPHIC_CRS)


def _validate_file(findings: Findings) -> pd.DataFrame:
    points = _points(findings)
    if "population" in findings.headings:
        column = findings.texts("population")
        texts = findings.values("population")
        ask_for_decimal(findings, findings.headings["population"], texts)
        values, bad = parse_numbers(texts, decimal=findings.table.options.decimal)
        note_unreadable(findings, "population", without_marks(bad, texts) | (values < 0), _NO_PEOPLE)
        people = column.spread(values.fillna(0.0))
    else:
        people = np.ones(len(findings.table))
        findings.note(
            "The file has no population: every point counts as one.", "Add a column population if there is one."
        )
    missing = shapely.is_missing(points)
    findings.mark(
        missing,
        "latitude",
        message="The point has no usable coordinates; it is set aside.",
        remedy="Add latitude and longitude.",
        is_error=False,
    )
    findings.set_aside(missing, "The point has no usable coordinates.")
    kept = findings.kept()
    return pd.DataFrame({"population": people[kept], "geometry": points[kept]})


def _points(findings: Findings) -> np.ndarray:
    if findings.table.geometry is not None:
        return np.asarray(shapely.centroid(findings.table.geometry))
    coordinates = {}
    for canonical, limit in (("longitude", 180), ("latitude", 90)):
        column = findings.texts(canonical)
        values, bad = degrees_of(findings, canonical)
        wording = Wording(
            message=f"The {canonical} is not a number from -{limit} to {limit}.", form="decimal degrees in WGS 84."
        )
        note_unreadable(findings, canonical, bad | (values.abs() > limit), wording)
        values = values.mask(values.abs() > limit)
        coordinates[canonical] = column.spread(values)
    points = shapely.points(coordinates["longitude"], coordinates["latitude"])
    points[np.isnan(coordinates["longitude"]) | np.isnan(coordinates["latitude"])] = None
    return np.asarray(points)
