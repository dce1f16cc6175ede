"""What is due in the records of Zones: reviews, ends of contracts, conditions that lapse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Literal, get_args

import pandas as pd

from clustering.conditions.record.condition import REVIEW_MONTHS, Contract
from clustering.conditions.record.life import SETTLED, Stage
from clustering.conditions.record.record import ZoneRecord
from clustering.errors import InputError, Problem

DueKind = Literal["review", "contract ends", "condition lapses"]
_KINDS: tuple[DueKind, ...] = get_args(DueKind)


@dataclass(frozen=True, kw_only=True)
class DueDate:
    """
    One thing that is due.

    Parameters
    ----------
    due_on
        The day of a review; the last day of a contract, or of a condition.
    kind
        ``review``, ``contract ends`` or ``condition lapses``.
    record_id, zone_id, zone_name, stage
        The record and its Zone.
    what
        The review (with its months, where they were not set), the partner, or the condition.
    holder
        Who holds the condition, or the partner; ``None`` if that is not recorded.
    """

    due_on: date
    kind: DueKind
    record_id: str
    zone_id: str
    zone_name: str
    stage: Stage
    what: str
    holder: str | None


def list_due(records: Iterable[ZoneRecord], *, today: date, until: date) -> tuple[DueDate, ...]:
    """
    List what is due from a day up to another.

    Parameters
    ----------
    records
        Any number. Of Zones whose life has ended nothing is due.
    today, until
        The first day and the last one.

    Returns
    -------
    due
        By day, then by kind, Zone and record. Reviews are those of the contract: as set, else 18 and 36 months after
        its first day (Michigan's Partnership Model). A condition lapses if it is agreed or in force and has a last day.

    Raises
    ------
    InputError
        ``until`` is before ``today``.
    """
    if until < today:
        problem = Problem(
            table="parameters",
            column="until",
            value=until.isoformat(),
            message=f"This is before the first day, {today.isoformat()}.",
            remedy="Give the same day, or a later one.",
        )
        raise InputError([problem])
    due = [
        each
        for record in records
        if record.stage != "ended"
        for each in _of_record(record)
        if today <= each.due_on <= until
    ]
    return tuple(sorted(due, key=lambda each: (each.due_on, _KINDS.index(each.kind), each.zone_name, *_ids(each))))


def due_table(due: Iterable[DueDate]) -> pd.DataFrame:
    """
    Write what is due as a table.

    Parameters
    ----------
    due
        As :func:`list_due` answers.

    Returns
    -------
    table
        A row for each, in their order: the fields of :class:`DueDate` as text; missing is missing.
    """
    rows = [{**asdict(each), "due_on": each.due_on.isoformat()} for each in due]
    return pd.DataFrame(rows, columns=[each.name for each in fields(DueDate)]).astype("str")


def list_lapsed(record: ZoneRecord, today: date) -> tuple[str, ...]:
    """
    List what is over in a record.

    Parameters
    ----------
    record
        At any revision. Of a Zone whose life has ended nothing is listed.
    today
        The day for which it is told.

    Returns
    -------
    lapsed
        In words: the contract, if its last day is past, then each condition that has lapsed.
    """
    if record.stage == "ended":
        return ()
    contract = record.contract
    is_over = contract is not None and contract.ends_on is not None and contract.ends_on < today
    over = [f"contract with {contract.partner}, ended {contract.ends_on}"] if contract is not None and is_over else []
    conditions = [each for each in record.conditions if each.state_on(today) == "lapsed"]
    return (*over, *(f"{each.name}{f', until {each.until}' if each.until else ''}" for each in conditions))


def _ids(due: DueDate) -> tuple[str, str]:
    return due.record_id, due.what


def _of_record(record: ZoneRecord) -> Iterator[DueDate]:
    if record.contract is not None:
        contract = record.contract
        for day, what in _reviews(contract):
            yield _due(record, day, "review", what, contract.partner)
        if contract.ends_on is not None:
            yield _due(record, contract.ends_on, "contract ends", f"Contract with {contract.partner}", contract.partner)
    for condition in record.conditions:
        if condition.until is not None and condition.state in SETTLED:
            yield _due(record, condition.until, "condition lapses", condition.name, condition.holder)


def _reviews(contract: Contract) -> list[tuple[date, str]]:
    if contract.reviews_on:
        return [(day, "Review") for day in contract.reviews]
    # Reviews after the end of the contract are left out, so there may be fewer of them than months.
    return [
        (day, f"Review after {months} months") for day, months in zip(contract.reviews, REVIEW_MONTHS, strict=False)
    ]


def _due(record: ZoneRecord, day: date, kind: DueKind, what: str, holder: str | None) -> DueDate:
    return DueDate(
        due_on=day,
        kind=kind,
        record_id=record.record_id,
        zone_id=record.zone.zone_id,
        zone_name=record.zone.name,
        stage=record.stage,
        what=what,
        holder=holder,
    )
