"""
A bound close to the optimum, from whole choices of each partner (Dantzig and Wolfe, 1960; Savelsbergh, 1997).

The linear relaxation lets a partner run fractions of Zones until its capacity is full. Here a partner has one of its
whole choices, or a mixture of some. The master problem mixes those found so far. Its prices for what partners share
ask each partner for a better one. Any prices give a bound (Lagrange): what the shared limits are worth at them, and
the best choice of each partner at them.
"""

from __future__ import annotations

import time
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csc_array, csr_array

from clustering.capacity.solver.best_of_block import BestOfBlock
from clustering.capacity.solver.blocks import Blocks
from clustering.capacity.solver.model import AssignmentModel
from clustering.zones.solver.branch_and_price.highs import QuietHighs

# A choice counts as whole in a mixture if its share is less than this below 1.
_WHOLE_SHARE = 1e-6
# HiGHS lets other threads run while it searches. Answers are taken in the order of the parts, whoever ends first.
_THREADS = 2
# Choices without a proof give prices that are worth one: so many rounds at most, while each still adds this share to
# the value, and with this share of the first prices in each.
_QUICK_ROUNDS, _QUICK_GAIN, _QUICK_SHARE = 20, 3e-4, 0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class ColumnBound:
    """
    A bound, and where to look for the best choice.

    Parameters
    ----------
    bound
        No choice has a greater value.
    promising
        ``(n_options,)``: options in some partner's choice that was found.
    settled
        ``(n_options,)``: options of the partners whose choice is whole in the best mixture.
    """

    bound: float
    promising: np.ndarray
    settled: np.ndarray


class _Master:
    """Mixtures of whole choices within the linking limits, at most one a block."""

    def __init__(self, model: AssignmentModel, blocks: Blocks) -> None:
        self.values, self.usage = model.values, csc_array(csr_array(model.usage)[blocks.linking])
        self.lower, self.upper = model.lower[blocks.linking], model.upper[blocks.linking]
        self.promising = np.zeros(len(model.values), dtype=bool)
        self._known: dict[tuple[int, bytes], np.ndarray] = {}
        self._linking_count, count = len(self.upper), len(blocks.blocks)
        self._highs = QuietHighs()
        problem = highspy.HighsLp()
        problem.num_col_, problem.num_row_ = 0, self._linking_count + count
        problem.sense_ = highspy.ObjSense.kMaximize
        problem.row_lower_ = np.append(self.lower, np.full(count, -np.inf))
        problem.row_upper_ = np.append(self.upper, np.ones(count))
        self._highs.passModel(problem)

    def add(self, block: int, options: np.ndarray) -> bool:
        """Add a choice of a block; whether it is new."""
        key = (block, options.tobytes())
        if not len(options) or key in self._known:
            return False
        self._known[key] = options
        self.promising[options] = True
        use = self.usage[:, options].sum(axis=1)
        rows = np.flatnonzero(use)
        self._highs.addCol(
            float(self.values[options].sum()),
            0.0,
            highspy.kHighsInf,
            len(rows) + 1,
            np.append(rows, self._linking_count + block).astype(np.int32),
            np.append(use[rows], 1.0),
        )
        return True

    def solve(self) -> tuple[float, np.ndarray]:
        """Value, and prices of the linking limits with the sign that their sides allow."""
        self._highs.run()
        duals = np.asarray(self._highs.getSolution().row_dual)
        return float(self._highs.getInfo().objective_function_value), self.allowed(duals[: self._linking_count])

    def settled(self) -> np.ndarray:
        """Options of the choices that are whole in the best mixture."""
        settled = np.zeros(len(self.values), dtype=bool)
        shares = np.asarray(self._highs.getSolution().col_value)
        for options, share in zip(self._known.values(), shares, strict=False):
            settled[options] |= share > 1 - _WHOLE_SHARE
        return settled

    def allowed(self, prices: np.ndarray) -> np.ndarray:
        """Prices without those of sides that a limit does not have."""
        prices = np.where(np.isfinite(self.upper), prices, np.minimum(prices, 0.0))
        allowed: np.ndarray = np.where(np.isfinite(self.lower), prices, np.maximum(prices, 0.0))
        return allowed

    def sides(self, prices: np.ndarray) -> np.ndarray:
        """The side of each linking limit that its price is for."""
        sides: np.ndarray = np.where((prices > 0) | ((prices == 0) & np.isfinite(self.upper)), self.upper, self.lower)
        return sides


@dataclass(frozen=True, kw_only=True, eq=False)
class _Priced:
    """Bound at prices, whether any block has a choice that is new, and how the bound changes with each price."""

    bound: float
    is_new: bool
    slopes: np.ndarray


class _Steps:
    """
    How far from the best prices so far towards the newest ones (Wentges, 1997; Pessoa et al., 2018).

    Prices of the master problem jump. The next ones are a mixture: more of the newest ones if the bound was still
    falling in their direction, less if it was rising again.
    """

    def __init__(self) -> None:
        self.share, self._best_share, self._misses = 0.0, 0.8, 0

    def next(self, *, is_hit: bool, is_falling: bool) -> None:
        """Set the share of the best prices in the next mixture."""
        self._misses = 0 if is_hit else self._misses + 1
        if is_hit and is_falling:
            self._best_share = max(0.0, self._best_share - 0.1)
        elif is_hit:
            self._best_share += 0.1 * (1 - self._best_share)
        self.share = max(0.0, 1 - (self._misses + 1) * (1 - self._best_share))


def bound_by_columns(
    model: AssignmentModel, blocks: Blocks, *, start: np.ndarray, prices: np.ndarray, gap: float, deadline: float
) -> ColumnBound:
    """
    Bound the best choice.

    Parameters
    ----------
    model, blocks
        The model and its parts.
    start
        ``(n_options,)``: a choice within the limits.
    prices
        ``(n_limits,)``: those of the linear relaxation.
    gap
        Stop when the bound is no further from the value of the best mixture, as a share of it.
    deadline
        Stop at this time of ``time.monotonic``.

    Returns
    -------
    bound
        Not below the value of the start.
    """
    master, searches = _Master(model, blocks), [BestOfBlock(each) for each in blocks.blocks]
    for number, search in enumerate(searches):
        master.add(number, search.options[start[search.options]])
    best_prices, bound, steps = master.allowed(prices[blocks.linking]), float("inf"), _Steps()
    with ThreadPoolExecutor(_THREADS) as threads:
        value, newest = _mix_quick_choices(master, searches, best_prices, threads, deadline)
        while time.monotonic() < deadline and bound - value > gap * abs(value):
            mixed = steps.share * best_prices + (1 - steps.share) * newest
            found = _price(master, searches, mixed, threads)
            is_hit = found.is_new or found.bound < bound
            if not is_hit and steps.share == 0.0:
                break
            steps.next(is_hit=is_hit, is_falling=bool(found.slopes @ (newest - best_prices) < 0))
            if found.bound < bound:
                bound, best_prices = found.bound, mixed
            value, newest = master.solve()
    return ColumnBound(bound=bound, promising=master.promising | start, settled=master.settled())


def _mix_quick_choices(
    master: _Master, searches: list[BestOfBlock], first: np.ndarray, threads: Executor, deadline: float
) -> tuple[float, np.ndarray]:
    """Add good choices, found without a proof, until they are known or too many rounds are over."""
    value, newest = master.solve()
    for _ in range(_QUICK_ROUNDS):
        profits = master.values - master.usage.T @ (_QUICK_SHARE * first + (1 - _QUICK_SHARE) * newest)
        answers = threads.map(lambda search, at=profits: search.find_quickly(at[search.options]), searches)
        is_new = [master.add(number, options) for number, options in enumerate(answers)]
        if not any(is_new) or time.monotonic() > deadline:
            break
        before = value
        value, newest = master.solve()
        if value - before < _QUICK_GAIN * abs(value):
            break
    return value, newest


def _price(master: _Master, searches: list[BestOfBlock], prices: np.ndarray, threads: Executor) -> _Priced:
    profits = master.values - master.usage.T @ prices
    sides, chosen = master.sides(prices), np.zeros(len(profits))
    bound, is_new = float((prices[prices != 0] * sides[prices != 0]).sum()), False
    answers = threads.map(lambda search: search.find(profits[search.options]), searches)
    for number, (worth, options) in enumerate(answers):
        is_new |= master.add(number, options)
        chosen[options] = 1.0
        bound += worth
    return _Priced(bound=bound, is_new=is_new, slopes=sides - master.usage @ chosen)
