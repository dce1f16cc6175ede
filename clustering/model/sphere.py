"""Distances on the sphere as straight lines between points of the unit sphere, which search trees can compare."""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from clustering.model.columns import EARTH_RADIUS_KM


def unit_vectors(points: gpd.GeoSeries) -> np.ndarray:
    """
    Place points on the unit sphere: near each other where the points are, across the antimeridian too.

    Parameters
    ----------
    points
        EPSG:4326, none of them missing or empty.

    Returns
    -------
    vectors
        Three coordinates per point, in the order of the points.
    """
    return unit_vectors_of(np.radians(points.x.to_numpy()), np.radians(points.y.to_numpy()))


def unit_vectors_of(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Place points on the unit sphere; longitudes and latitudes in radians."""
    flat = np.cos(latitude)
    return np.column_stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)])


def chord_of(distance_km: float) -> float:
    """Straight line between two points of the unit sphere whose great-circle distance on the earth is given [km]."""
    return float(2 * np.sin(min(distance_km / EARTH_RADIUS_KM, np.pi) / 2))
