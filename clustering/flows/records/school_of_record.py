"""One school for each student and school year, and what became of the other records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise, repeat

import numpy as np

from clustering.readers.published.school_years import FIRST_MONTH, first_day_of
from clustering.readers.student_records import StudentRecords
from clustering.readers.student_records.dates import NO_DATE
from clustering.readers.student_records.decode import NO_GRADE

DECISIONS = (
    "only record",
    "same school in every record",
    "snapshot date",
    "primary flag",
    "longest stint",
    "last entry",
)
# Why a record other than the chosen one adds nothing to the flows.
REPEATED, SAME_SCHOOL, CONCURRENT, MOVED = range(1, 5)
LEFT_OUT = {
    REPEATED: "repeats another record",
    SAME_SCHOOL: "further record at the same school",
    CONCURRENT: "another school at the same time",
    MOVED: "another school in the same year",
}
_DAYS_BITS = 9  # days of a school year: 0 to 366
_YEAR_DAYS = 366
# Students are taken in parts of about this many records: enough for each thread, and few enough for memory.
_RECORDS_AT_ONCE = 1_000_000
_THREADS = 2


@dataclass(frozen=True, kw_only=True, repr=False)
class ChosenSchools:
    """
    The record that stands for each student and school year.

    Parameters
    ----------
    fate
        One for each record: 0 if chosen, which one of each student and school year is, else one of ``LEFT_OUT``.
    notes
        How many student-years have each peculiarity.
    """

    fate: np.ndarray
    notes: dict[str, int]


def choose_schools(records: StudentRecords, snapshot: tuple[int, int] | None) -> ChosenSchools:
    """
    Choose one record for each student and school year.

    Parameters
    ----------
    records
        Sorted by student and year.
    snapshot
        Month and day on which the school is asked for; ``None``: no such day.

    Returns
    -------
    chosen
        The record of the snapshot date (entry and exit included; a date that is missing is taken for the first or last
        day of the school year), else the one flagged primary, else the longest stint within the school year, else the
        one that was entered last; then the later exit, the school id that sorts last, the higher grade. The order of
        the records in their files never counts.
    """
    starts = _starts_of_parts(records.student)
    parts = [_rows_of(records, start, end) for start, end in pairwise(starts)]
    with ThreadPoolExecutor(max_workers=_THREADS) as threads:
        choices = list(threads.map(_choose, parts, repeat(snapshot)))
    return ChosenSchools(
        fate=np.concatenate([choice.fate for choice in choices]),
        notes=_add_up([choice.notes for choice in choices]),
    )


def _add_up(notes: Sequence[Mapping[str, int]]) -> dict[str, int]:
    names = dict.fromkeys(name for each in notes for name in each)
    return {name: sum(each.get(name, 0) for each in notes) for name in names}


def _starts_of_parts(student: np.ndarray) -> list[int]:
    """Where parts of about the same size begin, none within a student; and where the last one ends."""
    starts = np.searchsorted(student, student[::_RECORDS_AT_ONCE])
    return [*np.unique(starts).tolist(), len(student)]


def _rows_of(records: StudentRecords, start: int, end: int) -> StudentRecords:
    columns = ("student", "year", "school", "grade", "position")
    return replace(records, **{name: getattr(records, name)[start:end] for name in columns})


def _choose(records: StudentRecords, snapshot: tuple[int, int] | None) -> ChosenSchools:
    """Choose for some students."""
    rows = len(records.student)
    is_first = np.ones(rows, dtype=bool)
    is_first[1:] = (records.student[1:] != records.student[:-1]) | (records.year[1:] != records.year[:-1])
    starts = np.flatnonzero(is_first)
    sizes = np.diff(starts, append=rows)
    several = np.flatnonzero(sizes > 1)
    fate = np.zeros(rows, dtype=np.int8)
    notes = dict.fromkeys(DECISIONS, 0)
    notes["only record"] = len(starts) - len(several)
    if len(several):
        crowd = _crowd(records, starts[several], sizes[several], snapshot)
        fate[crowd.rows] = _fates(crowd)
        notes |= _notes(crowd, fate[crowd.rows])
    return ChosenSchools(fate=fate, notes=notes)


@dataclass(frozen=True, kw_only=True, repr=False)
class _Crowd:
    """Records of student-years that have several, best last within each; ``best`` are the positions of the best."""

    rows: np.ndarray
    group: np.ndarray
    best: np.ndarray
    school: np.ndarray
    grade: np.ndarray
    entry: np.ndarray
    exit: np.ndarray
    has_dates: np.ndarray
    preference: np.ndarray
    rank: np.ndarray


def _crowd(records: StudentRecords, starts: np.ndarray, sizes: np.ndarray, snapshot: tuple[int, int] | None) -> _Crowd:
    ends = np.cumsum(sizes)
    group = np.repeat(np.arange(len(sizes)), sizes)
    rows = np.arange(ends[-1]) - np.repeat(ends - sizes - starts, sizes)
    position = records.position[rows]
    entry_day, exit_day = records.entry[position].astype(np.int64), records.exit[position].astype(np.int64)
    has_dates = (entry_day != NO_DATE) | (exit_day != NO_DATE)
    opening = first_day_of(records.year[rows])
    entry = np.where(entry_day == NO_DATE, 0, np.clip(entry_day - opening, 0, _YEAR_DAYS))
    left = np.where(exit_day == NO_DATE, _YEAR_DAYS, np.clip(exit_day - opening, 0, _YEAR_DAYS))
    covers = np.zeros(len(rows), dtype=bool)
    if snapshot is not None:
        day = _snapshot_day(records.year[rows], snapshot) - opening
        covers = has_dates & (entry <= day) & (day <= left)
    length = np.where(has_dates, left - entry, 0)
    school, grade = records.school[rows].astype(np.int64), records.grade[rows].astype(np.int64)
    preference = (covers.astype(np.int64) << 1 | records.primary[position]) << _DAYS_BITS | length
    last = np.where(has_dates, (1 << _DAYS_BITS | entry) << _DAYS_BITS | left, 0)
    # An unknown grade gives way to a known one; -2 is the lowest.
    rank = (last << 32 | school) << 8 | np.where(grade == NO_GRADE, 0, grade + 3)
    order = np.lexsort((rank, group << (_DAYS_BITS + 2) | preference))
    return _Crowd(
        rows=rows[order],
        group=group,
        best=ends - 1,
        school=school[order],
        grade=grade[order],
        entry=entry[order],
        exit=left[order],
        has_dates=has_dates[order],
        preference=preference[order],
        rank=rank[order],
    )


def _snapshot_day(years: np.ndarray, snapshot: tuple[int, int]) -> np.ndarray:
    month, day = snapshot
    calendar_years = years.astype(np.int64) + (month < FIRST_MONTH)
    months = np.asarray((calendar_years - 1970) * 12 + month - 1, dtype="datetime64[M]")
    days: np.ndarray = months.astype("datetime64[D]").astype(np.int64) + (day - 1)
    return days


def _fates(crowd: _Crowd) -> np.ndarray:
    best = crowd.best[crowd.group]
    is_best = np.arange(len(best)) == best
    same_school = crowd.school == crowd.school[best]
    overlaps = (crowd.entry < crowd.exit[best]) & (crowd.exit > crowd.entry[best])
    is_concurrent = overlaps & crowd.has_dates & crowd.has_dates[best]
    fate = np.where(same_school, SAME_SCHOOL, np.where(is_concurrent, CONCURRENT, MOVED))
    # Equal records stand side by side, and the last of them speaks for all.
    fate[:-1][_is_equal(crowd)] = REPEATED
    return np.where(is_best, 0, fate).astype(np.int8)


def _is_equal(crowd: _Crowd) -> np.ndarray:
    """Whether each record but the last equals the next in student, year, school, grade, dates and flag."""
    keys = np.stack([crowd.group, crowd.preference, crowd.rank])
    return np.asarray((keys[:, 1:] == keys[:, :-1]).all(axis=0))


def _notes(crowd: _Crowd, fate: np.ndarray) -> dict[str, int]:
    groups = len(crowd.best)

    def in_groups(rows: np.ndarray) -> np.ndarray:
        return np.bincount(crowd.group[rows], minlength=groups) > 0

    moved, concurrent = in_groups(fate == MOVED), in_groups(fate == CONCURRENT)
    has_other_school = in_groups(crowd.school != crowd.school[crowd.best[crowd.group]])
    other_grade = crowd.grade != crowd.grade[crowd.best[crowd.group]]
    decided = np.where(has_other_school, _decisions(crowd), DECISIONS.index("same school in every record"))
    counts = np.bincount(decided, minlength=len(DECISIONS))
    return {
        **dict(zip(DECISIONS[1:], counts[1:].tolist(), strict=True)),
        "more than one school in the year": int(has_other_school.sum()),
        "moved in mid-year": int((moved & ~concurrent).sum()),
        "in two schools at the same time": int(concurrent.sum()),
        "more than one grade in the year": int(in_groups(other_grade).sum()),
        "a record given more than once": int(in_groups(fate == REPEATED).sum()),
    }


def _decisions(crowd: _Crowd) -> np.ndarray:
    """What set the best record of each group above the best one of another school."""
    others = np.where(crowd.school != crowd.school[crowd.best[crowd.group]], crowd.preference, -1)
    starts = np.append(0, crowd.best[:-1] + 1)
    difference = crowd.preference[crowd.best] ^ np.maximum.reduceat(others, starts)
    return np.select(
        [difference >> (_DAYS_BITS + 1) > 0, difference >> _DAYS_BITS > 0, difference > 0],
        [DECISIONS.index(name) for name in ("snapshot date", "primary flag", "longest stint")],
        DECISIONS.index("last entry"),
    )
