"""Shapes of a file converted to longitude and latitude."""

from __future__ import annotations

import re

import numpy as np
import pyproj
import shapely

from clustering.errors import CrsError, InputError, Problem, keep_examples
from clustering.model.columns import GEOGRAPHIC_CRS

MAXIMUM_LISTED_ROWS = 1_000
# A name only: other notations of a reference system can point to files and addresses.
_NAMED = re.compile(r"([A-Za-z]{2,10}:)?[0-9A-Za-z]{1,10}")


def geographic_shapes(binary: np.ndarray, crs: str, name: str, first_row: int, *, is_stated: bool) -> np.ndarray:
    """
    Parse well-known binary and convert it to EPSG:4326.

    Parameters
    ----------
    binary
        Well-known binary, or ``None``, one per record.
    crs
        Authority and code of its reference system, or the number of an EPSG code; blank if unknown.
    name
        What problems call the file.
    first_row
        Row of the first record.
    is_stated
        Whether the file states a reference system, if only one without a name.

    Returns
    -------
    shapes
        Two-dimensional, EPSG:4326 with longitude first; ``None`` if missing.

    Raises
    ------
    InputError
        Geometry that cannot be read, coordinates that are not finite or off the globe; every row is named.
    CrsError
        The reference system is missing, unknown or vertical.
    """
    shapes = _parsed(binary, name, first_row)
    if not crs:
        fault = (
            "has a coordinate reference system without a name" if is_stated else "has no coordinate reference system"
        )
        remedy = "Set crs=EPSG:NUMBER; EPSG:4326 is longitude and latitude."
        raise CrsError([Problem(table=name, message=f"The file {fault}.", remedy=remedy)])
    source_crs = _horizontal(crs, name)
    _check_finite(shapes, first_row, name)
    if source_crs != pyproj.CRS.from_user_input(GEOGRAPHIC_CRS) and crs != "OGC:CRS84":
        transformer = pyproj.Transformer.from_crs(source_crs, GEOGRAPHIC_CRS, always_xy=True)
        shapes = np.asarray(shapely.transform(shapes, transformer.transform, interleaved=False))
        _check_finite(shapes, first_row, name)
    bounds = shapely.bounds(shapes)
    outside = (np.abs(bounds[:, [0, 2]]) > 180).any(axis=1) | (np.abs(bounds[:, [1, 3]]) > 90).any(axis=1)
    message = "The coordinates lie outside -180 to 180 and -90 to 90 degrees."
    _raise_rows(
        np.flatnonzero(outside),
        first_row,
        name,
        message,
        "Set the coordinate reference system of the file with crs=EPSG:NUMBER.",
    )
    return shapes


def _horizontal(crs: str, name: str) -> pyproj.CRS:
    try:
        system = pyproj.CRS.from_user_input(crs) if _NAMED.fullmatch(crs) else None
    except pyproj.exceptions.ProjError:
        system = None
    if system is None or not (system.is_geographic or system.is_projected):
        message = f"{crs[:100]!r} is not a known coordinate reference system of positions on the ground."
        raise CrsError([Problem(table=name, message=message, remedy="Set crs=EPSG:NUMBER.")])
    return system


def _parsed(binary: np.ndarray, name: str, first_row: int) -> np.ndarray:
    """Geometries of well-known binary, in two dimensions; rows that cannot be read are an error."""
    shapes = shapely.from_wkb(binary, on_invalid="ignore")
    is_present = np.array([each is not None for each in binary], dtype=bool)
    records = np.flatnonzero(is_present & shapely.is_missing(shapes))
    _raise_rows(records, first_row, name, "The geometry cannot be read.", "Repair it, or leave it out.")
    return np.asarray(shapely.force_2d(shapes))


def _check_finite(shapes: np.ndarray, first_row: int, name: str) -> None:
    """Raise for coordinates that are not finite; a missing or empty shape has none."""
    coordinates, of_shape = shapely.get_coordinates(shapes, return_index=True)
    records = np.unique(of_shape[~np.isfinite(coordinates).all(axis=1)])
    _raise_rows(records, first_row, name, "The coordinates are not finite numbers.", "Correct the geometry.")


def _raise_rows(records: np.ndarray, first_row: int, name: str, message: str, remedy: str) -> None:
    problems = (
        Problem(table=name, row=first_row + int(record), column="geometry", message=message, remedy=remedy)
        for record in records
    )
    if listed := keep_examples(problems, MAXIMUM_LISTED_ROWS):
        raise InputError(listed)
