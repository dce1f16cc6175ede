"""A file of exact counts of flows, read alone: a table that its owner wants to publish."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.ingest.open_one_file import ReadOptions, open_one_file, refuse_errors
from clustering.readers.raw_table import Source
from clustering.readers.text.printed_marks import without_marks
from clustering.readers.text.values import parse_grades, parse_numbers
from clustering.validation.findings import Findings
from clustering.validation.flows.matrix import unpivot, years_to_rows
from clustering.validation.identifiers import mark_bad_identifiers
from clustering.validation.unreadable_cells import Wording, note_unreadable
from clustering.validation.years import MISSING, validate_years, years_of_headings

MAXIMUM_STUDENTS = 1_000_000
_NO_COUNT = Wording(
    message="This is not an exact number of students.",
    form="0 or more, in whole numbers. A table with hidden cells cannot be protected again.",
    is_mark=False,
    is_refused=True,
)
_NO_GRADE = Wording(message="This is not a grade.", form="PK, KG, 1 to 13.", is_mark=False, is_refused=True)


def read_exact_flows(
    source: Source, *, options: ReadOptions | None = None, encoding: str | None = None
) -> pd.DataFrame:
    """
    Read exact counts of flows, to be protected by :func:`suppress_table`.

    Parameters
    ----------
    source
        A table with an origin, a destination and a number of students in each row, or with a column per destination;
        grades and the school year may be there. A blank destination is students who left, a blank origin students from
        elsewhere. No file of schools is needed.
    options, encoding
        As for :func:`read_scenario`.

    Returns
    -------
    flows
        ``origin``, ``destination`` (text, missing where blank), ``grade``, ``next_grade``, ``year`` (Int64, the fall)
        and ``students`` (int64). Rows are as in the file.

    Raises
    ------
    InputError
        With every problem: a file that is no table of flows, counts that are hidden, missing, not whole or too large,
        identifiers that a spreadsheet has changed, unreadable grades and years.
    """
    findings = years_to_rows(unpivot(open_one_file(source, "flows", options, encoding)))
    for end in ("origin", "destination"):
        mark_bad_identifiers(findings, end, blank_is_error=False)
    names = {end: findings.column(end) for end in ("origin", "destination")}
    findings.mark(
        (names["origin"] == "") & (names["destination"] == ""),
        "origin",
        message="The row names neither an origin nor a destination.",
        remedy="Take it out: totals are worked out from the other rows.",
    )
    table = pd.DataFrame({end: name.mask(name == "") for end, name in names.items()}).astype("str")
    for name in ("grade", "next_grade"):
        table[name] = _grades(findings, name)
    table["year"] = _years(findings)
    students = _students(findings)
    refuse_errors(findings)
    return table.assign(students=students.to_numpy(dtype="int64"))


def _students(findings: Findings) -> pd.Series:
    """Number of each record; anything but a whole one is an error."""
    texts = findings.texts("students")
    numbers, bad = parse_numbers(texts.distinct(), decimal=findings.table.options.decimal)
    bad |= numbers.isna() | (numbers < 0) | (numbers > MAXIMUM_STUDENTS) | (numbers % 1 != 0)
    note_unreadable(findings, "students", bad, _NO_COUNT)
    return pd.Series(texts.spread(numbers.mask(bad, 0).to_numpy(dtype="float64")))


def _grades(findings: Findings, name: str) -> pd.Series:
    grades, bad = parse_grades(findings.values(name))
    note_unreadable(findings, name, without_marks(bad, findings.values(name)), _NO_GRADE)
    spread = findings.texts(name).spread(grades.fillna(MISSING).to_numpy(dtype="int64"))
    return _known(spread)


def _years(findings: Findings) -> pd.Series:
    if findings.by_year:
        return years_of_headings(findings, findings.column("year")).astype("Int64").reset_index(drop=True)
    return _known(validate_years(findings))


def _known(values: np.ndarray) -> pd.Series:
    numbers = pd.Series(values, dtype="Int64")
    return numbers.mask(numbers == MISSING)
