"""What a caller in Python may give as parameters, the same for every kind of request."""

from __future__ import annotations

from typing import Any

import pytest

from clustering import InputError, MatchParameters, PlanYearsParameters, ProposalParameters

CHANGES = [
    (ProposalParameters, {"maximum_schools": 8}),
    (MatchParameters, {"budget_dollars": 1e6}),
    (PlanYearsParameters, {"years": 4}),
]


@pytest.mark.parametrize(("kind", "_changes"), CHANGES)
@pytest.mark.parametrize("nothing", [None, {}])
def test_nothing_given_is_the_default(kind: Any, _changes: dict[str, object], nothing: Any) -> None:
    assert kind.given(nothing) == kind()


@pytest.mark.parametrize(("kind", "changes"), CHANGES)
def test_parameters_and_their_names_and_values_are_the_same(kind: Any, changes: dict[str, object]) -> None:
    parameters = kind(**changes)
    assert kind.given(parameters) is parameters
    assert kind.given(changes) == parameters
    assert kind.given(changes) != kind()


@pytest.mark.parametrize(("kind", "changes"), CHANGES)
def test_anything_else_is_refused(kind: Any, changes: dict[str, object]) -> None:
    with pytest.raises(TypeError, match=f"parameters is of type list; give {kind.__name__}, or a dictionary"):
        kind.given(list(changes))
    with pytest.raises(InputError) as refused:
        kind.given({**changes, "colour": "red", "shape": 1})
    assert {problem.column for problem in refused.value.problems} == {"colour", "shape"}


def test_a_match_takes_the_parameters_of_a_plan_and_a_plan_not_those_of_a_match() -> None:
    assert MatchParameters.given(PlanYearsParameters(years=4)).need == "students"
    with pytest.raises(TypeError, match="type MatchParameters"):
        PlanYearsParameters.given(MatchParameters())  # type: ignore[arg-type]
