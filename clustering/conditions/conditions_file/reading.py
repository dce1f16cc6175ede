"""A file of conditions, read into changes of the records of its Zones, or every fault of it at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np

from clustering.conditions.checklists.checklist import Checklist
from clustering.conditions.checklists.reading import read_checklist
from clustering.conditions.conditions_file.rows import (
    COLUMNS_OF_CONDITION,
    COLUMNS_OF_CONTRACT,
    condition_named,
    content_of_row,
    sound_cells,
)
from clustering.conditions.conditions_file.zones import A_TIME, NamedZones, records_to_change, zones_meant
from clustering.conditions.record.changes import apply_change
from clustering.conditions.record.record import RecordChange, ZoneRecord
from clustering.errors import InputError
from clustering.ingest.open_one_file import ReadOptions, open_one_file, refuse_errors
from clustering.model.records import table_records
from clustering.readers.raw_table import Source
from clustering.zones.proposal import Proposal

_COLUMN_OF_FIELD = {
    "condition": {**COLUMNS_OF_CONDITION, "condition_id": "condition"},
    "contract": COLUMNS_OF_CONTRACT,
}


@dataclass(frozen=True, kw_only=True)
class ConditionsOfZone:
    """
    What a file says of one Zone that its record does not say yet.

    Parameters
    ----------
    zone_id
        The Zone.
    record_id
        Its record; ``None`` for a Zone that has none.
    contents
        Kind and content of each change, ``condition`` or ``contract``, in the order of the file.
    """

    zone_id: str
    record_id: str | None
    contents: tuple[tuple[str, Mapping[str, Any]], ...]

    def changes_after(self, revision: int, *, at: datetime, by: str, why: str) -> tuple[RecordChange, ...]:
        """
        Make changes of a record out of it.

        Parameters
        ----------
        revision
            Of the record before them; 1 for one that was only begun.
        at
            When [UTC].
        by, why
            Who gave the file, and for which reason.

        Returns
        -------
        changes
            In order, to be applied by :func:`~clustering.apply_change`.
        """
        return tuple(
            RecordChange(revision=number, at=at, by=by, why=why, kind=kind, content=content)
            for number, (kind, content) in enumerate(self.contents, start=revision + 1)
        )


def read_conditions(
    source: Source,
    *,
    zones: NamedZones,
    checklist: Checklist | str,
    options: ReadOptions | None = None,
    encoding: str | None = None,
) -> tuple[ConditionsOfZone, ...]:
    """
    Read what Zones were allowed and promised, as an agency keeps it in a spreadsheet.

    Parameters
    ----------
    source
        A table (CSV, XLSX, JSON and all other forms that the readers take) with a row per Zone and condition. A row
        names its Zone by ``zone_id`` (or its name) or by a ``school_id`` (``anchor_id``). Its ``condition`` is an item
        of the checklist, by identifier or title, or one of its own with a ``title`` and an ``area``. It has a
        ``state``, and any of ``holder``, ``document_name``, ``document_link``, ``asked_on``, ``agreed_on``,
        ``in_force_from``, ``until`` and ``note``. The contract stands beside, or in a row of its own: ``partner``,
        ``partner_id``, ``contract_starts_on``, ``contract_ends_on``. A blank cell says nothing.
        :func:`~clustering.conditions_table` writes such a table.
    zones
        A Proposal, its document, a mapping of Zone to school ids, or ``RecordedZone`` and ``ZoneRecord`` of any number.
    checklist
        Of Zones that have no record yet: one that was read, or the name of one that ships. A record keeps its own.
    options, encoding
        As for :func:`read_scenario`.

    Returns
    -------
    conditions
        One for each Zone of the file, in the order in which the file names them. What a record says already is left
        out, so a file that is read again brings nothing.

    Raises
    ------
    InputError
        With every problem: a Zone that is not known, a state that may not follow the recorded one, days that are no
        days or in the wrong order, a condition twice, two contracts of a Zone.
    """
    findings = open_one_file(source, "conditions", options, encoding)
    chosen = read_checklist(checklist) if isinstance(checklist, str) else checklist
    given = zones if isinstance(zones, Mapping | Proposal) else list(zones)
    kept = () if isinstance(given, Mapping | Proposal) else (each for each in given if isinstance(each, ZoneRecord))
    record_ids = {each.zone.zone_id: each.record_id for each in kept}
    records = records_to_change(given, chosen)
    cells = sound_cells(findings)
    rows = _Rows(dict(records))
    for position, (zone_id, row) in enumerate(zip(zones_meant(findings, records), table_records(cells), strict=True)):
        if zone_id:
            rows.add(position, str(zone_id), row)
    for fault, positions in rows.faults().items():
        marked = np.isin(np.arange(len(findings.table)), positions)
        findings.mark(marked, fault.column, message=fault.message, remedy=fault.remedy)
    refuse_errors(findings)
    return tuple(
        ConditionsOfZone(zone_id=zone_id, record_id=record_ids.get(zone_id), contents=tuple(contents))
        for zone_id, contents in rows.contents.items()
    )


class _Fault(NamedTuple):
    """What is wrong in one column of some rows."""

    column: str
    message: str
    remedy: str


class _Rows:
    """
    Rows taken one after the other, each tried on the record as the rows before have left it.

    Parameters
    ----------
    records
        By ``zone_id``; changed in place.
    """

    def __init__(self, records: dict[str, ZoneRecord]) -> None:
        self.contents: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        self._records = records
        self._conditions: set[tuple[str, str]] = set()
        self._contracts: dict[str, dict[str, Any]] = {}
        self._contract_positions: dict[str, int] = {}
        self._faults: dict[_Fault, list[int]] = {}

    def add(self, position: int, zone_id: str, row: Mapping[str, Any]) -> None:
        """Take a row that is about this Zone."""
        self.contents.setdefault(zone_id, [])
        if row["condition"].strip() or row["title"].strip():
            self._add_condition(position, zone_id, row)
        self._contract_positions.setdefault(zone_id, position)
        contract = self._contracts.setdefault(zone_id, {})
        for field, value in content_of_row(row, COLUMNS_OF_CONTRACT).items():
            if not contract:
                self._contract_positions[zone_id] = position
            if contract.setdefault(field, value) != value:
                message = f"Another row of the Zone has {contract[field]}."
                self._fault(position, COLUMNS_OF_CONTRACT[field], message, "Keep one of the two.")

    def faults(self) -> Mapping[_Fault, Sequence[int]]:
        """Try the contracts, which several rows may tell of, and say what is wrong and in which rows."""
        for zone_id, contract in self._contracts.items():
            if contract:
                self._try(self._contract_positions[zone_id], zone_id, "contract", contract)
        self._contracts = {}
        return self._faults

    def _add_condition(self, position: int, zone_id: str, row: Mapping[str, Any]) -> None:
        record = self._records[zone_id]
        condition_id = condition_named(record, row["condition"], row["title"])
        content = {"condition_id": condition_id, **content_of_row(row, COLUMNS_OF_CONDITION)}
        item = record.checklist.item(condition_id)
        if item is not None:  # it is called what the checklist calls it
            content.pop("name", None)
            if content.pop("area", item.area) != item.area:
                remedy = "Leave the area of an item of the checklist blank, or correct the condition."
                self._fault(position, "area", f"The checklist has this item under {item.area}.", remedy)
        elif record.condition(condition_id) is None:
            content.setdefault("name", condition_id)
        if (zone_id, condition_id) in self._conditions:
            column = "condition" if row["condition"] else "title"
            self._fault(position, column, "The file has this condition of the Zone twice.", "Keep one of the rows.")
            return
        self._conditions.add((zone_id, condition_id))
        self._try(position, zone_id, "condition", content)

    def _try(self, position: int, zone_id: str, kind: str, content: Mapping[str, Any]) -> None:
        """Apply a change; what changes nothing is left out, and what cannot be applied is a fault of its row."""
        record = self._records[zone_id]
        tried = ConditionsOfZone(zone_id=zone_id, record_id=None, contents=((kind, content),))
        (change,) = tried.changes_after(record.revision, at=A_TIME, by="reader", why="read")
        try:
            self._records[zone_id] = apply_change(record, change)
        except InputError as error:
            if all(problem.column == "content" for problem in error.problems):
                return
            for problem in error.problems:
                column = _COLUMN_OF_FIELD[kind].get(problem.column or "", "condition")
                self._fault(position, column, problem.message, problem.remedy)
        else:
            self.contents[zone_id].append((kind, content))

    def _fault(self, position: int, column: str, message: str, remedy: str) -> None:
        self._faults.setdefault(_Fault(column, message, remedy), []).append(position)
