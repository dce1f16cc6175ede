"""Several records of one school: which are the same, and which columns tell the others apart."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from clustering.readers.published.edfacts_vocabulary import is_all_students, is_known_group
from clustering.readers.recognition.columns_of_students import is_of_counts, is_of_student, may_hold_counts
from clustering.readers.recognition.headings import heading_key
from clustering.readers.recognition.rate_kinds import OTHER_KIND, kind_of_entry, tell_outcomes
from clustering.readers.reshape.chosen_rows import BLANK, as_typed
from clustering.readers.text.printed_marks import status_of_mark
from clustering.readers.text.year_words import find_year
from clustering.validation.findings import Findings

MAXIMUM_ENTRIES = 50
MAXIMUM_CANDIDATES = 60  # columns that are compared, those nearest to the identifier first
NO_ENTRY = "ENTRY"
SAME_ROW = "The row is the same as an earlier one."
_SHOWN_ENTRIES = 6
_SHOWN_CHARACTERS = 60
# Numbers tell records apart only under such headings; elsewhere they are what the records hold.
_NUMBERED = re.compile(r"year|grade|(^|_)(yr|sy|code|type|level|term|subject|group|cohort)(_|$)")
_YEAR = re.compile(r"(19|20)\d\d")
_YEARS = re.compile(r"(19|20)\d\d ?[-–/] ?(\d\d|\d{4})")


def same_as_earlier(findings: Findings, marked: np.ndarray) -> np.ndarray:
    """Mark those of the marked records that have the same cell as an earlier one in every column of the file."""
    records = np.flatnonzero(marked)
    columns = {heading: findings.table.column(heading).codes[records] for heading in findings.table.headings}
    same = np.zeros(len(findings.table), dtype=bool)
    same[records[pd.DataFrame(columns).duplicated().to_numpy()]] = True
    return same


def leave_out_same(findings: Findings, marked: np.ndarray) -> np.ndarray:
    """Set aside, with a warning, the marked records that are the same as an earlier one; return which these are."""
    same = same_as_earlier(findings, marked)
    if same.any():
        first = findings.table.row_of(int(np.flatnonzero(same)[0]))
        count = int(same.sum())
        message = f"Rows that are the same as an earlier one count once ({count:,}, the first is row {first})."
        findings.note(message, "Nothing needs to be done.")
        findings.set_aside(same, SAME_ROW)
    return same


@dataclass(frozen=True)
class Choice:
    """
    A column that tells records of one school apart, the entry to choose, and some of its entries.

    The entry is ``ENTRY`` if the column tells outcomes apart and none is that students graduated: the user must choose.
    """

    heading: str
    entry: str
    entries: tuple[str, ...]


@dataclass(frozen=True)
class Choices:
    """Entries that leave one record of each school, if ``is_enough``; else some still repeat."""

    choices: tuple[Choice, ...]
    is_enough: bool

    @property
    def columns(self) -> str:
        """The columns with their entries: ``membership_desc (4 Year Outcome, 5 Year Outcome)``."""
        return " and ".join(f"{each.heading} ({', '.join(each.entries)})" for each in self.choices)

    @property
    def options(self) -> str:
        """The options as they are typed: ``rows.membership_desc=4 Year Outcome``."""
        return " and ".join(f"{as_typed(each.heading)}={each.entry or BLANK}" for each in self.choices)


def telling_choices(findings: Findings, groups: np.ndarray, *, left_out: Collection[str]) -> Choices:
    """
    Find the columns that tell repeated records apart, and in each an entry to choose.

    Parameters
    ----------
    findings
        The file.
    groups
        For each record a number that it shares with those it repeats, such as that of its school; -1 for a record that
        does not matter.
    left_out
        Headings that cannot tell records apart: identifiers, names, and what the records hold.

    Returns
    -------
    choices
        The column that tells most of them apart comes first. Preferred entries are all students, a rate of four years
        and the latest year; otherwise the one that most schools have. Where some entries are other outcomes than
        graduation, none of these is preferred.
    """
    records = np.flatnonzero(groups >= 0)
    table = pd.DataFrame({"group": groups[records]})
    for heading, texts in _candidates(findings, records, left_out):
        table[f"column {heading}"] = texts
    choices: list[Choice] = []
    while table["group"].duplicated().any():
        names = [name for name in table.columns if name != "group"]
        differs = table.groupby("group")[names].nunique().gt(1).sum() if names else pd.Series(dtype="int64")
        if differs.empty or not differs.max():
            return Choices(tuple(choices), is_enough=False)
        name = str(differs.idxmax())
        heading = name.removeprefix("column ")
        entry = _preferred_entry(table, name)
        entries = sorted(table.loc[table["group"].duplicated(keep=False), name].unique())
        shown = tuple(text[:_SHOWN_CHARACTERS] or BLANK for text in entries[:_SHOWN_ENTRIES])
        chosen = NO_ENTRY if _is_other_outcome(entry, entries) else entry
        choices.append(Choice(heading, chosen, shown if len(entries) <= _SHOWN_ENTRIES else (*shown, "...")))
        table = table[table[name] == entry].drop(columns=name)
    return Choices(tuple(choices), is_enough=True)


def _candidates(findings: Findings, records: np.ndarray, left_out: Collection[str]) -> list[tuple[str, np.ndarray]]:
    """Columns that may tell records apart with their texts, in the order of the file."""
    headings = list(findings.table.headings)
    heading_of_id = findings.headings.get("school_id")
    start = headings.index(heading_of_id) if heading_of_id in headings else 0
    found: dict[int, np.ndarray] = {}
    for number in sorted(range(len(headings)), key=lambda number: abs(number - start)):
        if headings[number] in left_out or is_of_student(headings[number]):
            continue
        if (texts := _texts(findings, headings[number], records)) is not None:
            found[number] = texts
        if len(found) == MAXIMUM_CANDIDATES:
            break
    return [(headings[number], found[number]) for number in sorted(found)]


def _texts(findings: Findings, heading: str, records: np.ndarray) -> np.ndarray | None:
    """Texts of a column that may tell records apart, ``None`` for one of names, of numbers or of counts."""
    if not findings.table.has_few_texts(heading, MAXIMUM_ENTRIES):
        return None
    column = findings.table.column(heading)
    filled = [text for text in column.distinct() if text]
    if len(filled) > MAXIMUM_ENTRIES:
        return None
    if may_hold_counts(heading, filled):
        return None
    is_told_by_heading = _NUMBERED.search(heading_key(heading)) and not is_of_counts(heading)
    if not is_told_by_heading and all(map(_is_number, filled)) and not all(map(_YEAR.fullmatch, filled)):
        return None
    return np.asarray(column.distinct().to_numpy(dtype=object)[column.codes[records]])


def _is_number(text: str) -> bool:
    """Whether a text is a number, with or without signs at it, or a mark in place of one; years are none."""
    if _YEARS.fullmatch(text):
        return False
    return not any(map(str.isalpha, text)) or status_of_mark(text) is not None


def _preferred_entry(table: pd.DataFrame, name: str) -> str:
    """The entry to choose; a blank one only if there is no other, or if the others are groups of students."""
    of_groups = table.groupby(name)["group"].nunique()
    filled = of_groups[of_groups.index != ""]
    if len(filled) < len(of_groups) and all(
        is_known_group(entry) and not is_all_students(entry) for entry in filled.index
    ):
        return ""
    return str(max(filled.index if len(filled) else of_groups.index, key=lambda entry: _rank(entry, of_groups[entry])))


def _is_other_outcome(entry: str, entries: Collection[str]) -> bool:
    """Whether an entry of a column that tells outcomes apart does not say that students graduated."""
    return not is_all_students(entry) and not kind_of_entry(entry) and tell_outcomes(entries)


class _Rank(NamedTuple):
    """How much speaks for an entry; the highest is chosen."""

    is_all_students: bool
    is_four_years: bool
    is_graduation_or_else: bool
    year: int
    groups: int
    shortness: int
    entry: str


def _rank(entry: str, groups: int) -> _Rank:
    year, kind = find_year(entry), kind_of_entry(entry)
    is_all, is_four_years = is_all_students(entry), kind == "graduation_4year"
    return _Rank(is_all, is_four_years, kind != OTHER_KIND, year.year if year else 0, groups, -len(entry), entry)
