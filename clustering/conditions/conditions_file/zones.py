"""The Zones that a file of conditions may name, and which of them a row means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

import pandas as pd

from clustering.conditions.checklists.checklist import Checklist
from clustering.conditions.checklists.documents import checklist_document
from clustering.conditions.record.changes import apply_change
from clustering.conditions.record.record import RecordChange, RecordedZone, ZoneRecord
from clustering.conditions.zone_schools import ZoneSchools, zone_schools_of
from clustering.errors import InputError, Problem
from clustering.validation.findings import Findings
from clustering.zones.proposal import Proposal

NamedZones: TypeAlias = ZoneSchools | Iterable[RecordedZone | ZoneRecord]
_MAXIMUM_NAMED = 12
# Of changes that are only tried: their time is never shown.
A_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def records_to_change(zones: NamedZones, checklist: Checklist) -> dict[str, ZoneRecord]:
    """
    Take the record of each Zone, or what its record would begin with.

    Parameters
    ----------
    zones
        A Proposal, its document, a mapping of Zone to school ids, or Zones and records of Zones.
    checklist
        Of the Zones that have no record.

    Returns
    -------
    records
        By ``zone_id``. A record that would only begin has the revision 1 and no time that means anything.

    Raises
    ------
    InputError
        Two of them are of the same Zone.
    """
    listed = list(_zones_of(zones))
    identifiers = [_zone_of(each).zone_id for each in listed]
    twice = sorted({each for each in identifiers if identifiers.count(each) > 1})
    if twice:
        remedy = "Give one record of each Zone: end those that no longer hold."
        problems = [
            Problem(table="zones", value=each, message="The Zone is there twice.", remedy=remedy) for each in twice
        ]
        raise InputError(problems)
    records = [each if isinstance(each, ZoneRecord) else _first_revision(each, checklist) for each in listed]
    return {each.zone.zone_id: each for each in records}


def _zones_of(zones: NamedZones) -> Iterable[RecordedZone | ZoneRecord]:
    if isinstance(zones, Proposal):
        return [
            RecordedZone(
                zone_id=zone.zone_id, name=zone.name, school_ids=tuple(member.school_id for member in zone.members)
            )
            for zone in zones.zones
        ]
    if isinstance(zones, Mapping):
        named: Mapping[str, Any] = (
            {each["zone_id"]: each.get("name") for each in zones["zones"]}
            if isinstance(zones.get("zones"), list)
            else {}
        )
        schools_of = zone_schools_of(zones)
        return [
            RecordedZone(zone_id=zone_id, name=named.get(zone_id) or zone_id, school_ids=schools)
            for zone_id, schools in schools_of.items()
        ]
    return zones


def _zone_of(given: RecordedZone | ZoneRecord) -> RecordedZone:
    return given.zone if isinstance(given, ZoneRecord) else given


def _first_revision(zone: RecordedZone, checklist: Checklist) -> ZoneRecord:
    content = {
        "record_id": zone.zone_id,
        "zone": zone.model_dump(mode="json"),
        "checklist": checklist_document(checklist),
    }
    begun = RecordChange(revision=1, at=A_TIME, by="reader", why="begun", kind="created", content=content)
    return apply_change(None, begun)


@dataclass(frozen=True)
class _Names:
    """
    The Zones by what a file may call them.

    Parameters
    ----------
    zones
        Identifier or name, in lower case, to the Zones called so.
    schools
        School to the Zones that it is in.
    """

    zones: Mapping[str, frozenset[str]]
    schools: Mapping[str, frozenset[str]]


def zones_meant(findings: Findings, records: Mapping[str, ZoneRecord]) -> pd.Series:
    """
    Say which Zone each row is about.

    Parameters
    ----------
    findings
        The file; problems are added.
    records
        By ``zone_id``.

    Returns
    -------
    zone_ids
        One per row; blank where the row names none that is known.
    """
    names = _names_of(records)
    by_name = findings.column("zone").str.strip().str.lower().map(lambda text: names.zones.get(text, frozenset()))
    by_school = findings.column("school_id").str.strip().map(lambda text: names.schools.get(text, frozenset()))
    has_name, has_school = findings.column("zone") != "", findings.column("school_id") != ""
    known = ", ".join(list(records)[:_MAXIMUM_NAMED]) or "none"
    remedy = f"Write the identifier or the name of a Zone, such as {known}, or the id of one of its schools."
    findings.mark(~has_name & ~has_school, "zone", message="The row names no Zone.", remedy=remedy)
    findings.mark(has_name & (by_name.str.len() == 0), "zone", message="There is no such Zone.", remedy=remedy)
    findings.mark(
        has_school & (by_school.str.len() == 0), "school_id", message="No Zone has this school.", remedy=remedy
    )
    candidates = pd.Series(
        [_both(*each) for each in zip(by_name.where(has_name, None), by_school.where(has_school, None), strict=True)],
        index=by_name.index,
        dtype="object",
    )
    count = candidates.str.len()
    is_known = (~has_name | (by_name.str.len() > 0)) & (~has_school | (by_school.str.len() > 0))
    findings.mark(
        is_known & (has_name & has_school) & (count == 0),
        "school_id",
        message="The school is in another Zone.",
        remedy="Correct the Zone or the school, or give one of the two.",
    )
    findings.mark(
        count > 1,
        "zone" if "zone" in findings.headings else "school_id",
        message="Several Zones fit.",
        remedy="Write the identifier of the Zone.",
    )
    return candidates.map(lambda each: next(iter(each)) if len(each) == 1 else "").astype("str")


def _both(named: frozenset[str] | None, of_school: frozenset[str] | None) -> frozenset[str]:
    if named is None or of_school is None:
        return named or of_school or frozenset()
    return named & of_school


def _names_of(records: Mapping[str, ZoneRecord]) -> _Names:
    zones: dict[str, set[str]] = {}
    schools: dict[str, set[str]] = {}
    for zone_id, record in records.items():
        zones.setdefault(zone_id.lower(), set()).add(zone_id)
        for school in record.zone.school_ids:
            schools.setdefault(school, set()).add(zone_id)
    for zone_id, record in records.items():  # an identifier comes before a name that reads the same
        if record.zone.name.lower() not in {each.lower() for each in records}:
            zones.setdefault(record.zone.name.lower(), set()).add(zone_id)
    return _Names(
        {name: frozenset(found) for name, found in zones.items()},
        {school: frozenset(found) for school, found in schools.items()},
    )
