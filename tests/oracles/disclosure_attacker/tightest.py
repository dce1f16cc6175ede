"""
The tightest integers between which a count must lie, given all that an attacker knows.

First each sum by itself narrows its counts, until none does (bounds propagation). What is left is cut into parts that
say nothing of one another. In each part linear programs look for counts that agree with everything and are as small, or
as large, as they can be. One program asks every part one question at a time, and each of its answers serves all counts:
a count that has been seen at both ends of a wide enough range needs no question of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack
from scipy.sparse.csgraph import connected_components

from tests.oracles.disclosure_attacker.count_system import CountSystem

_NEAR = 1e-6
_GENERAL_QUESTIONS = 20  # of all counts at once, each with a direction drawn; few counts need one of their own


@dataclass(frozen=True, eq=False)
class Intervals:
    """
    Where counts must lie.

    Parameters
    ----------
    least, most
        Of each count [students]: all values outside are impossible.
    seen_least, seen_most
        Ends that were seen in counts that agree with everything; equal to the others where they were asked for.
    """

    least: np.ndarray
    most: np.ndarray
    seen_least: np.ndarray
    seen_most: np.ndarray

    def values(self) -> np.ndarray:
        """How many values each count can have at most."""
        number: np.ndarray = np.maximum(self.most - self.least + 1, 0.0)
        return number


def propagated(system: CountSystem, rounds: int = 60) -> CountSystem:
    """
    Narrow each count by each sum that it is in, again and again.

    Parameters
    ----------
    system
        With whole numbers of students as counts.
    rounds
        At most so often.

    Returns
    -------
    narrowed
        The same sums; ends are whole numbers.
    """
    entries = system.sums.tocoo()
    row, column, times = entries.coords[0], entries.coords[1], entries.data
    least, most = np.ceil(system.least - _NEAR), np.floor(system.most + _NEAR)
    for _ in range(rounds):
        low = np.where(times > 0, times * least[column], times * most[column])
        high = np.where(times > 0, times * most[column], times * least[column])
        # Ends of what all others of a sum add up to; an end without limit stays without limit.
        low_others, high_others = (_others(ends, row, len(system.sum_least)) for ends in (low, high))
        below, above = (system.sum_least[row] - high_others) / times, (system.sum_most[row] - low_others) / times
        is_turned = times < 0
        below, above = np.where(is_turned, above, below), np.where(is_turned, below, above)
        new_least, new_most = least.copy(), most.copy()
        np.maximum.at(new_least, column, np.ceil(below - _NEAR))
        np.minimum.at(new_most, column, np.floor(above + _NEAR))
        if np.array_equal(new_least, least) and np.array_equal(new_most, most):
            break
        least, most = new_least, new_most
    return replace(system, least=least, most=most)


def _others(ends: np.ndarray, row: np.ndarray, number: int) -> np.ndarray:
    """For each entry, the sum of the ends of the other entries of its row."""
    endless = ~np.isfinite(ends)
    known = np.where(endless, 0.0, ends)
    total = np.bincount(row, weights=known, minlength=number)
    endless_in_row = np.bincount(row, weights=endless, minlength=number)
    sign = np.sign(np.where(endless, ends, 0.0))
    direction = np.zeros(number)
    direction[row[endless]] = sign[endless]
    without = total[row] - known
    has_endless = endless_in_row[row] - endless > 0
    return np.where(has_endless, np.where(direction[row] > 0, np.inf, -np.inf), without)


def tightest(system: CountSystem, aims: np.ndarray, *, enough: float = np.inf, most_questions: int = 400) -> Intervals:
    """
    Find the tightest intervals of some counts.

    Parameters
    ----------
    system
        What is known; some counts must agree with it.
    aims
        Positions of the counts that are looked for.
    enough
        A count that can have so many values is not looked at further, nor one that cannot. By default all are.
    most_questions
        Linear programs at most. Counts that are then still unsure keep the interval found so far.

    Returns
    -------
    intervals
        Of all counts of the system.
    """
    narrowed = propagated(system)
    seen_least, seen_most = np.full(len(system.least), np.inf), np.full(len(system.least), -np.inf)
    least, most = narrowed.least.copy(), narrowed.most.copy()
    part = _Part.of(narrowed)
    fewest = 1 if np.isinf(enough) else enough - 1
    wanted = aims[(most - least)[aims] >= fewest]  # the others are broken already
    done_least, done_most = np.zeros(len(least), dtype=bool), np.zeros(len(least), dtype=bool)
    loose = wanted[part.component[wanted] < 0]
    seen_least[loose], seen_most[loose] = least[loose], most[loose]
    rng = np.random.default_rng(0)
    for question in range(most_questions):
        is_wide = (seen_most - seen_least)[wanted] >= enough - 1 - _NEAR
        is_known = done_least[wanted] & done_most[wanted] | ((most - least)[wanted] < fewest)
        unsure = wanted[~is_wide & ~is_known]
        if not len(unsure):
            break
        if question < _GENERAL_QUESTIONS:
            weights = rng.choice([-1.0, 1.0], len(unsure)) if question > 1 else np.full(len(unsure), 1.0 - 2 * question)
            asked = unsure
        else:
            _, first = np.unique(part.component[unsure], return_index=True)
            asked = unsure[first]
            weights = np.where(done_least[asked], -1.0, 1.0)
        counts = part.answer(asked, weights)
        if counts is None:
            raise ValueError("No counts agree with all that is known.")
        seen_least, seen_most = np.minimum(seen_least, counts), np.maximum(seen_most, counts)
        if question >= _GENERAL_QUESTIONS:
            low, high = asked[weights > 0], asked[weights < 0]
            done_least[low], done_most[high] = True, True
            least[low] = np.maximum(least[low], np.ceil(counts[low] - _NEAR))
            most[high] = np.minimum(most[high], np.floor(counts[high] + _NEAR))
    return Intervals(least, most, seen_least, seen_most)


@dataclass(frozen=True, eq=False)
class _Part:
    """The sums that still say something, and which counts belong together by them."""

    system: CountSystem
    component: np.ndarray  # of each count; -1: in no sum that says anything
    columns: np.ndarray
    upper: csr_array
    limits: np.ndarray

    @classmethod
    def of(cls, system: CountSystem) -> _Part:
        sums, least, most = system.sums, system.least, system.most
        positive, negative = sums.maximum(0), sums.minimum(0)
        with np.errstate(invalid="ignore"):
            low = positive @ least + negative @ np.where(np.isfinite(most), most, 1e12)
            high = positive @ np.where(np.isfinite(most), most, 1e12) + negative @ least
        tells = (low < system.sum_least - _NEAR) | (high > system.sum_most + _NEAR)
        free = most > least
        kept = csr_array(sums[tells][:, free])
        columns = np.flatnonzero(free)
        fixed = csr_array(sums[tells][:, ~free]) @ least[~free] if (~free).any() else np.zeros(int(tells.sum()))
        in_sum = np.diff(csr_array(kept.T).indptr) > 0
        kept, columns = csr_array(kept[:, in_sum]), columns[in_sum]
        pairs = abs(kept).T @ abs(kept)
        _, labels = connected_components(pairs, directed=False)
        component = np.full(len(least), -1)
        component[columns] = labels
        upper, lower = system.sum_most[tells] - fixed, system.sum_least[tells] - fixed
        has_upper, has_lower = np.isfinite(upper), np.isfinite(lower)
        return cls(
            system,
            component,
            columns,
            csr_array(vstack([kept[has_upper], -kept[has_lower]])),
            np.concatenate([upper[has_upper], -lower[has_lower]]),
        )

    def answer(self, asked: np.ndarray, weights: np.ndarray) -> np.ndarray | None:
        """Counts that agree with everything and make the weighted sum of those asked for smallest."""
        objective = np.zeros(len(self.system.least))
        objective[asked] = weights
        counts = np.where(objective >= 0, self.system.least, self.system.most)
        if not len(self.columns):
            return counts
        bounds = np.column_stack([self.system.least, self.system.most])[self.columns]
        solved = linprog(objective[self.columns], A_ub=self.upper, b_ub=self.limits, bounds=bounds, method="highs-ds")
        if solved.x is None:
            return None
        counts[self.columns] = solved.x
        return counts
