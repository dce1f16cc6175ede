"""Blocks put together to the polygons of a file of catchments."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from clustering.datasets.catchment_state.blocks import BLOCK_KM, Blocks
from clustering.datasets.catchment_state.draw_catchments import DrawnCatchments
from clustering.datasets.catchment_state.schools import middle_of
from clustering.datasets.geography import move_km

_DEGREE_DECIMALS = 6
_MOST_TOGETHER = 2

ToDegrees = Callable[[np.ndarray], np.ndarray]


def to_degrees(blocks: Blocks, latitude: float, longitude: float) -> ToDegrees:
    """
    Make the function that turns points in a district's grid into longitude and latitude.

    Parameters
    ----------
    blocks
        Of the district.
    latitude, longitude
        Of its middle [degrees].

    Returns
    -------
    convert
        From columns and rows, shape (n, 2), to longitude and latitude, shape (n, 2), with six decimals. Lines of the
        grid stay straight, so that catchments drawn side by side touch without overlap.
    """
    middle = middle_of(blocks)

    def convert(points: np.ndarray) -> np.ndarray:
        """Convert columns and rows to degrees."""
        east, north = ((points - middle) * BLOCK_KM).T
        origin = np.full(len(points), latitude), np.full(len(points), longitude)
        moved_latitude, moved_longitude = move_km(*origin, east, north)
        return np.column_stack([moved_longitude, moved_latitude]).round(_DEGREE_DECIMALS)

    return convert


def draw_polygons(
    blocks: Blocks, drawn: DrawnCatchments, schools: pd.DataFrame, convert: ToDegrees
) -> gpd.GeoDataFrame:
    """
    Draw the polygons that the file of catchments has for a district.

    Parameters
    ----------
    blocks, drawn
        Of the district.
    schools
        ``level``, ``number``, ``polygon`` and ``east_km``, ``north_km`` of each.
    convert
        See :func:`to_degrees`.

    Returns
    -------
    polygons
        ``geometry`` (EPSG:4326) by the index of ``schools``, for those that have a polygon.
    """
    shapes = {}
    for row, school in schools[schools["polygon"] != "none"].iterrows():
        shapes[row] = _union(blocks, _blocks_of(school, schools, drawn), convert)
    return gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes, crs="EPSG:4326"))


def _blocks_of(school: pd.Series, schools: pd.DataFrame, drawn: DrawnCatchments) -> np.ndarray:
    """Whether each block lies in the polygon of a school."""
    if school["polygon"] == "district":
        return np.ones(len(drawn.high), dtype=bool)
    if school["polygon"] == "own":
        return np.asarray(getattr(drawn, school["level"]) == school["number"])
    same = schools[(schools["polygon"] == "own") & (schools["level"] == school["level"])]
    distance = np.hypot(same["east_km"] - school["east_km"], same["north_km"] - school["north_km"])
    together = same.loc[distance.sort_values(kind="stable").index[:_MOST_TOGETHER], "number"]
    return np.isin(getattr(drawn, school["level"]), together)


def _union(blocks: Blocks, inside: np.ndarray, convert: ToDegrees) -> shapely.Geometry:
    column, row = blocks.column[inside], blocks.row[inside]
    # Corners along a straight line go: neighbours lie on the same line of the grid.
    whole = shapely.coverage_union_all(shapely.box(column, row, column + 1, row + 1)).simplify(0)
    return shapely.transform(whole, convert)
