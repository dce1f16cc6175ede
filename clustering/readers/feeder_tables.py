"""Feeder tables told apart from flows and plans: they say which school feeds which, and count no students."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow.compute as pc

from clustering.errors import Problem
from clustering.readers.raw_table import SAMPLED_RECORDS, RawTable
from clustering.readers.recognition.feeder_columns import (
    FeederColumns,
    find_feeder_columns,
    find_listed_feeders,
    is_share_heading,
)
from clustering.readers.recognition.file_kinds import PLAIN_KINDS
from clustering.readers.recognition.group_words import GROUP_LETTERS, GROUP_WORDS
from clustering.readers.recognition.headings import heading_key, recognise_headings
from clustering.readers.text.columns import from_arrow

ROLE = "feeder_table"
KIND = PLAIN_KINDS[ROLE]
_STUDENTS = re.compile(r"(^|_)(students?|pupils?|child|children|person|ssid|sasid)(_|$)")
# Columns of numbers that count nobody.
_NO_COUNT = re.compile(
    r"(^|_)(ids?|code|cd|key|irn|ncessch|leaid|dbn|zip|zipcode|phone|year|yr|sy|grades?|latitude|longitude|lat|lon"
    r"|district|address|fips|objectid|fid|level)(_|$)|_(num|number|no|nbr)$"
)
_GROUP = re.compile(rf"{GROUP_WORDS}|econ|disab|group|(^|_)({GROUP_LETTERS})(_|$)")
_ALL = re.compile(r"(^|_)(n|total|all|students?|count|num|number)(_|$)")
_NUMBER = r"^[<>]?\s*-?\d[\d,. ]*%?$"
_MARK = r"^[*~.#†‡-]+$"
_DECISIVE_COLUMNS = {"flows": "students", "plan": "zone"}  # the column that makes a file no feeder table
_LEAST_NUMBERS = 0.5
_MOST_REPEATED = 0.2
_AS_FEEDERS = f"Set kind={KIND} if the file only says which school feeds which."


@dataclass(frozen=True)
class TableInRole:
    """A table with the role in which it is read, and what is asked of it, if anything."""

    table: RawTable
    role: str
    question: Problem | None = None


def recognise_feeder_table(table: RawTable, role: str) -> TableInRole:
    """
    Tell a feeder table from flows, or from a plan of Zones.

    Parameters
    ----------
    table
        A table of text.
    role
        What the file is used as.

    Returns
    -------
    recognised
        A feeder table has this kind and the role ``feeder_table``. Everything else comes back unchanged. If a file has
        no known column of students and may count them all the same, there is an error that asks. A file is a feeder
        table without a question only if none of its other columns holds numbers, or speaks of students, and its rows do
        not repeat the same two schools. A plan is one only if it has no column of Zones either.
    """
    if role not in _DECISIVE_COLUMNS:
        return TableInRole(table, role)
    options, decisive = table.options, _DECISIVE_COLUMNS[role]
    is_said = KIND in (options.kind, table.kind)
    if not is_said and (options.kind is not None or decisive in options.columns):
        return TableInRole(table, role)
    columns = find_feeder_columns(table.headings, options.columns)
    if columns is None and not {"origin", "destination"} & options.columns.keys():
        question = _which_way(table, role)
        if question is not None:
            return TableInRole(table, role, question)
    if not is_said and (columns is None or _has_column(table, role, decisive)):
        return TableInRole(table, role)
    question = None if is_said or columns is None else _question(table, columns, role)
    if question is not None:
        return TableInRole(table, role, question)
    return TableInRole(replace(table, kind=KIND), ROLE)


def _which_way(table: RawTable, role: str) -> Problem | None:
    """What is asked of a file with a column of schools and one of feeder schools."""
    if (found := find_listed_feeders(table.headings)) is None or _has_column(table, role, _DECISIVE_COLUMNS[role]):
        return None
    school, feeders = found
    message = f"It cannot be told whether the schools in {feeders} send their students to those in {school}."
    remedy = (
        f"Set columns.origin={feeders} and columns.destination={school} if they do. Set columns.origin={school} and"
        f" columns.destination={feeders} if they take students in."
    )
    return Problem(table=table.name, row=table.header_row, column=feeders, message=message, remedy=remedy)


def _has_column(table: RawTable, role: str, canonical: str) -> bool:
    """Whether the table has a column of this kind."""
    options = table.options.with_changes(columns={}) if table.options.columns else table.options
    found = recognise_headings(table.headings, table=table.name, role=role, options=options)
    return canonical in found.headings


def _question(table: RawTable, columns: FeederColumns, role: str) -> Problem | None:
    """What is asked of a file whose counts may not have been recognised, or of a plan that may be a file of flows."""
    others = [each for each in table.headings if each not in columns.used.values()]
    counts = sorted((heading for heading in others if _may_count(table, heading)), key=_unlikeliness)
    if shares := [heading for heading in others if is_share_heading(heading) and heading not in counts]:
        message = (
            f"The file has no number of students, and it cannot be told which next school the shares in {shares[0]} are"
            " of."
        )
        remedy = (
            "Give each column of next schools a column of shares of its own, in the same order. Or set"
            f" kind={KIND} to read the file without the shares."
        )
        return Problem(table=table.name, row=table.header_row, column=shares[0], message=message, remedy=remedy)
    if role == "plan":
        return _question_of_plan(table, counts) if counts else None
    if counts:
        named = ", ".join(counts[:5])
        message = (
            "This flows file names schools and the schools after them, and no column is known to be the number of"
            f" students; these may be: {named}."
        )
        remedy = f"Set {_ends(table, columns)}columns.students={counts[0]} if it counts the students who go on."
        if any(len(each) > 1 for each in columns.chain):
            remedy = "Write a row for each school and next school, with the number of students who go on."
        remedy = f"{remedy} {_AS_FEEDERS}"
        return Problem(table=table.name, row=table.header_row, column="students", message=message, remedy=remedy)
    if len(columns.chain) == 2 and others and (repeated := _repeated_pairs(table, columns)):
        message = (
            f"This flows file has no number of students, and {repeated:,} of its rows repeat two schools that stand"
            " in a row above: each row may be a student."
        )
        remedy = f"Count the rows of each pair of schools in a column students. {_AS_FEEDERS}"
        return Problem(table=table.name, row=table.header_row, column="students", message=message, remedy=remedy)
    return None


def _unlikeliness(heading: str) -> int:
    """A number by which counts of all students come before other counts, and those before groups of students."""
    key = heading_key(heading)
    return 2 if _GROUP.search(key) else 0 if _ALL.search(key) else 1


def _ends(table: RawTable, columns: FeederColumns) -> str:
    """The options that name a school and the next one, where a file of flows would not be known to have them."""
    found = recognise_headings(table.headings, table=table.name, role="flows", options=table.options).headings
    options = {"origin": columns.chain[0][0], "destination": columns.chain[1][0]}
    return "".join(f"columns.{name}={heading} and " for name, heading in options.items() if name not in found)


def _question_of_plan(table: RawTable, counts: Sequence[str]) -> Problem:
    """What is asked of a plan that has no column of Zones, and one that may count students."""
    message = (
        "This plan has no column of Zones. It says which school each school feeds, and may count students, as flows do:"
        f" {', '.join(counts[:5])}."
    )
    remedy = f"{_AS_FEEDERS} Set columns.school_id=HEADING and columns.zone=HEADING if columns hold schools and Zones."
    return Problem(table=table.name, row=table.header_row, column="zone", message=message, remedy=remedy)


def _may_count(table: RawTable, heading: str) -> bool:
    """Whether a column speaks of students or holds mostly numbers, or marks in place of them."""
    key = heading_key(heading)
    if _STUDENTS.search(key):
        return True
    if _NO_COUNT.search(key) or is_share_heading(heading):
        return False
    texts = from_arrow(table.encoded[heading][:SAMPLED_RECORDS]).texts
    told = texts.filter(pc.not_equal(texts, ""))
    if not len(told):
        return False
    marks = pc.match_substring_regex(told, _MARK)
    numbers = pc.match_substring_regex(told, _NUMBER)
    return bool(pc.sum(pc.or_(marks, numbers)).as_py() >= _LEAST_NUMBERS * len(told))


def _repeated_pairs(table: RawTable, columns: FeederColumns) -> int:
    """Rows that repeat the schools of another, if there are many."""
    headings: Sequence[str] = [heading for each in columns.chain for heading in each]
    years = [heading for heading in table.headings if re.search(r"year|(^|_)(yr|sy)(_|$)", heading_key(heading))]
    codes = np.stack([table.column(heading).codes for heading in (*headings, *years)])
    repeated = codes.shape[1] - np.unique(codes, axis=1).shape[1]
    return repeated if repeated > _MOST_REPEATED * codes.shape[1] else 0
