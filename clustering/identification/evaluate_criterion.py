"""One criterion put to every school: several groups of students are tested, and one of them decides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clustering.identification.certainty import NO, POSSIBLE, UNKNOWN, CellResults, evaluate_cells
from clustering.identification.population import KNOWN_OUT, UNKNOWN_IF_IN, RulePopulation
from clustering.identification.rate_arrays import MISSING, RateArrays
from clustering.identification.rules import Criterion


@dataclass(frozen=True, kw_only=True)
class CriterionResult:
    """
    One criterion put to every school; every array has a value per school of the scenario.

    Parameters
    ----------
    criterion
        The criterion.
    cell_results
        Its rates, a cell per school and group of students.
    certainty
        One of the numbers of ``certainty.CERTAINTIES``.
    deciding_cell
        Position of the cell that decides, or -1.
    membership
        Whether the school is of the criterion's population.
    meets_at_middle
        Whether a possible school would be identified by the middle of a range.
    lacks_groups
        Whether the criterion tests groups of students besides all students, and the files have no rate of any group.
    """

    criterion: Criterion
    cell_results: CellResults
    certainty: np.ndarray
    deciding_cell: np.ndarray
    membership: np.ndarray
    meets_at_middle: np.ndarray
    lacks_groups: bool


def evaluate_criterion(
    rate_arrays: RateArrays, criterion: Criterion, year: int | None, population: RulePopulation
) -> CriterionResult:
    """
    Put one criterion to every school.

    Parameters
    ----------
    rate_arrays
        All rates.
    criterion, year
        The criterion, and the fall of the last year it looks at.
    population
        The schools.

    Returns
    -------
    result
        The group of students with the greatest certainty decides. Of equal ones all students decide, or else the group
        with the lowest rate.
    """
    cell_results = evaluate_cells(rate_arrays, criterion, year, population)
    cells, count = cell_results.cells, len(population.schools)
    # A group without a rate is no group of the school; all students without one are a school without a rate.
    counts = (cells.group == 0) | (cells.state != MISSING)
    order = np.flatnonzero(counts)
    keys = (cells.high[order], cells.group[order] != 0, -cell_results.certainty[order], cells.school[order])
    order = order[np.lexsort(keys)]
    of_school = cells.school[order]
    is_first = np.concatenate([[True], np.diff(of_school) != 0]) if len(order) else np.empty(0, dtype=bool)
    deciding_cell = np.full(count, -1)
    deciding_cell[of_school[is_first]] = order[is_first]
    certainty = np.full(count, UNKNOWN)
    certainty[of_school[is_first]] = cell_results.certainty[order[is_first]]
    meets_at_middle = np.zeros(count, dtype=bool)
    meets_at_middle[cells.school[cell_results.meets_at_middle & (cell_results.certainty >= POSSIBLE)]] = True
    lacks_groups = criterion.subgroups == ("any",) and not (counts & (cells.group != 0)).any()
    if lacks_groups:  # some group may meet the criterion
        certainty = np.where(certainty == NO, UNKNOWN, certainty)
    membership = population.members(criterion.population)
    certainty = np.where((membership == UNKNOWN_IF_IN) & (certainty > NO), UNKNOWN, certainty)
    return CriterionResult(
        criterion=criterion,
        cell_results=cell_results,
        certainty=np.where(membership == KNOWN_OUT, NO, certainty),
        deciding_cell=deciding_cell,
        membership=membership,
        meets_at_middle=meets_at_middle,
        lacks_groups=bool(lacks_groups),
    )
