"""What a request for a match or a year plan asks for, in words."""

from __future__ import annotations

from typing import Any

import pytest

from app.queries.capacity_request import describe_parameters, summarise_capacity_request
from app.queries.request_summary import changed_parameters
from clustering import MatchParameters, PlanYearsParameters

WORDS: list[tuple[dict[str, Any], str]] = [
    ({}, "all parameters as by default"),
    ({"budget_dollars": 15e6, "years": 8}, "budget 15,000,000 dollars a year; years 8"),
    ({"start_year": 2027, "growth": False}, "start year 2027-28; no growth"),
    ({"allow_smaller": True, "allow_parts": True}, "allow smaller Zones; allow parts of Zones"),
    ({"time_limit_s": 30, "approvals": ["applied"]}, "approvals applied; time limit 30 seconds"),
    ({"force_served": "z1,z2", "count_by": "Zones reached"}, "must be served z1, z2; count by Zones reached"),
    ({"need": "lowest_rates", "approvals": []}, "need lowest_rates; approvals none"),
    ({"years": 3, "budgets_dollars": [1e6, 2e6, 3.5]}, "years 3; budgets 1,000,000, 2,000,000, 3.5 dollars a year"),
]


@pytest.mark.parametrize(("values", "words"), WORDS)
def test_a_request_is_told_by_what_is_not_the_default(values: dict[str, Any], words: str) -> None:
    parameters = PlanYearsParameters(**values).as_dict()
    assert summarise_capacity_request(PlanYearsParameters, parameters) == words
    changed = changed_parameters(PlanYearsParameters, parameters)
    assert changed.keys() == values.keys()
    assert PlanYearsParameters(**changed) == PlanYearsParameters(**values)


def test_a_request_kept_before_a_parameter_was_there_can_be_told() -> None:
    assert summarise_capacity_request(MatchParameters, {"allow_parts": True}) == "allow parts of Zones"


@pytest.mark.parametrize(
    ("chosen", "fall", "shown"),
    [
        (None, 2025, "2025-26, the first school year after the newest data"),
        (2027, 2027, "2027-28"),
        (None, None, "not known: no file tells a year"),
    ],
)
def test_the_first_school_year_is_shown_whoever_chose_it(chosen: int | None, fall: int | None, shown: str) -> None:
    parameters = MatchParameters(start_year=chosen).as_dict()
    facts = dict(describe_parameters(MatchParameters, {"parameters": parameters, "fall": fall}))
    assert facts["start year"] == shown
    assert len(facts) == len(parameters)
    assert (facts["budget"], facts["cost per school"]) == ("no limit", "750,000 dollars a school and year")


def test_a_plan_says_what_nothing_means() -> None:
    document = {"parameters": PlanYearsParameters().as_dict(), "first_fall": 2025}
    facts = dict(describe_parameters(PlanYearsParameters, document))
    assert facts["start year"].startswith("2025-26, ")
    assert facts["later cost per school"] == "as at full cost"
    assert "not used" not in facts.values()
