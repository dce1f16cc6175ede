"""
The complementary cells of least cost, with a proof, by HiGHS.

A choice that does not protect a small cell violates a cut. Cuts are added until the choice that HiGHS finds violates
none. Cuts are found first for the relaxation, in which cells may be hidden in part, and then for the integer programme.
Every solution of HiGHS is a lower bound on the cost.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from clustering.disclosure.complementary_suppression.capacity_cuts import Cut, find_cut
from clustering.disclosure.complementary_suppression.cell_table import CellTable
from clustering.disclosure.complementary_suppression.protection import Levels, Movement
from clustering.disclosure.complementary_suppression.shortest_paths import hide_by_shortest_paths, publish_needless

_ROUNDS = 200
_SHORTEST_S = 0.05


@dataclass(frozen=True, kw_only=True)
class Choice:
    """
    Which cells are hidden, and at what cost.

    Parameters
    ----------
    hidden
        Whether each cell is hidden.
    cost
        Of the complementary cells.
    bound
        Lower bound on the cost of any choice.
    """

    hidden: np.ndarray
    cost: float
    bound: float

    @property
    def is_optimal(self) -> bool:
        """Whether no choice costs less; costs are whole."""
        return self.bound > self.cost - 1 + 1e-6 or self.cost <= self.bound


def hide_at_least_cost(
    table: CellTable, hidden: np.ndarray, levels: Levels, costs: np.ndarray, time_limit_s: float
) -> Choice:
    """
    Hide the cells that cost least.

    Parameters
    ----------
    table
        The cells.
    hidden
        Whether each is hidden so far, which costs nothing more.
    levels
        Protection level of each small cell; none unresolved.
    costs
        Of hiding each cell: whole numbers, 1 or more.
    time_limit_s
        After it, the best choice so far is taken.

    Returns
    -------
    choice
        Optimal, or with a bound below its cost.
    """
    return _Search(table, hidden, levels, costs, time.monotonic() + time_limit_s).run()


class _Search:
    """One search: the cuts so far, the best choice and the best bound."""

    def __init__(
        self, table: CellTable, hidden: np.ndarray, levels: Levels, costs: np.ndarray, deadline: float
    ) -> None:
        self.table, self.fixed, self.levels, self.costs, self.deadline = table, hidden, levels, costs, deadline
        self.movement, self.questions = Movement(table), levels.questions()
        self.free = np.flatnonzero(~hidden)
        self.cuts: dict[bytes, Cut] = {}
        self.bound, self.cost, self.best = 0.0, np.inf, hidden
        self._improve(hidden)

    def run(self) -> Choice:
        """Add cuts to the relaxation, then to the integer programme."""
        for is_whole in (False, True):
            for _ in range(_ROUNDS):
                shares = self._solve(is_whole=is_whole)
                if shares is None or self._is_proven():
                    break
                if not self._add(self._cuts(shares)):
                    if is_whole:
                        self._take(shares > 0.5)
                    break
                if is_whole:
                    self._improve(shares > 0.5)
        return Choice(hidden=self.best, cost=self.cost, bound=min(self.bound, self.cost))

    def _is_proven(self) -> bool:
        return self.bound > self.cost - 1 + 1e-6

    def _improve(self, hidden: np.ndarray) -> None:
        """Complete a choice by cheapest paths, and publish needless cells again."""
        completed = hide_by_shortest_paths(self.table, hidden, self.levels, self.costs)
        self._take(publish_needless(self.table, completed, self.levels, self.costs) | self.fixed)

    def _take(self, hidden: np.ndarray) -> None:
        cost = float(self.costs[hidden & ~self.fixed].sum())
        if cost < self.cost:
            self.best, self.cost = hidden, cost

    def _cuts(self, shares: np.ndarray) -> Iterable[Cut]:
        for question in self.questions:
            cut = find_cut(self.movement, shares, self.fixed, question)
            if cut is not None:
                yield cut

    def _add(self, cuts: Iterable[Cut]) -> int:
        """Add cuts; return how many of them are new."""
        before = len(self.cuts)
        for cut in cuts:
            self.cuts.setdefault(cut.key(), cut)
            if time.monotonic() > self.deadline:
                break
        return len(self.cuts) - before

    def _solve(self, *, is_whole: bool) -> np.ndarray | None:
        """Let HiGHS choose under the cuts so far; return how far each cell is hidden, or ``None`` when time is over."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 (SciPy is slow to load)
        from scipy.sparse import csr_array  # noqa: PLC0415

        shares = self.fixed.astype("float64")
        left = self.deadline - time.monotonic()
        if left < _SHORTEST_S:
            return None
        limits: list[Any] = []
        if self.cuts:
            cuts = list(self.cuts.values())
            at = np.concatenate([cut.cells for cut in cuts])
            row = np.repeat(np.arange(len(cuts)), [len(cut.cells) for cut in cuts])
            widths = np.concatenate([cut.widths for cut in cuts]).astype("float64")
            usage = csr_array((widths, (row, np.searchsorted(self.free, at))), shape=(len(cuts), len(self.free)))
            limits.append(LinearConstraint(usage, lb=[cut.least for cut in cuts]))
        found = milp(
            self.costs[self.free],
            integrality=np.full(len(self.free), int(is_whole)),
            bounds=Bounds(0, 1),
            constraints=limits,
            options={"time_limit": left, "mip_rel_gap": 0.0},
        )
        bound = found.mip_dual_bound if is_whole else found.fun if found.status == 0 else None
        if bound is not None and np.isfinite(bound):
            self.bound = max(self.bound, float(np.ceil(bound - 1e-6)))
        if found.x is None or found.status != 0:
            return None
        shares[self.free] = np.clip(found.x, 0, 1)
        return shares.round() if is_whole else shares
