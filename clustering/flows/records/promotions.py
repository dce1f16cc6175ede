"""Student enrolment records to promotions: where the students of each school and grade were a year later."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from clustering.errors import InputError, Problem
from clustering.flows.records.counting import count_numbers, pack_numbers
from clustering.flows.records.school_of_record import LEFT_OUT, ChosenSchools, choose_schools
from clustering.flows.records.trajectories import Trajectories
from clustering.readers.student_records import RecordFile, StudentRecords
from clustering.readers.student_records.decode import MAXIMUM_LISTED, NO_GRADE

OUTCOMES = (
    "promoted",
    "retained",
    "grade not known",
    "left",
    "not followed: the files end with this year",
    "not followed: the next year is not in the files",
)
PROMOTED, RETAINED, NO_OUTCOME, LEFT, LAST_YEAR, YEAR_GAP = range(len(OUTCOMES))
_LOWEST_GRADE = -2
_GRADES = NO_GRADE - _LOWEST_GRADE + 1
_YEARS = 3_000


@dataclass(frozen=True, kw_only=True, repr=False)
class Promotions:
    """
    Flows from student records, with an account of every record.

    Counts are exact: they need protection before they are shown.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS`` without ``kind``; destination and next grade are missing for students who left.
    grade_enrolment
        ``school_id``, ``year``, ``grade`` (missing: ungraded), ``students``: students by the school chosen for them.
    accounting
        ``counted``, ``reason``, ``count``. Where ``counted`` is ``records``, the counts add up to the records read:
        ``used`` (one for each student and year) and the reasons to set others aside. ``student-years`` add up to the
        records used: one outcome each; the flows hold all but those not followed. ``of these`` are student-years
        again, by how their school was chosen and by peculiarity; they overlap.
    set_aside
        ``file``, ``reason``, ``rows``: all records that were not used.
    rows_set_aside
        ``file``, ``row``, ``reason`` of these; at most 1,000 for each file and reason.
    files
        What was understood of each file.
    rows_used
        Records used of each file, in the same order.
    problems
        Warnings; they show no student id and no count of students.
    trajectories
        The schools of each student, year by year; ``paths.follow_paths`` needs them until the schools are known.
    """

    flows: pd.DataFrame
    grade_enrolment: pd.DataFrame
    accounting: pd.DataFrame
    set_aside: pd.DataFrame
    rows_set_aside: pd.DataFrame
    files: tuple[RecordFile, ...]
    rows_used: tuple[int, ...]
    problems: tuple[Problem, ...]
    trajectories: Trajectories


def derive_promotions(records: StudentRecords, *, snapshot: str | None = "10-01") -> Promotions:
    """
    Follow every student from each school year to the next.

    Parameters
    ----------
    records
        Enrolments of one or more school years.
    snapshot
        Month and day, ``10-01``, on which a student with several schools in a year is looked for; ``None``: on none.
        Where the dates do not tell, the school is the primary one, else that of the longest stint, else the last.

    Returns
    -------
    promotions
        Origin is the school of a year, destination that of the next. Promoted: a higher grade, skipped grades as they
        are; retained: the same or a lower one; left: not in the next year although that year is in the files. Years
        that do not follow one another are never joined: 2019-20 and 2021-22 give no flow.

    Raises
    ------
    InputError
        The snapshot is no month and day, or no record is an enrolment.
    """
    day = _parse_snapshot(snapshot)
    if len(records.student) == 0:
        reasons = ", ".join(sorted(set(records.set_aside["reason"])))
        message = f"No record is an enrolment: all were set aside ({reasons})."
        remedy = "Fill in what is missing, or set columns.NAME=HEADING where another column has it."
        problem = Problem(table=records.files[0].name, message=message, remedy=remedy)
        raise InputError([problem])
    choice = choose_schools(records, day)
    is_chosen = choice.fate == 0
    year, school, grade = records.year[is_chosen], records.school[is_chosen], records.grade[is_chosen]
    is_followed = _is_followed(records.student[is_chosen], year)
    next_school = np.where(is_followed, np.roll(school, -1), np.int32(len(records.school_ids)))
    next_grade = np.where(is_followed, np.roll(grade, -1), np.int8(NO_GRADE))
    outcome = _outcomes(year, grade, next_grade, is_followed)
    in_flows = outcome <= LEFT
    set_aside, rows_set_aside = _set_aside(records, choice)
    is_skip = (outcome == PROMOTED) & (next_grade > grade + 1)
    return Promotions(
        flows=_count_flows(
            next_school[in_flows],
            next_grade[in_flows],
            school[in_flows],
            grade[in_flows],
            year[in_flows],
            records.school_ids,
        ),
        grade_enrolment=_count_enrolment(school, year, grade, records.school_ids),
        accounting=_account(records, choice, outcome, int(is_skip.sum())),
        set_aside=set_aside,
        rows_set_aside=rows_set_aside,
        files=records.files,
        rows_used=_rows_used(records.files, set_aside),
        problems=(*records.problems, *_warnings(records, choice, outcome)),
        trajectories=Trajectories(
            school=school, grade=grade, year=year, is_followed=is_followed, school_ids=records.school_ids
        ),
    )


def _parse_snapshot(snapshot: str | None) -> tuple[int, int] | None:
    if snapshot is None:
        return None
    match = re.fullmatch(r"(\d{1,2})-(\d{1,2})", snapshot)
    try:
        day = date(2001, int(match[1]), int(match[2])) if match else None
    except ValueError:
        day = None
    if day is None:
        message, remedy = "The snapshot is no day of a year.", "Write month and day, such as 10-01."
        problem = Problem(table="parameters", column="snapshot", value=snapshot[:20], message=message, remedy=remedy)
        raise InputError([problem])
    return day.month, day.day


def _is_followed(student: np.ndarray, year: np.ndarray) -> np.ndarray:
    """Whether the next row is the same student a year later."""
    return np.append((student[1:] == student[:-1]) & (year[1:] == year[:-1] + 1), False)


def _outcomes(year: np.ndarray, grade: np.ndarray, next_grade: np.ndarray, is_followed: np.ndarray) -> np.ndarray:
    present = np.bincount(year - year.min(), minlength=year.max() - year.min() + 2) > 0
    not_followed = np.where(present[1:], LEFT, YEAR_GAP).astype(np.int8)
    not_followed[-1] = LAST_YEAR
    followed = np.where(next_grade > grade, np.int8(PROMOTED), np.int8(RETAINED))
    followed[(grade == NO_GRADE) | (next_grade == NO_GRADE)] = NO_OUTCOME
    return np.where(is_followed, followed, not_followed[year - year.min()])


def _count_flows(
    destination: np.ndarray,
    next_grade: np.ndarray,
    origin: np.ndarray,
    grade: np.ndarray,
    year: np.ndarray,
    school_ids: pd.Index,
) -> pd.DataFrame:
    """Count students by one packed number; a missing destination or grade has the highest, and so sorts last."""
    radices = (len(school_ids) + 1, _GRADES, _GRADES, _YEARS)
    cells, counts = count_numbers(
        pack_numbers(radices, origin, destination, grade - _LOWEST_GRADE, next_grade - _LOWEST_GRADE, year)
    )
    cells, years = np.divmod(cells, _YEARS)
    cells, next_grades = np.divmod(cells, _GRADES)
    cells, grades = np.divmod(cells, _GRADES)
    origins, destinations = np.divmod(cells, len(school_ids) + 1)
    students = counts.astype("float64")
    return pd.DataFrame(
        {
            "origin": school_ids.take(origins),
            "destination": _take_or_missing(school_ids, destinations),
            "grade": _grades_of(grades),
            "next_grade": _grades_of(next_grades),
            "year": pd.array(years, dtype="Int64"),
            "students": students,
            "students_low": students,
            "students_high": students,
        }
    )


def _count_enrolment(school: np.ndarray, year: np.ndarray, grade: np.ndarray, school_ids: pd.Index) -> pd.DataFrame:
    first, years = int(year.min()), int(year.max() - year.min()) + 1
    cells, counts = count_numbers(pack_numbers((years, _GRADES), school, year - first, grade - _LOWEST_GRADE))
    cells, grades = np.divmod(cells, _GRADES)
    schools, offsets = np.divmod(cells, years)
    return pd.DataFrame(
        {
            "school_id": school_ids.take(schools),
            "year": pd.array(offsets + first, dtype="Int64"),
            "grade": _grades_of(grades),
            "students": counts.astype("float64"),
        }
    )


def _take_or_missing(school_ids: pd.Index, positions: np.ndarray) -> pd.Series:
    known = np.where(positions < len(school_ids), positions, -1)
    return pd.Series(school_ids.array.take(known, allow_fill=True))


def _grades_of(codes: np.ndarray) -> pd.Series:
    grades = codes + _LOWEST_GRADE
    return pd.Series(pd.arrays.IntegerArray(grades, grades == NO_GRADE))


def _account(records: StudentRecords, choice: ChosenSchools, outcome: np.ndarray, skipped: int) -> pd.DataFrame:
    fates = np.bincount(choice.fate, minlength=len(LEFT_OUT) + 1)
    outcomes = np.bincount(outcome, minlength=len(OUTCOMES))
    set_aside = records.set_aside.groupby("reason", sort=True)["rows"].sum()
    rows = [
        ("records", "used", int(fates[0])),
        *(("records", str(reason), int(count)) for reason, count in set_aside.items()),
        *(("records", reason, int(fates[fate])) for fate, reason in LEFT_OUT.items()),
        *(("student-years", reason, int(count)) for reason, count in zip(OUTCOMES, outcomes, strict=True)),
        *(("of these", reason, count) for reason, count in choice.notes.items()),
        ("of these", "promoted by more than one grade", skipped),
    ]
    return pd.DataFrame(rows, columns=["counted", "reason", "count"]).astype({"counted": "str", "reason": "str"})


def _set_aside(records: StudentRecords, choice: ChosenSchools) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count and list the records set aside: those that are no enrolment, and those not chosen."""
    ends = np.cumsum([file.rows for file in records.files])
    counts, lists = [records.set_aside], [records.rows_set_aside]
    for fate, reason in LEFT_OUT.items():
        positions = np.sort(records.position[choice.fate == fate])
        bounds = np.searchsorted(positions, np.append(0, ends))
        for number, file in enumerate(records.files):
            rows = positions[bounds[number] : bounds[number + 1]] - (ends[number] - file.rows) + file.first_row
            if len(rows):
                counts.append(pd.DataFrame({"file": [file.name], "reason": [reason], "rows": [len(rows)]}))
                lists.append(pd.DataFrame({"file": file.name, "row": rows[:MAXIMUM_LISTED], "reason": reason}))
    return _stacked(counts, "reason"), _stacked(lists, "row")


def _stacked(tables: list[pd.DataFrame], key: str) -> pd.DataFrame:
    full = [table for table in tables if len(table)] or tables[:1]
    return pd.concat(full).sort_values(["file", key], ignore_index=True)


def _rows_used(files: Sequence[RecordFile], set_aside: pd.DataFrame) -> tuple[int, ...]:
    """Records of each file that were not set aside."""
    others = set_aside.groupby("file")["rows"].sum()
    return tuple(file.rows - int(others.get(file.name, 0)) for file in files)


def _warnings(records: StudentRecords, choice: ChosenSchools, outcome: np.ndarray) -> list[Problem]:
    name = records.files[0].name if len(records.files) == 1 else "student records"
    found = [
        (
            (outcome == YEAR_GAP).any(),
            "A school year is missing between two others: nobody is followed across it.",
            "Add the file of that year if there is one.",
        ),
        (
            (outcome <= LEFT).sum() == 0,
            "No two school years follow one another: there are no flows.",
            "Add the file of the next school year.",
        ),
        (
            choice.notes.get("in two schools at the same time", 0) > 0,
            "Some students are in two schools at the same time; one was chosen for each (see the account).",
            "Flag the primary enrolment, or leave the others out.",
        ),
        (
            choice.notes.get("more than one grade in the year", 0) > 0,
            "Some students have two grades in one school year; that of the school chosen counts.",
            "Correct the grade if it is a slip.",
        ),
    ]
    return [
        Problem(table=name, message=message, remedy=remedy, is_error=False)
        for applies, message, remedy in found
        if applies
    ]
