"""What is answered when the best matches are not all proved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from clustering import best_matches_table, describe_best_matches, find_best_matches
from clustering.capacity.matching import best_matches
from clustering.capacity.matching.best_matches import TIME_RAN_OUT
from clustering.capacity.solver import AssignmentModel, AssignmentSolution, solve_in_order
from tests.examples.capacity_tables import needs_of, register_of

# Zones of 300, 200 and 100 students in a school each; one partner for one school.
SCHOOLS = {name: {"students": 100.0 * number} for number, name in enumerate("abc", start=1)}
NEEDS = needs_of(SCHOOLS, {"A": ["a"], "B": ["b"], "C": ["c"]})
REGISTER = register_of({"P": {"maximum_schools": 1.0}})


def answering(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Let every further match be solved with less proof than there is."""

    def solve(model: AssignmentModel, objectives: np.ndarray, *, time_limit_s: float) -> AssignmentSolution:
        return replace(solve_in_order(model, objectives, time_limit_s=time_limit_s), **changes)

    monkeypatch.setattr(best_matches, "solve_in_order", solve)


def test_all_proved() -> None:
    matches = find_best_matches(NEEDS, REGISTER, count=5)
    # C, B or A has the partner, or none.
    assert [list(each.matches["zone_id"]) for each in matches] == [["C"], ["B"], ["A"], []]
    assert describe_best_matches(matches, 5) == "There are no more than 4 matches that differ enough."
    assert describe_best_matches(matches, 4) is None


def test_later_aims_that_are_not_proved_stop_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, later_status="time limit")
    table = best_matches_table(find_best_matches(NEEDS, REGISTER, count=3))
    assert table["need_served"].tolist() == [300, 200, 100]
    assert table["status"].tolist() == ["optimal"] * 3
    assert table["ties_status"].tolist() == ["optimal", "time limit", "time limit"]


def test_what_is_found_is_answered_when_time_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, status="time limit", bound=250.0)
    matches = find_best_matches(NEEDS, REGISTER, count=3)
    table = best_matches_table(matches)
    assert table["need_served"].tolist() == [300, 200]
    # The second serves 200, and no other that differs serves more than 250.
    assert table[["status", "gap"]].to_numpy().tolist() == [["optimal", 0.0], ["time limit", 0.2]]
    assert TIME_RAN_OUT in matches[-1].notes
    assert TIME_RAN_OUT not in matches[0].notes
    assert describe_best_matches(matches, 3) == "2 of 3 matches were found before time ran out. There may be more."


def test_a_better_match_that_is_found_later_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def solve(*_args: object, **_settings: object) -> AssignmentSolution:
        # As if the search for the best had stopped at B.
        chosen = np.array([False, True, False])
        return AssignmentSolution(chosen=chosen, value=200.0, bound=300.0, status="within gap", dual_prices=np.zeros(4))

    monkeypatch.setattr(best_matches, "solve_match", solve)
    assert [list(each.matches["zone_id"]) for each in find_best_matches(NEEDS, REGISTER, count=3)] == [
        ["C"],
        ["B"],
        ["A"],
    ]
