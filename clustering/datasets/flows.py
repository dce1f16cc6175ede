"""Pupils followed through some school years, and the flow table that the state publishes of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.datasets.catchments import EXIT
from clustering.datasets.geography import BoolArray, FloatArray, IntArray
from clustering.datasets.schools import KINDS, NUMBER

FIRST_GRADE, GRADES = -1, 14
FIRST_PUBLISHED_GRADE = 2
NEWCOMERS = 0.06
SUPPRESSED, LARGEST_SUPPRESSED = -1, 9
SUPPRESSING_DISTRICTS = 0.25
KINDERGARTEN_STUDENTS = {"city": 74.0, "suburb": 82.0, "town": 58.0, "rural": 34.0}
ALTERNATIVE_STUDENTS = 14.0
FLOW_COLUMNS = ["fall", "origin", "destination", "grade", "next_grade", "students"]


def expect_students(schools: pd.DataFrame, moves: pd.DataFrame, rng: np.random.Generator) -> FloatArray:
    """
    Work out the size to which every grade of every school settles.

    Parameters
    ----------
    schools
        See ``schools.generate_schools``; with ``setting``.
    moves
        See ``catchments.build_moves``.
    rng
        Source of chance: how many children live around each school.

    Returns
    -------
    students
        Shape (n_schools, 14): grades pre-kindergarten to 12.
    """
    start = schools["setting"].map(KINDERGARTEN_STUDENTS).to_numpy() * rng.lognormal(0, 0.22, len(schools))
    # Two schools of a pair share one ground, so the primary school has the children of both.
    start *= np.where(schools["kind"] == NUMBER["primary"], 2.0, 1.0)
    lowest = schools["lowest"].to_numpy()
    students = np.zeros((len(schools), GRADES))
    students[:, 0] = np.where(lowest == -1, 0.45 * start, 0.0)
    total = moves.groupby(["origin", "grade"])["weight"].transform("sum")
    chance = (moves["weight"] / total).to_numpy()
    arriving = ((moves["destination"] != EXIT) & (moves["next_grade"] > moves["grade"])).to_numpy()
    alternative = (schools["kind"] == NUMBER["alternative"]).to_numpy()
    for grade in range(FIRST_GRADE, FIRST_GRADE + GRADES - 1):
        now = moves[arriving & (moves["grade"] == grade).to_numpy()]
        moved = chance[now.index] * students[now["origin"], grade - FIRST_GRADE]
        inflow = np.bincount(now["destination"], moved, minlength=len(schools))
        following = inflow * (1 + NEWCOMERS) + np.where(alternative & (grade + 1 >= 9), ALTERNATIVE_STUDENTS, 0.0)
        students[:, grade + 1 - FIRST_GRADE] = np.where((grade == -1) & (lowest <= 0), start, following)
    return students


def simulate_years(
    schools: pd.DataFrame, moves: pd.DataFrame, expected: FloatArray, falls: range, rng: np.random.Generator
) -> tuple[pd.DataFrame, list[IntArray]]:
    """
    Follow pupils from fall to fall.

    Parameters
    ----------
    schools, moves
        See ``schools.generate_schools`` and ``catchments.build_moves``.
    expected
        See :func:`expect_students`.
    falls
        Falls of the school years; each is followed to the next fall.
    rng
        Source of chance.

    Returns
    -------
    flows
        ``fall``, ``origin``, ``destination`` (-1: left), ``grade``, ``next_grade``, ``students`` (above 0).
    enrolled
        For each fall the pupils by school and grade, shape (n_schools, 14). Those who arrive in one year are among
        those enrolled in the next.
    """
    enrolled = [rng.poisson(expected * _in_use(schools, falls[0])[:, None])]
    taken = []
    for fall in falls:
        draws = _draw_moves(schools, moves, enrolled[-1], fall, rng)
        taken.append(moves.drop(columns="weight").assign(fall=fall, students=draws)[draws > 0])
        enrolled.append(_next_enrolment(schools, taken[-1], expected, fall + 1, rng))
    return pd.concat(taken, ignore_index=True)[FLOW_COLUMNS], enrolled[:-1]


def draw_shares(students: IntArray, weights: FloatArray, starts: IntArray, rng: np.random.Generator) -> IntArray:
    """
    Part groups of students among weighted options: one multinomial draw per group, groups of any number of options.

    Parameters
    ----------
    students
        Size of each group.
    weights
        Not negative, group after group.
    starts
        Place in ``weights`` where each group begins.
    rng
        Source of chance.

    Returns
    -------
    taken
        Students per option. They add up to the group, unless all its weights are 0.
    """
    ends = np.append(starts[1:], len(weights))
    positive = np.where(weights > 0, np.arange(len(weights)), -1)
    last = np.maximum.reduceat(positive, starts)
    left, weight_left = students.copy(), np.add.reduceat(weights, starts)
    taken = np.zeros(len(weights), dtype="int64")
    groups = np.arange(len(starts))
    for step in range(int((ends - starts).max())):
        groups = groups[starts[groups] + step < ends[groups]]
        position = starts[groups] + step
        weight, remaining = weights[position], weight_left[groups]
        share = np.divide(weight, remaining, out=np.zeros(len(groups)), where=remaining > 0)
        # The last option takes whoever is left, so that rounding loses nobody.
        share = np.where(position == last[groups], 1.0, np.clip(share, 0.0, 1.0))
        share = np.where(weight > 0, share, 0.0)
        taken[position] = rng.binomial(left[groups], share)
        left[groups] -= taken[position]
        weight_left[groups] -= weight
    return taken


def suppress_small_cells(flows: pd.DataFrame, schools: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The flows as published: a quarter of the districts show -1 for 1 to 9 students; the others show every count."""
    suppressing = rng.random(int(schools["district"].max()) + 1) < SUPPRESSING_DISTRICTS
    hidden = suppressing[schools["district"].to_numpy()[flows["origin"]]] & (flows["students"] <= LARGEST_SUPPRESSED)
    return flows.assign(students=flows["students"].mask(hidden, SUPPRESSED))


def is_published(grade: pd.Series, highest: IntArray, *, inside_school_rows: bool) -> BoolArray:
    """Whether promotions out of a grade are in the published table; without inside rows only those of final grades."""
    shown = (grade >= FIRST_PUBLISHED_GRADE).to_numpy()
    return shown if inside_school_rows else shown & (grade.to_numpy() == highest)


def _in_use(schools: pd.DataFrame, fall: int) -> BoolArray:
    return np.asarray((schools["opened"] <= fall) & (fall < schools["closed"]))


def _draw_moves(
    schools: pd.DataFrame, moves: pd.DataFrame, enrolled: IntArray, fall: int, rng: np.random.Generator
) -> IntArray:
    origin, destination, grade = (moves[name].to_numpy() for name in ("origin", "destination", "grade"))
    # Patterns persist, but no year repeats another exactly.
    weights = moves["weight"].to_numpy() * rng.lognormal(0, 0.12, len(moves))
    weights *= np.append(_in_use(schools, fall + 1), True)[destination]
    starts = np.flatnonzero(np.diff(origin * GRADES + grade, prepend=-GRADES) != 0)
    students = enrolled[origin[starts], grade[starts] - FIRST_GRADE]
    return draw_shares(students, weights, starts, rng)


def _next_enrolment(
    schools: pd.DataFrame, flows: pd.DataFrame, expected: FloatArray, fall: int, rng: np.random.Generator
) -> IntArray:
    """Those who arrive, and newcomers: a few in every grade, the whole first grade, half of a school that opens."""
    stayed = flows[flows["destination"] != EXIT]
    cell = stayed["destination"].to_numpy() * GRADES + stayed["next_grade"].to_numpy() - FIRST_GRADE
    arrived = np.bincount(cell, stayed["students"], minlength=len(schools) * GRADES).astype("int64")
    grade = np.arange(GRADES) + FIRST_GRADE
    lowest = np.array([kind.lowest for kind in KINDS])[schools["kind"]]
    opening = (schools["opened"] == fall).to_numpy()
    share = np.where(opening, 0.5, NEWCOMERS)[:, None] * np.ones(GRADES)
    share[(grade == lowest[:, None]) & (lowest <= 0)[:, None]] = 1.0
    share[(lowest == -1)] = np.where(grade == 0, 0.55, share[lowest == -1])
    newcomers = rng.poisson(expected * share * _in_use(schools, fall)[:, None])
    return arrived.reshape(len(schools), GRADES) + newcomers
