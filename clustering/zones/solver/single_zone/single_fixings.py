"""The best Zones of one anchor with one candidate fixed at a time: all of them from one table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clustering.zones.solver.single_zone.branch_and_bound import choose_outer
from clustering.zones.solver.single_zone.problem import SetTable, ZoneProblem
from clustering.zones.solver.single_zone.zone_found import ZoneFound


def find_best_with_each(
    problem: ZoneProblem, table: SetTable, positions: Sequence[int], *, prices: np.ndarray
) -> list[ZoneFound | None]:
    """
    Find the best Zone that has a candidate, for some candidates.

    Parameters
    ----------
    problem
        The anchor's pricing problem; no candidate is in every Zone.
    table
        Of the problem.
    positions
        Of the candidates.
    prices
        Dual price of each candidate [n; students per year].

    Returns
    -------
    found
        One for each of the positions, as ``branch_and_bound.find_best_zone`` finds it; ``None`` where there is no Zone.
    """
    is_fixed = _one_each(problem, positions)
    of_outer = is_fixed[:, problem.outer]
    possible = np.array([(table.sets | ~problem.in_unit_of(each)).all(axis=1) for each in is_fixed])
    required = np.array([table.can_join[:, each].all(axis=1) for each in of_outer])
    return _find_best(problem, table, prices, of_outer, possible & required, are_in=True)


def find_best_without_each(
    problem: ZoneProblem, table: SetTable, positions: Sequence[int], *, prices: np.ndarray
) -> list[ZoneFound | None]:
    """
    Find the best Zone that lacks a candidate, for some candidates.

    Parameters
    ----------
    problem, table, positions, prices
        As for :func:`find_best_with_each`.

    Returns
    -------
    found
        One for each of the positions; ``None`` where there is no Zone.
    """
    is_fixed = _one_each(problem, positions)
    possible = np.array([~(table.sets & problem.in_unit_of(each)).any(axis=1) for each in is_fixed])
    return _find_best(problem, table, prices, is_fixed[:, problem.outer], possible, are_in=False)


def _one_each(problem: ZoneProblem, positions: Sequence[int]) -> np.ndarray:
    """A row for each of the positions, in which it alone is true [positions, n]."""
    fixed = np.zeros((len(positions), len(problem.own)), dtype=bool)
    fixed[np.arange(len(positions)), list(positions)] = True
    return fixed


def _find_best(
    problem: ZoneProblem,
    table: SetTable,
    prices: np.ndarray,
    fixed: np.ndarray,
    possible: np.ndarray,
    *,
    are_in: bool,
) -> list[ZoneFound | None]:
    """Find the best Zone for each row of fixed outer schools, among the sets that are possible for it [rows, sets]."""
    own = problem.own - prices
    of_set = own[problem.outer] + table.gains
    value = np.tile(table.chosen @ own[problem.inner] + table.pairs, (len(fixed), 1))
    nets = np.tile(np.where(table.cannot_join, -np.inf, of_set), (len(fixed), 1, 1))
    nets[np.broadcast_to(fixed[:, None, :], nets.shape)] = -np.inf
    sizes = np.tile(table.sizes, (len(fixed), 1))
    if are_in:
        value += fixed @ of_set.T
        sizes += fixed.sum(axis=1)[:, None]
    least, most = np.maximum(problem.least - sizes, 0), problem.most - sizes
    choice = choose_outer(nets.reshape(value.size, -1), least.ravel(), most.ravel())
    is_found = possible & table.is_sound & choice.is_possible.reshape(value.shape)
    value = np.where(is_found, value + choice.added.reshape(value.shape), -np.inf)
    counts, best = choice.counts.reshape(value.shape), value.argmax(axis=1)
    found: list[ZoneFound | None] = []
    for row, number in enumerate(best.tolist()):
        if value[row, number] == -np.inf:
            found.append(None)
            continue
        chosen = np.argsort(-nets[row, number], kind="stable")[: counts[row, number]]
        parts = [problem.inner[table.sets[number]], problem.outer[chosen]]
        parts += [problem.outer[fixed[row]]] if are_in else []
        feeders = tuple(np.sort(np.concatenate(parts)).tolist())
        found.append(ZoneFound(value=float(value[row, number]), feeders=feeders))
    return found
