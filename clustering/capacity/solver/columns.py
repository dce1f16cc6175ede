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

import numpy as np

from clustering.capacity.solver.best_of_block import BestOfBlock
from clustering.capacity.solver.blocks import Blocks, with_rivals
from clustering.capacity.solver.dive import dive
from clustering.capacity.solver.master import Master
from clustering.capacity.solver.model import AssignmentModel

# HiGHS lets other threads run while it searches. Answers are taken in the order of the parts, whoever ends first.
_THREADS = 2
# Choices without a proof give prices that are worth one: so many rounds at most, while each still adds this share to
# the value, and with this share of the first prices in each.
_QUICK_ROUNDS, _QUICK_GAIN, _QUICK_SHARE = 20, 3e-4, 0.5
# Partners are settled while the mixture loses no more than so many times the gap of the bound.
_DIVE_LOSS = 2.0
# Of the time left, what the bound may use. Rounding and improving have the rest.
_BOUND_TIME_SHARE = 0.6


@dataclass(frozen=True, kw_only=True, eq=False)
class ColumnBound:
    """
    A bound, and where to look for the best choice.

    Parameters
    ----------
    bound
        No choice has a greater value.
    promising
        ``(n_options,)``: options in some partner's choice that was found, and their rivals within the partner.
    settled
        ``(n_options,)``: options of the partners whose choice can be settled with hardly a loss.
    rounded
        ``(n_options,)``: the best mixture rounded to whole choices; it may miss lower limits.
    """

    bound: float
    promising: np.ndarray
    settled: np.ndarray
    rounded: np.ndarray


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
    master, searches = Master(model, blocks), [BestOfBlock(each) for each in blocks.blocks]
    for number, search in enumerate(searches):
        master.add(number, search.options[start[search.options]])
    for_bound = time.monotonic() + _BOUND_TIME_SHARE * (deadline - time.monotonic())
    best_prices, bound, steps = master.allowed(prices[blocks.linking]), float("inf"), _Steps()
    with ThreadPoolExecutor(_THREADS) as threads:
        value, newest = _mix_quick_choices(master, searches, best_prices, threads, for_bound)
        while time.monotonic() < for_bound and bound - value > gap * abs(value):
            mixed = steps.share * best_prices + (1 - steps.share) * newest
            found = _price(master, searches, mixed, threads)
            is_hit = found.is_new or found.bound < bound
            if not is_hit and steps.share == 0.0:
                break
            steps.next(is_hit=is_hit, is_falling=bool(found.slopes @ (newest - best_prices) < 0))
            if found.bound < bound:
                bound, best_prices = found.bound, mixed
            value, newest = master.solve()
        least = value - _DIVE_LOSS * gap * abs(value)
        settled, rounded = dive(master, searches, threads, least=least, deadline=deadline)
    promising = with_rivals(blocks, master.promising | start)
    return ColumnBound(bound=bound, promising=promising, settled=settled, rounded=rounded)


def _mix_quick_choices(
    master: Master, searches: list[BestOfBlock], first: np.ndarray, threads: Executor, deadline: float
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


def _price(master: Master, searches: list[BestOfBlock], prices: np.ndarray, threads: Executor) -> _Priced:
    profits = master.values - master.usage.T @ prices
    sides, chosen = master.sides(prices), np.zeros(len(profits))
    bound, is_new = float((prices[prices != 0] * sides[prices != 0]).sum()), False
    answers = threads.map(lambda search: search.find(profits[search.options]), searches)
    for number, (worth, options) in enumerate(answers):
        is_new |= master.add(number, options)
        chosen[options] = 1.0
        bound += worth
    return _Priced(bound=bound, is_new=is_new, slopes=sides - master.usage @ chosen)
