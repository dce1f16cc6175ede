"""Points of the unit sphere, and the straight lines between them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from pyproj import Geod

from clustering.model.columns import EARTH_RADIUS_KM
from clustering.model.sphere import chord_of, unit_vectors


def test_the_poles_and_the_equator() -> None:
    points = gpd.GeoSeries(gpd.points_from_xy([0, 90, 180, 0], [0, 0, 0, 90]), crs=4326)
    expected = [[1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, 0, 1]]
    assert unit_vectors(points) == pytest.approx(np.array(expected), abs=1e-12)


def test_a_chord_is_the_line_between_points_that_far_apart_across_the_antimeridian_too() -> None:
    points = gpd.GeoSeries(gpd.points_from_xy([179.9, -179.8], [51.0, 52.0]), crs=4326)
    distance_m = Geod(a=EARTH_RADIUS_KM * 1000, f=0).inv(179.9, 51.0, -179.8, 52.0)[2]
    first, second = unit_vectors(points)
    assert chord_of(distance_m / 1000) == pytest.approx(np.linalg.norm(first - second))


def test_no_line_is_longer_than_the_one_through_the_centre() -> None:
    assert chord_of(1e9) == 2
