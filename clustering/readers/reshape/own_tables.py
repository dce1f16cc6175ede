"""Tables that this library gave out, taken back: a Scenario's schools and flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from clustering.errors import Problem
from clustering.model.columns import RESIDENT_COLUMNS
from clustering.model.grades import format_grades, level_of
from clustering.readers.in_memory import IN_MEMORY
from clustering.readers.raw_table import RawTable
from clustering.readers.recognition.headings import heading_key
from clustering.readers.text.columns import TextColumn, arrow_texts

_INTERVALS = {"origin", "destination", "students", "students_low", "students_high"}
_GREATEST_MASK = 2**16 - 1


def take_back(table: RawTable, role: str) -> RawTable:
    """
    Recognise a table of a Scenario, and write what only the library itself would read as people write it.

    Bit masks of grades become grades, a number of students that is known between two ends an interval, and bare years
    falls.

    Parameters
    ----------
    table
        A file or a table in memory.
    role
        What it is used as, a key of ``aliases.ALIASES``.

    Returns
    -------
    table
        The same table, if it is none of ours.
    """
    named = {heading_key(heading): heading for heading in table.headings}
    if role == "flows" and named.keys() >= _INTERVALS:
        return _take_flows(table, named)
    if role == "schools" and "grades_offered" in named:
        return _take_schools(table, named)
    return table


def is_residents_table(headings: Sequence[str]) -> bool:
    """Whether the headings are those of a Scenario's residents, which are no promotions whatever their schools are."""
    return sorted(map(heading_key, headings)) == sorted(RESIDENT_COLUMNS)


def _take_flows(table: RawTable, named: Mapping[str, str]) -> RawTable:
    students = table.column(named["students"]).series()
    low, high = (table.column(named[f"students_{end}"]).series() for end in ("low", "high"))
    is_interval = (low != high) & (low != "") & (high != "")
    taken = table
    if set(RESIDENT_COLUMNS) <= named.keys() and table.options.year_convention is None:
        taken = replace(table, options=table.options.with_changes(year_convention="fall"))
    if set(RESIDENT_COLUMNS) == named.keys():  # nobody is promoted in it, which its grades alone need not show
        grade = {"next_grade": table.column(named["grade"]).series()}
        taken = _with_columns(taken, grade, (*table.headings, "next_grade"))
    if is_interval.any():
        intervals = "[" + low + ", " + high + "]"
        taken = _with_columns(taken, {named["students"]: students.mask(is_interval, intervals)})
    if {"send_share", "receive_share"} <= named.keys():
        message = "These are the links of a proposal: students a year, the mean of all years, protected and rounded."
        taken = _with_warning(taken, message, "Give the flows that the proposal was made from.", named["students"])
    if "kind" in named and table.column(named["kind"]).series().eq("unknown destination").any():
        message = "The flows are an estimate: in some rows no file tells the next school. They count as exits."
        remedy = "Give the files that the flows were estimated from instead."
        taken = _with_warning(taken, message, remedy, named["kind"])
    return taken


def _take_schools(table: RawTable, named: Mapping[str, str]) -> RawTable:
    grades = table.column(named["grades_offered"])
    levels = table.column(named["level"]).series() if "level" in named else None
    if not _are_masks(grades, levels, in_memory=table.container == IN_MEMORY):
        return table
    texts = np.array([format_grades(int(text)) if text else "" for text in grades.distinct()], dtype="object")
    taken = _with_columns(table, {named["grades_offered"]: pd.Series(grades.spread(texts), dtype="str")})
    if levels is None:
        message = "The numbers are read as the bit masks of grades that a Scenario's schools have."
        taken = _with_warning(taken, message, "Write grades like PK-5 if they are not.", named["grades_offered"])
    return taken


def _are_masks(grades: TextColumn, levels: pd.Series | None, *, in_memory: bool) -> bool:
    """
    Whether a column of grades holds bit masks.

    The level of every school has to follow from its mask. Without levels the table has to be in memory, and each mask
    to stand for grades in a row, of which one at least can be nothing else.
    """
    texts = [text for text in grades.distinct() if text]
    if not texts or not all(text.isascii() and text.isdecimal() and int(text) <= _GREATEST_MASK for text in texts):
        return False
    if levels is None:
        masks = [int(text) for text in texts]
        in_a_row = all((mask + (mask & -mask)) & mask == 0 for mask in masks)
        return in_memory and in_a_row and max(masks) > 99
    told = [level_of(int(text)) if text else "" for text in grades.distinct()]
    expected = pd.Series(grades.spread(np.array(told, dtype="object")), dtype="str")
    return bool(((expected == levels) | (expected == "")).all())


def _with_columns(
    table: RawTable, columns: Mapping[str, pd.Series], heading_order: tuple[str, ...] | None = None
) -> RawTable:
    """Put other texts in place of columns; with an order, these are all that the table has."""
    encoded = {heading: arrow_texts(texts.astype("str")).dictionary_encode() for heading, texts in columns.items()}
    order = heading_order or table.headings
    return replace(table, encoded={name: encoded.get(name, table.encoded.get(name)) for name in order}, _trimmed={})


def _with_warning(table: RawTable, message: str, remedy: str, column: str) -> RawTable:
    problem = Problem(table=table.name, column=column, message=message, remedy=remedy, is_error=False)
    return replace(table, problems=(*table.problems, problem))
