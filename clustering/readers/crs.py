"""Shapes of a file as longitude and latitude."""

from __future__ import annotations

import re

import numpy as np
import pyproj
import shapely

from clustering.errors import CrsError, InputError, Problem
from clustering.model.columns import GEOGRAPHIC_CRS

MAXIMUM_TOLD_ROWS = 1_000
# A name only: other ways of writing a reference system can point to files and addresses.
_NAMED = re.compile(r"([A-Za-z]{2,10}:)?[0-9A-Za-z]{1,10}")


def geographic_shapes(binary: np.ndarray, crs: str, name: str, first_row: int, *, is_stated: bool) -> np.ndarray:
    """
    Parse well-known binary and bring it to EPSG:4326.

    Parameters
    ----------
    binary
        Well-known binary, or ``None``, one per record.
    crs
        Authority and code of its reference system, or the number of an EPSG code; blank where it is not known.
    name
        What problems call the file.
    first_row
        Row of the first record.
    is_stated
        Whether the file has a place where it says its reference system.

    Returns
    -------
    shapes
        Two-dimensional, EPSG:4326 with longitude first; ``None`` where there is none.

    Raises
    ------
    InputError
        Geometry that cannot be read, coordinates that are not finite or lie outside the globe: every row.
    CrsError
        The reference system is missing, unknown, or none of places on the ground.
    """
    shapes = _parsed(binary, name, first_row)
    if not crs:
        told = "states a reference system that has no name" if is_stated else "does not say its reference system"
        remedy = "Say it with crs=EPSG:NUMBER; EPSG:4326 is longitude and latitude."
        raise CrsError([Problem(table=name, message=f"The file {told}.", remedy=remedy)])
    given = _horizontal(crs, name)
    _refuse_unreal(shapes, first_row, name)
    if given != pyproj.CRS.from_user_input(GEOGRAPHIC_CRS) and crs != "OGC:CRS84":
        transformer = pyproj.Transformer.from_crs(given, GEOGRAPHIC_CRS, always_xy=True)
        shapes = np.asarray(shapely.transform(shapes, transformer.transform, interleaved=False))
        _refuse_unreal(shapes, first_row, name)
    bounds = shapely.bounds(shapes)
    outside = (np.abs(bounds[:, [0, 2]]) > 180).any(axis=1) | (np.abs(bounds[:, [1, 3]]) > 90).any(axis=1)
    message = "The coordinates lie outside -180 to 180 and -90 to 90 degrees."
    _refuse_rows(
        np.flatnonzero(outside), first_row, name, message, "Say the file's reference system with crs=EPSG:NUMBER."
    )
    return shapes


def _horizontal(crs: str, name: str) -> pyproj.CRS:
    try:
        given = pyproj.CRS.from_user_input(crs) if _NAMED.fullmatch(crs) else None
    except pyproj.exceptions.ProjError:
        given = None
    if given is None or not (given.is_geographic or given.is_projected):
        message = f"{crs[:100]!r} is not known as a reference system of places on the ground."
        raise CrsError([Problem(table=name, message=message, remedy="Say one as crs=EPSG:NUMBER.")])
    return given


def _parsed(binary: np.ndarray, name: str, first_row: int) -> np.ndarray:
    """Geometries of well-known binary, in two dimensions; what is none is told row by row."""
    shapes = shapely.from_wkb(binary, on_invalid="ignore")
    given = np.array([each is not None for each in binary], dtype=bool)
    places = np.flatnonzero(given & shapely.is_missing(shapes))
    _refuse_rows(places, first_row, name, "The geometry cannot be read.", "Repair it, or leave it out.")
    return np.asarray(shapely.force_2d(shapes))


def _refuse_unreal(shapes: np.ndarray, first_row: int, name: str) -> None:
    """Refuse coordinates that are not finite; a missing or empty shape has none and is left alone."""
    coordinates, of_shape = shapely.get_coordinates(shapes, return_index=True)
    places = np.unique(of_shape[~np.isfinite(coordinates).all(axis=1)])
    _refuse_rows(places, first_row, name, "The coordinates are not finite numbers.", "Correct the geometry.")


def _refuse_rows(places: np.ndarray, first_row: int, name: str, message: str, remedy: str) -> None:
    problems = [
        Problem(table=name, row=first_row + int(place), column="geometry", message=message, remedy=remedy)
        for place in places[:MAXIMUM_TOLD_ROWS]
    ]
    if problems:
        raise InputError(problems)
