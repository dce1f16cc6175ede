"""Cells that cannot be read: each mark once, with its number of cells, its first row, and the option that takes it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.errors import Problem
from clustering.readers.recognition.columns_of_students import cell_for_message, is_count_of_students
from clustering.readers.text.printed_marks import is_date, sign_at_number
from clustering.validation.findings import MAXIMUM_SHOWN_CHARACTERS, Findings

# A column is refused if fewer of its cells can be read: then it holds something else, or in another notation.
LEAST_READABLE = 0.1
MAXIMUM_MARKS = 50


@dataclass(frozen=True, kw_only=True)
class Wording:
    """
    What is said of a column's unreadable cells.

    Parameters
    ----------
    message
        What is wrong with a cell, as a sentence such as ``This is not a grade.``, with its full stop.
    form
        How to write such a cell, after the word write and with a full stop: ``PK, KG, 1 to 13.``, for example.
    outcome
        What becomes of the cells if the file is used, in one sentence.
    is_mark
        Whether the options ``suppressed`` and ``missing`` take marks of this column.
    is_refused
        ``True``: any such cell is an error. ``False``: none is. ``None``: the column is refused if hardly any of its
        cells can be read.
    is_count
        Whether the cells are numbers of students, as they are under the usual canonical names of such columns. Then a
        text with a digit is never shown, since the number may be that of a few students.
    """

    message: str
    form: str
    outcome: str = "It counts as not known."
    is_mark: bool = True
    is_refused: bool | None = None
    is_count: bool = False


def note_unreadable(
    findings: Findings,
    canonical: str,
    unreadable: pd.Series | np.ndarray,
    wording: Wording,
    *,
    records: np.ndarray | None = None,
) -> None:
    """
    Note the unreadable cells of a column.

    Parameters
    ----------
    findings
        The file; a problem is added for each mark.
    canonical
        The column.
    unreadable
        Boolean, one per distinct text of the column.
    wording
        What is said of them.
    records
        Whether the cell of each record is looked at; without it, those of all records that are kept.
    """
    marked = np.asarray(unreadable, dtype=bool)
    if not marked.any():
        return
    column = findings.texts(canonical)
    kept = findings.kept() if records is None else findings.kept() & records
    found = np.flatnonzero(column.spread(marked) & kept)
    filled = int((~column.is_blank() & kept).sum())
    note_unreadable_cells(
        findings, canonical, pd.Series(column.texts_at(found).to_pylist(), index=found), filled, wording
    )


def note_unreadable_cells(findings: Findings, canonical: str, cells: pd.Series, filled: int, wording: Wording) -> None:
    """
    Note unreadable cells.

    Parameters
    ----------
    findings
        The file; a problem is added for each mark.
    canonical
        The column, by its canonical name or its heading.
    cells
        Their texts, by record.
    filled
        Number of cells of the column that are not blank.
    wording
        What is said of them.
    """
    if cells.empty:
        return
    is_error = wording.is_refused
    if is_error is None:
        is_error = filled - len(cells) < LEAST_READABLE * filled
    signs = {text: sign_at_number(text) if wording.is_mark else None for text in cells.unique()}
    marks = pd.Series([signs[text] or text for text in cells], index=cells.index)
    groups = cells.groupby([marks, cells.map(lambda text: signs[text] is not None)], sort=False)
    found = sorted(groups, key=lambda group: group[1].index[0])
    more = sum(len(group) for _, group in found[MAXIMUM_MARKS:])
    is_count = wording.is_count or is_count_of_students(canonical)
    for number, (_, group) in enumerate(found[:MAXIMUM_MARKS], start=1):
        text, further = str(group.iloc[0]), more if number == MAXIMUM_MARKS else 0
        # Grades such as 6/8 look like a rate that is written as counts.
        shown = text if "grades" in canonical else cell_for_message(text, is_count=is_count)
        findings.problems.append(
            Problem(
                table=findings.table.name,
                row=findings.table.row_of(int(group.index[0])),
                column=_column_of(findings, canonical, int(group.index[0])),
                value=None if shown is None else shown[:MAXIMUM_SHOWN_CHARACTERS],
                message=wording.message if is_error else f"{wording.message} {wording.outcome}",
                remedy=_remedy(text, signs[text], wording, is_shown=shown is not None),
                is_error=is_error,
                further_records=len(group) - 1 + further,
            )
        )


def _column_of(findings: Findings, canonical: str, record: int) -> str:
    if canonical in findings.heading_columns:
        return findings.texts(findings.heading_columns[canonical]).at(record)
    return findings.headings.get(canonical, canonical)


def _remedy(text: str, sign: str | None, wording: Wording, *, is_shown: bool) -> str:
    if sign is not None:
        return f"Delete the sign {sign} if the number is that of all students whom the cell stands for."
    if is_date(text):
        return f"A spreadsheet has made a date of two numbers: format the column as text, and write {wording.form}"
    if not wording.is_mark or not text or "," in text:
        return f"Write {wording.form}"
    if not is_shown:
        return (
            f"Write {wording.form} If the cell is a mark, set suppressed=MARK if it means suppressed, or missing=MARK"
            " if it means not known, with the text of the cell for MARK."
        )
    return (
        f"Set suppressed={text} if the mark means suppressed, or missing={text} if it means not known; or write"
        f" {wording.form}"
    )
