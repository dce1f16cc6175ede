"""
An attacker who has every rate of the base, knows the exact size of every group, and puts all of it together.

Each count is bounded by linear programs over everything at once: what each rate leaves possible, groups that add up to
all students, and graduates after five years among whom are those after four.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from tests.examples.counted_groups import SETS, YEARS_TO_GRADUATE, Cohort

Key = tuple[str, int, str]
SMALL = 10


@dataclass(frozen=True)
class Finding:
    """A small count, of graduates or of the others, and how many values the attacker finds possible."""

    key: Key
    what: str
    students: int
    count: int
    possible: int

    def is_told(self, least_values: int) -> bool:
        """Whether the count keeps fewer values than it must, or than its size has."""
        return self.possible < min(least_values, self.students + 1)


def _is_small(students: int, count: int, minimum: int) -> bool:
    """Whether a few graduated, or a few did not: one at least, and fewer than the minimum."""
    return 1 <= count < minimum or 1 <= students - count < minimum


def attack(base: pd.DataFrame, cohorts: dict[Key, Cohort], minimum: int = SMALL) -> list[Finding]:
    """What is found of the small counts: of every group, of everybody but the group, of those who took five years."""
    shown = {
        (row.school_id, int(row.year), row.measure, row.subgroup): row
        for row in base.itertuples()
        if row.year is not pd.NA
    }
    found = []
    for key, cohort in cohorts.items():
        if key[2] == YEARS_TO_GRADUATE[0]:
            later_key = (key[0], key[1] + 1, YEARS_TO_GRADUATE[1])
            found += _attack_school(shown, {key: cohort, **_later(cohorts, later_key)}, minimum)
    return found


def _later(cohorts: dict[Key, Cohort], key: Key) -> dict[Key, Cohort]:
    return {key: cohorts[key]} if key in cohorts else {}


def _attack_school(
    shown: dict[tuple[str, int, str, str], object], cohorts: dict[Key, Cohort], minimum: int
) -> list[Finding]:
    names = [(key, name) for key, cohort in cohorts.items() for name, group in cohort.items() if group.students]
    position = {each: number for number, each in enumerate(names)}
    truth = np.array([cohorts[key][name].graduates for key, name in names])
    students = np.array([cohorts[key][name].students for key, name in names])
    bounds = [_bounds(shown.get((*key, name)), int(size)) for (key, name), size in zip(names, students, strict=True)]
    equal, least = [], []
    first, *later = cohorts
    for group_set in SETS:
        if any(name in cohorts[first] for name in group_set):
            equal += [_row(position, [(first, name) for name in group_set], (first, "all"))]
    for name in cohorts[first]:  # whoever is not in the group graduates or not
        row = _row(position, [(first, name)], (first, "all"))
        rest = students[position[first, "all"]] - (students[position[first, name]] if (first, name) in position else 0)
        least += [(row, 0.0), (-row, float(rest))]
    least += [(_row(position, [(first, "all")], (key, "all")), 0.0) for key in later]
    aims = [(name, np.eye(len(names))[number], students[number]) for (_, name), number in position.items()]
    of_all = position[first, "all"]
    aims += [
        (
            f"all but {name}",
            -_row(position, [(first, name)], (first, "all")),
            students[of_all] - students[position[first, name]],
        )
        for name in cohorts[first]
        if name != "all" and (first, name) in position
    ]
    aims += [("took longer", -_row(position, [(first, "all")], (key, "all")), students[of_all]) for key in later]
    program = {
        "A_eq": np.array(equal),
        "b_eq": np.zeros(len(equal)),
        "A_ub": np.array([row for row, _ in least]),
        "b_ub": np.array([limit for _, limit in least]),
        "bounds": bounds,
    }
    counts = [(what, aim, int(size), int(aim @ truth)) for what, aim, size in aims if size > 0]
    return [
        Finding(first, what, size, count, _values(aim, program))
        for what, aim, size, count in counts
        if _is_small(size, count, minimum)
    ]


def _row(position: dict[tuple[Key, str], int], parts: list[tuple[Key, str]], whole: tuple[Key, str]) -> np.ndarray:
    row = np.zeros(len(position))
    for part in parts:
        if part in position:
            row[position[part]] += 1
    row[position[whole]] -= 1
    return row


def _bounds(rate: object, students: int) -> tuple[float, float]:
    """Counts that a rate of the base leaves possible to one who knows the size; without a rate every count is."""
    if rate is None or rate.status == "suppressed":  # type: ignore[attr-defined]
        return 0.0, float(students)
    if counts := re.fullmatch(r"(\d+) of \d+", str(rate.text)):  # type: ignore[attr-defined]
        return float(counts[1]), float(counts[1])
    possible = [
        count
        for count in range(students + 1)
        if rate.low - 1e-9 <= count / students <= rate.high + 1e-12  # type: ignore[attr-defined]
        and not (rate.low < rate.high and count / students > rate.high)  # type: ignore[attr-defined]
    ]
    return float(min(possible)), float(max(possible))


def _values(aim: np.ndarray, program: dict[str, object]) -> int:
    ends = []
    for sign in (1.0, -1.0):
        solved = linprog(sign * aim, options={"presolve": False}, **program)  # longer than so small a program
        assert solved.status == 0, "the base contradicts the truth"
        ends.append(sign * solved.fun)
    return int(np.floor(ends[1] + 1e-6) - np.ceil(ends[0] - 1e-6)) + 1
