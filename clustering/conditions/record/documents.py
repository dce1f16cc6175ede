"""Records as plain values, as GeoJSON and as tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import date
from typing import Any

import pandas as pd

from clustering.conditions.checklists.documents import checklist_document
from clustering.conditions.field_types import AREAS
from clustering.conditions.record.condition import Condition, Contract
from clustering.conditions.record.due import list_lapsed
from clustering.conditions.record.history import HistoryEntry
from clustering.conditions.record.life import STAGES_AFTER
from clustering.conditions.record.missing import MissingCondition, missing_conditions
from clustering.conditions.record.record import ZoneRecord
from clustering.model.records import table_records

RECORD_COLUMNS = (
    *("record_id", "zone_id", "name", "stage", "school_count", "anchor_ids", "condition_count", "settled_count"),
    *("missing_count", "missing", "lapsed", "checklist_id", "partner", "contract_starts_on", "contract_ends_on"),
    *("next_review_on", "exception", "revision", "changed_at", "changed_by"),
)
CONDITION_COLUMNS = (
    *("record_id", "zone_id", "zone_name", "condition_id", "area", "name", "state", "recorded_state", "required"),
    *("holder", "document_name", "document_link", "asked_on", "agreed_on", "in_force_from", "until", "note"),
    *("partner", "partner_id", "contract_starts_on", "contract_ends_on"),
)
HISTORY_COLUMNS = ("record_id", "revision", "at", "by", "why", "kind", "part", "field", "before", "after")
_COUNTS = ("school_count", "condition_count", "settled_count", "missing_count", "revision")


def record_document(record: ZoneRecord, today: date) -> dict[str, Any]:
    """
    Write a record as plain values.

    Parameters
    ----------
    record
        At any revision.
    today
        The day for which states, missing conditions and the next review are told.

    Returns
    -------
    document
        ``record_id``, ``revision``, ``changed_at``, ``changed_by``, ``on`` (the day), ``stage``, ``next_stages``,
        ``zone``, ``checklist``, ``conditions`` (by area; each with ``state`` on that day and ``recorded_state``),
        ``contract`` (with ``reviews`` and ``next_review_on``) and ``missing`` (for protected), ``life``. Days are texts
        such as ``2027-08-31``; missing is ``None``.
    """
    return {
        "record_id": record.record_id,
        "revision": record.revision,
        "changed_at": record.changed_at.isoformat(),
        "changed_by": record.changed_by,
        "on": today.isoformat(),
        "stage": record.stage,
        "next_stages": list(STAGES_AFTER[record.stage]),
        "zone": record.zone.model_dump(mode="json"),
        "checklist": checklist_document(record.checklist),
        "conditions": [_condition_document(each, today) for each in _by_area(record)],
        "contract": None if record.contract is None else _contract_document(record.contract, today),
        "missing": [asdict(each) for each in missing_conditions(record, record.checklist, today)],
        "life": [{**asdict(step), "at": step.at.isoformat(), "missing": list(step.missing)} for step in record.life],
    }


def records_table(records: Iterable[ZoneRecord], today: date) -> pd.DataFrame:
    """
    Write records as a table.

    Parameters
    ----------
    records
        Any number.
    today
        The day for which the table is told.

    Returns
    -------
    table
        A row per record, in their order: the record, its Zone, ``stage``, numbers of conditions recorded, settled
        (agreed or in force) and missing for protected, what is missing, what has ``lapsed`` (the contract after
        its last day, and conditions), the contract, the next review, the exception that it was protected with, and the
        last change. Lists are separated by semicolons.
    """
    return _table([_record_row(record, today) for record in records], RECORD_COLUMNS, counts=_COUNTS)


def conditions_table(records: Iterable[ZoneRecord], today: date) -> pd.DataFrame:
    """
    Write the conditions of records as a table.

    Parameters
    ----------
    records
        Any number.
    today
        The day for which ``state`` is told; ``recorded_state`` is what was written down.

    Returns
    -------
    table
        A row per condition, record after record, by area; ``required`` is yes, no, or blank for one that is not in
        the checklist. Partner and days of the contract stand beside each; a record that has a contract alone has a row
        without a condition. :func:`~clustering.read_conditions` reads it back.
    """
    return _table([row for record in records for row in _condition_rows(record, today)], CONDITION_COLUMNS)


def missing_table(missing: Iterable[MissingCondition]) -> pd.DataFrame:
    """
    Write missing conditions as a table.

    Parameters
    ----------
    missing
        As :func:`~clustering.missing_conditions` returns them.

    Returns
    -------
    table
        A row for each, in their order: ``item_id``, ``area``, ``title``, ``state`` (blank if nothing was asked for yet)
        and ``sentence``.
    """
    return _table([asdict(each) for each in missing], tuple(each.name for each in fields(MissingCondition)))


def history_table(history: Iterable[HistoryEntry]) -> pd.DataFrame:
    """
    Write the history of a record as a table.

    Parameters
    ----------
    history
        As :func:`~clustering.follow_record` returns it.

    Returns
    -------
    table
        A row per field that a change gave another value: ``revision``, ``at`` [UTC], ``by``, ``why``, ``kind``,
        ``part`` of the record, ``field``, ``before`` and ``after`` as text.
    """
    rows = [
        {
            "record_id": entry.record.record_id,
            **{name: getattr(entry.change, name) for name in ("revision", "by", "why", "kind")},
            "at": entry.change.at.isoformat(),
            **asdict(field),
        }
        for entry in history
        for field in entry.fields
    ]
    return _table(rows, HISTORY_COLUMNS, counts=("revision",))


def history_document(history: Iterable[HistoryEntry]) -> list[dict[str, Any]]:
    """
    Write the history of a record as plain values.

    Parameters
    ----------
    history
        As :func:`~clustering.follow_record` returns it.

    Returns
    -------
    document
        An entry per change: ``revision``, ``at``, ``by``, ``why``, ``kind``, ``content`` as it was given, and
        ``fields``, each with ``part``, ``field``, ``before`` and ``after``.
    """
    return [
        {
            "revision": entry.change.revision,
            "at": entry.change.at.isoformat(),
            "by": entry.change.by,
            "why": entry.change.why,
            "kind": entry.change.kind,
            "content": dict(entry.change.content),
            "fields": [asdict(field) for field in entry.fields],
        }
        for entry in history
    ]


def records_geojson(records: Iterable[ZoneRecord], today: date) -> dict[str, Any]:
    """
    Write records as a GeoJSON FeatureCollection (RFC 7946, longitude and latitude in WGS 84).

    Parameters
    ----------
    records
        Any number.
    today
        The day for which the properties are told.

    Returns
    -------
    collection
        A feature per record: the outline of its Zone (``null`` without one), and the columns of :func:`records_table`
        as properties.
    """
    listed = list(records)
    features = [
        {"type": "Feature", "id": record.record_id, "geometry": record.zone.outline, "properties": row}
        for record, row in zip(listed, table_records(records_table(listed, today)), strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def _record_row(record: ZoneRecord, today: date) -> dict[str, Any]:
    missing = missing_conditions(record, record.checklist, today)
    states = [each.state_on(today) for each in record.conditions]
    contract = record.contract
    review = None if contract is None else contract.next_review(today)
    ends_on = None if contract is None else contract.ends_on
    return {
        "record_id": record.record_id,
        "zone_id": record.zone.zone_id,
        "name": record.zone.name,
        "stage": record.stage,
        "school_count": len(record.zone.school_ids),
        "anchor_ids": "; ".join(record.zone.anchor_ids) or None,
        "condition_count": len(states),
        "settled_count": sum(state in ("agreed", "in force") for state in states),
        "missing_count": len(missing),
        "missing": "; ".join(each.title for each in missing) or None,
        "lapsed": "; ".join(list_lapsed(record, today)) or None,
        "checklist_id": record.checklist.checklist_id,
        "partner": None if contract is None else contract.partner,
        "contract_starts_on": None if contract is None else contract.starts_on.isoformat(),
        "contract_ends_on": None if ends_on is None else ends_on.isoformat(),
        "next_review_on": None if review is None else review.isoformat(),
        "exception": record.life[-1].exception,
        "revision": record.revision,
        "changed_at": record.changed_at.isoformat(),
        "changed_by": record.changed_by,
    }


def _condition_rows(record: ZoneRecord, today: date) -> list[dict[str, Any]]:
    contract = record.contract
    contract_row: dict[str, Any] = {
        "record_id": record.record_id,
        "zone_id": record.zone.zone_id,
        "zone_name": record.zone.name,
    }
    if contract is not None:
        ends_on = None if contract.ends_on is None else contract.ends_on.isoformat()
        days = {"contract_starts_on": contract.starts_on.isoformat(), "contract_ends_on": ends_on}
        contract_row |= {"partner": contract.partner, "partner_id": contract.partner_id, **days}
    rows = [
        contract_row | {"required": _required(record, each)} | _condition_document(each, today)
        for each in _by_area(record)
    ]
    return rows or ([contract_row] if contract is not None else [])


def _condition_document(condition: Condition, today: date) -> dict[str, Any]:
    return {
        **condition.model_dump(mode="json"),
        "state": condition.state_on(today),
        "recorded_state": condition.state,
    }


def _contract_document(contract: Contract, today: date) -> dict[str, Any]:
    review = contract.next_review(today)
    return {
        **contract.model_dump(mode="json"),
        "reviews": [day.isoformat() for day in contract.reviews],
        "next_review_on": None if review is None else review.isoformat(),
    }


def _by_area(record: ZoneRecord) -> list[Condition]:
    return sorted(record.conditions, key=lambda each: AREAS.index(each.area))


def _required(record: ZoneRecord, condition: Condition) -> str | None:
    item = record.checklist.item(condition.condition_id)
    if item is None:
        return None
    return "yes" if item.required else "no"


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...], *, counts: tuple[str, ...] = ()) -> pd.DataFrame:
    """Columns of text but for counts, also where there are no rows."""
    kinds = {column: "int64" if column in counts else "str" for column in columns}
    return pd.DataFrame(rows, columns=list(columns)).astype(kinds)
