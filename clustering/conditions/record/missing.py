"""What a Zone lacks before it is protected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from clustering.conditions.checklists.checklist import Checklist, ChecklistItem
from clustering.conditions.field_types import Area
from clustering.conditions.record.condition import Condition
from clustering.conditions.record.life import SETTLED, ConditionState
from clustering.conditions.record.record import ZoneRecord


@dataclass(frozen=True, kw_only=True)
class MissingCondition:
    """
    A required item of a checklist that is neither agreed nor in force.

    Parameters
    ----------
    item_id, area, title
        The item.
    state
        Of the condition on that day; ``None`` if the record has no such condition.
    sentence
        How far it has come, for people.
    """

    item_id: str
    area: Area
    title: str
    state: ConditionState | None
    sentence: str


def missing_conditions(record: ZoneRecord, checklist: Checklist, today: date) -> tuple[MissingCondition, ...]:
    """
    Tell what a Zone lacks before it is protected.

    Parameters
    ----------
    record
        Of the Zone.
    checklist
        What must be agreed; ``record.checklist`` for the Zone's own.
    today
        The day to tell it for: by then a condition may have lapsed.

    Returns
    -------
    missing
        The required items of which no condition of the same id is agreed or in force, in the order of the checklist.
    """
    return tuple(
        MissingCondition(
            item_id=item.item_id,
            area=item.area,
            title=item.title,
            state=None if condition is None else condition.state_on(today),
            sentence=_describe(item, condition, today),
        )
        for item in checklist.items
        if item.required
        and ((condition := record.condition(item.item_id)) is None or condition.state_on(today) not in SETTLED)
    )


def _describe(item: ChecklistItem, condition: Condition | None, today: date) -> str:
    named = f"{item.title} ({item.area})"
    if condition is None:
        return f"{named}: not asked for yet."
    holder = "" if condition.holder is None else f" of {condition.holder}"
    state = condition.state_on(today)
    if state == "lapsed":
        since = "" if condition.until is None else f" after {condition.until.isoformat()}"
        return f"{named}: lapsed{since}."
    if state == "negotiating":
        return f"{named}: negotiated{f' with {condition.holder}' if condition.holder else ''}, not agreed yet."
    day = "" if condition.asked_on is None else f" on {condition.asked_on.isoformat()}"
    return f"{named}: asked{holder}{day}, not agreed yet."
