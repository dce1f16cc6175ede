"""Polygons of all layers at once: which of them can be used, and which had to be repaired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from clustering.validation.findings import Findings
from clustering.validation.polygons import POLYGON_TYPES, valid_polygons
from clustering.validation.winding import wind_too_often

NO_GEOMETRY = "The file has no geometry: catchments are polygons."
GIVE_POLYGONS = "Use GeoJSON, KML, GeoPackage, a zipped shapefile, or a column geometry of texts like POLYGON ((...))."


@dataclass(frozen=True, kw_only=True)
class ExaminedPolygons:
    """
    Polygons and what was wrong with them; each parameter is an array with one entry per polygon.

    Parameters
    ----------
    polygons
        Valid polygons, empty for those that cannot be used.
    blank, foreign, outside, winding, irreparable
        Why they cannot be used: no geometry, no polygon, not on the globe, a border that passes itself too often, or
        no area.
    repaired
        What was wrong with a polygon that was repaired; blank for the others.
    """

    polygons: np.ndarray
    blank: np.ndarray
    foreign: np.ndarray
    outside: np.ndarray
    winding: np.ndarray
    irreparable: np.ndarray
    repaired: np.ndarray

    def part(self, start: int, end: int) -> ExaminedPolygons:
        """Some of the polygons."""
        return ExaminedPolygons(**{name: values[start:end] for name, values in vars(self).items()})


def examine_polygons(files: Sequence[Findings]) -> list[ExaminedPolygons]:
    """
    Look at the polygons of all layers at once, which takes less time than layer by layer.

    Parameters
    ----------
    files
        One per layer, with ``table.geometry`` in EPSG:4326; the polygons of one without geometry are blank.

    Returns
    -------
    examined
        One per layer.
    """
    nothing = shapely.Polygon()
    shapes = np.concatenate(
        [
            np.full(len(findings.table), None) if findings.table.geometry is None else findings.table.geometry
            for findings in files
        ]
    )
    shapes = np.where(shapely.is_missing(shapes), nothing, shapes)
    blank = shapely.is_empty(shapes)
    foreign = ~blank & ~np.isin(shapely.get_type_id(shapes), POLYGON_TYPES)
    outside = ~blank & ~foreign & _has_vertex_off_the_globe(shapes)
    usable = ~(blank | foreign | outside)
    winding = np.zeros(len(shapes), dtype=bool)
    winding[usable] = wind_too_often(shapes[usable])
    usable &= ~winding
    invalid = usable & ~shapely.is_valid(shapes)
    polygons = np.where(usable, shapes, nothing)
    polygons[invalid] = valid_polygons(polygons[invalid])
    irreparable = invalid & shapely.is_empty(polygons)
    repaired = np.full(len(shapes), "", dtype=object)
    mended = np.flatnonzero(invalid & ~irreparable)
    repaired[mended] = [str(text).split("[", maxsplit=1)[0].lower() for text in shapely.is_valid_reason(shapes[mended])]
    examined = ExaminedPolygons(
        polygons=polygons,
        blank=blank,
        foreign=foreign,
        outside=outside,
        winding=winding,
        irreparable=irreparable,
        repaired=repaired,
    )
    ends = np.cumsum([len(findings.table) for findings in files])
    return [examined.part(end - len(findings.table), end) for findings, end in zip(files, ends, strict=True)]


def mark_faults(findings: Findings, examined: ExaminedPolygons) -> None:
    """Note every fault of the polygons of a layer under the school's identifier."""
    if findings.table.geometry is None:
        findings.note(NO_GEOMETRY, GIVE_POLYGONS, is_error=True)
        return
    _mark(findings, examined.blank, "The catchment has no geometry.", "Draw it, or delete the record.")
    message = "The geometry is not a polygon."
    _mark(findings, examined.foreign, message, "Use the area of the catchment, not a point or a line.")
    _mark(
        findings,
        examined.outside,
        "The polygon lies outside -180 to 180 and -90 to 90 degrees.",
        "Convert it to longitude and latitude in WGS 84, or set its coordinate reference system with crs=EPSG:NUMBER.",
    )
    message = "The border passes itself so often that checking it would take minutes."
    _mark(findings, examined.winding, message, "Simplify it, for example to a metre, in the program that drew it.")
    _mark(findings, examined.irreparable, "The polygon is invalid and encloses no area.", "Draw it again.")
    for reason in sorted(set(examined.repaired) - {""}):
        message = f"The polygon was invalid ({reason}) and has been repaired."
        remedy = "Look at it on the map, and repair it in the source."
        _mark(findings, examined.repaired == reason, message, remedy, is_error=False)
    message = "The catchment has islands, parts that do not touch each other. Each counts by its area."
    is_in_parts = shapely.get_num_geometries(examined.polygons) > 1
    _mark(findings, is_in_parts, message, "Check that they belong to the school.", is_error=False)


def _has_vertex_off_the_globe(shapes: np.ndarray) -> np.ndarray:
    """Whether any vertex is outside the range of longitude and latitude; bounds would skip one that is not a number."""
    coordinates, owners = shapely.get_coordinates(shapes, return_index=True)
    astray = ~(np.abs(coordinates) <= (180, 90)).all(axis=1)
    return np.bincount(owners[astray], minlength=len(shapes)) > 0


def _mark(findings: Findings, marked: np.ndarray, message: str, remedy: str, *, is_error: bool = True) -> None:
    findings.mark(marked, "school_id", message=message, remedy=remedy, is_error=is_error)
