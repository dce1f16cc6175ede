"""A record as the result of its changes: nothing is overwritten, and the same changes give the same record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BeforeValidator, Field

from clustering.conditions.checklists.checklist import Checklist
from clustering.conditions.field_types import Line, Moment, Note, NoteOrNone, clean_line
from clustering.conditions.record.condition import Condition, Contract
from clustering.conditions.record.life import SETTLED, STAGES_AFTER, STATES_AFTER, Stage, join_choices
from clustering.conditions.record.missing import missing_conditions
from clustering.conditions.record.record import LifeStep, RecordChange, RecordedZone, ZoneRecord
from clustering.conditions.written_model import WrittenModel
from clustering.errors import InputError, Problem
from clustering.model.parameter_types import CHOICE
from clustering.model.validation_errors import Wording, fault, shown_value

ChangeKind = Literal["created", "zone", "condition", "contract", "stage", "checklist"]
MAXIMUM_CONDITIONS = 500
_WORDING = Wording(table="change", noun="field")
Model = TypeVar("Model", bound=WrittenModel)


def _names_with_values(value: object) -> object:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise fault("This is not a mapping.", "Give names with values.")
    return value


class _Heading(WrittenModel):
    """What every change says of itself."""

    wording: ClassVar[Wording] = _WORDING

    revision: int
    at: Moment
    by: Line = Field(description="Who makes the change.")
    why: Note = Field(description="For which reason.")
    kind: Annotated[ChangeKind, CHOICE]
    content: Annotated[Any, BeforeValidator(_names_with_values)]


class _Created(WrittenModel):
    wording: ClassVar[Wording] = _WORDING

    record_id: Line
    zone: RecordedZone
    checklist: Checklist


class _Step(WrittenModel):
    wording: ClassVar[Wording] = _WORDING

    to: Annotated[Stage, CHOICE] = Field(description="The stage that begins.")
    exception: NoteOrNone = Field(
        default=None, description="Why the Zone is protected although required conditions are missing."
    )


def apply_change(record: ZoneRecord | None, change: RecordChange) -> ZoneRecord:
    """
    Apply a change to a record.

    Parameters
    ----------
    record
        Before the change; ``None`` for the change that begins one.
    change
        ``content`` depends on ``kind``. ``created``: ``record_id``, ``zone`` (``zone_id``, ``name``, ``school_ids``;
        also ``anchor_ids``, ``school_names``, ``outline``, ``origin``) and ``checklist``, as
        :func:`~clustering.checklist_document` writes it. ``zone``: any of its fields. ``condition``: ``condition_id``
        and any of ``area``, ``name``, ``state``, ``holder``, ``document_name``, ``document_link``, ``asked_on``,
        ``agreed_on``, ``in_force_from``, ``until``, ``note``; a condition that is not there yet is added, and one that
        is an item of the checklist has area and name from there. ``contract``: any of ``partner``, ``partner_id``,
        ``starts_on``, ``ends_on``, ``benchmarks``, ``reviews_on``, ``consequences``, ``document_name``,
        ``document_link``. ``stage``: ``to``, and ``exception``. ``checklist``: all fields of one. Fields left out keep
        their values, ``None`` takes a value away, and days are written as ``2027-08-31``.

    Returns
    -------
    record
        After the change; the one before stays as it is.

    Raises
    ------
    InputError
        With every problem: fields that cannot be read, a step that is not allowed, a change that changes nothing, and,
        for ``protected``, each required condition that is missing while no ``exception`` is given.
    """
    problems: list[Problem] = []
    try:
        change = sound_change(change)
        _refuse_wrong_turn(record, change)
    except InputError as error:
        problems += error.problems
        if {"at", "content"} & {problem.column for problem in problems}:  # without these the content cannot be judged
            raise
    try:
        changed = _apply_content(record, change)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    if problems:
        raise InputError(problems)
    return replace(changed, revision=change.revision, changed_at=change.at, changed_by=change.by)


def sound_change(change: RecordChange) -> RecordChange:
    """
    Check what a change says of itself; its content is left to :func:`apply_change`.

    Parameters
    ----------
    change
        Of any record.

    Returns
    -------
    change
        With its time in UTC, and without invisible characters in ``by`` and ``why``.

    Raises
    ------
    InputError
        With every field that cannot be used.
    """
    heading = _Heading(**{name: getattr(change, name) for name in _Heading.model_fields})
    return replace(change, at=heading.at.astimezone(UTC), by=heading.by, why=heading.why, kind=heading.kind)


def record_of(changes: Iterable[RecordChange]) -> ZoneRecord:
    """
    Make a record of its changes.

    Parameters
    ----------
    changes
        In the order of their revisions, from 1 on.

    Returns
    -------
    record
        After the last of them.

    Raises
    ------
    InputError
        A change cannot be applied, or there is none.
    """
    record: ZoneRecord | None = None
    for change in changes:
        record = apply_change(record, change)
    if record is None:
        raise InputError([_problem("kind", None, "There is no change.", "Begin with a change of the kind created.")])
    return record


def _refuse_wrong_turn(record: ZoneRecord | None, change: RecordChange) -> None:
    """Refuse a change that is not the next one of this record."""
    expected = 1 if record is None else record.revision + 1
    problems = []
    if change.revision != expected:
        message = f"The next revision of the record is {expected}."
        remedy = "Look at the record as it is now, and make the change again."
        problems.append(_problem("revision", change.revision, message, remedy))
    if (change.kind == "created") != (record is None):
        message = "The record is there already." if record else "There is no record to change."
        remedy = "Give another kind of change." if record else "Begin with a change of the kind created."
        problems.append(_problem("kind", change.kind, message, remedy))
    if problems:
        raise InputError(problems)


def _apply_content(record: ZoneRecord | None, change: RecordChange) -> ZoneRecord:
    """The record after the change, if its kind fits; the heading of the change may still be unsound."""
    if record is None and change.kind == "created":
        return _created(change)
    if record is not None and change.kind in _APPLY:
        return _APPLY[change.kind](record, change)
    raise InputError([])


def _created(change: RecordChange) -> ZoneRecord:
    content = _Created(**change.content)
    return ZoneRecord(
        record_id=content.record_id,
        zone=content.zone,
        checklist=content.checklist,
        conditions=(),
        contract=None,
        life=(_step("proposed", change),),
        revision=change.revision,
        changed_at=change.at,
        changed_by=change.by,
    )


def _change_zone(record: ZoneRecord, change: RecordChange) -> ZoneRecord:
    fields = {**vars(record.zone), **change.content}
    if "school_names" not in change.content:  # a school that left takes its name along
        left = {*record.zone.school_ids} - {*_texts(fields["school_ids"])}
        fields["school_names"] = {each: name for each, name in record.zone.school_names.items() if each not in left}
    zone = RecordedZone(**fields)
    return replace(record, zone=_changed(record.zone, zone))


def _texts(listed: object) -> list[str]:
    """The texts of a list, of which it is not known yet whether it is one."""
    return [each for each in listed if isinstance(each, str)] if isinstance(listed, list | tuple) else []


def _change_checklist(record: ZoneRecord, change: RecordChange) -> ZoneRecord:
    return replace(record, checklist=_changed(record.checklist, Checklist(**change.content)))


def _change_contract(record: ZoneRecord, change: RecordChange) -> ZoneRecord:
    before = {} if record.contract is None else vars(record.contract)
    return replace(record, contract=_changed(record.contract, Contract(**{**before, **change.content})))


def _change_condition(record: ZoneRecord, change: RecordChange) -> ZoneRecord:
    """Change a condition, or add one; one that is an item of the checklist is called what the checklist calls it."""
    given = change.content.get("condition_id")
    condition_id = clean_line(given) if isinstance(given, str) else ""
    before = record.condition(condition_id)
    item = record.checklist.item(condition_id)
    known: Mapping[str, Any] = {} if item is None else {"area": item.area, "name": item.title}
    condition = Condition(**{**(known if before is None else vars(before)), **change.content})
    if before is None:
        if len(record.conditions) >= MAXIMUM_CONDITIONS:
            message = f"The record has {MAXIMUM_CONDITIONS} conditions already."
            raise InputError([_problem("condition_id", condition_id, message, "Change one of them.")])
        return replace(record, conditions=(*record.conditions, condition))
    _changed(before, condition)
    allowed = STATES_AFTER[before.state]
    if condition.state not in (before.state, *allowed):
        message = f"The condition is {before.state}, and cannot become {condition.state}."
        raise InputError([_problem("state", condition.state, message, f"It can become {join_choices(allowed)}.")])
    others = [condition if each is before else each for each in record.conditions]
    return replace(record, conditions=tuple(others))


def _change_stage(record: ZoneRecord, change: RecordChange) -> ZoneRecord:
    step = _Step(**change.content)
    allowed = STAGES_AFTER[record.stage]
    if step.to not in allowed:
        message = f"The Zone is {record.stage}, and cannot become {step.to}."
        remedy = f"It can become {join_choices(allowed)}." if allowed else "Its life is over: begin a new record."
        raise InputError([_problem("to", step.to, message, remedy)])
    missing = missing_conditions(record, record.checklist, change.at.date()) if step.to == "protected" else ()
    if missing and step.exception is None:
        remedy = f"Have it {join_choices(SETTLED)}, or give the reason for an exception in the field exception."
        raise InputError([_problem("to", each.item_id, each.sentence, remedy) for each in missing])
    if step.exception is not None and not missing:
        message = "No required condition is missing, so there is no exception."
        raise InputError([_problem("exception", step.exception, message, "Leave it out.")])
    taken = _step(step.to, change, exception=step.exception, missing=tuple(each.item_id for each in missing))
    return replace(record, life=(*record.life, taken))


_APPLY: Mapping[str, Callable[[ZoneRecord, RecordChange], ZoneRecord]] = {
    "zone": _change_zone,
    "condition": _change_condition,
    "contract": _change_contract,
    "stage": _change_stage,
    "checklist": _change_checklist,
}


def _step(stage: Stage, change: RecordChange, **more: Any) -> LifeStep:
    return LifeStep(stage=stage, revision=change.revision, at=change.at, by=change.by, why=change.why, **more)


def _changed(before: Model | None, after: Model) -> Model:
    """What is new; what is as before is refused."""
    if before == after:
        raise InputError([_problem("content", None, "This changes nothing.", "Change a field.")])
    return after


def _problem(column: str, value: object, message: str, remedy: str) -> Problem:
    return Problem(table="change", column=column, value=shown_value(value), message=message, remedy=remedy)
