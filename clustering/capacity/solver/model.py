"""The choice as numbers: options with a value, limits that they use, and the solution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse import csr_array

AssignmentStatus = Literal["optimal", "within gap", "time limit", "infeasible"]
_FROM_BEST: tuple[AssignmentStatus, ...] = ("optimal", "within gap", "time limit", "infeasible")


@dataclass(frozen=True, kw_only=True, eq=False)
class AssignmentModel:
    """
    A choice of whole options: maximise the sum of their values, within every limit.

    Maximise ``values @ x`` over ``x`` in {0, 1}, subject to ``lower <= usage @ x <= upper`` (Martello and Toth, 1990,
    Knapsack Problems, chapter 7: a generalised assignment problem with further rows).

    Parameters
    ----------
    values
        ``(n_options,)``: what each option adds.
    usage
        ``(n_limits, n_options)``: what each option uses of each limit; may be negative where an option adds to it.
    lower, upper
        ``(n_limits,)``: least and greatest use; ``-inf`` and ``inf`` where there is none.
    """

    values: np.ndarray
    usage: csr_array
    lower: np.ndarray
    upper: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class AssignmentSolution:
    """
    The best choice found and what proves it.

    Parameters
    ----------
    chosen
        ``(n_options,)``: whether each option is chosen; all ``False`` if none is feasible.
    value
        Sum of the values of the chosen options.
    bound
        No choice has a greater one.
    status
        ``optimal``: no choice has a greater value. ``within gap``: the gap is not greater than the one asked for.
        ``time limit``: the best found, with less proof than that. ``infeasible``: no choice keeps the limits.
    dual_prices
        ``(n_limits,)``: how much the value of the linear relaxation rises per unit more of each upper limit; 0 where a
        limit does not bind. A hint, not a proof: options are whole.
    later_status
        The worst status of the aims after the first, where there are several.
    """

    chosen: np.ndarray
    value: float
    bound: float
    status: AssignmentStatus
    dual_prices: np.ndarray
    later_status: AssignmentStatus = "optimal"

    @property
    def is_proved(self) -> bool:
        """Whether every aim is as good as was asked for."""
        return "time limit" not in (self.status, self.later_status)

    @property
    def gap(self) -> float:
        """``(bound - value) / max(1, abs(bound))``."""
        return max(0.0, self.bound - self.value) / max(1.0, abs(self.bound))


def worst_status(*statuses: AssignmentStatus) -> AssignmentStatus:
    """
    Pick the status that says least.

    Parameters
    ----------
    *statuses
        At least one.

    Returns
    -------
    status
        The worst.
    """
    return max(statuses, key=_FROM_BEST.index)
