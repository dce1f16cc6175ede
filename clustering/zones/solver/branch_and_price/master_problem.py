"""
The restricted master problem: which of the Zones known so far to choose, no school in two, solved by HiGHS.

A set packing with one column per Zone, one row per anchor, one per school that several anchors want, one for the
number of Zones, and one per plan that the Zones must differ from. The dual prices of its linear relaxation are what
pricing works with.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import highspy
import numpy as np

from clustering.errors import SolverError
from clustering.zones.solver.branch_and_price.differences import DifferenceRow
from clustering.zones.solver.branch_and_price.highs import QuietHighs
from clustering.zones.tolerances import UNKEPT_LOCK_STUDENTS, UNKEPT_WEIGHT

_SHORTEST_TIME_S = 0.01  # HiGHS takes 0 for no limit


@dataclass(frozen=True, kw_only=True)
class Column:
    """
    A Zone as a column of the master problem.

    Parameters
    ----------
    anchor
        Number of its anchor.
    feeders
        Positions among the anchor's candidates.
    schools
        Numbers of its schools.
    value
        Students per year, without prices.
    """

    anchor: int
    feeders: tuple[int, ...]
    schools: tuple[int, ...]
    value: float

    @cached_property
    def positions(self) -> frozenset[int]:
        """The feeders as a set."""
        return frozenset(self.feeders)


@dataclass(frozen=True, kw_only=True, eq=False)
class MasterRows:
    """
    The rows of a master problem.

    Parameters
    ----------
    anchor_count
        Anchors, each with one Zone at most.
    schools
        Numbers of the schools that have a row; sorted.
    forced_anchors, forced_schools
        Numbers of those that must have, or be in, a Zone.
    maximum_zones
        Zones at most.
    zones_per_school
        Zones that a school may be in.
    differences
        One per plan that the Zones must differ from.
    """

    anchor_count: int
    schools: np.ndarray
    forced_anchors: frozenset[int]
    forced_schools: frozenset[int]
    maximum_zones: int
    zones_per_school: float
    differences: Sequence[DifferenceRow] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class DualPrices:
    """
    Dual prices of the master problem's rows [students per year].

    Parameters
    ----------
    schools
        Of each school that has a row.
    anchors
        Of each anchor.
    zone
        Of one Zone more.
    differences
        Of one school more that differs from each plan; not above 0.
    """

    schools: np.ndarray
    anchors: np.ndarray
    zone: float
    differences: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class MasterSolution:
    """
    A solution of the master problem.

    Parameters
    ----------
    weights
        How much of each column is chosen [0 to 1].
    is_feasible
        Whether all locks and differences are kept.
    """

    weights: np.ndarray
    is_feasible: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class RelaxedMasterSolution(MasterSolution):
    """
    A solution of the master problem's linear relaxation.

    Parameters
    ----------
    weights, is_feasible
        As of any solution.
    prices
        Dual prices of an optimal basis.
    """

    prices: DualPrices


class MasterProblem:
    """
    The set packing over the columns known so far.

    Parameters
    ----------
    rows
        Its rows.
    columns
        To begin with.
    """

    def __init__(self, rows: MasterRows, columns: Sequence[Column]) -> None:
        self._anchors, self._zone_row = rows.anchor_count, rows.anchor_count + len(rows.schools)
        self._differences, self._count = rows.differences, self._zone_row + 1 + len(rows.differences)
        self._row = {school: rows.anchor_count + number for number, school in enumerate(rows.schools.tolist())}
        self._locks = [
            *sorted(rows.forced_anchors),
            *(self._row[school] for school in sorted(rows.forced_schools)),
            *range(self._zone_row + 1, self._count),
        ]
        self._column_count = 0
        self._solver = QuietHighs(simplex_strategy=4)
        self._solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
        lower, upper = np.zeros(self._count), np.ones(self._count)
        lower[self._locks], upper[self._anchors :] = 1.0, rows.zones_per_school
        upper[self._zone_row], upper[self._zone_row + 1 :] = rows.maximum_zones, math.inf
        lower[self._zone_row + 1 :] = [each.least for each in rows.differences]
        nothing = np.zeros(0)
        self._solver.addRows(
            self._count, lower, upper, 0, np.zeros(self._count, dtype=np.int32), nothing.astype(np.int32), nothing
        )
        # A lock, or a difference, can be left unkept, at a cost above any score: so the problem always has a solution.
        self._add_columns([-UNKEPT_LOCK_STUDENTS] * len(self._locks), [[row] for row in self._locks])
        self.add(columns)

    def add(self, columns: Sequence[Column]) -> None:
        """Add columns."""
        self._column_count += len(columns)
        row, zone = self._row, self._zone_row
        self._add_columns(
            [each.value for each in columns],
            [[each.anchor, *(row[school] for school in each.schools if school in row), zone] for each in columns],
        )
        first = self._solver.getNumCol() - len(columns)
        for number, difference in enumerate(self._differences):
            for column, each in enumerate(columns):
                if added := difference.added(each.anchor, each.feeders):
                    self._solver.changeCoeff(zone + 1 + number, first + column, added)

    def solve_relaxation(self) -> RelaxedMasterSolution:
        """Solve the linear relaxation."""
        self._solver.run()
        status = self._solver.getModelStatus()
        if status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty):
            raise SolverError(self._solver.modelStatusToString(status))
        solution = self._solver.getSolution()
        duals = np.array(solution.row_dual)
        is_locked = np.zeros(self._count, dtype=bool)
        is_locked[self._locks] = True
        # A row that only limits has no price below 0 but for rounding; what is left of it would void the bound.
        duals = np.where(is_locked, duals, np.maximum(duals, 0.0))
        of_differences = np.minimum(duals[self._zone_row + 1 :], 0.0)
        values = np.array(solution.col_value)
        return RelaxedMasterSolution(
            weights=values[len(self._locks) :],
            is_feasible=self._keeps_locks(values),
            prices=DualPrices(
                anchors=duals[: self._anchors],
                schools=duals[self._anchors : self._zone_row],
                zone=float(duals[self._zone_row]),
                differences=of_differences,
            ),
        )

    def solve_integer(self, time_limit_s: float) -> MasterSolution:
        """Choose whole Zones; none are chosen if time runs out before any are found."""
        count = len(self._locks) + self._column_count
        kinds = np.full(count, highspy.HighsVarType.kInteger)
        self._solver.changeColsIntegrality(count, np.arange(count, dtype=np.int32), kinds)
        self._solver.setOptionValue("time_limit", max(_SHORTEST_TIME_S, time_limit_s))
        self._solver.run()
        is_found = self._solver.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        nothing = np.r_[np.ones(len(self._locks)), np.zeros(self._column_count)]
        values = np.round(self._solver.getSolution().col_value) if is_found else nothing
        return MasterSolution(weights=values[len(self._locks) :], is_feasible=self._keeps_locks(values))

    def _keeps_locks(self, values: np.ndarray) -> bool:
        return bool(values[: len(self._locks)].sum() < UNKEPT_WEIGHT)

    def _add_columns(self, values: list[float], rows: list[list[int]]) -> None:
        if not values:
            return
        index = np.fromiter(itertools.chain.from_iterable(rows), dtype=np.int32)
        starts = np.zeros(len(rows), dtype=np.int32)
        np.cumsum([len(each) for each in rows[:-1]], out=starts[1:])
        nothing, most = np.zeros(len(rows)), np.full(len(rows), math.inf)
        self._solver.addCols(len(rows), np.array(values), nothing, most, len(index), starts, index, np.ones(len(index)))
