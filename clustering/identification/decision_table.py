"""The table of decisions: for each school, the criterion that decides and the numbers behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from clustering.identification.certainty import CERTAIN, CERTAINTIES, POSSIBLE, UNKNOWN
from clustering.identification.evaluate_criterion import CriterionResult
from clustering.identification.population import KNOWN_OUT, UNKNOWN_IF_IN, RulePopulation
from clustering.identification.rate_arrays import (
    KNOWN,
    MISSING,
    NO_CELL,
    REASONS,
    UNSTATED,
    Cells,
    RateArrays,
    words_at,
)
from clustering.identification.rules import Rule
from clustering.model.scenario import Scenario


def build_decisions(
    base: Scenario,
    rate_arrays: RateArrays,
    rule: Rule,
    results: Sequence[CriterionResult],
    population: RulePopulation,
) -> pd.DataFrame:
    """
    Let one criterion of a rule decide for each school.

    Parameters
    ----------
    base
        The schools and rates.
    rate_arrays
        Its rates.
    rule, results
        The rule, and the result of each of its criteria.
    population
        The schools; those without a grade of the rule are left out.

    Returns
    -------
    decisions
        As ``Identification.decisions``, without ``certainty``, and before exclusions and the official list.
    """
    rows = np.flatnonzero(population.is_decided)
    certainties = np.array([each.certainty[rows] for each in results])
    # The criterion with the greatest certainty decides; of equal ones the first that has a rate.
    has_cell = np.array([each.deciding_cell[rows] >= 0 for each in results])
    deciding = (certainties * 2 + has_cell).argmax(axis=0)
    certainty = certainties[deciding, np.arange(len(rows))]
    meets_at_middle = [each.meets_at_middle[rows] & (each.certainty[rows] == POSSIBLE) for each in results]
    parts = [
        pd.DataFrame(
            _numbers(base, rate_arrays, each, rows[deciding == number]) | {"criterion": number},
            index=np.flatnonzero(deciding == number),
        )
        for number, each in enumerate(results)
    ]
    numbers = parts[0] if len(parts) == 1 else pd.concat(parts).sort_index()
    is_certain = certainty == CERTAIN
    nothing = np.full(len(rows), -1)
    identified = {
        "certain": is_certain,
        "possible": certainty >= POSSIBLE,
        "midpoint": is_certain | np.any(meets_at_middle, axis=0),
    }[rule.range_policy]
    columns = {
        **{str(name): column.array for name, column in numbers.items()},
        "computed_certainty": words_at(CERTAINTIES, certainty),
        "identified": identified,
        "source": words_at(["computed"], nothing + 1),
        "excluded_because": words_at(rule.exclude, population.exclusion[rows]),
        "list_entry": words_at([], nothing),
        "name": base.schools["name"].array.take(rows),
    }
    return pd.DataFrame({name: columns[name] for name in _COLUMNS}, index=base.schools.index.take(rows))


SIZES = ("students", "students_at_least", "students_at_most")
_COLUMNS = [
    *("name", "identified", "source", "low", "high", "text", "first_year", "last_year", *SIZES, "subgroup"),
    *("measure", "cut_low", "cut_high", "criterion", "computed_certainty", "list_entry", "excluded_because", "reason"),
]


def _numbers(base: Scenario, rate_arrays: RateArrays, result: CriterionResult, schools: np.ndarray) -> dict[str, Any]:
    """The cell that decides for each of some schools, in columns."""
    deciding = result.deciding_cell[schools]
    has_cell = deciding >= 0
    all_cells = result.cell_results.cells
    cells = (all_cells if len(all_cells) else NO_CELL).take(np.where(has_cell, deciding, 0))
    known = has_cell & (cells.state == KNOWN)
    first, last = (np.where(has_cell, years, UNSTATED) for years in (cells.first_year, cells.last_year))
    texts = base.rates["text"].array.take(np.where(has_cell & (cells.row >= 0), cells.row, -1), allow_fill=True)
    return {
        "low": np.where(known, cells.low, np.nan),
        "high": np.where(known, cells.high, np.nan),
        "students": np.where(has_cell, cells.students, np.nan),
        "students_at_least": np.where(has_cell, cells.students_at_least, np.nan),
        "students_at_most": np.where(has_cell & np.isfinite(cells.students_at_most), cells.students_at_most, np.nan),
        "cut_low": _cutoff_of(result, deciding, "low"),
        "cut_high": _cutoff_of(result, deciding, "high"),
        "first_year": pd.arrays.IntegerArray(first.astype("int64"), first == UNSTATED),
        "last_year": pd.arrays.IntegerArray(last.astype("int64"), last == UNSTATED),
        "text": texts.astype("str"),
        "subgroup": words_at(rate_arrays.groups, np.where(has_cell, cells.group, -1)),
        "measure": words_at(["+".join(result.criterion.measures)], np.zeros(len(schools), dtype=np.intp)),
        "reason": words_at(REASONS, _reasons(result, schools, cells)),
    }


def _cutoff_of(result: CriterionResult, deciding: np.ndarray, end: str) -> np.ndarray:
    """What each deciding cell was compared with; for a school without a cell, what all were, if that is one number."""
    of_cells = getattr(result.cell_results, f"cutoff_{end}")
    numbers = {getattr(cutoff, end) for cutoff in result.cell_results.cutoffs} or {result.criterion.threshold}
    (common,) = numbers if len(numbers) == 1 else (None,)
    return np.asarray(np.append(of_cells, np.nan if common is None else common)[deciding])


_REASONS_OF_KNOWN = ("not of the population", "population unknown", "few students", "no groups", "cohort unknown")


def _reasons(result: CriterionResult, schools: np.ndarray, cells: Cells) -> np.ndarray:
    """Why a school is neither certain nor no, as a position in ``REASONS``; -1 where there is no reason to give."""
    membership, certainty = result.membership[schools], result.certainty[schools]
    deciding = result.deciding_cell[schools]
    has_cell = deciding >= 0
    is_small = has_cell & np.append(result.cell_results.is_small, False)[deciding]
    is_known = has_cell & (cells.state == KNOWN)
    is_unsure = (membership == UNKNOWN_IF_IN) & (certainty == UNKNOWN)
    why_no_rate = np.where(has_cell, cells.state, MISSING) - 1  # -1 for a rate that is known
    return np.select(
        [
            membership == KNOWN_OUT,
            is_unsure & is_known,
            is_small,
            is_known & (certainty == UNKNOWN) & result.lacks_groups,
            is_known & (certainty == UNKNOWN),
        ],
        [REASONS.index(word) for word in _REASONS_OF_KNOWN],
        default=why_no_rate,
    )
