"""The first school year of each Zone: as its record says it, or as it is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from numbers import Integral
from typing import Any, TypeAlias

from clustering.conditions.record.record import ZoneRecord
from clustering.errors import InputError, Problem

LAST_MONTH_OF_A_FALL = 10  # whoever begins later in the year begins with the next school year
GIVEN, UNKNOWN = "as given", "no record says when it began"


@dataclass(frozen=True, kw_only=True)
class ZoneEntry:
    """
    When a Zone began.

    Parameters
    ----------
    fall
        Fall in which its first school year began; ``None`` if it has not started.
    basis
        Where that is known from, in words.
    """

    fall: int | None
    basis: str


EntryFall: TypeAlias = int | ZoneEntry | None


def first_fall(day: date) -> int:
    """The fall of the first school year that a Zone runs from a day on: after October, that of the next year."""
    return day.year if day.month <= LAST_MONTH_OF_A_FALL else day.year + 1


def entry_of_record(record: ZoneRecord, on: date) -> ZoneEntry:
    """
    Take the first school year of a Zone from its record.

    Parameters
    ----------
    record
        Of the Zone.
    on
        The day to tell it for: what begins later has not started.

    Returns
    -------
    entry
        By the first day of the contract; without a contract by the day on which the Zone was first protected. A start
        after October counts for the school year that begins in the next fall.
    """
    contract = record.contract
    if contract is not None:
        if contract.starts_on > on:
            return ZoneEntry(fall=None, basis=f"its contract starts on {contract.starts_on.isoformat()}")
        return ZoneEntry(fall=first_fall(contract.starts_on), basis=f"contract from {contract.starts_on.isoformat()}")
    protected = next((step.at.date() for step in record.life if step.stage == "protected"), None)
    if protected is None or protected > on:
        return ZoneEntry(fall=None, basis=f"it is {record.stage}, without a contract")
    return ZoneEntry(fall=first_fall(protected), basis=f"protected on {protected.isoformat()}")


def entries_of_records(
    records: Iterable[ZoneRecord], zone_ids: Iterable[str], *, on: date, otherwise: int | None = None
) -> dict[str, ZoneEntry]:
    """
    Take the first school year of each Zone from its record, where there is one.

    Parameters
    ----------
    records
        Of these Zones, newest first; of a Zone with several, one whose life goes on counts before one that has ended.
    zone_ids
        The Zones.
    on
        The day to tell it for.
    otherwise
        Fall of the first year of every Zone without a record; ``None`` if they have not started.

    Returns
    -------
    entries
        Zone to its entry, as :func:`~clustering.evaluate_progress` takes them.
    """
    living_first = sorted(records, key=lambda record: record.stage == "ended")
    by_zone: dict[str, ZoneRecord] = {}
    for record in living_first:
        by_zone.setdefault(record.zone.zone_id, record)
    unrecorded = ZoneEntry(fall=otherwise, basis=UNKNOWN if otherwise is None else GIVEN)
    return {zone: entry_of_record(by_zone[zone], on) if zone in by_zone else unrecorded for zone in zone_ids}


def parse_entries(entry_falls: EntryFall | Mapping[str, EntryFall], zones: Mapping[str, Any]) -> dict[str, ZoneEntry]:
    """
    Take the first school year of every Zone, given for all or for each.

    Parameters
    ----------
    entry_falls
        A fall, a :class:`ZoneEntry`, or ``None`` for Zones that have not started; or one of these for each Zone.
    zones
        By their identifiers.

    Returns
    -------
    entries
        Zone to its entry.

    Raises
    ------
    InputError
        Each Zone of which no fall is given, or one that is none.
    """
    of_each = entry_falls if isinstance(entry_falls, Mapping) else dict.fromkeys(zones, entry_falls)
    problems = [
        Problem(
            table="progress",
            column="entry_fall",
            value=None if zone not in of_each else str(of_each[zone])[:100],
            message=f"The first school year of Zone {zone[:64]} is not known.",
            remedy="Give the fall in which it began, from 1990 to 2100, such as 2021 for 2021-22; or nothing (None) if"
            " it has not started.",
        )
        for zone in zones
        if zone not in of_each or not _is_entry(of_each[zone])
    ]
    if problems:
        raise InputError(problems)
    return {zone: _entry(of_each[zone]) for zone in zones}


def _entry(entry_fall: EntryFall) -> ZoneEntry:
    if isinstance(entry_fall, ZoneEntry):
        return entry_fall
    return ZoneEntry(fall=None, basis=UNKNOWN) if entry_fall is None else ZoneEntry(fall=int(entry_fall), basis=GIVEN)


def _is_entry(entry_fall: object) -> bool:
    fall = entry_fall.fall if isinstance(entry_fall, ZoneEntry) else entry_fall
    if fall is None or isinstance(fall, bool):
        return fall is None
    return isinstance(fall, Integral) and 1990 <= int(fall) <= 2100
