"""Columns that may serve as official lists, such as designations: they have few distinct entries."""

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
from clustering.readers.recognition.columns_of_students import may_hold_counts
from clustering.readers.recognition.file_kinds import is_described
from clustering.readers.recognition.headings import is_grade_heading
from clustering.readers.text.columns import TextColumn, numpy_of
from clustering.readers.text.printed_marks import is_suppressed_count, status_of_mark
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
    """Columns with few distinct entries, except those taken for something else or known to describe a school."""
    return [
        heading
        for heading in table.headings
        if heading not in taken
        and not is_grade_heading(heading)
        and not is_described(table.kind, heading)
        and table.has_few_texts(heading, MAXIMUM_LIST_ENTRIES)
    ]


def list_columns(findings: Findings, published: PublishedRates, *, reserved: Collection[str]) -> dict[str, TextColumn]:
    """Columns of a file that may serve as official lists and that nothing else was read from, by heading."""
    table = findings.table
    if published.layout not in (STATE_LAYOUT, "wide"):
        return {}
    taken = {*findings.headings.values(), *published.headings, *reserved}
    columns = {heading: table.column(heading) for heading in headings_of_lists(table, taken=taken)}
    return {plain_text(heading): column for heading, column in columns.items() if _may_be_list(heading, column)}


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


def _may_be_list(heading: str, column: TextColumn) -> bool:
    """Whether a column has few entries, and is none of numbers and marks in their place: its counts would be shown."""
    if len(column.texts) > MAXIMUM_LIST_ENTRIES + 1:  # blank is no entry
        return False
    entries = [text for text in column.distinct() if text != ""]
    if not 1 <= len(entries) <= MAXIMUM_LIST_ENTRIES:
        return False
    if may_hold_counts(heading, entries):
        return {"0", "1"}.issuperset(entries)
    numbers = {text for text in entries if any(map(str.isnumeric, text)) and not any(map(str.isalpha, text))}
    return numbers <= {"0", "1"} or not all(text in numbers or _is_mark(text) for text in entries)


def _is_mark(text: str) -> bool:
    return status_of_mark(text) is not None or is_suppressed_count(text)
