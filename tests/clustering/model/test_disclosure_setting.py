"""A disclosure that is misspelled never passes for one that shows, or hides, small counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clustering import (
    InputError,
    compare_rules,
    follow_cycles,
    identify_high_schools,
    identify_schools,
    parse_rule,
    passes_exit,
)
from clustering.disclosure.protected_base import protected_base
from clustering.model.disclosure_setting import is_exact
from tests.examples.toy_district import toy_scenario

RULE = "graduation_rate<0.67"
NEITHER = ["Protected", "Exact", "", " exact", "publique", None, True, 1, ["exact"]]


def test_exact_shows_and_protected_hides() -> None:
    assert is_exact("exact")
    assert not is_exact("protected")


@pytest.mark.parametrize(
    "ask",
    [
        protected_base,
        lambda scenario, disclosure: identify_schools(scenario, RULE, disclosure=disclosure),
        lambda scenario, disclosure: identify_high_schools(scenario, parse_rule(RULE), disclosure=disclosure),
        lambda scenario, disclosure: compare_rules(scenario, RULE, "graduation_rate<0.6", disclosure=disclosure),
        lambda scenario, disclosure: follow_cycles(scenario, RULE, disclosure=disclosure),
        lambda scenario, disclosure: passes_exit(scenario, RULE, 2021, disclosure=disclosure),
    ],
)
def test_anything_else_is_refused_by_whatever_computes(ask: Callable[..., Any]) -> None:
    scenario = toy_scenario()
    for disclosure in NEITHER:
        with pytest.raises(InputError) as caught:
            ask(scenario, disclosure)
        (problem,) = caught.value.problems
        assert (problem.column, problem.message) == ("disclosure", "There is no such choice."), disclosure
        assert problem.remedy.endswith("Give protected, public or exact.")
