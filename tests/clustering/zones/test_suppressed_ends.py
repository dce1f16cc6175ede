"""What suppressed or rounded counts could change, with solutions given by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
import pytest

from clustering import Scenario
from clustering.disclosure.protected_base import protected_base
from clustering.errors import InfeasibleError, OutOfTimeError
from clustering.zones.parse_parameters import parse_parameters
from clustering.zones.planner import ZonePlanner
from clustering.zones.progress import ignore_progress
from clustering.zones.solver.solution import ZoneSolution
from clustering.zones.solving import Solved
from clustering.zones.suppressed_ends import Changes, End, check_ends
from tests.examples.toy_district import EAST, ELM, OAK, PINE, WEST, toy_flows, toy_scenario

PROPOSED = {WEST: (ELM, OAK)}
Outcome = Mapping[str, tuple[str, ...]] | Exception | str


@cache
def suppressed_scenario() -> Scenario:
    flows = toy_flows()
    flows["students"] = flows["students"].replace("10", "*")
    return toy_scenario(flows=flows)


def solved(membership: Mapping[str, tuple[str, ...]], status: Any = "optimal", **settings: object) -> Solved:
    planner = ZonePlanner(suppressed_scenario())
    parameters = parse_parameters({"identification": "official:designation=CSI", **settings})
    found = planner.solve(planner.select_anchors(parameters), 5.0)
    solution = ZoneSolution(membership=membership, without_zone={}, status=status, bound=None)
    return replace(found, solution=solution)


def changes(low: Outcome, high: Outcome, **settings: object) -> Changes | None:
    def solve_end(end: End, report: Callable[[float], None]) -> ZoneSolution:
        outcome = {"low": low, "high": high}[end]
        if isinstance(outcome, Exception):
            raise outcome
        found = solved(PROPOSED, outcome) if isinstance(outcome, str) else solved(outcome)
        return found.solution

    return check_ends(solve_end, solved(PROPOSED, **settings), suppressed_scenario(), ignore_progress)


def test_the_same_zones_at_both_ends_change_nothing() -> None:
    assert changes(PROPOSED, PROPOSED) == Changes()


def test_other_members_and_a_zone_more_are_told_end_by_end() -> None:
    assert changes({WEST: (OAK,)}, {**PROPOSED, EAST: (PINE,)}) == Changes(at_low=frozenset({WEST}), added_at_high=1)


def test_locks_that_cannot_be_kept_at_an_end_leave_no_zone_there() -> None:
    assert changes(PROPOSED, InfeasibleError(["0007 cannot be in a Zone."])) == Changes(at_high=frozenset({WEST}))


@pytest.mark.parametrize("late", [OutOfTimeError("late"), "time limit"])
def test_the_check_is_not_complete_where_time_ran_out(late: Outcome) -> None:
    assert changes(PROPOSED, late) == Changes(is_complete=False)
    assert changes(late, PROPOSED) == Changes(is_complete=False)


def test_nothing_is_checked_where_it_is_not_asked_for_or_every_count_is_exact() -> None:
    never: Any = pytest.fail
    assert changes(PROPOSED, PROPOSED, check_suppressed=False) is None
    assert not pd.isna(toy_scenario().flows["students"]).any()
    assert check_ends(never, solved(PROPOSED), toy_scenario(), ignore_progress) is None


def test_rounded_counts_are_checked_although_none_is_suppressed() -> None:
    base = protected_base(toy_scenario(), "protected")
    assert not base.flows["students"].isna().any()
    asked: list[End] = []

    def solve_end(end: End, report: Callable[[float], None]) -> ZoneSolution:
        asked.append(end)
        return solved(PROPOSED).solution

    assert check_ends(solve_end, solved(PROPOSED), base, ignore_progress) == Changes()
    assert asked == ["low", "high"]
