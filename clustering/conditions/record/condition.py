"""One condition of a Zone, and the contract with its Lead Partner."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Self

import pandas as pd
from pydantic import Field, model_validator

from clustering.conditions.field_types import (
    LISTED,
    AreaOfCondition,
    Day,
    DayOrNone,
    Line,
    LineOrNone,
    Link,
    Note,
    NoteOrNone,
)
from clustering.conditions.record.life import SETTLED, ConditionState
from clustering.conditions.written_model import WrittenModel
from clustering.errors import InputError, Problem
from clustering.model.parameter_types import CHOICE
from clustering.model.validation_errors import Wording

# Michigan's Partnership Model reviews an agreement at 18 months and judges its outcomes at 36.
REVIEW_MONTHS = (18, 36)


class Condition(WrittenModel):
    """One autonomy or promise: what it is, how far it has come, who holds it, and what proves it."""

    wording: ClassVar[Wording] = Wording(table="condition", noun="field")

    condition_id: Line = Field(description="The item of the checklist that it meets, or a name of one's own.")
    area: AreaOfCondition = Field(description="people, money, time, program, governance, accountability or contract.")
    name: Line = Field(description="What it is called.")
    state: Annotated[ConditionState, CHOICE] = Field(
        default="asked", description="asked, negotiating, agreed, in force or lapsed."
    )
    holder: LineOrNone = Field(default=None, description="Who holds the authority, or owes the promise.")
    document_name: LineOrNone = Field(default=None, description="The document that proves it.")
    document_link: Link = Field(default=None, description="Where that document is: a link, or a reference.")
    asked_on: DayOrNone = Field(default=None, description="The day on which it was asked for.")
    agreed_on: DayOrNone = Field(default=None, description="The day on which it was agreed.")
    in_force_from: DayOrNone = Field(default=None, description="The first day on which it is in force.")
    until: DayOrNone = Field(default=None, description="The last day on which it is in force.")
    note: NoteOrNone = Field(default=None, description="Whatever else there is to know.")

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        _refuse_disorder("condition", self, (("asked_on", "agreed_on"),))
        _refuse_disorder(
            "condition", self, tuple((each, "until") for each in ("asked_on", "agreed_on", "in_force_from"))
        )
        return self

    def state_on(self, day: date) -> ConditionState:
        """
        Tell the state on a day.

        Parameters
        ----------
        day
            The day to tell it for.

        Returns
        -------
        state
            As recorded; but ``lapsed`` after ``until``, and ``agreed`` before ``in_force_from`` of what is recorded as
            in force.
        """
        if self.state in SETTLED and self.until is not None and self.until < day:
            return "lapsed"
        if self.state == "in force" and self.in_force_from is not None and day < self.in_force_from:
            return "agreed"
        return self.state


class Benchmark(WrittenModel):
    """What the Lead Partner is to reach by a day."""

    wording: ClassVar[Wording] = Wording(table="contract", noun="field", numbers_entries=True)

    by_on: DayOrNone = Field(default=None, description="The day by which it is to be reached.")
    measure: Line = Field(description="What is measured.")
    target: Line = Field(description="What it is to be.")


class Contract(WrittenModel):
    """The performance contract of a Zone."""

    wording: ClassVar[Wording] = Wording(table="contract", noun="field", numbers_entries=True)

    partner: Line = Field(description="The Lead Partner.")
    partner_id: LineOrNone = Field(default=None, description="Its identifier in the register.")
    starts_on: Day = Field(description="The first day.")
    ends_on: DayOrNone = Field(default=None, description="The last day.")
    benchmarks: Annotated[tuple[Benchmark, ...], Field(max_length=100), LISTED] = Field(
        default=(), description="What is to be reached, and by when."
    )
    reviews_on: Annotated[tuple[Day, ...], Field(max_length=20), LISTED] = Field(
        default=(), description="Days of the reviews; without any, 18 and 36 months after the first day."
    )
    consequences: Annotated[tuple[Note, ...], Field(max_length=50), LISTED] = Field(
        default=(), description="What follows if a benchmark is missed, named in advance."
    )
    document_name: LineOrNone = Field(default=None, description="The document that it is in.")
    document_link: Link = Field(default=None, description="Where that document is: a link, or a reference.")

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        _refuse_disorder("contract", self, (("starts_on", "ends_on"),))
        return self

    @property
    def reviews(self) -> tuple[date, ...]:
        """Days of the reviews, in order: as set, else 18 and 36 months after the start, unless it ends before."""
        if self.reviews_on:
            return tuple(sorted(set(self.reviews_on)))
        start = pd.Timestamp(self.starts_on)
        worked_out = [(start + pd.DateOffset(months=months)).date() for months in REVIEW_MONTHS]
        return tuple(day for day in worked_out if self.ends_on is None or day <= self.ends_on)

    def next_review(self, day: date) -> date | None:
        """The first review on a day or after it; ``None`` if there is none."""
        return next((review for review in self.reviews if review >= day), None)


def _refuse_disorder(table: str, model: WrittenModel, pairs: tuple[tuple[str, str], ...]) -> None:
    """Refuse days that come before the day that they follow."""
    problems = []
    for first, second in pairs:
        start, end = getattr(model, first), getattr(model, second)
        if start is not None and end is not None and end < start:
            message = f"This is before {first}, {start.isoformat()}."
            problem = Problem(
                table=table,
                column=second,
                value=end.isoformat(),
                message=message,
                remedy="Correct one of the two days.",
            )
            problems.append(problem)
    if problems:
        raise InputError(problems)
