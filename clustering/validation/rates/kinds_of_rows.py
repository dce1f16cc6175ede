"""Long tables of rates: which rows hold which graduation rate, by a column of words."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from clustering.readers.published.edfacts import OTHER_MEASURE
from clustering.readers.published.edfacts_vocabulary import is_all_students, is_known_group
from clustering.readers.recognition.headings import heading_key
from clustering.readers.recognition.rate_kinds import (
    OTHER_KIND,
    VALUE_HEADINGS,
    are_lengths,
    kind_of_entry,
    kind_of_length,
    tells_kind,
)
from clustering.validation.findings import Findings

_MAXIMUM_ENTRIES = 50
_FOUR_YEARS = "graduation_4year"
_KIND = "rate_kind"
_ALL_STUDENTS = re.compile(r"all (students|pupils)", re.IGNORECASE)
_CODE_LENGTH = 3  # "F" and "M" may be anything


def take_value_column(findings: Findings) -> None:
    """Take a column of values for the graduation rate, if another column says which of its rows are one."""
    values = [heading for heading in findings.table.headings if heading_key(heading) in VALUE_HEADINGS]
    if findings.role != "performance" or len(values) != 1 or values[0] in findings.headings.values():
        return
    if _columns(findings, of_values=True):
        findings.headings["graduation_rate"] = values[0]


def take_group_column(findings: Findings) -> None:
    """Take a column of groups of students that has another heading: all of its entries, or one of them, say so."""
    if findings.role != "performance" or "subgroup" in findings.headings:
        return
    table, used = findings.table, set(findings.headings.values())
    for heading in table.headings:
        if heading not in used and table.has_few_texts(heading, _MAXIMUM_ENTRIES):
            entries = set(table.column(heading).distinct())
            has_all = any(_ALL_STUDENTS.fullmatch(entry) for entry in entries)
            are_groups = all(map(is_known_group, entries)) and any(len(entry) > _CODE_LENGTH for entry in entries)
            if "" not in entries and (has_all or are_groups) and not all(map(is_all_students, entries)):
                findings.headings["subgroup"] = heading
                return


def with_kinds(findings: Findings, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """
    Give each graduation rate of a long table its kind.

    Parameters
    ----------
    findings
        A state's own file; the columns that tell the kind are added to its headings.
    rows
        ``record`` and ``measure`` of each rate, and further columns.

    Returns
    -------
    rows
        Without those of other kinds. A rate from a column of one kind, such as ``five_year_graduation_rate``, stays.
    set_aside
        For each record why it has no rate; blank if it has one.
    """
    nothing = pd.Series("", index=range(len(findings.table)), dtype="str")
    if findings.role != "performance" or "graduation_rate" not in findings.headings or rows.empty:
        return rows, nothing
    of_values = heading_key(findings.headings["graduation_rate"]) in VALUE_HEADINGS
    kinds = np.full(len(findings.table), _FOUR_YEARS, dtype=object)
    found_columns = _columns(findings, of_values=of_values)
    if findings.headings.get(_KIND) not in found_columns:
        findings.headings.pop(_KIND, None)
    for number, heading in enumerate(found_columns):
        column = findings.table.column(heading)
        entries = column.distinct()
        if are_lengths(heading, entries):
            of_texts = [kind_of_length(text) for text in entries]
        else:
            of_texts = [_FOUR_YEARS if text == "" else kind_of_entry(text) or OTHER_KIND for text in entries]
        found = column.spread(np.array(of_texts, dtype=object))
        is_other = (kinds == OTHER_KIND) | (found == OTHER_KIND)
        kinds = np.where(is_other, OTHER_KIND, np.where(found == _FOUR_YEARS, kinds, found))
        findings.headings[_KIND if number == 0 else f"{_KIND} ({heading})"] = heading
    of_rows = kinds[rows["record"].to_numpy()]
    is_general = (rows["measure"] == _FOUR_YEARS).to_numpy()
    rows = rows.assign(measure=np.where(is_general, of_rows, rows["measure"]))
    kept = rows[~(is_general & (of_rows == OTHER_KIND))].reset_index(drop=True)
    has_rate = np.isin(np.arange(len(nothing)), kept["record"].to_numpy())
    return kept, nothing.mask((kinds == OTHER_KIND) & ~has_rate, OTHER_MEASURE)


def _columns(findings: Findings, *, of_values: bool) -> list[str]:
    """Columns that say what kind of rate each row holds."""
    table, found = findings.table, []
    used = {heading for name, heading in findings.headings.items() if not name.startswith(_KIND)}
    for heading in table.headings:
        if heading in used or not table.has_few_texts(heading, _MAXIMUM_ENTRIES):
            continue
        entries = table.column(heading).distinct()
        is_named = heading == findings.headings.get(_KIND) and any(map(kind_of_entry, entries))
        if is_named or tells_kind(heading, entries, of_values=of_values):
            found.append(heading)
    return found
