"""Frozen parameters of matching, with defaults and their sources."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from clustering.capacity.register.register import Approval
from clustering.model.parameter_model import ParameterModel
from clustering.model.parameter_types import (
    CHOICE,
    DOLLARS,
    DOLLARS_OR_NONE,
    ENTRIES,
    ENTRIES_OR_ALL,
    LIST_LENGTH,
    NUMBER,
    NUMBER_OR_NONE,
    Text,
    TruthValue,
)
from clustering.zones.parameters import Fall

NeedMeasure = Literal["students", "students_below", "lowest_rates"]
DutiesRequired = Literal["met", "met or promised", "not missing", "any"]
CostBasis = Literal["school", "student"]
Dollars = Annotated[float, Field(ge=0, le=1e12), DOLLARS]
Texts = Annotated[tuple[Text, ...], LIST_LENGTH, ENTRIES]


class MatchParameters(ParameterModel):
    """What a state asks of matching. Every field can be set by name in Python, over HTTP and on the command line."""

    need: Annotated[NeedMeasure, CHOICE] = Field(
        default="students",
        description="What is served as much as can be. students: students enrolled in the Zone's schools."
        " students_below: those of them who are below the mark. lowest_rates: points; the Zone with the lowest"
        " graduation rate has as many as there are Zones, the one with the highest has one.",
    )
    start_year: Fall | None = Field(
        default=None,
        description="Fall in which the partners start. None is the first school year after the newest data.",
    )
    duties: Annotated[DutiesRequired, CHOICE] = Field(
        default="not missing",
        description="What is asked of a partner's four duties (accountability, authority, comprehensive services,"
        " embedded presence). met: each is met. met or promised. not missing: none is known to be missing, so unknown"
        " ones pass. any: nothing is asked. A match says which are met, promised, missing or unknown.",
    )
    approvals: Annotated[tuple[Annotated[Approval, CHOICE], ...], LIST_LENGTH, ENTRIES_OR_ALL] = Field(
        default=("pre-qualified", "applied", "unknown"),
        description="Approvals by the state that a partner may have. Illinois, Massachusetts and Virginia"
        " pre-qualified partners by requests for proposals.",
    )
    budget_dollars: Annotated[float | None, Field(ge=0, le=1e12), DOLLARS_OR_NONE] = Field(
        default=None,
        description="Most dollars that all matches may cost in their first year. None is no limit.",
        json_schema_extra={"unit": "dollars a year"},
    )
    cost_by: Annotated[CostBasis, CHOICE] = Field(
        default="school",
        description="Whether a match costs so much a school or so much a student, where the register does not say what"
        " a partner costs.",
    )
    cost_per_school_dollars: Dollars = Field(
        default=750_000.0,
        description="Cost of a school in a year. Mass Insight, 2010: about 750,000 dollars in each of the first three"
        " years.",
        json_schema_extra={"unit": "dollars a school and year"},
    )
    cost_per_student_dollars: Dollars = Field(
        default=1_330.0,
        description="Cost of a student in a year. School Improvement Grants, 2010: 1,330 dollars a pupil and year"
        " (NCEE 2011-4019, section 4).",
        json_schema_extra={"unit": "dollars a student and year"},
    )
    maximum_zones_per_partner: Annotated[int | None, Field(ge=1, le=100_000), NUMBER_OR_NONE] = Field(
        default=None, description="Most Zones of one partner. None is no limit.", json_schema_extra={"unit": "Zones"}
    )
    allow_smaller: TruthValue = Field(
        default=False,
        description="Also consider smaller variants of each Zone, the best of every size, so that more Zones can be"
        " served.",
    )
    allow_parts: TruthValue = Field(
        default=False,
        description="A Zone of several anchors may be split into one part per anchor, each with its own partner.",
    )
    force_match: Texts = Field(
        default=(), description="Locks: a Zone and its partner, written zone=partner, that must be matched."
    )
    forbid_match: Texts = Field(
        default=(), description="Locks: a Zone and a partner, written zone=partner, that must not be matched."
    )
    force_served: Texts = Field(default=(), description="Ids of Zones that must have a partner.")
    force_unserved: Texts = Field(default=(), description="Ids of Zones that must not have one.")
    time_limit_s: Annotated[float, Field(ge=0.1, le=86_400), NUMBER] = Field(
        default=60.0,
        description="Time for solving. The best audited answer so far is returned with its gap.",
        json_schema_extra={"unit": "seconds"},
    )

    def as_dict(self) -> dict[str, object]:
        """Plain values, in the order of the fields, ready for JSON."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}
