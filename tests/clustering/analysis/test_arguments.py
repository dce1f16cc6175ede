"""What a caller in Python gives wrongly is named at the door: no error from far inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clustering import (
    InputError,
    ProposalParameters,
    ZonePlanner,
    explain_reach,
    find_best_plans,
    measure_persistence,
    measure_stability,
    parse_parameters,
    plans_table,
    propose_zones,
    trace_trade_off,
)
from tests.examples.toy_district import EAST, WEST, toy_scenario

BOTH = parse_parameters({"identification": "graduation_rate<0.9"})
BEGINNERS: list[Callable[..., Any]] = [explain_reach, find_best_plans, measure_stability, trace_trade_off]


@pytest.mark.parametrize(
    ("ask", "given", "column", "message"),
    [
        (explain_reach, {"anchors": WEST}, "anchors", "This is not a list."),
        (explain_reach, {"anchors": 450}, "anchors", "This is not a list."),
        (explain_reach, {"anchors": [WEST, 450]}, "anchors", "A school id is a text."),
        (find_best_plans, {"count": 2.5}, "count", "This is not a whole number."),
        (find_best_plans, {"count": "2"}, "count", "This is not a whole number."),
        (find_best_plans, {"count": True}, "count", "This is not a whole number."),
        (find_best_plans, {"count": None}, "count", "This is not a whole number."),
        (find_best_plans, {"count": 101}, "count", "The number is out of range."),
        (find_best_plans, {"count": 10**400}, "count", "The number is out of range."),
        (measure_stability, {"resamples": "50"}, "resamples", "This is not a whole number."),
        (measure_stability, {"resamples": 1001}, "resamples", "The number is out of range."),
        (measure_stability, {"seed": 0.5}, "seed", "This is not a whole number."),
        (measure_stability, {"seed": -1}, "seed", "The number is out of range."),
        (trace_trade_off, {"maximum_schools": 5}, "maximum_schools", "This is not a list."),
        (trace_trade_off, {"maximum_schools": "5"}, "maximum_schools", "This is not a list."),
        (trace_trade_off, {"maximum_schools": ["5"]}, "maximum_schools", "This is not a whole number."),
        (trace_trade_off, {"maximum_schools": [2.5]}, "maximum_schools", "This is not a whole number."),
        (trace_trade_off, {"leakage_weights": 0.25}, "leakage_weights", "This is not a list."),
        (trace_trade_off, {"leakage_weights": ["much"]}, "leakage_weights", "This is not a number."),
        (trace_trade_off, {"leakage_weights": [float("nan")]}, "leakage_weights", "The number is out of range."),
    ],
)
def test_a_value_that_cannot_be_is_named(ask: Callable[..., Any], given: Any, column: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        ask(toy_scenario(), BOTH, **given)
    (problem,) = caught.value.problems
    assert (problem.column, problem.message) == (column, message)
    assert problem.remedy
    assert problem.value is None or isinstance(problem.value, str)


@pytest.mark.parametrize("years", ["2", 2.0, None, True, 0, 13, pd.NA])
def test_years_that_cannot_be_are_named(years: Any) -> None:
    scenario = toy_scenario()
    with pytest.raises(InputError) as caught:
        measure_persistence(scenario, propose_zones(scenario, BOTH), years=years)
    assert [problem.column for problem in caught.value.problems] == ["years"]


@pytest.mark.parametrize("ask", BEGINNERS)
def test_an_argument_of_another_kind_is_named(ask: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="planner is of type str; give a ZonePlanner"):
        ask("schools.csv")
    with pytest.raises(TypeError, match="parameters is of type list; give ProposalParameters, or a dictionary"):
        ask(toy_scenario(), ["maximum_schools=8"])


def test_persistence_names_what_it_is_not_given() -> None:
    scenario = toy_scenario()
    with pytest.raises(TypeError, match="scenario is of type ZonePlanner"):
        measure_persistence(ZonePlanner(scenario), propose_zones(scenario))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="proposal is of type ProposalParameters"):
        measure_persistence(scenario, BOTH)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="by_year is of type str"):
        measure_stability(scenario, BOTH, by_year="false")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="plans is of type str"):
        plans_table(["plan"])  # type: ignore[list-item]


def test_a_scenario_and_no_parameters_mean_a_new_planner_and_the_defaults() -> None:
    scenario, planner, defaults = toy_scenario(), ZonePlanner(toy_scenario()), ProposalParameters()
    pd.testing.assert_frame_equal(explain_reach(scenario), explain_reach(planner, defaults))
    assert find_best_plans(scenario) == find_best_plans(planner, defaults)
    pd.testing.assert_frame_equal(
        measure_stability(scenario, resamples=1), measure_stability(planner, defaults, resamples=1)
    )
    pd.testing.assert_frame_equal(trace_trade_off(scenario), trace_trade_off(planner, defaults))


def test_numbers_of_numpy_are_numbers() -> None:
    plans = find_best_plans(toy_scenario(), BOTH, count=np.int64(1))  # type: ignore[arg-type]
    assert set(plans[0].membership) == {WEST, EAST}
