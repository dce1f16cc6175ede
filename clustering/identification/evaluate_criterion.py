"""One criterion put to every school: of its cells the one that decides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clustering.identification.certainty import NO, POSSIBLE, UNKNOWN, Answered, answer_cells
from clustering.identification.population import KNOWN_OUT, UNKNOWN_IF_IN, Scope
from clustering.identification.rate_arrays import MISSING, CodedRates
from clustering.identification.rules import Criterion


@dataclass(frozen=True, kw_only=True)
class Judged:
    """
    One criterion put to every school.

    Parameters
    ----------
    criterion
        The criterion.
    answered
        Its cells.
    answer
        For every school of the scenario.
    place
        The cell that decides, or -1.
    membership
        Whether the school is of the criterion's population.
    middle
        Whether a possible answer would be yes by the middle of a range.
    lacks_groups
        Whether the test asks for groups of students besides all of them, and the files have no rate of any.
    """

    criterion: Criterion
    answered: Answered
    answer: np.ndarray
    place: np.ndarray
    membership: np.ndarray
    middle: np.ndarray
    lacks_groups: bool


def judge(coded: CodedRates, criterion: Criterion, year: int | None, scope: Scope) -> Judged:
    """
    Put one criterion to every school.

    Parameters
    ----------
    coded
        All rates.
    criterion, year
        The test, and the fall of the last year it looks at.
    scope
        The schools.

    Returns
    -------
    judged
        Of several groups of students the one with the greatest answer decides, of equal ones all students, or the group
        with the lowest rate.
    """
    answered = answer_cells(coded, criterion, year, scope)
    cells, count = answered.cells, len(scope.schools)
    # A group without a rate is no group of the school; all students without one are a school without a rate.
    counts = (cells.group == 0) | (cells.state != MISSING)
    order = np.flatnonzero(counts)
    order = order[
        np.lexsort((cells.high[order], cells.group[order] != 0, -answered.answer[order], cells.school[order]))
    ]
    of_school = cells.school[order]
    is_first = np.concatenate([[True], np.diff(of_school) != 0]) if len(order) else np.empty(0, dtype=bool)
    place = np.full(count, -1)
    place[of_school[is_first]] = order[is_first]
    answer = np.full(count, UNKNOWN)
    answer[of_school[is_first]] = answered.answer[order[is_first]]
    middle = np.zeros(count, dtype=bool)
    is_middle = answered.middle & (answered.answer >= POSSIBLE)
    middle[cells.school[is_middle]] = True
    lacks_groups = criterion.subgroups == ("any",) and not (counts & (cells.group != 0)).any()
    if lacks_groups:  # some group may meet the test
        answer = np.where(answer == NO, UNKNOWN, answer)
    membership = scope.members(criterion.population)
    answer = np.where((membership == UNKNOWN_IF_IN) & (answer > NO), UNKNOWN, answer)
    answer = np.where(membership == KNOWN_OUT, NO, answer)
    return Judged(
        criterion=criterion,
        answered=answered,
        answer=answer,
        place=place,
        membership=membership,
        middle=middle,
        lacks_groups=bool(lacks_groups),
    )
