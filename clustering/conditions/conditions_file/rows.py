"""The rows of a file of conditions: which condition of the Zone each means, and what it says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from clustering.conditions.field_types import AREAS, clean_line
from clustering.conditions.record.life import CONDITION_STATES, join_choices
from clustering.conditions.record.record import ZoneRecord
from clustering.readers.recognition.headings import heading_key
from clustering.readers.student_records.dates import NO_DATE, parse_date
from clustering.validation.findings import Findings

DAYS = ("asked_on", "agreed_on", "in_force_from", "until", "contract_starts_on", "contract_ends_on")
# What agencies write for the five states; a state that is written as such stays.
_OTHER_STATES = {
    "requested": "asked",
    "in negotiation": "negotiating",
    "negotiated": "negotiating",
    "signed": "agreed",
    "approved": "agreed",
    "in effect": "in force",
    "in_force": "in force",
    "effective": "in force",
    "expired": "lapsed",
    "ended": "lapsed",
}
_NOTES = frozenset({"note", "notes", "comment", "comments", "remark", "remarks"})
_OTHER_AREAS = {"programme": "program", "programs": "program", "programmes": "program"}
# The columns of the file, by the fields of a condition and of a contract.
COLUMNS_OF_CONDITION: Mapping[str, str] = {
    "area": "area",
    "name": "title",
    "state": "state",
    "holder": "holder",
    "document_name": "document_name",
    "document_link": "document_link",
    "asked_on": "asked_on",
    "agreed_on": "agreed_on",
    "in_force_from": "in_force_from",
    "until": "until",
    "note": "note",
}
COLUMNS_OF_CONTRACT: Mapping[str, str] = {
    "partner": "partner",
    "partner_id": "partner_id",
    "starts_on": "contract_starts_on",
    "ends_on": "contract_ends_on",
}


def sound_cells(findings: Findings) -> pd.DataFrame:
    """
    Take the cells of a file, with states, areas and days as records write them.

    Parameters
    ----------
    findings
        The file; problems are added.

    Returns
    -------
    cells
        A row per record of the file, all text, blank where nothing is said: ``condition``, and the columns of
        :data:`COLUMNS_OF_CONDITION` and :data:`COLUMNS_OF_CONTRACT`.
    """
    names = ("condition", *COLUMNS_OF_CONDITION.values(), *COLUMNS_OF_CONTRACT.values())
    cells = pd.DataFrame({name: findings.column(name) for name in names if name != "note"})
    cells["note"] = _notes(findings)
    for name in DAYS:
        cells[name] = _days(findings, name)
    cells["state"] = cells["state"].str.strip().str.lower().replace(_OTHER_STATES)
    cells["area"] = cells["area"].str.strip().str.lower().replace(_OTHER_AREAS)
    for name, choices in (("state", CONDITION_STATES), ("area", AREAS)):
        unknown = (cells[name] != "") & ~cells[name].isin(choices)
        remedy = f"Write {join_choices(choices)}."
        findings.mark(unknown, name, message=f"There is no such {name}.", remedy=remedy)
        cells[name] = cells[name].mask(unknown, "")
    _check_presence(findings, cells)
    return cells


def _notes(findings: Findings) -> pd.Series:
    """Notes, which are no column of a table of short entries: they may be long and have line breaks."""
    heading = next((each for each in findings.table.headings if heading_key(each) in _NOTES), None)
    if heading is None:
        return pd.Series("", index=range(len(findings.table)), dtype="str")
    findings.headings["note"] = heading
    return findings.column("note")


def _check_presence(findings: Findings, cells: pd.DataFrame) -> None:
    """Mark rows that say nothing, and what is said in part."""
    has_condition = (cells["condition"] != "") | (cells["title"] != "")
    has_contract = (cells[list(COLUMNS_OF_CONTRACT.values())] != "").any(axis=1)
    remedy = "Name an item of the checklist or a condition of your own, or give the contract."
    message = "The row has neither a condition nor a contract."
    findings.mark(~has_condition & ~has_contract, "condition", message=message, remedy=remedy)
    remedy = f"Write {join_choices(CONDITION_STATES)}."
    is_blank = findings.column("state").str.strip() == ""
    findings.mark(has_condition & is_blank, "state", message="The condition has no state.", remedy=remedy)


def _days(findings: Findings, name: str) -> pd.Series:
    """Days of a column as text, such as 2027-08-31; problems are added."""
    texts = findings.texts(name)
    distinct = texts.distinct()
    days = [_day(text) for text in distinct]
    message, remedy = "This is not a day.", "Write the day as 2027-08-31, or as 8/31/2027 with the month first."
    bad = pd.Series([day is None for day in days], dtype="bool")
    findings.mark_texts(bad, name, message=message, remedy=remedy)
    return pd.Series(texts.spread(np.array([day or "" for day in days], dtype=object)), dtype="str")


def _day(text: str) -> str | None:
    """A day as text, blank for a blank cell; ``None`` if it cannot be read."""
    if text.strip() == "":
        return ""
    try:
        days = parse_date(text.strip())
    except ValueError:
        return None
    return None if days == NO_DATE else str(np.datetime64(days, "D"))


def condition_named(record: ZoneRecord, condition: str, title: str) -> str:
    """
    Say which condition of a Zone a row means.

    Parameters
    ----------
    record
        Of the Zone, with its checklist.
    condition, title
        Cells of the row, one of them perhaps blank.

    Returns
    -------
    condition_id
        That of an item of the checklist or of a condition of the record with this identifier or title; else the text
        itself: a condition of one's own.
    """
    known = {each.name.casefold(): each.condition_id for each in record.conditions}
    known |= {item.title.casefold(): item.item_id for item in record.checklist.items}
    known |= {each.condition_id.casefold(): each.condition_id for each in record.conditions}
    known |= {item.item_id.casefold(): item.item_id for item in record.checklist.items}
    texts = [clean_line(each) for each in (condition, title) if each.strip()]
    return next((known[each.casefold()] for each in texts if each.casefold() in known), texts[0])


def content_of_row(cells: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    """The fields that a row gives: a blank cell says nothing."""
    return {field: cells[column] for field, column in columns.items() if cells[column].strip()}
