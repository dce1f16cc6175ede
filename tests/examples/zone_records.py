"""A record of a small Zone, change by change, and a checklist of two required items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from clustering import Checklist, ChecklistItem, RecordChange, ZoneRecord, checklist_document, record_of

_NUMBERS = count(1)
START = datetime(2026, 1, 5, 15, 30, tzinfo=UTC)
CHECKLIST = Checklist(
    checklist_id="two",
    title="Two that are required",
    items=(
        ChecklistItem(item_id="hire", area="people", title="Hiring"),
        ChecklistItem(item_id="day", area="time", title="Longer day"),
        ChecklistItem(item_id="meals", area="money", title="Meals", required=False),
    ),
)
ZONE: Mapping[str, Any] = {
    "zone_id": "zone-0010",
    "name": "West Zone",
    "school_ids": ["0010", "0001"],
    "anchor_ids": ["0010"],
    "school_names": {"0010": "West High"},
    "outline": {"type": "Polygon", "coordinates": [[[-98, 38], [-97, 38], [-97, 39], [-98, 38]]]},
}


def another_zone(**fields: Any) -> dict[str, Any]:
    """The West Zone under an identifier and with an anchor of its own: a Zone has one living record at a time."""
    anchor = f"9{next(_NUMBERS):03}"
    own = {"school_ids": [anchor, "0001"], "anchor_ids": [anchor], "school_names": {anchor: "West High"}}
    return {**ZONE, "zone_id": f"zone-{anchor}", **own, **fields}


def change(revision: int, kind: str, /, *, by: str = "Ann", why: str = "Agreed", **content: Any) -> RecordChange:
    """A change; a revision a day."""
    at = START + timedelta(days=revision - 1)
    return RecordChange(revision=revision, at=at, by=by, why=why, kind=kind, content=content)


def created(**zone: Any) -> RecordChange:
    """The change that begins the record of the West Zone, or of another."""
    return change(1, "created", record_id="r-1", zone={**ZONE, **zone}, checklist=checklist_document(CHECKLIST))


def record_after(*changes: tuple[str, Mapping[str, Any]]) -> ZoneRecord:
    """The record of the West Zone after changes, given by kind and content."""
    return record_of(all_changes(changes))


def all_changes(changes: Iterable[tuple[str, Mapping[str, Any]]]) -> list[RecordChange]:
    """The change that begins the record, and more after it."""
    return [created(), *(change(number, kind, **content) for number, (kind, content) in enumerate(changes, start=2))]
