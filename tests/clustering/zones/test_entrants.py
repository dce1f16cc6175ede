"""Who enters anchors: sums worked out by hand, and the sentences written from them."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from clustering import propose_zones
from clustering.zones.entrants import Entrants, UnlistedSender, describe_entrants, find_entrants
from clustering.zones.feeder_graph import FeederTables, build_feeder_tables
from clustering.zones.parse_parameters import parse_parameters
from clustering.zones.request import build_request
from tests.examples.toy_district import EAST, WEST, toy_flows, toy_scenario

ENTRANTS = Entrants(
    anchor_count=1,
    entering_students=170.0,
    entry_grade_students=None,
    unlisted_students=0.0,
    unlisted_sender=None,
    is_uncertain=False,
)


def with_unlisted_senders() -> FeederTables:
    """West and East with 95 and 20 students of schools that no file lists."""
    tables = build_feeder_tables(toy_scenario())
    totals = tables.totals.copy()
    totals.loc[WEST, ["unlisted_entering_students", "entry_grade_students"]] = [95.0, 400.0]
    totals.loc[EAST, ["unlisted_entering_students", "entry_grade_students"]] = [20.0, 300.0]
    senders = pd.DataFrame(
        [("9998", WEST, 45.0), ("9999", WEST, 50.0), ("9998", EAST, 20.0)],
        columns=["origin", "destination", "students"],
    )
    return replace(tables, totals=totals, unlisted_senders=senders)


def test_the_entrants_of_an_anchor_are_its_own() -> None:
    # 170 students enter West High and 150 East High (see toy_district).
    request = replace(build_request(toy_scenario(), parse_parameters({})), unlisted_names={"9999": "Closed Middle"})
    found = find_entrants(with_unlisted_senders(), {WEST: (WEST,), EAST: (EAST,)}, request)
    assert found[WEST] == Entrants(
        anchor_count=1,
        entering_students=170.0,
        entry_grade_students=400.0,
        unlisted_students=95.0,
        unlisted_sender=UnlistedSender(label="Closed Middle (9999)", students=50.0),
        is_uncertain=False,
    )
    assert found[EAST].unlisted_sender == UnlistedSender(label="9998", students=20.0)


def test_the_entrants_of_merged_anchors_are_those_of_all() -> None:
    # 9998 sends 45 to one and 20 to the other: more than the 50 of 9999.
    found = find_entrants(
        with_unlisted_senders(), {WEST: (WEST, EAST)}, build_request(toy_scenario(), parse_parameters({}))
    )
    assert found == {
        WEST: Entrants(
            anchor_count=2,
            entering_students=320.0,
            entry_grade_students=700.0,
            unlisted_students=115.0,
            unlisted_sender=UnlistedSender(label="9998", students=65.0),
            is_uncertain=False,
        )
    }


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({"entry_grade_students": 340.0}, []),
        (
            {"entry_grade_students": 341.0},
            ["Its entry grade has about 341 students, and only for 170 the files tell the school before."],
        ),
        (
            {"entry_grade_students": 341.0, "is_uncertain": True},
            ["Its entry grade has about 341 students, and only for about 170 the files tell the school before."],
        ),
        (
            {"entry_grade_students": 80.0, "entering_students": 0.0},
            ["Its entry grade has about 80 students, and for none of them the files tell the school before."],
        ),
        (
            {"entry_grade_students": 630.0, "anchor_count": 2},
            [
                (
                    "The entry grades of its 2 anchors together have about 630 students, and only for 170 the files"
                    " tell the school before."
                )
            ],
        ),
        (
            {"unlisted_students": 95.0, "unlisted_sender": UnlistedSender(label="9999", students=50.0)},
            [
                (
                    "Schools that are not in the schools files send 95 of the 170 students who are known to enter it"
                    " from another school, most of them 9999 (50)."
                )
            ],
        ),
        (
            {"unlisted_students": 95.0, "unlisted_sender": UnlistedSender(label="9999", students=95.0)},
            [
                (
                    "Schools that are not in the schools files send 95 of the 170 students who are known to enter it"
                    " from another school, all of them 9999."
                )
            ],
        ),
        (
            {
                "anchor_count": 2,
                "unlisted_students": 95.0,
                "unlisted_sender": UnlistedSender(label="9999", students=40.0),
            },
            [
                (
                    "Schools that are not in the schools files send 95 of the 170 students who are known to enter its"
                    " anchors from another school, the largest part 9999 (40)."
                )
            ],
        ),
    ],
)
def test_what_the_known_entrants_leave_out_is_said(changes: dict[str, object], sentences: list[str]) -> None:
    assert describe_entrants(replace(ENTRANTS, **changes)) == sentences


def test_an_anchor_without_a_zone_says_it_too() -> None:
    # 30 eighth-graders of a school that no file lists enter West. They are 25 or more, and 39 at most: more would be
    # known if the grade were larger. 32 of 62 + 92 + 22 + 32 = 208. With no feeder within reach it has no Zone.
    unlisted = pd.DataFrame([("9999", WEST, "8", "30", "9", "2022-23")], columns=list(toy_flows()))
    proposal = propose_zones(toy_scenario(flows=pd.concat([toy_flows(), unlisted])), {"maximum_distance_km": 0.001})
    (anchor,) = proposal.anchors
    assert anchor.reason_without_zone is not None
    assert anchor.reason_without_zone.endswith(
        "Schools that are not in the schools files send about 32 of the 208 students who are known to enter it from"
        " another school, all of them 9999."
    )
