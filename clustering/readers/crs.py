"""Shapes of a file converted to longitude and latitude."""

from __future__ import annotations

import numpy as np
import shapely

from clustering.errors import CrsError, InputError, Problem, keep_examples
from clustering.model.exchanged_coordinates import are_mostly_exchanged, lack_minus
from clustering.readers.reference_systems import LATITUDE_FIRST, WEST_POSITIVE, ReferenceSystem, parse_reference_system

MAXIMUM_LISTED_ROWS = 1_000


def geographic_shapes(binary: np.ndarray, crs: str, name: str, first_row: int) -> tuple[np.ndarray, ReferenceSystem]:
    """
    Parse well-known binary and convert it to EPSG:4326.

    Parameters
    ----------
    binary
        Well-known binary, or ``None``, one per record.
    crs
        Name or text of its reference system, see ``reference_systems.parse_reference_system``; blank if unknown.
    name
        What problems call the file.
    first_row
        Row of the first record.

    Returns
    -------
    shapes
        Two-dimensional, EPSG:4326 with longitude first; ``None`` if missing.
    system
        The reference system that they came in.

    Raises
    ------
    InputError
        Geometry that cannot be read, coordinates that are not finite or off the globe; every row is named.
    CrsError
        The reference system is missing or cannot be used.
    """
    shapes = _parsed(binary, name, first_row)
    if not crs:
        remedy = "Set crs=EPSG:NUMBER; EPSG:4326 is longitude and latitude."
        message = "The file has no coordinate reference system."
        raise CrsError([Problem(table=name, message=message, remedy=remedy)])
    system = parse_reference_system(crs, name)
    _check_finite(shapes, first_row, name)
    if system.to_degrees is not None or system.is_latitude_first:
        shapes = np.asarray(shapely.transform(shapes, system.degrees, interleaved=False))
        _check_finite(shapes, first_row, name)
    bounds = shapely.bounds(shapes)
    system.check_area(bounds[:, 0], bounds[:, 1], name)
    check_directions(bounds, crs, name)
    outside = (np.abs(bounds[:, [0, 2]]) > 180).any(axis=1) | (np.abs(bounds[:, [1, 3]]) > 90).any(axis=1)
    message = "The coordinates lie outside -180 to 180 and -90 to 90 degrees."
    _raise_rows(
        np.flatnonzero(outside),
        first_row,
        name,
        message,
        "Set crs=EPSG:NUMBER if the file is in another reference system, or correct the geometry.",
    )
    return shapes, system


def check_directions(bounds: np.ndarray, crs: str, name: str) -> None:
    """
    Refuse shapes of which most lie in the United States only with coordinates exchanged, or with a minus sign.

    Parameters
    ----------
    bounds
        West, south, east, north of each shape in degrees.
    crs
        The reference system that they were converted from.
    name
        What the problem calls the file.

    Raises
    ------
    CrsError
        With the option ``crs`` that mends it.
    """
    if are_mostly_exchanged(bounds[:, 0], bounds[:, 1]):
        message = "Latitude and longitude are exchanged: the file lies in the United States only the other way round."
        remedy = f"Set crs={crs.removesuffix(LATITUDE_FIRST)[:1_000]}{LATITUDE_FIRST}."
        raise CrsError([Problem(table=name, column="geometry", message=message, remedy=remedy)])
    if lack_minus(bounds[:, 0], bounds[:, 1]):
        message = (
            "The longitudes lack their minus sign: without it the file lies in Asia, with it in the United States."
        )
        raise CrsError([Problem(table=name, column="geometry", message=message, remedy=f"Set crs={WEST_POSITIVE}.")])


def coordinates_of_points(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates of points; NaN for what is missing, empty or no point. Shapely raises for an empty point."""
    points = np.array(shapes, dtype=object)
    points[shapely.is_empty(points)] = None
    return shapely.get_x(points), shapely.get_y(points)


def _parsed(binary: np.ndarray, name: str, first_row: int) -> np.ndarray:
    """Geometries of well-known binary, in two dimensions; rows that cannot be read are an error."""
    with np.errstate(invalid="ignore"):  # a place that is no number is an error of its own
        shapes = shapely.from_wkb(binary, on_invalid="ignore")
    is_present = np.array([each is not None for each in binary], dtype=bool)
    records = np.flatnonzero(is_present & shapely.is_missing(shapes))
    _raise_rows(
        records,
        first_row,
        name,
        "The geometry cannot be read.",
        "Write the record again with the geometry of the map, or delete it.",
    )
    return np.asarray(shapely.force_2d(shapes))


def _check_finite(shapes: np.ndarray, first_row: int, name: str) -> None:
    """Raise for coordinates that are not finite; a missing or empty shape has none."""
    coordinates, of_shape = shapely.get_coordinates(shapes, return_index=True)
    records = np.unique(of_shape[~np.isfinite(coordinates).all(axis=1)])
    _raise_rows(
        records,
        first_row,
        name,
        "The coordinates are not finite numbers.",
        "Write the coordinates as numbers, or delete the record.",
    )


def _raise_rows(records: np.ndarray, first_row: int, name: str, message: str, remedy: str) -> None:
    problems = (
        Problem(table=name, row=first_row + int(record), column="geometry", message=message, remedy=remedy)
        for record in records
    )
    if listed := keep_examples(problems, MAXIMUM_LISTED_ROWS):
        raise InputError(listed)
