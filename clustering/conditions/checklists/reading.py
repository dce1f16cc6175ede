"""A state's own checklist from a file, or every problem of it at once."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd

from clustering.conditions.checklists.checklist import MAXIMUM_ITEMS, Checklist, ChecklistItem
from clustering.conditions.checklists.presets import list_checklists
from clustering.conditions.field_types import AREAS, MAXIMUM_LINE_CHARACTERS, clean_line
from clustering.errors import InputError, Problem
from clustering.ingest.open_one_file import ReadOptions, open_one_file, refuse_errors
from clustering.model.records import table_records
from clustering.model.validation_errors import did_you_mean, shown_value
from clustering.readers.raw_table import Source
from clustering.readers.text.values import NO_WORDS, YES_WORDS
from clustering.validation.findings import Findings

_YES = YES_WORDS | {"required"}
_NO = NO_WORDS | {"optional"}
_OTHER_WORDS = {"programme": "program", "programs": "program", "programmes": "program"}
_LINES = ("item_id", "title", "source")


def read_checklist(
    source: Source,
    *,
    title: str | None = None,
    options: ReadOptions | None = None,
    encoding: str | None = None,
) -> Checklist:
    """
    Read a checklist: the name of one that ships, or a file.

    Parameters
    ----------
    source
        ``delaware_partnership_zone``, ``miami_school_improvement_zone``, ``springfield_empowerment_zone``; or a table
        (CSV, XLSX, JSON and all other forms that the readers take) with a row per item: ``item_id``, ``area`` (people,
        money, time, program, governance, accountability or contract) and ``title``; and, where they are there,
        ``asks``, ``required`` (yes or no; without the column every item is required) and ``source``.
    title
        What the checklist of a file is called; without one, by the file.
    options, encoding
        As for :func:`read_scenario`.

    Returns
    -------
    checklist
        Its items in the order of the file.

    Raises
    ------
    InputError
        With every problem: no checklist or file of that name, an item twice, a cell that is blank or not one of the
        choices, a column that is missing.
    """
    if isinstance(source, str):
        shipped = next((each for each in list_checklists() if each.checklist_id == source), None)
        if shipped is not None:
            return shipped
        if not os.path.exists(source):  # noqa: PTH110 (a Path raises where a text is too long for a name)
            raise InputError([_no_such_checklist(source)])
    findings = open_one_file(source, "checklist", options, encoding)
    rows = _check_rows(findings)
    refuse_errors(findings)
    name = findings.table.name
    stem = clean_line(Path(name).stem)[:MAXIMUM_LINE_CHARACTERS] or "checklist"
    return Checklist(
        checklist_id=stem,
        title=clean_line(title or "") or stem,
        items=tuple(ChecklistItem(**row) for row in table_records(rows)),
        file_name=name[:MAXIMUM_LINE_CHARACTERS],
        file_sha256=findings.table.sha256,
    )


def _no_such_checklist(name: str) -> Problem:
    """Neither one that ships nor a file; the remedy lists what ships."""
    shipped = [each.checklist_id for each in list_checklists()]
    remedy = f"{did_you_mean(name, shipped)}These ship: {', '.join(shipped)}. Or give a file of your own."
    message = "There is neither a checklist nor a file of this name."
    return Problem(table="checklist", value=shown_value(name), message=message, remedy=remedy)


def _check_rows(findings: Findings) -> pd.DataFrame:
    """The fields of each item; problems are added to the file."""
    rows = pd.DataFrame({name: findings.column(name) for name in ("item_id", "area", "title", "asks", "source")})
    rows["area"] = rows["area"].str.lower().replace(_OTHER_WORDS)
    for column in _LINES:
        is_long = rows[column].str.len() > MAXIMUM_LINE_CHARACTERS
        message = f"The cell is longer than {MAXIMUM_LINE_CHARACTERS} characters."
        findings.mark(is_long, column, message=message, remedy="Shorten it, or put it into a column asks.")
    for column in ("item_id", "title"):
        remedy = "Give the item one." if column == "title" else "Give each item one of its own."
        findings.mark(rows[column] == "", column, message=f"The item has no {column}.", remedy=remedy)
    is_repeated = (rows["item_id"] != "") & rows["item_id"].duplicated()
    message = "The item stands in the checklist already."
    findings.mark(is_repeated, "item_id", message=message, remedy="Give each item an item_id of its own.")
    remedy = f"Give {', '.join(AREAS[:-1])} or {AREAS[-1]}."
    findings.mark(~rows["area"].isin(AREAS), "area", message="There is no such area.", remedy=remedy)
    rows["required"] = _required(findings)
    if len(rows) > MAXIMUM_ITEMS:
        message = f"The checklist has {len(rows):,} items, more than {MAXIMUM_ITEMS}."
        findings.note(message, "Leave out what no Zone needs to agree on.", is_error=True)
    return rows


def _required(findings: Findings) -> np.ndarray:
    """Whether each item is required; all are if the file does not say."""
    if "required" not in findings.headings:
        return np.ones(len(findings.table), dtype=bool)
    words = findings.column("required").str.lower()
    remedy = "Write yes if a Zone may not be protected without it, else no."
    findings.mark(~words.isin(_YES | _NO), "required", message="This is neither yes nor no.", remedy=remedy)
    return words.isin(_YES).to_numpy()
