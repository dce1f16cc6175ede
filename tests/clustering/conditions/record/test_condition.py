"""States on a day, and days of reviews."""

from __future__ import annotations

from datetime import date

import pytest

from clustering import Condition, Contract, InputError


def condition(**fields: object) -> Condition:
    return Condition(**{"condition_id": "hire", "area": "people", "name": "Hiring", **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "day", "expected"),
    [
        ("in force", "2026-07-31", "agreed"),
        ("in force", "2026-08-01", "in force"),
        ("in force", "2027-06-30", "in force"),
        ("in force", "2027-07-01", "lapsed"),
        ("agreed", "2026-07-31", "agreed"),
        ("agreed", "2026-08-01", "agreed"),
        ("agreed", "2027-07-01", "lapsed"),
        ("asked", "2027-07-01", "asked"),
        ("negotiating", "2027-07-01", "negotiating"),
        ("lapsed", "2026-08-01", "lapsed"),
    ],
)
def test_the_state_on_a_day(state: str, day: str, expected: str) -> None:
    judged = condition(state=state, in_force_from="2026-08-01", until="2027-06-30")
    assert judged.state_on(date.fromisoformat(day)) == expected


def test_without_days_the_state_is_the_recorded_one() -> None:
    assert condition(state="in force").state_on(date(1900, 1, 1)) == "in force"
    assert condition(state="in force").state_on(date(2200, 1, 1)) == "in force"


def test_days_in_disorder_are_refused_together() -> None:
    with pytest.raises(InputError) as caught:
        condition(asked_on="2026-03-01", agreed_on="2026-02-01", until="2026-01-01", note="x" * 6_000)
    assert "note" in {problem.column for problem in caught.value.problems}
    with pytest.raises(InputError, match="before agreed_on, 2026-02-01") as caught:
        condition(agreed_on="2026-02-01", until="2026-01-01")
    assert [problem.column for problem in caught.value.problems] == ["until"]


@pytest.mark.parametrize("text", ["2026-02-30", "30/01/2026", "20260130", 20260130, "1776-07-04", "2026-1-3", 0, True])
def test_what_is_no_day_is_refused(text: object) -> None:
    with pytest.raises(InputError):
        condition(until=text)


@pytest.mark.parametrize(
    ("start", "reviews"),
    [
        ("2026-08-31", [date(2028, 2, 29), date(2029, 8, 31)]),  # the last day of a shorter month
        ("2026-07-01", [date(2028, 1, 1), date(2029, 7, 1)]),
        ("2024-02-29", [date(2025, 8, 29), date(2027, 2, 28)]),
    ],
)
def test_reviews_are_18_and_36_months_after_the_start(start: str, reviews: list[date]) -> None:
    contract = Contract(partner="Mastery", starts_on=start)  # type: ignore[arg-type]
    assert list(contract.reviews) == reviews
    assert contract.next_review(reviews[0]) == reviews[0]
    assert contract.next_review(date(2030, 1, 1)) is None


def test_no_review_is_worked_out_beyond_the_end_of_the_contract() -> None:
    contract = Contract(partner="Mastery", starts_on="2026-07-01", ends_on="2028-06-30")  # type: ignore[arg-type]
    assert contract.reviews == (date(2028, 1, 1),)


def test_reviews_that_are_set_are_taken_in_order() -> None:
    contract = Contract(
        partner="Mastery",
        starts_on="2026-07-01",  # type: ignore[arg-type]
        reviews_on=["2028-05-01", "2027-05-01", "2027-05-01"],  # type: ignore[arg-type]
    )
    assert contract.reviews == (date(2027, 5, 1), date(2028, 5, 1))


def test_a_contract_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(InputError, match="before starts_on"):
        Contract(partner="Mastery", starts_on="2026-07-01", ends_on="2026-06-30")  # type: ignore[arg-type]


def test_faults_of_benchmarks_say_which() -> None:
    with pytest.raises(InputError) as caught:
        Contract(partner="M", starts_on="2026-07-01", benchmarks=[{"measure": "Rate", "target": "x"}, {"measure": ""}])  # type: ignore[arg-type, list-item]
    assert {problem.column for problem in caught.value.problems} == {"benchmarks[1].measure", "benchmarks[1].target"}
