"""Places written in one column, and coordinates of another reference system, brought to longitude and latitude."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from clustering.errors import Problem
from clustering.model.columns import GEOGRAPHIC_CRS
from clustering.readers.crs import check_directions, coordinates_of_points
from clustering.readers.raw_table import RawTable
from clustering.readers.recognition.headings import heading_key, recognise_headings
from clustering.readers.reference_systems import ReferenceSystem, parse_reference_system
from clustering.readers.reshape.written_places import Place, parse_place
from clustering.readers.text.columns import TextColumn
from clustering.readers.text.values import parse_numbers

LOCATED_ROLES = ("schools", "catchments", "population", "zone_needs", "partners")
_PLACE_HEADING = re.compile(
    r"(?:^|_)(?:location|loc|geom|geometry|wkt|wkb|shape|points?|coord|coords|coordinates|place|position|centroid"
    r"|address|map|geo\w*|lat_?(?:lon|long|lng)|latitude_(?:and_)?longitude)(?:_|\d|$)"
)
_SAMPLED_TEXTS = 50
# Longitudes of the states and territories; every other number of a pair there is a latitude.
_WEST, _EAST = (-180, -64), (144, 180)
_DECIMALS = 9  # of a degree: a tenth of a millimetre


def locate_records(table: RawTable, role: str) -> RawTable:
    """
    Give records a longitude and latitude that validation knows, if their place is written in another way.

    Parameters
    ----------
    table
        A file as it was parsed.
    role
        What it is used as; files of flows or rates have no places.

    Returns
    -------
    located
        Points as columns ``latitude`` and ``longitude`` in place of the column that held them, and shapes of any other
        kind as ``geometry``. With ``crs`` among the options, coordinate columns are converted from it. A warning says
        what was done, and counts the cells that cannot be read.
    """
    if table.geometry is not None or role not in LOCATED_ROLES or not len(table):
        return table
    places = [heading for heading in table.headings if _PLACE_HEADING.search(heading_key(heading))]
    if not places and table.options.crs is None:
        return table
    headings = recognise_headings(table.headings, table=table.name, role=role, options=table.options).headings
    if {"latitude", "longitude"} <= set(headings):
        if table.options.crs is not None:
            return _converted(table, headings["longitude"], headings["latitude"])
        return _with_points_to_compare(table, places, set(headings.values())) if role == "schools" else table
    held = {
        heading: kinds
        for heading in places
        if heading not in headings.values() and (kinds := _kinds_of_places(table.column(heading)))
    }
    if not held:
        return table
    # A portal writes the middle of a catchment beside it.
    areas = [heading for heading, kinds in held.items() if not kinds <= {"Point", "MultiPoint"}]
    heading = areas[0] if areas and role == "catchments" else next(iter(held))
    return _with_places(table, heading, table.column(heading), role)


def _with_points_to_compare(table: RawTable, places: Sequence[str], used: Collection[str]) -> RawTable:
    """Give a table with coordinate columns the points of a further column, so that the two can be compared."""
    for heading in places:
        column = table.column(heading)
        if heading not in used and _kinds_of_places(column) == {"Point"}:
            shapes, _ = _in_degrees([parse_place(text) for text in column.texts.to_pylist()], table)
            return replace(table, geometry=column.spread(shapes))
    return table


def _converted(table: RawTable, x_heading: str, y_heading: str) -> RawTable:
    """Coordinate columns in degrees."""
    system = parse_reference_system(str(table.options.crs), table.name)
    problems: list[Problem] = []
    numbers = []
    for heading in (x_heading, y_heading):
        column = table.column(heading)
        values, bad = parse_numbers(column.distinct())
        message, remedy = "The coordinate is not a number.", "Write a number in the units of the reference system."
        problems += _marked(table, column.spread(bad), heading, message, remedy, is_error=True)
        numbers.append(column.spread(values))
    x, y = numbers
    is_known = ~(np.isnan(x) | np.isnan(y) | ((x == 0) & (y == 0)))
    longitude, latitude = np.full(len(table), np.nan), np.full(len(table), np.nan)
    longitude[is_known], latitude[is_known] = system.degrees(x[is_known], y[is_known])
    system.check_area(longitude, latitude, table.name)
    outside = is_known & ~((np.abs(longitude) <= 180) & (np.abs(latitude) <= 90))
    message = f"{system.name[:100]} has no such place on the ground."
    remedy = "Check that crs names the reference system of these columns, and which of them is x (east) and y (north)."
    problems += _marked(table, outside, x_heading, message, remedy, is_error=True)
    message = f"The coordinates were converted from {system.name[:100]} to longitude and latitude."
    remedy = "Nothing needs to be done if the schools lie right on the map."
    problems.append(_note(table, message, remedy, f"{x_heading}, {y_heading}"))
    texts = {x_heading: _degree_texts(longitude, ~outside), y_heading: _degree_texts(latitude, ~outside)}
    return replace(table, encoded={**table.encoded, **texts}, problems=(*table.problems, *problems), _trimmed={})


def _kinds_of_places(column: TextColumn) -> set[str]:
    """The kinds of shapes in a column of which at least half of the first cells are places, else none."""
    sample = [text for text in column.texts[:_SAMPLED_TEXTS].to_pylist() if text]
    places = [place for text in sample if (place := parse_place(text)) is not None]
    return {place.shape.geom_type for place in places} if 2 * len(places) >= len(sample) else set()


def _with_places(table: RawTable, heading: str, column: TextColumn, role: str) -> RawTable:
    texts = column.texts.to_pylist()
    places = [parse_place(text) for text in texts]
    problems = _marked(
        table,
        column.spread(
            np.array([place is None and text != "" for place, text in zip(places, texts, strict=True)], dtype=bool)
        ),
        heading,
        "The place cannot be read.",
        "Write it like the others of the column, or leave the cell blank.",
        is_error=False,
    )
    shapes, said = _in_degrees(places, table)
    problems.append(_note(table, f"The places were read from the column {heading}{said}.", _CHECK_PLACES, heading))
    kept = {name: cells for name, cells in table.encoded.items() if name != heading}
    if role != "catchments" and all(place is None or place.shape.geom_type == "Point" for place in places):
        for name, values in zip(("longitude", "latitude"), coordinates_of_points(shapes), strict=True):
            kept[name] = _degree_texts(column.spread(values), np.ones(len(table), dtype=bool))
        geometry = None
    else:
        check_directions(shapely.bounds(shapes), table.options.crs or GEOGRAPHIC_CRS, table.name)
        geometry = column.spread(shapes)
    return replace(table, encoded=kept, geometry=geometry, problems=(*table.problems, *problems), _trimmed={})


_CHECK_PLACES = (
    "Nothing needs to be done if the schools lie right on the map. If not, set crs to the file's own system."
)


def _in_degrees(places: Sequence[Place | None], table: RawTable) -> tuple[np.ndarray, str]:
    """Shapes in EPSG:4326, and how the numbers were understood."""
    shapes = np.array([None if place is None else place.shape for place in places], dtype=object)
    named = {place.crs for place in places if place is not None and place.crs}
    crs = table.options.crs or (named.pop() if len(named) == 1 else "")
    pairs = [place.shape for place in places if place is not None and place.is_pair]
    said = ""
    if crs:
        system = parse_reference_system(crs, table.name)
        shapes, said = _moved(shapes, system), f", in {system.name[:100]}"
    elif pairs:
        is_latitude_first = _is_latitude_first(shapely.get_coordinates(pairs))
        said = f", as {'latitude and longitude' if is_latitude_first else 'longitude and latitude'}"
        if is_latitude_first:
            is_pair = np.array([place is not None and place.is_pair for place in places], dtype=bool)
            shapes[is_pair] = shapely.transform(shapes[is_pair], lambda points: points[:, ::-1])
    return np.asarray(shapely.force_2d(shapes)), said


def _moved(shapes: np.ndarray, system: ReferenceSystem) -> np.ndarray:
    return np.asarray(shapely.transform(shapes, system.degrees, interleaved=False))


def _is_latitude_first(pairs: np.ndarray) -> bool:
    """Whether the second numbers are longitudes of the United States, or the first are not; portals write them so."""

    def are_longitudes(numbers: np.ndarray) -> float:
        return float(((numbers > _WEST[0]) & (numbers < _WEST[1]) | (numbers > _EAST[0]) & (numbers < _EAST[1])).mean())

    return are_longitudes(pairs[:, 1]) >= are_longitudes(pairs[:, 0])


def _degree_texts(values: np.ndarray, is_known: np.ndarray) -> pa.Array:
    texts = pd.Series(np.round(values, _DECIMALS)).map(repr).where(is_known & np.isfinite(values), "")
    return pa.array(texts, type=pa.string())


def _marked(
    table: RawTable, records: np.ndarray | Sequence[bool], heading: str, message: str, remedy: str, *, is_error: bool
) -> list[Problem]:
    """One problem for the first record that is marked, which counts the others."""
    marked = np.flatnonzero(np.asarray(records, dtype=bool))
    if not len(marked):
        return []
    first = int(marked[0])
    return [
        Problem(
            table=table.name,
            row=table.row_of(first),
            column=heading,
            value=table.column(heading).at(first)[:100],
            message=message,
            remedy=remedy,
            is_error=is_error,
            further_records=len(marked) - 1,
        )
    ]


def _note(table: RawTable, message: str, remedy: str, column: str) -> Problem:
    return Problem(table=table.name, column=column, message=message, remedy=remedy, is_error=False)
