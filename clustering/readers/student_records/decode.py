"""Texts of student records to numbers: unreadable ones are errors, records that are no enrolment are set aside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute

from clustering.errors import Problem
from clustering.readers.published.school_years import SettledYears, YearConvention, school_year_of, settle_years
from clustering.readers.student_records.dates import NO_DATE, parse_date
from clustering.readers.student_records.formats import read_grade
from clustering.readers.student_records.raw_records import RecordTable

NO_GRADE = 29  # above every grade, so that it sorts last
NO_YEAR = -1
MAXIMUM_LISTED = 1_000
MAXIMUM_SHOWN_CHARACTERS = 20
MAXIMUM_IDENTIFIER_CHARACTERS = 64
_BAD_SCHOOL = r"[\x00-\x1f\x7f]|^\d(?:\.\d+)?[eE]\+?\d+$"


@dataclass(frozen=True, kw_only=True, repr=False)
class JudgedRecords:
    """
    The records of one file as numbers.

    Parameters
    ----------
    year
        int16: fall of the school year; ``NO_YEAR``.
    school
        Text of the school id.
    grade
        int8; ``NO_GRADE`` for ungraded or blank.
    entry, exit
        int32: days since 1970-01-01; ``NO_DATE``.
    primary
        Whether the record is flagged as the student's primary enrolment.
    reason
        int8: 0 for an enrolment, else the place, from 1, of the reason to set the record aside.
    reasons
        Texts of the reasons.
    problems
        Errors and warnings. No value that is a student id is shown.
    """

    year: np.ndarray
    school: pd.Categorical
    grade: np.ndarray
    entry: np.ndarray
    exit: np.ndarray
    primary: np.ndarray
    reason: np.ndarray
    reasons: tuple[str, ...]
    problems: tuple[Problem, ...]


def judge_records(table: RecordTable, *, convention: YearConvention | None, stated_year: str | None) -> JudgedRecords:
    """
    Read every distinct text of a file once.

    Parameters
    ----------
    table
        The texts.
    convention
        What a bare school year names, where it was said.
    stated_year
        School year of the whole file, such as ``2022-23``, where it was said.

    Returns
    -------
    judged
        In the order of the file.
    """
    judge = _Judge(table)
    entry, left = (
        judge.numbers(column, parse_date, NO_DATE, np.int32, "date") for column in ("entry_date", "exit_date")
    )
    year = judge.years(entry, left, convention, stated_year)
    grade = judge.numbers("grade", lambda text: read_grade(table.form, text), NO_GRADE, np.int8, "grade")
    primary = judge.numbers("primary_flag", judge.is_primary, 0, np.int8, "flag of a primary enrolment").astype(bool)
    for column, rule in table.form.set_aside.items():
        judge.set_aside_by_text(column, rule)
    school = table.cells["school_id"]
    judge.bad_schools(school)
    judge.warn_of_shared_schools(school)
    judge.set_aside_by_text("school_id", lambda text: None if text else "no school id")
    judge.set_aside(year == NO_YEAR, "no school year")
    judge.set_aside((left < entry) & (left != NO_DATE), "exit date before entry date")
    return JudgedRecords(
        year=year,
        school=school,
        grade=grade,
        entry=entry,
        exit=left,
        primary=primary,
        reason=judge.reason,
        reasons=tuple(judge.reasons),
        problems=(*table.problems, *judge.problems),
    )


@dataclass
class _Judge:
    table: RecordTable
    problems: list[Problem] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.reason = np.zeros(self.table.rows, dtype=np.int8)

    def numbers(
        self, column: str, parse: Callable[[str], int | None], missing: int, dtype: type, what: str
    ) -> np.ndarray:
        """One number for each record; a text that ``parse`` refuses is an error in each of its records."""
        cells = self.table.cells.get(column)
        if cells is None:
            return np.full(self.table.rows, missing, dtype=dtype)
        values: np.ndarray = np.full(len(cells.categories), missing, dtype=dtype)
        bad = []
        for place, text in enumerate(cells.categories):
            try:
                value = parse(text)
            except ValueError:
                bad.append(place)
            else:
                values[place] = missing if value is None else value
        self.refuse(column, cells, bad, what)
        return np.asarray(values[cells.codes])

    def is_primary(self, text: str) -> int:
        """Whether a flag says so."""
        lower = text.lower()
        if lower not in self.table.form.primary | self.table.form.not_primary:
            raise ValueError("neither yes nor no")
        return int(lower in self.table.form.primary)

    def refuse(self, column: str, cells: pd.Categorical, bad: list[int], what: str) -> None:
        """Note an error for each record with one of the bad texts."""
        if not bad:
            return
        shown = self._texts_that_may_be_shown(cells.categories[bad])
        rows = np.flatnonzero(np.isin(cells.codes, bad))
        for row in rows[:MAXIMUM_LISTED]:
            text = str(cells.categories[cells.codes[row]])
            self._note(
                f"The text is no {what}.",
                f"Correct it, or say which column gives {column}.",
                column=column,
                row=int(row) + self.table.first_row,
                value=text if text in shown else None,
            )
        if len(rows) > MAXIMUM_LISTED:
            message = f"{len(rows) - MAXIMUM_LISTED:,} more records have a text that is no {what}."
            self._note(message, f"Say which column gives {column}.", column=column)

    def _texts_that_may_be_shown(self, texts: pd.Index) -> set[str]:
        """Short ones that are no student's id: a column that was mistaken for another may hold those."""
        short = [text for text in texts if len(text) <= MAXIMUM_SHOWN_CHARACTERS]
        if not short:
            return set()
        ids = pa.compute.utf8_trim_whitespace(self.table.student_ids)
        is_id = pa.compute.is_in(pa.array(short, pa.string()), value_set=pa.concat_arrays(ids.chunks))
        return {text for text, found in zip(short, is_id.to_pylist(), strict=True) if not found}

    def _note(
        self,
        message: str,
        remedy: str,
        *,
        column: str,
        row: int | None = None,
        value: str | None = None,
        is_error: bool = True,
    ) -> None:
        heading = self.table.headings.get(column, column)
        self.problems.append(
            Problem(
                table=self.table.name,
                row=row,
                column=heading,
                value=value,
                message=message,
                remedy=remedy,
                is_error=is_error,
            )
        )

    def set_aside(self, rows: np.ndarray, reason: str) -> None:
        """Set records aside, unless an earlier reason did."""
        chosen = rows & (self.reason == 0)
        if chosen.any():
            if reason not in self.reasons:
                self.reasons.append(reason)
            self.reason[chosen] = self.reasons.index(reason) + 1

    def set_aside_by_text(self, column: str, rule: Callable[[str], str | None]) -> None:
        """Set aside the records whose text in a column says that they are no enrolment."""
        cells = self.table.cells.get(column)
        if cells is None:
            return
        bad, positions_of = [], dict[str, list[int]]()
        for place, text in enumerate(cells.categories):
            try:
                reason = rule(text)
            except ValueError:
                bad.append(place)
            else:
                if reason is not None:
                    positions_of.setdefault(reason, []).append(place)
        self.refuse(column, cells, bad, column.replace("_", " "))
        for reason, places in positions_of.items():
            self.set_aside(np.isin(cells.codes, places), reason)

    def years(
        self, entry: np.ndarray, left: np.ndarray, convention: YearConvention | None, stated_year: str | None
    ) -> np.ndarray:
        """Fall of each record's school year: by its column, else as stated, else by its dates."""
        cells: pd.Categorical | None = self.table.cells.get("school_year")
        if stated_year is not None:
            cells = pd.Categorical(np.full(self.table.rows, stated_year, dtype=object))
        if cells is None:
            return self._years_of_dates(entry, left)
        settled = settle_years(cells.categories, convention=convention)
        if settled.is_ambiguous:
            dates = _dates_by_text(cells, entry, left)
            settled = settle_years(cells.categories, convention=convention, dates=dates)
        self._tell_of_years(settled)
        bad = np.flatnonzero(cells.categories.isin(settled.unreadable)).tolist()
        self.refuse("school_year", cells, bad, "school year")
        return np.asarray(settled.years.fillna(NO_YEAR).to_numpy(dtype=np.int16)[cells.codes])

    def _years_of_dates(self, entry: np.ndarray, left: np.ndarray) -> np.ndarray:
        if not {"entry_date", "exit_date"} & set(self.table.cells):
            message = "The file gives neither school years nor dates."
            self._note(message, "Say the school year of the file, such as 2022-23.", column="school_year")
        day = np.where(entry != NO_DATE, entry, left)
        return np.where(day != NO_DATE, school_year_of(day), NO_YEAR).astype(np.int16)

    def _tell_of_years(self, settled: SettledYears) -> None:
        if not settled.bare:
            return
        examples = ", ".join(sorted(self._texts_that_may_be_shown(pd.Index(settled.bare)))[:3])
        if settled.is_ambiguous:
            self._note(
                f"A school year of one number ({examples}) may be the year of its fall or of its spring.",
                'State year_convention: "fall" if 2022 is 2022-23, "spring" if 2023 is 2022-23.',
                column="school_year",
            )
        elif settled.settled_by == "dates":
            season = settled.convention
            self._note(
                f"The dates show that a school year of one number ({examples}) is the year of its {season}.",
                "State year_convention if that is wrong.",
                column="school_year",
                is_error=False,
            )

    def bad_schools(self, school: pd.Categorical) -> None:
        """Refuse school ids that no agency gave out: mangled by a spreadsheet, too long, with control characters."""
        texts = pd.Series(school.categories, dtype="str")
        bad = texts.str.contains(_BAD_SCHOOL, regex=True) | (texts.str.len() > MAXIMUM_IDENTIFIER_CHARACTERS)
        self.refuse("school_id", school, np.flatnonzero(bad).tolist(), "school id as an agency assigns it")

    def warn_of_shared_schools(self, school: pd.Categorical) -> None:
        """Warn where districts use the same school ids: state codes are often unique within a district only."""
        district = self.table.cells.get("district_id")
        if district is None or len(district.categories) == 0:
            return
        pairs = np.unique(school.codes.astype(np.int64) * len(district.categories) + district.codes)
        schools, districts = np.divmod(pairs, len(district.categories))
        named = schools[(district.categories[districts] != "") & (school.categories[schools] != "")]
        if (np.bincount(named) > 1).any():
            self._note(
                "Some school ids stand in more than one district; each id is taken for one school.",
                "Say which column gives an id that is unique in the state, unless these schools changed districts.",
                column="school_id",
                is_error=False,
            )


def _dates_by_text(cells: pd.Categorical, entry: np.ndarray, left: np.ndarray) -> pd.DataFrame:
    """How many entry and exit dates of each text lie in each school year."""
    tables = []
    for days in (entry, left):
        known = days != NO_DATE
        counts = pd.DataFrame({"text": cells.codes[known], "year": school_year_of(days[known])}).value_counts()
        tables.append(counts.rename("records").reset_index())
    table = pd.concat(tables, ignore_index=True)
    return table.assign(text=cells.categories.take(table["text"].to_numpy()))
