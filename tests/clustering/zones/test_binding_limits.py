"""What limits cost: by hand on the toy district, and against real proposals without them on random districts."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest

from clustering import Proposal, Scenario, ZonePlanner, propose_zones, read_scenario
from clustering.zones import binding_limits
from clustering.zones.binding_limits import BindingLimit, describe_binding_limit
from tests.examples.toy_district import EXACT, toy_planner

LIFTED = {
    "maximum_schools": 1000,
    "maximum_enrolment_students": None,
    "minimum_arrival_share": 0.0,
    "maximum_distance_km": None,
    "same_district": False,
    "levels": (),
    "maximum_zones": None,
}


def notes_about_limits(proposal: Proposal) -> list[str]:
    return [note for note in proposal.notes if "Without " in note or "without this limit" in note]


@pytest.mark.parametrize(
    ("settings", "note"),
    [
        # Without any limit West has Oak, Elm and E1 to E4: 278.75 (see toy_district). E2 adds least, 28.75.
        (
            {"maximum_schools": 6},
            (
                "One Zone is full. Without maximum_schools=6 and with everything chosen again, 1 more school would be"
                " in Zones and the score would be 28.8 students a year higher."
            ),
        ),
        # Each school has 300 or 500 students, West 900: with Oak and Elm 1,900, 137.5, and 87.5 + 52.5 + 30 = 170 for
        # Elm, E3 and E4 with 2,000. All of them 3,100.
        (
            {"maximum_enrolment_students": 2000},
            (
                "Without maximum_enrolment_students=2000 and with everything chosen again, 3 more schools would be in"
                " Zones and the score would be 108.8 students a year higher."
            ),
        ),
        # Elm and E3 send 90%: 87.5 + 52.5 = 140. Oak, E1 and E4 send 60%; E2 sends 18% through Elm alone.
        (
            {"minimum_arrival_share": 0.65},
            (
                "Without minimum_arrival_share=0.65 and with everything chosen again, 4 more schools would be in Zones"
                " and the score would be 138.8 students a year higher."
            ),
        ),
        # Oak and Elm are 3.3 and 2.2 km away, E1 to E4 6.7 and more.
        (
            {"maximum_distance_km": 5.6},
            (
                "Without maximum_distance_km=5.6 and with everything chosen again, 4 more schools would be in Zones"
                " and the score would be 141.2 students a year higher."
            ),
        ),
        (
            {"levels": ("middle",)},
            (
                "Without levels=middle and with everything chosen again, 4 more schools would be in Zones and the score"
                " would be 141.2 students a year higher."
            ),
        ),
    ],
)
def test_a_limit_says_what_the_whole_plan_gains_without_it(settings: dict[str, object], note: str) -> None:
    assert notes_about_limits(propose_zones(toy_planner(), {**EXACT, **settings})) == [note]


def test_limits_that_keep_nothing_out_are_not_told() -> None:
    settings = {"maximum_schools": 7, "maximum_distance_km": 50, "same_district": True, "maximum_zones": 1}
    assert notes_about_limits(propose_zones(toy_planner(), settings)) == []


def test_schools_are_counted_where_too_many_anchors_would_be_solved_again(monkeypatch: pytest.MonkeyPatch) -> None:
    # Pine sends 16.7% of its students to West, and so of those of E5 and E6, who have no other way.
    monkeypatch.setattr(binding_limits, "_MOST_SOLVED_AGAIN", 0)
    assert notes_about_limits(propose_zones(toy_planner())) == [
        (
            "3 schools in no Zone are within reach of an anchor, but too few of their students could arrive"
            " (minimum_arrival_share=0.2). What the Zones would gain without this limit is not worked out for more"
            " than 0 anchors with such schools."
        )
    ]


def random_district(seed: int) -> Scenario:
    """Three low-performing high schools that compete for six middle and twelve elementary schools."""
    chance = np.random.default_rng(seed)
    names = [*(f"H{n}" for n in range(3)), *(f"M{n}" for n in range(6)), *(f"E{n:02d}" for n in range(12))]
    schools = pd.DataFrame(
        {
            "school_id": names,
            "name": names,
            "lat": [f"{38 + each:.3f}" for each in chance.uniform(0, 0.3, len(names))],
            "lon": [f"{-98 + each:.3f}" for each in chance.uniform(0, 0.3, len(names))],
            "grades": ["9-12"] * 3 + ["6-8"] * 6 + ["K-5"] * 12,
            "enrollment": [str(10 * each) for each in chance.integers(20, 90, len(names))],
            "district_id": [str(each) for each in chance.integers(1, 3, len(names))],
            "graduation_rate": ["50"] * 3 + [""] * 18,
        }
    )
    rows = [
        (sender, receiver, grade, 10 * int(chance.integers(1, 12)), grade + 1, "2022-23")
        for senders, receivers, grade in ((names[3:9], names[:3], 8), (names[9:], names[3:9], 5))
        for sender in senders
        for receiver in chance.choice(receivers, size=2, replace=False)
    ]
    flows = pd.DataFrame(rows, columns=["origin", "destination", "grade", "students", "next_grade", "school_year"])
    return read_scenario(schools=[schools], flows=[flows.astype("str")])


@pytest.mark.parametrize("seed", range(4))
def test_what_is_gained_is_what_a_real_proposal_without_the_limit_gains(seed: int) -> None:
    chance, planner = random.Random(seed), ZonePlanner(random_district(seed))
    settings: dict[str, object] = {
        "maximum_schools": chance.choice([3, 4, 6]),
        "minimum_arrival_share": chance.choice([0.2, 0.4, 0.6]),
        "leakage_weight": chance.choice([0.0, 0.25]),
    }
    others = {
        "maximum_enrolment_students": 1500.0,
        "maximum_distance_km": 15.0,
        "same_district": True,
        "levels": ("middle", "high"),
        "maximum_zones": 1,
    }
    settings |= {name: value for name, value in others.items() if chance.random() < 0.4}
    proposal = planner.propose(settings)
    expected = []
    for name, nothing in LIFTED.items():
        if name in settings:
            without = planner.propose({**settings, name: nothing})
            gain = without.solution.score - proposal.solution.score
            more = in_zones(without) - in_zones(proposal)
            if gain > 0.0005:
                count = f"{abs(more)} {'more' if more > 0 else 'fewer'} school{'' if abs(more) == 1 else 's'}"
                schools = count if more else "other schools"
                expected.append((name, f"{schools} would be in Zones and the score would be {gain:.1f} students"))
    notes = notes_about_limits(proposal)
    assert len(notes) == len(expected)
    for note, (name, gains) in zip(notes, expected, strict=True):
        assert f"Without {name}" in note
        assert gains in note


def in_zones(proposal: Proposal) -> int:
    return len({member.school_id for zone in proposal.zones for member in zone.members})


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        (
            BindingLimit(parameter="same_district", limit=True, more_schools=0, students=0.04),
            (
                "Without same_district and with everything chosen again, other schools would be in Zones and the score"
                " would be less than 0.1 students a year higher."
            ),
        ),
        (
            BindingLimit(parameter="maximum_schools", limit=12, full_zone_count=2, more_schools=-3, students=1234.5),
            (
                "2 Zones are full. Without maximum_schools=12 and with everything chosen again, 3 fewer schools would"
                " be in Zones and the score would be 1,234.5 students a year higher."
            ),
        ),
        (
            BindingLimit(parameter="minimum_arrival_share", limit=0.2, left_out_count=1234),
            (
                "1,234 schools in no Zone are within reach of an anchor, but too few of their students could arrive"
                " (minimum_arrival_share=0.2). What the Zones would gain without this limit is not worked out for more"
                " than 200 anchors with such schools."
            ),
        ),
    ],
)
def test_a_limit_in_words(limit: BindingLimit, sentence: str) -> None:
    assert describe_binding_limit(limit) == sentence
