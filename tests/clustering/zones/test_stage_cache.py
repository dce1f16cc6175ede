"""A stage is computed once for equal arguments."""

from __future__ import annotations

import pytest

from clustering.zones.stage_cache import keep_results


def test_a_stage_is_computed_once_for_equal_arguments() -> None:
    calls = []

    def stage(number: int, *, doubled: bool = False) -> int:
        calls.append(number)
        return number * (2 if doubled else 1)

    keep = keep_results()
    assert [keep(stage, 3), keep(stage, 3), keep(stage, 3, doubled=True), keep(stage, 4)] == [3, 3, 6, 4]
    assert calls == [3, 3, 4]


def test_of_a_limited_cache_the_results_asked_for_last_stay() -> None:
    calls = []

    def stage(number: int) -> int:
        calls.append(number)
        return number

    keep = keep_results(most=2)
    assert [keep(stage, number) for number in (1, 2, 1, 3, 1, 2)] == [1, 2, 1, 3, 1, 2]
    assert calls == [1, 2, 3, 2]


def test_two_caches_share_nothing_and_two_stages_are_told_apart() -> None:
    first, second = keep_results(), keep_results()
    assert (first(abs, -1), second(abs, -1), first(float, -1)) == (1, 1, -1.0)


def test_an_error_is_not_kept() -> None:
    outcomes: list[ValueError | str] = ["the second time", ValueError("the first time")]

    def stage() -> str:
        outcome = outcomes.pop()
        if isinstance(outcome, ValueError):
            raise outcome
        return outcome

    keep = keep_results()
    with pytest.raises(ValueError, match="the first time"):
        keep(stage)
    assert keep(stage) == "the second time"
