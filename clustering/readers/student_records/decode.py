"""Texts of student records to numbers. Unreadable texts are errors; records that are no enrolment are set aside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute

from clustering.errors import Problem
from clustering.readers.published.school_years import SchoolYears, YearConvention, parse_school_years, school_year_of
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
class DecodedRecords:
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
        int8: 0 for an enrolment, else the number, from 1, of the reason to set the record aside.
    reasons
        Texts of the reasons.
    problems
        Errors and warnings, which never show a student id.
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


def decode_records(table: RecordTable, *, convention: YearConvention | None, stated_year: str | None) -> DecodedRecords:
    """
    Decode the records of one file, each distinct text once.

    Parameters
    ----------
    table
        The texts.
    convention
        What a bare school year is, if the user says so.
    stated_year
        School year of the whole file, such as ``2022-23``, if the user says so.

    Returns
    -------
    records
        In the order of the file.
    """
    decoder = _Decoder(table)
    entry, left = (
        decoder.numbers(column, parse_date, NO_DATE, np.int32, "date") for column in ("entry_date", "exit_date")
    )
    year = decoder.years(entry, left, convention, stated_year)
    grade = decoder.numbers("grade", lambda text: read_grade(table.record_format, text), NO_GRADE, np.int8, "grade")
    primary = decoder.numbers("primary_flag", decoder.is_primary, 0, np.int8, "flag of a primary enrolment").astype(
        bool
    )
    for column, rule in table.record_format.set_aside.items():
        decoder.set_aside_by_text(column, rule)
    school = table.cells["school_id"]
    decoder.bad_schools(school)
    decoder.warn_of_shared_schools(school)
    decoder.set_aside_by_text("school_id", lambda text: None if text else "no school id")
    decoder.set_aside(year == NO_YEAR, "no school year")
    decoder.set_aside((left < entry) & (left != NO_DATE), "exit date before entry date")
    return DecodedRecords(
        year=year,
        school=school,
        grade=grade,
        entry=entry,
        exit=left,
        primary=primary,
        reason=decoder.reason,
        reasons=tuple(decoder.reasons),
        problems=(*table.problems, *decoder.problems),
    )


@dataclass
class _Decoder:
    """Decodes the columns of one file, and gathers problems and reasons to set records aside."""

    table: RecordTable
    problems: list[Problem] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.reason = np.zeros(self.table.rows, dtype=np.int8)

    def numbers(
        self, column: str, parse: Callable[[str], int | None], missing: int, dtype: type, noun: str
    ) -> np.ndarray:
        """One number for each record; a text that ``parse`` cannot read is an error in each of its records."""
        cells = self.table.cells.get(column)
        if cells is None:
            return np.full(self.table.rows, missing, dtype=dtype)
        values: np.ndarray = np.full(len(cells.categories), missing, dtype=dtype)
        bad = []
        for number, text in enumerate(cells.categories):
            try:
                value = parse(text)
            except ValueError:
                bad.append(number)
            else:
                values[number] = missing if value is None else value
        self.note_bad_texts(column, cells, bad, noun)
        return np.asarray(values[cells.codes])

    def is_primary(self, text: str) -> int:
        """1 if a flag marks the primary enrolment, else 0."""
        lower = text.lower()
        if lower not in self.table.record_format.primary | self.table.record_format.not_primary:
            raise ValueError("neither yes nor no")
        return int(lower in self.table.record_format.primary)

    def note_bad_texts(self, column: str, cells: pd.Categorical, bad: list[int], noun: str) -> None:
        """Note an error for each record with one of the bad texts."""
        if not bad:
            return
        shown = self._texts_that_may_be_shown(cells.categories[bad])
        rows = np.flatnonzero(np.isin(cells.codes, bad))
        listed, further = rows[:MAXIMUM_LISTED], max(0, len(rows) - MAXIMUM_LISTED)
        for row in listed:
            text = str(cells.categories[cells.codes[row]])
            self._note(
                f"This is not a {noun}.",
                f"Correct it, or set columns.{column}=HEADING to the right column.",
                column=column,
                row=int(row) + self.table.first_row,
                value=text if text in shown else None,
                further_records=further if row == listed[-1] else 0,
            )

    def _texts_that_may_be_shown(self, texts: pd.Index) -> set[str]:
        """Short texts that are no student's id; a column that was mistaken for another may hold ids."""
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
        further_records: int = 0,
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
                further_records=further_records,
            )
        )

    def set_aside(self, rows: np.ndarray, reason: str) -> None:
        """Set records aside; an earlier reason stays."""
        chosen = rows & (self.reason == 0)
        if chosen.any():
            if reason not in self.reasons:
                self.reasons.append(reason)
            self.reason[chosen] = self.reasons.index(reason) + 1

    def set_aside_by_text(self, column: str, rule: Callable[[str], str | None]) -> None:
        """Set aside the records that are no enrolment by their text in a column."""
        cells = self.table.cells.get(column)
        if cells is None:
            return
        bad, texts_by_reason = [], dict[str, list[int]]()
        for number, text in enumerate(cells.categories):
            try:
                reason = rule(text)
            except ValueError:
                bad.append(number)
            else:
                if reason is not None:
                    texts_by_reason.setdefault(reason, []).append(number)
        self.note_bad_texts(column, cells, bad, column.replace("_", " "))
        for reason, numbers in texts_by_reason.items():
            self.set_aside(np.isin(cells.codes, numbers), reason)

    def years(
        self, entry: np.ndarray, left: np.ndarray, convention: YearConvention | None, stated_year: str | None
    ) -> np.ndarray:
        """Fall of each record's school year: as the user states it, else by its column, else by its dates."""
        cells: pd.Categorical | None = self.table.cells.get("school_year")
        if stated_year is not None:
            cells = pd.Categorical(np.full(self.table.rows, stated_year, dtype=object))
        if cells is None:
            return self._years_of_dates(entry, left)
        parsed = parse_school_years(cells.categories, convention=convention)
        if parsed.is_ambiguous:
            dates = _dates_by_text(cells, entry, left)
            parsed = parse_school_years(cells.categories, convention=convention, dates=dates)
        self._note_bare_years(parsed)
        bad = np.flatnonzero(cells.categories.isin(parsed.unreadable)).tolist()
        self.note_bad_texts("school_year", cells, bad, "school year")
        return np.asarray(parsed.years.fillna(NO_YEAR).to_numpy(dtype=np.int16)[cells.codes])

    def _years_of_dates(self, entry: np.ndarray, left: np.ndarray) -> np.ndarray:
        if not {"entry_date", "exit_date"} & set(self.table.cells):
            message = "The file has neither school years nor dates."
            self._note(message, "Set the school year of the file, such as school_year=2022-23.", column="school_year")
        day = np.where(entry != NO_DATE, entry, left)
        return np.where(day != NO_DATE, school_year_of(day), NO_YEAR).astype(np.int16)

    def _note_bare_years(self, parsed: SchoolYears) -> None:
        if not parsed.bare:
            return
        examples = ", ".join(sorted(self._texts_that_may_be_shown(pd.Index(parsed.bare)))[:3])
        if parsed.is_ambiguous:
            self._note(
                f"A school year of one number ({examples}) may be the year of its fall or that of its spring.",
                "Set year_convention=fall if 2022 is 2022-23, or year_convention=spring if 2023 is 2022-23.",
                column="school_year",
            )
        elif parsed.convention_source == "dates":
            season = parsed.convention
            self._note(
                f"The dates show that a school year of one number ({examples}) is the year of its {season}.",
                "Set year_convention=fall or year_convention=spring if that is wrong.",
                column="school_year",
                is_error=False,
            )

    def bad_schools(self, school: pd.Categorical) -> None:
        """Errors for school ids that were rounded by a spreadsheet, are too long, or have control characters."""
        texts = pd.Series(school.categories, dtype="str")
        bad = texts.str.contains(_BAD_SCHOOL, regex=True) | (texts.str.len() > MAXIMUM_IDENTIFIER_CHARACTERS)
        self.note_bad_texts("school_id", school, np.flatnonzero(bad).tolist(), "valid school id")

    def warn_of_shared_schools(self, school: pd.Categorical) -> None:
        """Warn if districts use the same school ids: state codes are often unique only within a district."""
        district = self.table.cells.get("district_id")
        if district is None or len(district.categories) == 0:
            return
        pairs = np.unique(school.codes.astype(np.int64) * len(district.categories) + district.codes)
        schools, districts = np.divmod(pairs, len(district.categories))
        named = schools[(district.categories[districts] != "") & (school.categories[schools] != "")]
        if (np.bincount(named) > 1).any():
            self._note(
                "Some school ids appear in more than one district; each id counts as one school.",
                "Set columns.school_id=HEADING to a column with ids that are unique in the state, unless these schools"
                " changed districts.",
                column="school_id",
                is_error=False,
            )


def _dates_by_text(cells: pd.Categorical, entry: np.ndarray, left: np.ndarray) -> pd.DataFrame:
    """Number of entry and exit dates in each school year, for each text."""
    tables = []
    for days in (entry, left):
        known = days != NO_DATE
        counts = pd.DataFrame({"text": cells.codes[known], "year": school_year_of(days[known])}).value_counts()
        tables.append(counts.rename("records").reset_index())
    table = pd.concat(tables, ignore_index=True)
    return table.assign(text=cells.categories.take(table["text"].to_numpy()))
