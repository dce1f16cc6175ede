"""What each change of a record changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from clustering.conditions.record.changes import apply_change, sound_change
from clustering.conditions.record.record import RecordChange, RecordedZone, ZoneRecord
from clustering.conditions.written_model import WrittenModel
from clustering.errors import InputError, Problem


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """
    One field that a change gave another value.

    Parameters
    ----------
    part
        ``zone``, ``contract``, ``stage``, ``checklist``, or ``condition`` and its id.
    field
        The field of it.
    before, after
        Its values as text; ``None`` for none.
    """

    part: str
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class HistoryEntry:
    """
    One change, the record after it, and what differs from the record before.

    Parameters
    ----------
    change
        The change.
    record
        After it.
    fields
        What it changed, in the order of the record.
    """

    change: RecordChange
    record: ZoneRecord
    fields: tuple[FieldChange, ...]


def follow_record(changes: Iterable[RecordChange]) -> tuple[HistoryEntry, ...]:
    """
    Follow a record through its changes.

    Parameters
    ----------
    changes
        In the order of their revisions, from 1 on.

    Returns
    -------
    history
        An entry per change, in the same order.

    Raises
    ------
    InputError
        A change cannot be applied, or there is none.
    """
    entries: list[HistoryEntry] = []
    record: ZoneRecord | None = None
    for change in changes:
        after = apply_change(record, change)
        fields = compare_revisions(record, after)
        entries.append(HistoryEntry(change=sound_change(change), record=after, fields=fields))
        record = after
    if not entries:
        message, remedy = "There is no change.", "Begin with a change of the kind created."
        raise InputError([Problem(table="change", column="kind", message=message, remedy=remedy)])
    return tuple(entries)


def compare_revisions(before: ZoneRecord | None, after: ZoneRecord) -> tuple[FieldChange, ...]:
    """
    Tell in which fields two revisions of a record differ.

    Parameters
    ----------
    before, after
        The revisions; ``None`` before the first.

    Returns
    -------
    fields
        In the order of the record; a part that is new has every field that is not blank.
    """
    old = {} if before is None else _fields_of(before)
    new = _fields_of(after)
    return tuple(
        FieldChange(part=part, field=field, before=old.get((part, field)), after=new.get((part, field)))
        for part, field in dict.fromkeys([*new, *old])
        if old.get((part, field)) != new.get((part, field))
    )


def _fields_of(record: ZoneRecord) -> dict[tuple[str, str], str]:
    """Every field of a record that is not blank, as text."""
    checklist = {"title": record.checklist.title, "items": [each.item_id for each in record.checklist.items]}
    parts: dict[str, Mapping[str, Any]] = {
        "zone": {**vars(record.zone), **_in_short(record.zone)},
        "stage": {"stage": record.stage, "exception": record.life[-1].exception},
        "checklist": checklist,
        "contract": {} if record.contract is None else vars(record.contract),
        **{f"condition {each.condition_id}": vars(each) for each in record.conditions},
    }
    texts = {(part, field): write_value(value) for part, fields in parts.items() for field, value in fields.items()}
    return {place: text for place, text in texts.items() if text}


def _in_short(zone: RecordedZone) -> dict[str, Any]:
    """Fields of a Zone that are too long to be written out, by what tells them from others."""
    origin = zone.origin
    shown: dict[str, Any] = {"origin": [origin.basis, origin.proposal_id, origin.proposal_sha256, origin.note]}
    if zone.outline is not None:
        digest = hashlib.sha256(json.dumps(zone.outline).encode()).hexdigest()
        shown["outline"] = f"{zone.outline['type']}, SHA-256 {digest}"
    return shown


def write_value(value: object) -> str:
    """
    Write the value of a field of a record as text.

    Parameters
    ----------
    value
        A text, a day, a list, a mapping, a part of a record, or ``None``.

    Returns
    -------
    text
        Blank for nothing; entries of lists are separated by semicolons.
    """
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, WrittenModel):
        return ", ".join(filter(None, map(write_value, vars(value).values())))
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {write_value(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(filter(None, map(write_value, value)))
    return str(value)
