"""The one rule by which rows of a file are no schools: they are set aside with number and reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clustering.errors import Problem
from clustering.model.plain_text import plain_text
from clustering.readers.raw_table import RawTable
from clustering.readers.recognition.columns_of_students import is_of_student, mark_without_number
from clustering.readers.recognition.file_kinds import PLAIN_KINDS
from clustering.readers.recognition.name_columns import district_columns, name_columns
from clustering.readers.text.columns import TextColumn, numpy_of
from clustering.readers.text.notes import is_note
from clustering.readers.written_identifiers import IDENTIFIERS
from clustering.validation.rows_without_school.aggregation_levels import records_above_schools
from clustering.validation.rows_without_school.areas import is_name_of_area
from clustering.validation.rows_without_school.totals import (
    IDENTIFIERS_OF_NOTHING,
    is_identifier_of_nothing,
    is_name_of_total,
    is_of_district,
)

TOTAL = "A row of totals."
DISTRICT = "A record of a district or a state."
NOTE = "A note, and no record."
AREA = "The polygon is an area of no school."
SECOND_TABLE = "The row is of a second table below the first."
MAXIMUM_NAMED = 20
MAXIMUM_NAME_CHARACTERS = 60
_SAID = {
    TOTAL: "Rows of totals were left out",
    DISTRICT: "Records of districts and states were left out",
    NOTE: "Notes were left out",
    AREA: "Polygons of no school were left out",
    SECOND_TABLE: "A second table, with other headings, begins below the first; its rows were left out",
}
_ROLES = ("schools", "performance", "grade_enrolment", "catchments", "flows", "feeder_table", "travel_times", "plan")
# A cheap look at every text; the few that have such a word are then compared as a whole.
_PLACES = r"state|district|county|city|region(al)?|lea|parish|division|nation(al)?|local|school\W+district"
_WORDS_OF_TOTALS = (
    r"(^|[\W_]|sub)(totals?|averages?|avg|mean|median|sum|summary|overall|aggregate)([\W_]|$)"
    rf"|^[\W_]*(all|{_PLACES})([\W_]|wide|$)"
)
_WORDS_OF_AREAS = (
    r"^[\W_]*(open|zone|choice|option|school[\W_]+(choice|option)|un|non?|not|(city|county|district)[\W_]*wide)"
)


def without_rows_of_no_school(table: RawTable, headings: Mapping[str, str], role: str) -> RawTable:
    """
    Leave out rows that are no schools.

    These are totals and averages (by a whole name such as ``State Total``, or what stands in place of an identifier),
    records of districts and states (by a column that tells the level of each record, or by a name beside an identifier
    such as 0000), notes and sources, and polygons that no school serves.

    Parameters
    ----------
    table
        A file.
    headings
        Canonical name to heading.
    role
        What it is used as.

    Returns
    -------
    records
        The rows of schools, with the others under ``no_schools`` by reason and a warning for each reason, which names
        some. If nothing is left, the table has an error.
    """
    if role not in _ROLES:
        return table
    rows = _Rows(table, headings, role)
    found: dict[str, np.ndarray] = {}
    left = np.ones(len(table), dtype=bool)
    for reason, marked in rows.found():
        if (marked := marked & left).any():
            found[reason] = found[reason] | marked if reason in found else marked
            left &= ~marked
    if not found:
        return table
    problems = [*table.problems, *(rows.problem_of(reason, marked) for reason, marked in found.items())]
    if not left.any():
        message = "No row of the file is of a school."
        remedy = "Use the file with a row for each school."
        return replace(table, problems=(*problems, Problem(table=table.name, message=message, remedy=remedy)))
    row_of = table.rows_of_records()
    kept = pa.array(left)
    return replace(
        table,
        encoded={heading: texts.filter(kept) for heading, texts in table.encoded.items()},
        geometry=None if table.geometry is None else table.geometry[left],
        rows=row_of[left],
        no_schools={reason: tuple(row_of[marked].tolist()) for reason, marked in found.items()},
        problems=tuple(problems),
        _trimmed={},
    )


@dataclass(frozen=True)
class _Rows:
    """The columns of a file that tell whether a row is of a school."""

    table: RawTable
    headings: Mapping[str, str]
    role: str

    def found(self) -> Iterator[tuple[str, np.ndarray]]:
        """Reasons, each with the rows for which it holds."""
        ids = [self.table.column(self.headings[name]) for name in self._identifiers]
        if ids:
            yield from self._below_the_headings_again(ids[0])
        in_words = [column for column in ids if not column.has_only_digits()]
        names = [self.table.column(heading) for heading in self.names.values()]
        for column in (*in_words, *names):
            yield TOTAL, _marked(column, is_name_of_total, _WORDS_OF_TOTALS)
        if self.role == "catchments":
            for column in (*in_words, *names):
                yield AREA, _marked(column, is_name_of_area, _WORDS_OF_AREAS)
        yield DISTRICT, records_above_schools(self.table)
        if self.table.kind in PLAIN_KINDS.values() and len(self._identifiers) == 1:
            yield DISTRICT, self._of_districts(ids[0])
        if self.table.geometry is None and ids and (in_words or ids[0].is_blank().any()):
            yield NOTE, self._notes(ids[0])

    def _below_the_headings_again(self, ids: TextColumn) -> Iterator[tuple[str, np.ndarray]]:
        """The headings where a page begins, and all that stands below other headings: it is another table."""
        own = self.headings[self._identifiers[0]]
        again = ids.spread(numpy_of(pc.equal(pc.utf8_lower(ids.texts), own.lower())))
        marked, second = np.zeros(len(self.table), dtype=bool), np.zeros(len(self.table), dtype=bool)
        for record in np.flatnonzero(again):
            pairs = [
                (heading.lower(), self.table.column(heading).at(int(record)).lower()) for heading in self.table.headings
            ]
            same = sum(heading == cell for heading, cell in pairs)
            if 2 * same < sum(bool(cell) for _, cell in pairs):
                continue
            second[record:] = any(cell and heading != cell for heading, cell in pairs)
            marked[record] = True
        yield SECOND_TABLE, second
        yield NOTE, marked

    @cached_property
    def names(self) -> dict[str, str]:
        """Canonical column of an identifier to the heading of the name."""
        found = name_columns(self.table.headings, self.role)
        if "school_id" in self.headings and "name" in self.headings:
            found["school_id"] = self.headings["name"]
        return {name: heading for name, heading in found.items() if heading != self.headings.get(name)}

    @cached_property
    def _identifiers(self) -> list[str]:
        names = IDENTIFIERS.get(self.role, ())[:1] if self.role in ("schools", "plan") else IDENTIFIERS[self.role]
        return [name for name in names if name in self.headings]

    def _of_districts(self, ids: TextColumn) -> np.ndarray:
        """Rows with an identifier such as 0000, or without one, that have the name of a district or state, or none."""
        # Identifiers of digits are looked up, which is faster than to compare them.
        texts = IDENTIFIERS_OF_NOTHING if ids.has_only_digits() else ids.texts.to_pylist()
        nothing = [text for text in texts if is_identifier_of_nothing(text)]
        is_nothing = ids.spread(numpy_of(pc.is_in(ids.texts, value_set=pa.array(nothing, type=pa.string()))))
        if not is_nothing.any() or "school_id" not in self.names:
            return np.zeros(len(self.table), dtype=bool)
        records = np.flatnonzero(is_nothing)
        names = self.table.column(self.names["school_id"]).texts_at(records)
        of_district = np.array([is_of_district(text) for text in names.to_pylist()], dtype=bool)
        blank = numpy_of(pc.equal(names, ""))
        for heading in district_columns(self.table.headings, self.role).values():
            of_district |= numpy_of(pc.equal(names, self.table.column(heading).texts_at(records))) & ~blank
        if self.role != "schools":  # among the schools a record without an identifier is set aside anyway
            of_district |= blank
        is_nothing[records] = of_district
        return is_nothing

    def _notes(self, ids: TextColumn) -> np.ndarray:
        """Notes in place of an identifier; in the first column of a row without one; or a row of one filled cell."""
        plain = ids.spread(numpy_of(pc.match_substring_regex(ids.texts, r"^[\w.-]+$")))
        if plain.all():
            return np.zeros_like(plain)
        notes = _marked(ids, is_note, r"\s|^\W")
        if plain.mean() > 0.5:  # identifiers of this file have no blanks
            notes |= self._lone_cells(np.flatnonzero(~plain & ~notes), len(plain))
        first = self.table.column(self.table.headings[0])
        return np.asarray(notes | (_marked(first, is_note, r"\s|^\W") & ids.is_blank()))

    def _lone_cells(self, records: np.ndarray, count: int) -> np.ndarray:
        """Those of some rows in which one cell is filled, with several words."""
        filled, has_words = np.zeros(len(records), dtype="int64"), np.zeros(len(records), dtype=bool)
        for heading in self.table.headings if len(records) else ():
            column = self.table.column(heading)
            texts = column.texts_at(records)
            filled += numpy_of(pc.not_equal(texts, ""))
            has_words |= numpy_of(pc.match_substring_regex(texts, r"[^\W\d]\S*\s+\S|\S\s+\S*[^\W\d]"))
        marked = np.zeros(count, dtype=bool)
        marked[records[(filled == 1) & has_words & (len(self.table.headings) > 1)]] = True
        return marked

    def problem_of(self, reason: str, marked: np.ndarray) -> Problem:
        """A warning with the number of rows, and what stands in some of them."""
        records = np.flatnonzero(marked)
        labels = {label for record in records[:1000] if (label := self._label(int(record), reason))}
        named = ", ".join(sorted(labels)[:MAXIMUM_NAMED]) + (", ..." if len(labels) > MAXIMUM_NAMED else "")
        examples = f": {named}" if named else ""
        remedy = "Nothing needs to be done. If one is a school, give it the school's name and identifier."
        if reason == SECOND_TABLE:
            remedy = f"Set header_row={self.table.row_of(int(records[0]))} to read the second table and not the first."
        return Problem(
            table=self.table.name,
            row=self.table.row_of(int(records[0])),
            message=f"{_SAID[reason]} ({len(records):,}){examples}.",
            remedy=remedy,
            is_error=False,
        )

    def _label(self, record: int, reason: str) -> str:
        """What a row is called; another cell than its name and identifier may hold a number of students."""
        named = [*self.names.values(), *(self.headings[name] for name in self._identifiers)]
        others = (heading for heading in self.table.headings if not is_of_student(heading))
        texts = [self.table.column(heading).at(record) for heading in named]
        if reason == NOTE and self.role == "flows":  # a note may say how many students a suppressed count is
            texts = [mark_without_number(text) or "" for text in texts]
        of_others = (mark_without_number(self.table.column(heading).at(record)) for heading in others)
        label = next(filter(None, texts), None) or next(filter(None, of_others), "")
        return plain_text(label)[:MAXIMUM_NAME_CHARACTERS].rstrip(".")


def _marked(column: TextColumn, test: Callable[[str], bool], words: str) -> np.ndarray:
    return column.spread(_tested(column, test, words))


def _tested(column: TextColumn, test: Callable[[str], bool], words: str) -> np.ndarray:
    """Whether each distinct text passes a test; only those that have one of the words are tried."""
    marked = np.zeros(len(column.texts), dtype=bool)
    may_pass = np.flatnonzero(numpy_of(pc.match_substring_regex(column.texts, words, ignore_case=True)))
    for number in may_pass:
        marked[number] = test(column.texts[int(number)].as_py())
    return marked
