"""Locks that cannot be kept together: which, what would help, and the sentences."""

from __future__ import annotations

import pytest

from clustering.errors import InfeasibleError
from clustering.zones.candidates import generate_candidates
from clustering.zones.feeder_graph import build_feeder_tables
from clustering.zones.parse_parameters import parse_parameters
from clustering.zones.request import build_request
from clustering.zones.solver import solve
from clustering.zones.solver.infeasibility.conflicts import LockConflict, explain_conflict
from tests.examples.toy_district import EAST, OAK, PINE, WEST, toy_scenario


def violations(anchors: list[str], **settings: object) -> tuple[str, ...]:
    request = build_request(toy_scenario(), parse_parameters(settings))
    with pytest.raises(InfeasibleError) as caught:
        solve(generate_candidates(build_feeder_tables(toy_scenario()), anchors, request), request)
    return caught.value.violations


def explain(conflict: LockConflict, **settings: object) -> list[str]:
    return explain_conflict(conflict, build_request(toy_scenario(), parse_parameters(settings)))


def test_a_lock_that_the_enrolment_limit_excludes_names_the_limit() -> None:
    # West has 900 students, Oak 500 and E1, which comes by way of Oak, 300: 1700.
    assert violations([WEST], force_in="0001", minimum_schools=2, maximum_enrolment_students=1500) == (
        "E1 (0001) cannot be in a Zone under the limits of the request.",
        "They could be kept with a greater maximum_enrolment_students than 1500.",
    )


def test_locks_that_too_few_zones_can_hold_name_that_limit() -> None:
    # Two anchors that are forced in need two Zones.
    assert violations([WEST, EAST], force_in=f"{WEST},{EAST}", maximum_zones=1) == (
        "West High (0010) cannot be in a Zone together with East High (0011) under the limits of the request.",
        "East High (0011) is one of the schools forced in that cannot be kept together.",
        "They could be kept with more Zones than maximum_zones=1.",
    )


def test_a_lock_that_a_group_excludes_names_the_group() -> None:
    # E1 comes by way of Oak, which keeps together with Pine: with West and E1 that makes four.
    settings = {"force_in": "0001", "keep_together": f"{OAK}+{PINE}", "minimum_schools": 2, "maximum_schools": 3}
    first, last = violations([WEST], minimum_arrival_share=0, **settings)
    assert first == "E1 (0001) cannot be in a Zone under the limits of the request."
    assert last == "They could be kept with a greater maximum_schools than 3 or fewer groups in keep_together."


@pytest.mark.parametrize(
    ("remedy", "settings", "text"),
    [
        ("minimum_schools", {"minimum_schools": 4}, "a smaller minimum_schools than 4"),
        ("shared_feeders", {}, "shared_feeders=true"),
    ],
)
def test_each_remedy_has_its_words(remedy: str, settings: dict[str, object], text: str) -> None:
    conflict = LockConflict(locks=(OAK,), remedies=(remedy,), is_late=False)
    assert explain(conflict, **settings)[-1] == f"They could be kept with {text}."


def test_without_a_remedy_fewer_schools_must_be_named() -> None:
    conflict = LockConflict(locks=(OAK, PINE), remedies=(), is_late=False)
    assert explain(conflict)[-1] == ("No change of a single limit would allow them: name fewer schools in force_in.")


def test_where_time_ran_out_it_is_said_that_more_may_be_found() -> None:
    texts = explain(LockConflict(locks=(OAK,), remedies=(), is_late=True))
    assert len(texts) == 2
    assert texts[-1].startswith("Time ran out before everything was tried")
