"""Schools in the place of another, counted by the grid and by trying every pair."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from sklearn.metrics.pairwise import haversine_distances

from clustering.ingest import co_located
from clustering.ingest.co_located import count_co_located
from clustering.model.columns import EARTH_RADIUS_KM
from tests.examples.toy_district import toy_scenario, toy_schools


def schools_at(longitude: np.ndarray, latitude: np.ndarray) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(longitude, latitude), crs="EPSG:4326")


def count_by_pairs(longitude: np.ndarray, latitude: np.ndarray, within_km: float) -> int:
    apart = haversine_distances(np.radians(np.column_stack([latitude, longitude]))) * EARTH_RADIUS_KM
    np.fill_diagonal(apart, np.inf)
    nearest = apart.min(axis=1)
    # A pair at the very limit may fall to either side of it by the last digit of one of the two methods.
    assert not np.isclose(nearest, within_km, rtol=1e-7, atol=0).any()
    return int((nearest <= within_km).sum())


@pytest.fixture(params=["in pairs", "with a search tree"], scope="module")
def _both_ways(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "with a search tree":
            patch.setattr(co_located, "_COMPARED_IN_PAIRS", 0)
        yield


@pytest.mark.usefixtures("_both_ways")
def test_schools_of_one_place_are_counted_and_one_by_itself_is_not() -> None:
    longitude = np.array([0.0, 0.0, 0.0, 1.0])
    assert count_co_located(schools_at(longitude, np.zeros(4)), within_km=0.05) == 3
    assert count_co_located(schools_at(longitude[:3], np.zeros(3)), within_km=0.05) == 3


@pytest.mark.usefixtures("_both_ways")
@settings(max_examples=300, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(2, 60),
    middle=st.sampled_from([(0.0, 0.0), (180.0, 51.5), (-180.0, -17.0), (-120.0, 71.0), (10.0, 89.9999), (0.0, -90.0)]),
    spread_degrees=st.sampled_from([1e-4, 1e-3, 0.01, 0.1, 1.0, 20.0]),
    within_km=st.sampled_from([0.05, 1.0, 100.0, 3_000.0]),
    all_around=st.booleans(),
)
def test_the_count_is_that_of_all_pairs(
    seed: int, count: int, middle: tuple[float, float], spread_degrees: float, within_km: float, all_around: bool
) -> None:
    """Across the 180th meridian and around the poles as well, where longitudes are no measure of distance."""
    chance = np.random.default_rng(seed)
    longitude = (middle[0] + chance.normal(0, spread_degrees, count) + 180) % 360 - 180
    if all_around:
        longitude = chance.uniform(-180, 180, count)
    latitude = np.clip(middle[1] + chance.normal(0, spread_degrees, count), -90, 90)
    found = count_co_located(schools_at(longitude, latitude), within_km=within_km)
    assert found == count_by_pairs(longitude, latitude, within_km)


@pytest.mark.parametrize(("metres", "count"), [(0.0, 2), (49.0, 2), (51.0, 0)])
def test_fifty_metres_is_one_campus(metres: float, count: int) -> None:
    north = np.degrees(metres / 1000 / EARTH_RADIUS_KM)
    schools = schools_at(np.array([-100.0, -100.0, -99.0]), np.array([40.0, 40.0 + north, 40.0]))
    assert count_co_located(schools) == count


def test_schools_without_a_place_stand_beside_none() -> None:
    schools = schools_at(np.array([-100.0, -100.0]), np.array([40.0, 40.0]))
    schools.loc[2, "geometry"] = None
    schools.loc[3, "geometry"] = None
    assert count_co_located(schools) == 2
    assert count_co_located(schools.loc[[2, 3]]) == 0


def test_schools_that_share_a_place_are_counted_as_by_hand_with_another_library() -> None:
    # A ten-thousandth of a degree of latitude is 11 m: 0.0004 is 44 m, 0.0005 is 56 m.
    latitudes = ["38.0000", "38.0004", "38.0100", "38.0105", "38.0200", "38.0200", "", "39", "40", "41", "42"]
    schools = toy_schools().assign(lat=latitudes, lon=["-98.0"] * 6 + [""] + ["-98.0"] * 4)
    scenario = toy_scenario(schools)
    assert scenario.report.facts["schools_within_50_m_of_another"] == 4
    points = scenario.schools.geometry.dropna()
    earth = Geod(ellps="sphere")
    pairs = [
        (a, b)
        for a, b in itertools.permutations(points.index, 2)
        if earth.inv(points[a].x, points[a].y, points[b].x, points[b].y)[2] <= 50
    ]
    assert len({a for a, _ in pairs}) == 4
