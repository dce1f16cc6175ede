"""The record of a Zone: what it is, what it was allowed and promised, and how its life went on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from clustering.conditions.checklists.checklist import Checklist
from clustering.conditions.field_types import (
    Line,
    LineOrNone,
    NoteOrNone,
    Outline,
    PlainMapping,
    SchoolIdentifiers,
)
from clustering.conditions.record.condition import Condition, Contract
from clustering.conditions.record.life import Stage
from clustering.conditions.written_model import WrittenModel
from clustering.errors import InputError, Problem
from clustering.model.parameter_types import CHOICE
from clustering.model.validation_errors import Wording

_WORDING = Wording(table="zone", noun="field", numbers_entries=True)


class ZoneOrigin(WrittenModel):
    """Where the Zone of a record came from."""

    wording: ClassVar[Wording] = _WORDING

    basis: Annotated[Literal["proposal", "given"], CHOICE] = Field(
        default="given", description="proposal: as a proposal has it; given: somebody wrote it down."
    )
    proposal_id: LineOrNone = Field(default=None, description="The proposal.")
    proposal_sha256: LineOrNone = Field(default=None, description="SHA-256 of the proposal's document.")
    parameters: PlainMapping = Field(default_factory=dict, description="Parameters of the proposal.")
    provenance: PlainMapping = Field(default_factory=dict, description="Data and software behind the proposal.")
    note: NoteOrNone = Field(default=None, description="Where it came from, in words.")


class RecordedZone(WrittenModel):
    """A Zone as a record keeps it: a copy of its own."""

    wording: ClassVar[Wording] = _WORDING

    zone_id: Line = Field(description="Identifies the Zone where it came from.")
    name: Line = Field(description="Its name.")
    school_ids: Annotated[SchoolIdentifiers, Field(min_length=1)] = Field(
        description="Its schools, anchors among them."
    )
    anchor_ids: SchoolIdentifiers = Field(default=(), description="Its low-performing high schools.")
    school_names: dict[Line, Line] = Field(
        default_factory=dict, max_length=1_000, description="Names of the schools, by their identifiers."
    )
    outline: Outline = Field(default=None, description="Outline as a geometry of GeoJSON, for drawing only.")
    origin: ZoneOrigin = Field(default_factory=ZoneOrigin, description="Where the Zone came from.")

    @model_validator(mode="after")
    def _schools_fit(self) -> Self:
        twice = sorted({each for each in self.school_ids if self.school_ids.count(each) > 1})
        strangers = sorted({*self.anchor_ids, *self.school_names} - {*self.school_ids})
        message = "This school is not among the schools of the Zone."
        problems = [_problem("school_ids", each, "The school is named twice.", "Name it once.") for each in twice]
        problems += [
            _problem("anchor_ids", each, message, "Add it to school_ids, or leave it out.") for each in strangers
        ]
        if problems:
            raise InputError(problems)
        return self

    def is_same_zone(self, other: RecordedZone) -> bool:
        """
        Tell whether two copies are of one Zone, wherever each came from.

        Parameters
        ----------
        other
            The Zone of another record.

        Returns
        -------
        is_same
            Both have one ``zone_id``, or the same anchors. Feeders and names may differ: they change over the years.
        """
        return self.zone_id == other.zone_id or (bool(self.anchor_ids) and {*self.anchor_ids} == {*other.anchor_ids})


@dataclass(frozen=True, kw_only=True)
class LifeStep:
    """
    One step in the life of a Zone.

    Parameters
    ----------
    stage
        The stage that began.
    revision
        Of the record, with the step.
    at
        When [UTC].
    by, why
        Who took the step, and for which reason.
    exception
        Why the Zone was protected although required conditions were missing; ``None`` if none were.
    missing
        The items of the checklist that were missing then.
    """

    stage: Stage
    revision: int
    at: datetime
    by: str
    why: str
    exception: str | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ZoneRecord:
    """
    A Zone with its conditions, its contract and its life, at one revision.

    Parameters
    ----------
    record_id
        Identifies the record.
    zone
        The Zone.
    checklist
        What it must have agreed before it is protected: a copy of its own.
    conditions
        In the order in which they were added.
    contract
        With the Lead Partner; ``None`` if there is none yet.
    life
        Every step, the first ``proposed``.
    revision
        Number of changes so far, the first among them.
    changed_at, changed_by
        When [UTC] the last change was made, and who made it.
    """

    record_id: str
    zone: RecordedZone
    checklist: Checklist
    conditions: tuple[Condition, ...]
    contract: Contract | None
    life: tuple[LifeStep, ...]
    revision: int
    changed_at: datetime
    changed_by: str

    @property
    def stage(self) -> Stage:
        """The stage of today."""
        return self.life[-1].stage

    def condition(self, condition_id: str) -> Condition | None:
        """The condition with this id; ``None`` if there is none."""
        return next((each for each in self.conditions if each.condition_id == condition_id), None)


@dataclass(frozen=True, kw_only=True)
class RecordChange:
    """
    One change of a record.

    Parameters
    ----------
    revision
        That the record has with this change; 1 for the change that begins it.
    at
        When [UTC].
    by, why
        Who makes the change, and for which reason.
    kind
        ``created``, ``zone``, ``condition``, ``contract``, ``stage`` or ``checklist``.
    content
        What the kind needs, as plain values; see :func:`~clustering.apply_change`.
    """

    revision: int
    at: datetime
    by: str
    why: str
    kind: str
    content: Mapping[str, Any]


def _problem(column: str, value: str, message: str, remedy: str) -> Problem:
    return Problem(table="zone", column=column, value=value, message=message, remedy=remedy)
