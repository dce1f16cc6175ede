"""Enrolment by school and by grade from CCD membership files; every cell is accounted for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from clustering.errors import Problem
from clustering.model.ingest_report import SourceFile
from clustering.readers.published.ccd_membership import (
    BY_GRADE,
    TOTAL,
    TOTAL_WITHOUT_ADULTS,
    RawMembership,
    stream_membership,
)
from clustering.readers.raw_table import RawTable, Readable
from clustering.validation.enrolment.ccd_membership_cells import decode_counts, decode_grades, decode_years, note_rows

ROLE = "membership"


@dataclass(frozen=True, kw_only=True)
class Membership:
    """
    Enrolment of one year from one file, and how the file was read.

    Parameters
    ----------
    grade_enrolment
        ``school_id``, ``year`` (fall; Int64, may be missing), ``grade`` (Int64), ``students`` (float64; missing is
        not known), sorted; ungraded and adult students are left out.
    enrolment
        Students of each school, index ``school_id`` sorted; missing if the file has no total.
    year
        Fall of the school year; ``None`` if the file does not say.
    choice
        ``total`` and ``by grade``, each to the one aggregation that was used (``None``: the file has none), so that no
        student counts twice.
    accounting
        Cells: ``read`` (records of a long file; counts of a wide one), ``used``, and the others by reason;
        these add up to ``read``. ``missing``, ``suppressed`` ... are cells of the chosen aggregations without a number.
    problems
        Warnings and errors; with an error the tables are not to be used.
    file
        For the ingest report.
    """

    grade_enrolment: pd.DataFrame
    enrolment: pd.Series
    year: int | None
    choice: Mapping[str, str | None]
    accounting: Mapping[str, int]
    problems: tuple[Problem, ...]
    file: SourceFile


def read_membership(
    source: Readable | RawTable,
    *,
    encoding: str | None = None,
    school_ids: Collection[str] | None = None,
    year: int | None = None,
) -> Membership:
    """
    Read a CCD membership file, long or wide, of any size.

    Parameters
    ----------
    source
        A path, a named file, or a table already in memory.
    encoding
        Seldom needed: see ``stream_membership``.
    school_ids
        Read these schools only; all by default.
    year
        Fall of the school year, if the file does not say.

    Returns
    -------
    membership
        Enrolment by school and by school and grade. A count that is suppressed, missing, not applicable or of low
        quality is missing, never 0; a total is as published, never the sum of the grades.

    Raises
    ------
    InputError
        The file cannot be read at all, or is no membership file.
    """
    raw = stream_membership(source, encoding=encoding, school_ids=school_ids)
    return validate_membership(raw, year=year)


def validate_membership(raw: RawMembership, *, year: int | None = None) -> Membership:
    """
    Validate the rows of a membership file.

    Parameters
    ----------
    raw
        As streamed.
    year
        Fall of the school year, if the file does not say.

    Returns
    -------
    membership
        See :func:`read_membership`.
    """
    problems: list[Problem] = []
    choice = _choose(raw, problems)
    rows = raw.rows[raw.rows["aggregation"].isin([name for name in choice.values() if name is not None])]
    counts = decode_counts(raw, rows, problems)
    students, reason = counts.students, counts.reason
    grade = decode_grades(raw, rows, problems)
    is_grade = grade.notna().to_numpy()
    years = decode_years(raw, rows, year, problems)
    ids = rows["school_id"].astype("str")
    _check_identifiers(raw, rows, ids, problems)
    by_grade = (rows["aggregation"] == BY_GRADE).to_numpy()
    table = pd.DataFrame({"school_id": ids, "year": years, "grade": grade, "students": students})
    used = reason == ""
    reason = reason.mask(by_grade & ~is_grade & used, "not a grade")
    of_grade, of_total = table[by_grade & is_grade], table[~by_grade]
    _note_repeats(raw, rows, of_grade, ["school_id", "year", "grade"], problems)
    _note_repeats(raw, rows, of_total, ["school_id", "year"], problems)
    found = sorted(int(value) for value in years.dropna().unique())
    enrolment = of_total.drop_duplicates("school_id").set_index("school_id")["students"].sort_index()
    return Membership(
        grade_enrolment=of_grade.sort_values(["school_id", "year", "grade"], ignore_index=True),
        enrolment=enrolment,
        year=found[0] if len(found) == 1 else None,
        choice=choice,
        accounting=_account(raw, rows, reason),
        problems=tuple(problems),
        file=_source_file(raw, rows, reason),
    )


def _choose(raw: RawMembership, problems: list[Problem]) -> dict[str, str | None]:
    """The aggregation to use for totals and the one for grades: the first known one that the file has."""
    present = set(raw.rows["aggregation"].unique()) if raw.layout == "wide" else set(raw.aggregations)
    total = next((name for name in (TOTAL_WITHOUT_ADULTS, TOTAL) if name in present), None)
    grades = BY_GRADE if BY_GRADE in present else None
    if total is None and grades is None:
        names = ", ".join(sorted(raw.aggregations)[:10])
        message = f"The file has neither totals nor subtotals by grade; its aggregations are {names}."
        remedy = "Use the file as NCES publishes it, with all its values of TOTAL_INDICATOR."
        problems.append(Problem(table=raw.name, column="TOTAL_INDICATOR", message=message, remedy=remedy))
    elif total is None or grades is None:
        what = "totals" if total is None else "subtotals by grade"
        message = f"The file has no {what}; they are not computed from other aggregations."
        remedy = "Use the file as NCES publishes it if you need them."
        problems.append(Problem(table=raw.name, message=message, remedy=remedy, is_error=False))
    return {"total": total, "by grade": grades}


def _check_identifiers(raw: RawMembership, rows: pd.DataFrame, ids: pd.Series, problems: list[Problem]) -> None:
    first = rows[~ids.duplicated().to_numpy()]
    texts = first["school_id"].astype("str")
    short = texts.str.fullmatch(r"\d{11}")
    remedy = "Format the column as text and write the zero back, or use the file as NCES publishes it."
    message = "The identifier has lost its leading zero: NCES school identifiers have 12 digits."
    note_rows(raw, first[short], "school_id", message, remedy, problems)
    message = "This is not an NCES school identifier: these have 12 digits."
    note_rows(raw, first[~short & ~texts.str.fullmatch(r"\d{12}")], "school_id", message, remedy, problems)


def _note_repeats(
    raw: RawMembership, rows: pd.DataFrame, table: pd.DataFrame, key: list[str], problems: list[Problem]
) -> None:
    repeated = table.index[table.duplicated(key, keep=False)]
    message = "The school appears more than once in the same aggregation; its students would count twice."
    note_rows(raw, rows.loc[repeated], "school_id", message, "Keep one record.", problems)


def _account(raw: RawMembership, rows: pd.DataFrame, reason: pd.Series) -> dict[str, int]:
    cells = 1 if raw.layout == "long" else len(raw.headings.keys() - {"school_id", "year"})
    read, not_requested = raw.rows_read * cells, raw.rows_of_other_schools * cells
    counted = {str(name) or "used": int(count) for name, count in reason.value_counts().sort_index().items()}
    others = {"other school": not_requested, "other aggregation": read - not_requested - len(rows)}
    return {"read": read, "used": 0, **counted, **{name: count for name, count in others.items() if count}}


def _source_file(raw: RawMembership, rows: pd.DataFrame, reason: pd.Series) -> SourceFile:
    chosen, used = int(rows["row"].nunique()), int(rows.loc[reason == "", "row"].nunique())
    reasons = {
        "The school was not requested.": raw.rows_of_other_schools,
        "The row is of an aggregation that is not used.": raw.rows_read - raw.rows_of_other_schools - chosen,
        "The row has no number of students.": chosen - used,
    }
    return SourceFile(
        role=ROLE,
        name=raw.name,
        kind=raw.kind,
        container="text",
        sha256=raw.sha256,
        encoding=raw.encoding,
        delimiter=raw.delimiter,
        header_row=1,
        columns=dict(raw.headings),
        unused_columns=(),
        rows_read=raw.rows_read,
        rows_used=used,
        rows_set_aside=raw.rows_read - used,
        set_aside_reasons={text: count for text, count in reasons.items() if count},
    )
