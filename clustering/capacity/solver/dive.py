"""
A whole plan from a mixture, a few partners at a time (a diving heuristic; Sadykov et al., 2019).

The partners that are nearly whole in the best mixture keep the choice that they have most of. The others choose anew at
the prices that this leaves, so that they find choices that fit, and so on.
"""

from __future__ import annotations

import time
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np

from clustering.capacity.solver.best_of_block import BestOfBlock
from clustering.capacity.solver.master import Master

# In each step this share of all partners is fixed, besides those that are whole, and the others choose so often.
_FIXED_SHARE, _PRICINGS = 0.03, 2
# Options that no longer fit bring a loss of so many times the greatest profit.
_LOSS = 100.0


class Dive(NamedTuple):
    """
    What was fixed.

    ``settled``: options fixed while the mixture had lost less than was allowed. ``rounded``: all options fixed in the
    end. They are within the upper limits, and lower ones may be missed.
    """

    settled: np.ndarray
    rounded: np.ndarray


def dive(master: Master, searches: list[BestOfBlock], threads: Executor, *, least: float, deadline: float) -> Dive:
    """
    Round the best mixture to whole choices.

    Parameters
    ----------
    master
        Solved. Choices that are found are added, and others are fixed in it: afterwards it mixes no more.
    searches
        Of each partner.
    threads
        Where partners are searched.
    least
        Options are settled while the mixture is worth no less.
    deadline
        Stop at this time of ``time.monotonic``.

    Returns
    -------
    dive
        ``(n_options,)`` each.
    """
    step, settled = max(1, int(_FIXED_SHARE * len(searches))), master.fixed.copy()
    while master.fix_most_whole(step) and time.monotonic() < deadline:
        value, prices = master.solve()
        if not np.isfinite(value):
            break  # what is fixed leaves too little for a lower limit
        for _ in range(_PRICINGS):
            if not _add_fitting_choices(master, searches, prices, threads):
                break
            value, prices = master.solve()
        if value >= least:
            settled = master.fixed.copy()
    return Dive(settled=settled, rounded=master.fixed)


def _add_fitting_choices(master: Master, searches: list[BestOfBlock], prices: np.ndarray, threads: Executor) -> bool:
    """Add good choices of the partners that are still free, among the options that fit; whether any is new."""
    profits = master.values - master.usage.T @ prices
    profits[~master.fits()] = -_LOSS * float(np.abs(profits).max(initial=0.0))
    free = np.flatnonzero(master.is_free)
    answers = threads.map(lambda number: searches[number].find_quickly(profits[searches[number].options]), free)
    is_new = [master.add(int(number), options) for number, options in zip(free, answers, strict=True)]
    return any(is_new)
