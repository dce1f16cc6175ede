"""Amounts of money as people write them: read as one number, or refused where they could be another."""

from __future__ import annotations

import pytest

from clustering import InputError, MatchParameters, PlanYearsParameters


@pytest.mark.parametrize(
    ("text", "dollars"),
    [
        ("$20,000,000", 20_000_000),
        ("20,000,000", 20_000_000),
        (" $ 1,250.50 ", 1_250.5),
        ("750000.5", 750_000.5),
        ("2e7", 20_000_000),
        ("$15 M", 15_000_000),
        ("$15M", 15_000_000),
        ("15m", 15_000_000),
        ("15 million", 15_000_000),
        ("1.3 million", 1_300_000),
        ("$1.1 Million dollars", 1_100_000),
        ("1,300 thousand", 1_300_000),
        ("750k", 750_000),
        (".5 million", 500_000),
        ("0.15 bn", 150_000_000),
        ("15,000,000 dollars", 15_000_000),
        ("0", 0),
        (750_000, 750_000),
    ],
)
def test_dollars_are_read(text: object, dollars: float) -> None:
    assert MatchParameters(budget_dollars=text).budget_dollars == dollars
    assert MatchParameters(cost_per_school_dollars=text).cost_per_school_dollars == dollars
    assert PlanYearsParameters(later_cost_per_school_dollars=text).later_cost_per_school_dollars == dollars


@pytest.mark.parametrize(
    "text",
    [
        *("20,00", "1.000,50", "1.000", "1.000.000", "10,0000", "1,00,000", "0,500", "00", ",5"),
        *("1,5 million", "1.500 million", "05 million", "1,00 k"),
    ],
)
def test_dollars_that_may_be_misread_are_refused(text: str) -> None:
    for name in ("budget_dollars", "cost_per_school_dollars"):
        with pytest.raises(InputError, match="may be misread") as caught:
            MatchParameters(**{name: text})
        (problem,) = caught.value.problems
        assert (problem.column, problem.value) == (name, text)
        assert "20,000,000 or $20,000,000" in problem.remedy


@pytest.mark.parametrize("text", ["20 millon", "15 M M", "million", "1e3k", "$", "€5", "1_000", "٣", "nan million"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="not a number of dollars") as caught:
        MatchParameters(budget_dollars=text)
    (problem,) = caught.value.problems
    assert "$15M or 1.3 million" in problem.remedy


def test_the_range_of_an_amount_is_written_for_people() -> None:
    with pytest.raises(InputError, match="from 0 to 1,000,000,000,000") as caught:
        MatchParameters(budget_dollars="-15 million")
    assert "e+" not in str(caught.value)


def test_no_limit_is_written_as_none_or_nothing() -> None:
    assert [MatchParameters(budget_dollars=text).budget_dollars for text in ("none", " ", None)] == [None] * 3


@pytest.mark.parametrize(
    "text",
    [
        "20,000,000, 25,000,000, 0",
        "$20,000,000,$25,000,000,0",
        "$20,000,000; 25000000; 0",
        "20000000,25000000,0",
        "$20M, 25 million, 0",
        "20m,25m,0",
        ["$20,000,000", 25_000_000, "0"],
    ],
)
def test_a_comma_between_thousands_is_none_between_budgets(text: object) -> None:
    budgets = PlanYearsParameters(years=3, budgets_dollars=text).budgets_dollars
    assert budgets == (20_000_000, 25_000_000, 0)


def test_one_amount_is_not_taken_for_three_budgets() -> None:
    with pytest.raises(InputError, match="1 budgets for 3 years"):
        PlanYearsParameters(years=3, budgets_dollars="20,000,000")
    with pytest.raises(InputError, match="may be misread"):
        PlanYearsParameters(years=3, budgets_dollars="20,00,000")
