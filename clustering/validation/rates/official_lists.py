"""
Columns that may serve as official lists, such as designations: few distinct entries, all of them words.

What a list says of schools is shown, so no column of counts may pass for one. A column with a number, a share or a
mark of suppression in any of its cells is none, unless the user names it as a list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clustering.model.plain_text import plain_text
from clustering.readers.published.edfacts import PublishedRates
from clustering.readers.raw_table import RawTable
from clustering.readers.recognition.columns_of_students import is_of_counts
from clustering.readers.recognition.file_kinds import is_described
from clustering.readers.recognition.headings import is_grade_heading
from clustering.readers.text.columns import TextColumn, numpy_of
from clustering.readers.text.printed_marks import Marks, status_of_mark
from clustering.readers.text.written_numbers import has_number
from clustering.validation.findings import Findings, positions_of
from clustering.validation.rates.state_rates import STATE_LAYOUT

# An official list is a column with few distinct entries; names, addresses and the like are not kept.
MAXIMUM_LIST_ENTRIES = 50


@dataclass(frozen=True, kw_only=True)
class ListColumns:
    """
    Columns of one file that may serve as official lists.

    Parameters
    ----------
    school_ids
        Distinct ones.
    records
        For each of them, the first record that counts; -1 for none.
    columns
        By heading.
    """

    school_ids: pa.StringArray
    records: np.ndarray
    columns: Mapping[str, TextColumn]


def headings_of_lists(table: RawTable, *, taken: Collection[str] = ()) -> list[str]:
    """
    Name the columns with few distinct entries.

    Parameters
    ----------
    table
        The file.
    taken
        Headings of columns from which something else is read.

    Returns
    -------
    headings
        Without those that are taken, and without those known to describe a school, unless the user names them as lists.
    """
    named = table.options.list_headings()
    return [
        heading
        for heading in table.headings
        if heading not in taken
        and (heading in named or not (is_grade_heading(heading) or is_described(table.kind, heading)))
        and table.has_few_texts(heading, MAXIMUM_LIST_ENTRIES)
    ]


def list_columns(findings: Findings, published: PublishedRates, *, reserved: Collection[str]) -> dict[str, TextColumn]:
    """
    Take the official lists out of a file.

    Parameters
    ----------
    findings
        The file; an error is added for each column that the user names as a list and that cannot be one.
    published
        The rates that were found in it.
    reserved
        Headings that no list may have.

    Returns
    -------
    columns
        Columns that may serve as lists and that nothing else was read from, by heading.
    """
    table = findings.table
    named = table.options.list_headings()
    taken = {*findings.headings.values(), *published.headings, *reserved}
    has_lists = published.layout in (STATE_LAYOUT, "wide")
    columns = {heading: table.column(heading) for heading in headings_of_lists(table, taken=taken)} if has_lists else {}
    chosen = {
        heading: column
        for heading, column in columns.items()
        if _has_few_entries(column) and (heading in named or _is_of_words(heading, column, table.options.marks))
    }
    for heading in sorted(named - chosen.keys()):
        _refuse(findings, heading, is_taken=heading in taken, has_lists=has_lists)
    return {plain_text(heading): column for heading, column in chosen.items()}


def _refuse(findings: Findings, heading: str, *, is_taken: bool, has_lists: bool) -> None:
    """Note that a column is no list, although the user names it as one."""
    message, remedy = f"The column does not have 1 to {MAXIMUM_LIST_ENTRIES} entries.", "Name a column of designations."
    if heading not in findings.table.headings:
        message = "The file has no such column."
        remedy = f"Write the option as NAME:official_lists=HEADING, with one of {', '.join(findings.table.headings)}."
    elif is_taken:
        message, remedy = "Something else is read from the column.", "Copy it under another heading, and name that."
    elif not has_lists:
        message, remedy = "The file has a row for every rate, and no lists.", "Give the list as a file of its own."
    findings.note(f"{message} It cannot be an official list.", remedy, column=heading, is_error=True)


def join_lists(
    files: Sequence[Findings], parts: Sequence[ListColumns], school_ids: pa.StringArray
) -> dict[str, pd.Categorical]:
    """
    Join the lists of all files by school; a blank entry is missing.

    The first file that has an entry for a school counts; a later file with another entry gets a warning.
    """
    joined: dict[str, pd.Categorical] = {}
    first_file: dict[str, str] = {}
    for findings, part in zip(files, parts, strict=True):
        if not part.columns:
            continue
        positions = positions_of(school_ids, part.school_ids)
        records = np.where(positions >= 0, part.records[positions], -1) if len(part.records) else positions
        for name, column in part.columns.items():
            entries = _entries(column, records)
            if name in joined:
                differs = np.zeros(len(findings.table), dtype=bool)
                differs[records[_differs(joined[name], entries)]] = True
                findings.mark(
                    differs,
                    name,
                    message=f"The entry differs from that in {first_file[name]}, which counts.",
                    remedy="Check which of the two is right. Performance files count before schools files, and of"
                    " several the first one named.",
                    is_error=False,
                    cells=column,
                )
                entries = _first_known(joined[name], entries)
            joined[name] = entries
            first_file.setdefault(name, findings.table.name)
    return joined


def _entries(column: TextColumn, records: np.ndarray) -> pd.Categorical:
    """Texts of some records as sorted categories; blank and record -1 are missing."""
    order = pc.sort_indices(column.texts)
    texts = pd.Index(pd.array(column.texts.take(order), dtype="str"))
    has_blank = len(texts) > 0 and texts[0] == ""
    ranks = np.empty(len(texts), dtype="int32")
    ranks[numpy_of(order)] = np.arange(len(texts)) - has_blank  # blank sorts first, and comes out as -1
    codes = np.where(records >= 0, ranks[column.codes[records]], -1)
    return pd.Categorical.from_codes(codes, categories=texts[int(has_blank) :])


def _differs(first: pd.Categorical, second: pd.Categorical) -> np.ndarray:
    """Where both have an entry, and the entries differ."""
    known = first.categories.union(second.categories)
    codes, other_codes = (each.set_categories(known).codes for each in (first, second))
    return np.asarray((codes >= 0) & (other_codes >= 0) & (codes != other_codes))


def _first_known(first: pd.Categorical, second: pd.Categorical) -> pd.Categorical:
    """The entries of the first, and those of the second where the first has none."""
    known = first.categories.union(second.categories).sort_values()
    codes, other_codes = (each.set_categories(known).codes for each in (first, second))
    return pd.Categorical.from_codes(np.where(codes >= 0, codes, other_codes), categories=known)


def _has_few_entries(column: TextColumn) -> bool:
    """Whether a column has an entry, and no more than a list may have; blank is none."""
    if len(column.texts) > MAXIMUM_LIST_ENTRIES + 1:
        return False
    return 1 <= int((column.distinct() != "").sum()) <= MAXIMUM_LIST_ENTRIES


def _is_of_words(heading: str, column: TextColumn, marks: Marks) -> bool:
    """Whether all entries are words or marks of what is not known, and the heading is none of counts."""
    return not is_of_counts(heading) and all(_is_word(text, marks) for text in column.distinct() if text != "")


def _is_word(text: str, marks: Marks) -> bool:
    """Whether an entry is no number, nor stands in the place of one."""
    status = "suppressed" if text.lower() in marks.suppressed else status_of_mark(text)
    if status is not None:
        return status != "suppressed" and not has_number(text)
    return any(map(str.isalpha, text)) and not has_number(text)
