"""Students at their homes, and the schools that each of them attends from kindergarten to twelfth grade."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.datasets.geography import BoolArray, IntArray
from clustering.datasets.schools import KINDS, NUMBER

LAST_LOWER_GRADE, LAST_MIDDLE_GRADE, LAST_GRADE = 5, 8, 12
# Of the families that choose, those who do so at each step.
_CHOOSE_LOWER, _CHOOSE_MIDDLE, _CHOOSE_HIGH = 0.25, 0.7, 0.7
_ALTERNATIVE_SHARE = 0.025
_ARRIVE_LATER, _LEAVE_EARLIER = 0.10, 0.10


@dataclass(frozen=True, kw_only=True)
class Students:
    """
    Students, each of whom keeps to one home and one path.

    Parameters
    ----------
    block
        Where each lives: row of the blocks.
    cohort
        Fall in which each enters, or would have entered, kindergarten.
    lower, middle, upper
        School of grades K-5, 6-8 and 9-12: rows of the schools. In a K-8 or 6-12 school two of them are the same.
    first_grade, last_grade
        Grades between which each is in the state's schools: 0 (kindergarten) to 12.
    """

    block: IntArray
    cohort: IntArray
    lower: IntArray
    middle: IntArray
    upper: IntArray
    first_grade: IntArray
    last_grade: IntArray

    def school_in(self, grade: int) -> IntArray:
        """School of each student in a grade."""
        return self.lower if grade <= LAST_LOWER_GRADE else self.middle if grade <= LAST_MIDDLE_GRADE else self.upper


def draw_students(
    blocks: pd.DataFrame, schools: pd.DataFrame, cohorts: range, rng: np.random.Generator, *, choice_share: float
) -> Students:
    """
    Draw students, and send each to the schools of the catchments in which the home lies, or to schools of choice.

    Parameters
    ----------
    blocks
        ``settlement``, ``children`` (a year, on average) and ``elementary``, ``middle``, ``high``: rows of ``schools``.
    schools
        ``settlement``, ``kind``, ``polygon``.
    cohorts
        Falls in which they enter kindergarten.
    rng
        Source of chance.
    choice_share
        Share of families that choose [0 to 1]: these mostly attend schools of choice, wherever they live. Their
        children's paths are unlike their neighbours', so shares that are chained from school to school mislead.

    Returns
    -------
    students
        Sorted by cohort and block.
    """
    counts = rng.poisson(np.tile(blocks["children"].to_numpy(), (len(cohorts), 1)))
    cohort, block = (np.repeat(axis.ravel(), counts.ravel()) for axis in np.indices(counts.shape))
    home = blocks.take(block)
    settlement = home["settlement"].to_numpy()
    chooses = rng.random(len(block)) < choice_share
    options = schools[schools["polygon"] != "own"]

    def choose(assigned: IntArray, kinds: tuple[str, ...], going: BoolArray) -> IntArray:
        """Send those who go to choice schools of some kinds, and the others where they are assigned."""
        among = options[options["kind"].isin([NUMBER[kind] for kind in kinds])]
        return _send(assigned, settlement, going, among, rng)

    size = len(block)
    lower = choose(
        home["elementary"].to_numpy(), ("elementary and middle",), chooses & (rng.random(size) < _CHOOSE_LOWER)
    )
    runs_to_eighth = np.array([kind.highest for kind in KINDS])[schools["kind"]][lower] >= LAST_MIDDLE_GRADE
    leaves = ~runs_to_eighth & chooses & (rng.random(size) < _CHOOSE_MIDDLE)
    middle = choose(home["middle"].to_numpy(), ("choice middle", "middle and high"), leaves)
    middle = np.where(runs_to_eighth, lower, middle)
    stays = np.array([kind.highest for kind in KINDS])[schools["kind"]][middle] == LAST_GRADE
    upper = choose(home["high"].to_numpy(), ("choice high",), chooses & (rng.random(size) < _CHOOSE_HIGH))
    upper = choose(upper, ("alternative",), rng.random(size) < _ALTERNATIVE_SHARE)
    return Students(
        block=block,
        cohort=cohort + cohorts[0],
        lower=lower,
        middle=middle,
        upper=np.where(stays, middle, upper),
        first_grade=np.where(rng.random(size) < _ARRIVE_LATER, rng.integers(1, LAST_GRADE, size), 0),
        last_grade=np.where(rng.random(size) < _LEAVE_EARLIER, rng.integers(0, LAST_GRADE, size), LAST_GRADE),
    )


def _send(
    assigned: IntArray, settlement: IntArray, going: BoolArray, options: pd.DataFrame, rng: np.random.Generator
) -> IntArray:
    """Send those who go to one of the options of their settlement, each as likely; where there is none they stay."""
    sent = assigned.copy()
    for town, rows in options.groupby("settlement").groups.items():
        those = np.flatnonzero(going & (settlement == town))
        sent[those] = rng.choice(rows.to_numpy(), len(those))
    return sent
