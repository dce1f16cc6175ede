"""Near pairs against great circles computed one by one."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from clustering.flows.gravity.neighbours import pair_neighbours
from clustering.flows.gravity.parameters import GravityParameters
from tests.examples.small_state import DEGREE_KM, make_schools, random_state


def great_circle_km(schools: gpd.GeoDataFrame, one: str, other: str) -> float:
    """The haversine formula, apart from the unit vectors of the code."""
    (a, b), (c, d) = ((schools.geometry[name].x, schools.geometry[name].y) for name in (one, other))
    half = math.sin(math.radians(d - b) / 2) ** 2
    half += math.cos(math.radians(b)) * math.cos(math.radians(d)) * math.sin(math.radians(c - a) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(half))


def sides(schools: gpd.GeoDataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    ids = schools.index.to_series()
    senders, receivers = (
        pd.DataFrame({"school_id": ids[ids.str.startswith(letter)].to_numpy(), "next_grade": 6}) for letter in "EM"
    )
    return senders, receivers


def found(schools: gpd.GeoDataFrame, parameters: GravityParameters) -> dict[tuple[str, str], float]:
    senders, receivers = sides(schools)
    pairs = pair_neighbours(senders, receivers, schools, parameters)
    ends = (side["school_id"].to_numpy()[pairs[name]] for side, name in ((senders, "sender"), (receivers, "receiver")))
    return dict(zip(zip(*ends, strict=True), pairs["distance_km"], strict=True))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("nearest", "maximum_km"), [(1, 80), (2, 80), (3, 6), (50, 80)])
def test_pairs_are_the_nearest_of_each_sender(seed: int, nearest: int, maximum_km: float) -> None:
    schools = random_state(seed, senders=15, receivers=6)
    senders, receivers = (side["school_id"].tolist() for side in sides(schools))
    distance = {(one, other): great_circle_km(schools, one, other) for one in senders for other in receivers}
    expected = {}
    for (one, other), km in distance.items():
        nearer_receivers = sum(distance[one, third] < km for third in receivers)
        if nearer_receivers < nearest and km <= maximum_km:
            expected[one, other] = km
    pairs = found(schools, GravityParameters(nearest_schools=nearest, maximum_km=maximum_km))
    assert pairs == pytest.approx(expected)


def test_neighbours_across_the_antimeridian_and_beyond_the_equator() -> None:
    schools = make_schools(
        ("E1", "K-5", 179.95, 0.0),
        ("M1", "6-8", -179.95, 0.0),
        ("E2", "K-5", 144.75, 13.45),
        ("M2", "6-8", 144.85, 13.45),
        ("E3", "K-5", -170.7, -14.3),
        ("M3", "6-8", -170.7, -14.2),
    )
    pairs = found(schools, GravityParameters())
    assert pairs == pytest.approx(
        {
            ("E1", "M1"): 0.1 * DEGREE_KM,
            ("E2", "M2"): great_circle_km(schools, "E2", "M2"),
            ("E3", "M3"): 0.1 * DEGREE_KM,
        }
    )


def test_ties_of_distance_are_all_kept() -> None:
    schools = make_schools(
        ("E1", "K-5", 0, 0),
        ("M1", "6-8", 0.01, 0),
        ("M2", "6-8", -0.01, 0),
        ("M3", "6-8", 0.01, 0),
        ("M4", "6-8", 1, 0),
    )
    senders, receivers = sides(schools)
    pairs = pair_neighbours(senders, receivers[:3], schools, GravityParameters(nearest_schools=1))
    assert pairs["receiver"].tolist() == [0, 1, 2]


def test_a_grade_is_paired_with_the_same_grade_only() -> None:
    schools = make_schools(("E1", "K-5", 0, 0), ("M1", "6-8", 0, 0.01), ("M2", "7-8", 0, 0))
    senders = pd.DataFrame({"school_id": ["E1"], "next_grade": [6]})
    receivers = pd.DataFrame({"school_id": ["M1", "M2"], "next_grade": [6, 7]})
    assert pair_neighbours(senders, receivers, schools, GravityParameters())["receiver"].tolist() == [0]


def test_districts_that_are_not_known_are_not_the_same() -> None:
    schools = make_schools(
        ("E1", "K-5", 0, 0),
        ("E2", "K-5", 0, 0),
        ("M1", "6-8", 0, 0),
        ("M2", "6-8", 0, 0),
        district_id=["D", None, "D", None],
    )
    everywhere = pair_neighbours(*sides(schools), schools, GravityParameters(own_district_first=False))
    assert everywhere["same_district"].tolist() == [True, False, False, False]
    assert np.allclose(everywhere["distance_km"], 0)
    own_first = pair_neighbours(*sides(schools), schools, GravityParameters())
    assert own_first[["sender", "receiver"]].to_numpy().tolist() == [[0, 0], [1, 0], [1, 1]]


@pytest.mark.parametrize("seed", range(4))
def test_the_nearest_of_the_own_district_are_found_however_many_others_are_nearer(seed: int) -> None:
    schools = random_state(seed, senders=20, receivers=30)
    random = np.random.default_rng(seed)
    schools = schools.assign(
        district_id=random.choice(["A", "B", "C", None], size=len(schools), p=[0.5, 0.3, 0.1, 0.1])
    )
    pairs = found(schools, GravityParameters(nearest_schools=2))
    district = schools["district_id"]
    receivers = schools.index[schools.index.str.startswith("M")]
    for sender in schools.index[schools.index.str.startswith("E")]:
        inside = [each for each in receivers if district[each] == district[sender]]
        nearest = sorted(inside or receivers, key=lambda each: great_circle_km(schools, sender, each))
        assert {other for one, other in pairs if one == sender} == set(nearest[:2])
