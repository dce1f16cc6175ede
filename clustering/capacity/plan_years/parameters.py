"""Frozen parameters of the multi-year plan, with defaults and their sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from clustering.capacity.matching.parameters import Dollars, MatchParameters, Texts
from clustering.errors import InputError, Problem
from clustering.model.parameter_types import CHOICE, DOLLAR_AMOUNTS, DOLLARS_OR_NONE, NUMBER, TruthValue
from clustering.zones.parameters import Fall, parameter_problem

CountBy = Literal["years served", "Zones reached"]

LONGEST_PLAN_YEARS = 10


Amounts = Annotated[tuple[Dollars, ...], Field(max_length=LONGEST_PLAN_YEARS), DOLLAR_AMOUNTS]


class PlanYearsParameters(MatchParameters):
    """What a state asks of a multi-year plan: all that it asks of matching, and what changes from year to year."""

    start_year: Fall | None = Field(
        default=None,
        description="First fall of the plan, in which the first Zones are planned. None is the first school year after"
        " the newest data.",
    )
    years: Annotated[int, Field(ge=3, le=LONGEST_PLAN_YEARS), NUMBER] = Field(
        default=5,
        description="School years of the plan. Five are a contract of the usual length (3 to 5 years) and little more:"
        " Project L.I.F.T. in Charlotte was funded for five.",
        json_schema_extra={"unit": "years"},
    )
    budget_dollars: Annotated[float | None, Field(ge=0, le=1e12), DOLLARS_OR_NONE] = Field(
        default=None,
        description="Most dollars that the plan may cost in each school year. None is no limit.",
        json_schema_extra={"unit": "dollars a year"},
    )
    budgets_dollars: Amounts = Field(
        default=(),
        description="Most dollars of each school year of the plan, one after another, instead of budget_dollars.",
        json_schema_extra={"unit": "dollars a year"},
    )
    carry_over: TruthValue = Field(
        default=False,
        description="Money that is left of one year's budget may be spent in a later year. Most public budgets lapse,"
        " so the default is no.",
    )
    planning_years: Annotated[int, Field(ge=0, le=1), NUMBER] = Field(
        default=1,
        description="Years of planning before a Zone starts. One is usual practice: Indianapolis took a year each to"
        " diagnose and to design its Transformation Zones.",
        json_schema_extra={"unit": "years"},
    )
    planning_cost_per_school_dollars: Dollars = Field(
        default=0.0,
        description="Cost of a school in the planning year. 0, because no source gives a figure: set your own.",
        json_schema_extra={"unit": "dollars a school and year"},
    )
    planning_cost_per_student_dollars: Dollars = Field(
        default=0.0,
        description="Cost of a student in the planning year, where cost_by is student. 0, because no source gives a"
        " figure: set your own.",
        json_schema_extra={"unit": "dollars a student and year"},
    )
    planning_uses_capacity: TruthValue = Field(
        default=False,
        description="Whether a partner's capacity is used while a Zone is planned. No: the register says how many"
        " schools a partner can run at once, and while it plans, the district still runs them. Yes is the careful"
        " choice for partners whose own staff for a Zone must be there a year before.",
    )
    intensive_years: Annotated[int, Field(ge=0, le=LONGEST_PLAN_YEARS), NUMBER] = Field(
        default=3,
        description="Years from the start at full cost, whatever the contract. Mass Insight, 2010, gives its 750,000"
        " dollars a school and year for each of the first three years.",
        json_schema_extra={"unit": "years"},
    )
    later_cost_per_school_dollars: Annotated[float | None, Field(ge=0, le=1e12), DOLLARS_OR_NONE] = Field(
        default=None,
        description="Cost of a school in each year after the intensive ones; never more than a year at full cost. None"
        " is the same as at full cost: the careful choice, for no source gives a figure.",
        json_schema_extra={"unit": "dollars a school and year"},
    )
    later_cost_per_student_dollars: Annotated[float | None, Field(ge=0, le=1e12), DOLLARS_OR_NONE] = Field(
        default=None,
        description="Cost of a student in each year after the intensive ones, where cost_by is student; never more than"
        " a year at full cost. None is the same as at full cost.",
        json_schema_extra={"unit": "dollars a student and year"},
    )
    contract_years: Annotated[int, Field(ge=1, le=LONGEST_PLAN_YEARS), NUMBER] = Field(
        default=5,
        description="Years for which a partner runs a Zone, where the register does not say it; planning is not among"
        " them. Practice: performance contracts of three to five years (The Lead Partner Playbook).",
        json_schema_extra={"unit": "years"},
    )
    renewals: Annotated[int, Field(ge=0, le=3), NUMBER] = Field(
        default=3,
        description="How often a contract may be renewed by the same partner, as long as the renewal begins within the"
        " plan. 3, because contracts of three years then last through the longest plan: a Zone whose partner leaves is"
        " in need again. No source gives a rule, and each renewal depends on the reviews. 0: every contract ends.",
        json_schema_extra={"unit": "renewals"},
    )
    count_by: Annotated[CountBy, CHOICE] = Field(
        default="years served",
        description="How often the need of a Zone counts. years served: once for each school year of the plan in which"
        " it is served, so that early starts count for more. Zones reached: once.",
    )
    growth: TruthValue = Field(
        default=True,
        description="Whether partners may run more schools once they have run Zones of this plan for two years, by the"
        " growth that the register gives. Schools that a partner runs today do not count.",
    )
    exits: Texts = Field(
        default=(),
        description="Contracts that end early, written zone=fall: from that fall on no partner runs the Zone.",
    )
    first_month: Annotated[int, Field(ge=1, le=12), NUMBER] = Field(
        default=8,
        description="Month in which a school year begins, from which the reviews at 18 and 36 months are counted. An"
        " assumption: August.",
        json_schema_extra={"unit": "month"},
    )

    @property
    def planning_is_free(self) -> bool:
        """Whether a plan has planning years, and counts them without cost."""
        costs = {"school": self.planning_cost_per_school_dollars, "student": self.planning_cost_per_student_dollars}
        return bool(self.planning_years) and not costs[self.cost_by]

    @model_validator(mode="after")
    def _without_contradicting_budgets(self) -> Self:
        if problems := list(_budget_problems(self)):
            raise InputError(problems)
        return self


def _budget_problems(parameters: PlanYearsParameters) -> Iterator[Problem]:
    """What contradicts the list of budgets, if there is one."""
    amounts = parameters.budgets_dollars
    if not amounts:
        return
    shown = ", ".join(f"{amount:.0f}" for amount in amounts)
    if parameters.budget_dollars is not None:
        remedy = "Give one of the two."
        yield parameter_problem("budgets_dollars", shown, "There is a budget_dollars too.", remedy)
    if len(amounts) != parameters.years:
        message = f"There are {len(amounts)} budgets for {parameters.years} years."
        yield parameter_problem(
            "budgets_dollars", shown, message, f"Give {parameters.years} budgets, one for each year."
        )
