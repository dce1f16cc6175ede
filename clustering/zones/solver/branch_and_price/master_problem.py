"""The master problem of the packing: which of the known Zones, no school in two, solved by HiGHS."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import highspy
import numpy as np

from clustering.errors import SolverError
from clustering.zones.solver.branch_and_price.highs import QuietHighs

# The price of leaving a lock unkept: above any score, so that only locks that cannot be kept are left.
_UNKEPT_STUDENTS = 1e7


@dataclass(frozen=True, kw_only=True)
class Column:
    """
    A Zone.

    Parameters
    ----------
    anchor
        Number of its anchor.
    feeders
        Places among the anchor's candidates.
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
    def places(self) -> frozenset[int]:
        """The feeders as a set."""
        return frozenset(self.feeders)


@dataclass(frozen=True, kw_only=True)
class MasterSolution:
    """
    What the master says.

    Parameters
    ----------
    value
        Of the columns chosen [students per year].
    weights
        Of each column, 0 to 1.
    school_prices, anchor_prices, zone_price
        Of the linear relaxation; empty for an integer answer.
    is_feasible
        Whether all locks are kept.
    """

    value: float
    weights: np.ndarray
    school_prices: np.ndarray
    anchor_prices: np.ndarray
    zone_price: float
    is_feasible: bool


class Master:
    """
    The set packing over the columns known so far.

    Parameters
    ----------
    anchor_count
        Anchors have at most one Zone.
    used_schools
        Numbers of the schools that are in one Zone at most; others are in no rows.
    columns
        To begin with.
    forced_anchors, forced_schools
        Numbers of those that must have, or be in, a Zone.
    most_zones
        Zones at most.
    zones_of_a_school
        Zones that a school may be in.
    """

    def __init__(
        self,
        anchor_count: int,
        used_schools: np.ndarray,
        columns: Sequence[Column],
        *,
        forced_anchors: Collection[int],
        forced_schools: Collection[int],
        most_zones: int,
        zones_of_a_school: float = 1.0,
    ) -> None:
        self._anchors, self._count = anchor_count, anchor_count + len(used_schools) + 1
        self._row = {school: anchor_count + number for number, school in enumerate(used_schools.tolist())}
        self._locks = [*sorted(forced_anchors), *(self._row[school] for school in sorted(forced_schools))]
        self._values: list[float] = []
        self._solver = QuietHighs(simplex_strategy=4)
        self._solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
        lower, upper = np.zeros(self._count), np.ones(self._count)
        lower[self._locks], upper[anchor_count:], upper[-1] = 1.0, zones_of_a_school, most_zones
        nothing = np.zeros(0)
        self._solver.addRows(
            self._count, lower, upper, 0, np.zeros(self._count, dtype=np.int32), nothing.astype(np.int32), nothing
        )
        self._add_columns([-_UNKEPT_STUDENTS] * len(self._locks), [[row] for row in self._locks])
        self.add(columns)

    def add(self, columns: Sequence[Column]) -> None:
        """Make Zones known."""
        values = [each.value for each in columns]
        self._values += values
        row, last = self._row, self._count - 1
        self._add_columns(
            values,
            [[each.anchor, *(row[school] for school in each.schools if school in row), last] for each in columns],
        )

    def solve_relaxation(self) -> MasterSolution:
        """Solve the linear relaxation; its prices are those of an optimal basis."""
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
        return self._answer(np.array(solution.col_value), duals)

    def solve_integer(self, time_limit_s: float) -> MasterSolution:
        """Choose whole Zones; none are chosen if time runs out before any are found."""
        count = len(self._locks) + len(self._values)
        kinds = np.full(count, highspy.HighsVarType.kInteger)
        self._solver.changeColsIntegrality(count, np.arange(count, dtype=np.int32), kinds)
        self._solver.setOptionValue("time_limit", max(0.01, time_limit_s))
        self._solver.run()
        is_found = self._solver.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        nothing = np.r_[np.ones(len(self._locks)), np.zeros(len(self._values))]
        values = np.round(self._solver.getSolution().col_value) if is_found else nothing
        return self._answer(values, np.zeros(self._count))

    def _add_columns(self, values: list[float], rows: list[list[int]]) -> None:
        if not values:
            return
        index = np.fromiter(itertools.chain.from_iterable(rows), dtype=np.int32)
        starts = np.zeros(len(rows), dtype=np.int32)
        np.cumsum([len(each) for each in rows[:-1]], out=starts[1:])
        nothing, most = np.zeros(len(rows)), np.full(len(rows), math.inf)
        self._solver.addCols(len(rows), np.array(values), nothing, most, len(index), starts, index, np.ones(len(index)))

    def _answer(self, values: np.ndarray, duals: np.ndarray) -> MasterSolution:
        unkept, weights = values[: len(self._locks)], values[len(self._locks) :]
        return MasterSolution(
            value=float(np.array(self._values) @ weights),
            weights=weights,
            anchor_prices=duals[: self._anchors],
            school_prices=duals[self._anchors : -1],
            zone_price=float(duals[-1]),
            is_feasible=bool(unkept.sum() < 1e-6),
        )
