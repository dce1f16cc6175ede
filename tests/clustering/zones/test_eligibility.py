"""Every rule of who may be in a Zone excludes what it must, and the mask and the reasons never disagree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from clustering import parse_parameters
from clustering.zones.eligibility import RULES, exclusions_of, exclusions_of_pairs, find_excluded
from clustering.zones.exclusions import Exclusion, GroupExclusion, describe_exclusion
from clustering.zones.request import ZoneRequest, pair_up
from tests.oracles.brute_force import random_instance

NOWHERE = float("nan")


def small_request(**settings: object) -> ZoneRequest:
    """
    Two anchors, a and b, and schools with one thing wrong each.

    a lies at (0, 0) in district D, b at (1, 0) in district E; c is closed, d of the level other and in no district, e
    has no enrolment and no coordinates, f lies 0.1 degrees of longitude (11.132 km on the equator) east of a.
    """
    schools = pd.DataFrame(
        {
            "name": ["Anchor A", "Anchor B", "Closed C", "Other D", "Empty E", "Far F"],
            "level": ["high", "high", "middle", "other", "middle", "middle"],
            "district": pd.array(["D", "E", "D", None, "D", "E"], dtype="str"),
            "enrolment": [900.0, 800.0, 0.0, 300.0, NOWHERE, 400.0],
            "longitude": [0.0, 1.0, 0.0, 0.0, NOWHERE, 0.1],
            "latitude": [0.0, 0.0, 0.0, 0.0, NOWHERE, 0.0],
            "is_closed": [False, False, True, False, False, False],
            "need": 0.5,
        },
        index=pd.Index(list("abcdef"), dtype="str", name="school_id"),
    )
    return ZoneRequest(
        parameters=parse_parameters(settings),
        schools=schools,
        travel_minutes={("f", "a"): 30.0, ("f", "b"): 12.0, ("d", "a"): 10.0},
        neighbours={"a": frozenset({"f"}), "f": frozenset({"a"})},
    )


@pytest.mark.parametrize(
    ("settings", "school", "anchors", "expected"),
    [
        ({}, "f", "a", []),
        ({"force_out": "f"}, "f", "a", [Exclusion(parameter="force_out", value="f")]),
        ({}, "c", "a", [Exclusion(parameter="closed", value=1.0)]),
        (
            {"levels": "middle,elementary"},
            "d",
            "a",
            [Exclusion(parameter="levels", value="other", limit=("middle", "elementary"))],
        ),
        ({"levels": "middle"}, "a", "a", []),  # an anchor may have any level
        ({"levels": "middle"}, "b", "ab", []),
        (
            {"maximum_enrolment_students": 2000},
            "e",
            "a",
            [Exclusion(parameter="maximum_enrolment_students", limit=2000.0)],
        ),
        ({"contiguous": True}, "d", "a", [Exclusion(parameter="contiguous", value="d")]),
        ({"same_district": True}, "f", "a", [Exclusion(parameter="same_district", value="E", limit=("D",))]),
        ({"same_district": True}, "f", "ab", []),  # the district of either anchor will do
        ({"same_district": True}, "d", "a", [Exclusion(parameter="same_district", limit=("D",))]),
        ({"maximum_distance_km": 0}, "d", "a", []),
        ({"maximum_distance_km": 12}, "f", "a", []),
        ({"maximum_distance_km": 12}, "e", "a", [Exclusion(parameter="maximum_distance_km", limit=12.0)]),
        ({"distance_weight": 1}, "e", "a", [Exclusion(parameter="distance_weight")]),
        ({"maximum_travel_minutes": 20}, "f", "ab", []),  # twelve minutes to the nearer one
        (
            {"maximum_travel_minutes": 20},
            "f",
            "a",
            [Exclusion(parameter="maximum_travel_minutes", value=30.0, limit=20.0)],
        ),
        ({"maximum_travel_minutes": 20}, "e", "a", [Exclusion(parameter="maximum_travel_minutes", limit=20.0)]),
        ({"travel_weight": 1}, "d", "b", [Exclusion(parameter="travel_weight")]),
        (
            {"force_out": "c", "levels": "high"},
            "c",
            "a",
            [
                Exclusion(parameter="force_out", value="c"),
                Exclusion(parameter="closed", value=1.0),
                Exclusion(parameter="levels", value="middle", limit=("high",)),
            ],
        ),
    ],
)
def test_each_rule_by_hand(settings: dict[str, object], school: str, anchors: str, expected: list[Exclusion]) -> None:
    request = small_request(**settings)
    assert exclusions_of(request, school, tuple(anchors)) == tuple(expected)
    assert find_excluded(request, pair_up(request, [(school, tuple(anchors))])).tolist() == [bool(expected)]


def test_a_school_beyond_the_distance_carries_its_kilometres() -> None:
    (exclusion,) = exclusions_of(small_request(maximum_distance_km=11), "f", ("a",))
    # A degree of longitude on the equator of the WGS 84 ellipsoid is 111.3195 km.
    assert exclusion.value == pytest.approx(11.13195, abs=1e-4)
    assert describe_exclusion(exclusion) == "is 11.1 km away, and the limit is 11 km"


def test_a_value_just_beyond_its_limit_is_shown_with_digits_that_tell_them_apart() -> None:
    near = Exclusion(parameter="maximum_travel_minutes", value=20.04, limit=20.0)
    assert describe_exclusion(near) == "is 20.04 minutes away, and the limit is 20 minutes"


def test_every_rule_has_a_sentence() -> None:
    for rule in RULES:
        for parameter in (rule.parameter, rule.weight):
            if parameter is not None:
                unknown = Exclusion(parameter=parameter, limit=("D",) if parameter == "levels" else None)
                assert describe_exclusion(unknown)


def test_a_school_is_out_with_its_companion() -> None:
    against = (Exclusion(parameter="closed", value=1.0), Exclusion(parameter="force_out", value="c"))
    exclusion = GroupExclusion(companion="Closed C (c)", cause="excluded", exclusions=against)
    assert exclusion.parameter == "keep_together"
    assert describe_exclusion(exclusion) == "must keep together with Closed C (c), which is closed and is forced out"


@pytest.mark.parametrize("block", range(4))
def test_the_mask_and_the_reasons_agree_on_every_pair(block: int) -> None:
    excluded = 0
    for seed in range(7000 + block * 25, 7025 + block * 25):
        _, candidates, request = random_instance(seed)
        # Whatever was drawn, with a few more rules in force.
        parameters = request.parameters.with_changes(levels=("middle", "high"), maximum_distance_km=25.0)
        for drawn in (request, replace(request, parameters=parameters)):
            groups = [each.anchors for each in candidates]
            pairs = [(school, group) for school in request.schools.index for group in groups]
            mask = find_excluded(drawn, pair_up(drawn, pairs))
            together = exclusions_of_pairs(drawn, pairs)
            alone = [exclusions_of(drawn, *pair) for pair in pairs]
            assert together == alone, seed
            assert mask.tolist() == [bool(each) for each in together], seed
            assert all(describe_exclusion(each) for exclusions in together for each in exclusions)
            excluded += int(np.sum(mask))
    assert excluded > 50
