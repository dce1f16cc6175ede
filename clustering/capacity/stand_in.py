"""Stand-in until the multi-year plan is there."""

from __future__ import annotations

from pydantic import Field

from clustering.capacity.matching.parameters import MatchParameters


class PlanYearsParameters(MatchParameters):
    """Stand-in."""

    years: int = Field(default=5, description="x")
    planning_years: int = Field(default=1, description="x")
    contract_years: int = Field(default=5, description="x")
    count_by: str = Field(default="years served", description="x")
    growth: bool = Field(default=True, description="x")
    carry_over: bool = Field(default=False, description="x")


def _later(*_given: object, **_named: object) -> None:
    """Stand in."""
    raise NotImplementedError


register_document = register_from_bytes = register_to_bytes = render_register = read_register = _later
match_document = match_zones = plan_years = year_plan_document = render_match = render_year_plan = _later
