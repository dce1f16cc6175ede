"""
The best Zone of one anchor, alone or at given prices of its schools, by branching over few schools only.

Schools that other candidates feed ("inner" schools, mostly middle schools) decide about the rest: once it is known
which of them are in the Zone, what every other school ("outer", mostly elementary schools) adds no longer depends on
the others, and the best are simply the first of a sorted list. So the search branches over sets of inner schools, all
sets of a level at once, and drops every set whose bound (all undecided schools in, the best of the others free) cannot
reach the best Zone known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clustering.zones.solver.single_zone.problem import SetTable, ZoneProblem, tabulate

_MOST_SETS_UNBOUNDED = 256
# A bound is added up in another order than the value it bounds [students per year].
_ROUNDING = 1e-6


@dataclass(frozen=True, kw_only=True)
class ZoneFound:
    """A set of feeders, by place and sorted, and its value at the prices it was looked for."""

    value: float
    feeders: tuple[int, ...]


def find_best_zone(
    problem: ZoneProblem,
    *,
    prices: np.ndarray | None = None,
    must: np.ndarray | None = None,
    barred: np.ndarray | None = None,
    most_found: int = 1,
) -> list[ZoneFound]:
    """
    Find the Zone of the greatest value, and some of the next for other sets of inner schools.

    Parameters
    ----------
    problem
        The anchor's Zone.
    prices
        What each candidate costs [n; students per year].
    must, barred
        Candidates that the Zone must have, must not have [n].
    most_found
        How many to give at most.

    Returns
    -------
    found
        The best first; empty if no set of feeders satisfies the sizes, ties and locks. Limits on enrolment and
        contiguity are not among them: see ``oracle``.
    """
    search = _Search.of(problem, prices, must, barred)
    if search.is_hopeless:
        return []
    table = problem.table or tabulate(problem, _promising_sets(search))
    weighed = _weigh(search, table)
    values, found = weighed.values, []
    for number in np.argsort(-values, kind="stable")[:most_found].tolist():
        if values[number] == -np.inf:
            break
        chosen = np.argsort(-weighed.nets[number], kind="stable")[: weighed.counts[number]]
        parts = [problem.inner[table.sets[number]], problem.outer[search.must], problem.outer[chosen]]
        found.append(ZoneFound(value=float(values[number]), feeders=tuple(np.sort(np.concatenate(parts)).tolist())))
    return found


def evaluate_zones(problem: ZoneProblem, zones: np.ndarray) -> list[ZoneFound]:
    """
    Work out the values of given Zones.

    Parameters
    ----------
    problem
        The anchor's Zone.
    zones
        Candidates in each [zones, n].

    Returns
    -------
    found
        Those that keep sizes, ties and what is chosen together, in the order given.
    """
    chosen, inner = zones.astype(np.float64), zones[:, problem.inner]
    value = chosen @ problem.own + ((chosen @ problem.gain) * inner).sum(axis=1)
    sizes = zones.sum(axis=1)
    tied = problem.tied_to_anchor | (inner.astype(np.float64) @ problem.tied.T > 0)
    in_units = (inner[:, None, :] & problem.units).sum(axis=2)
    possible = (
        (tied | ~zones).all(axis=1)
        & (zones | ~problem.mandatory).all(axis=1)
        & (sizes >= problem.least)
        & (sizes <= problem.most)
        & ((in_units == 0) | (in_units == problem.units.sum(axis=1))).all(axis=1)
    )
    return [
        ZoneFound(value=float(value[number]), feeders=tuple(np.flatnonzero(zones[number]).tolist()))
        for number in np.flatnonzero(possible)
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Search:
    """A problem at given prices and locks."""

    problem: ZoneProblem
    own: np.ndarray  # less the prices [n]
    is_in: np.ndarray  # inner schools in for sure [m]
    is_out: np.ndarray  # inner schools out for sure [m]
    must: np.ndarray  # outer schools in for sure [outer]
    barred: np.ndarray  # outer schools out for sure [outer]
    is_locked: bool
    is_hopeless: bool

    @classmethod
    def of(
        cls, problem: ZoneProblem, prices: np.ndarray | None, must: np.ndarray | None, barred: np.ndarray | None
    ) -> _Search:
        """Tell what the locks decide."""
        inside = problem.mandatory if must is None else problem.mandatory | must
        outside = problem.nobody if barred is None else barred
        is_locked = problem.has_mandatory or must is not None or barred is not None
        return cls(
            problem=problem,
            own=problem.own if prices is None else problem.own - prices,
            is_in=problem.in_unit_of(inside) if is_locked else problem.nobody[problem.inner],
            is_out=problem.in_unit_of(outside) if is_locked else problem.nobody[problem.inner],
            must=inside[problem.outer],
            barred=outside[problem.outer],
            is_locked=is_locked,
            is_hopeless=is_locked and bool((inside & outside).any()),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class WeighedSets:
    """
    Sets of inner schools at some prices and locks.

    Parameters
    ----------
    values
        Of the best Zone with exactly these inner schools; minus infinity where there is none [sets].
    nets
        What each outer school adds; minus infinity where it has no choice [sets, outer].
    counts
        How many of those that have a choice are in [sets].
    least, most
        How many of them may be [sets].
    """

    values: np.ndarray
    nets: np.ndarray
    counts: np.ndarray
    least: np.ndarray
    most: np.ndarray


def weigh_sets(
    problem: ZoneProblem, *, prices: np.ndarray, must: np.ndarray, barred: np.ndarray, floor: float
) -> tuple[SetTable, WeighedSets] | None:
    """
    Weigh every set of inner schools that may have a Zone of some value.

    Parameters
    ----------
    problem, prices, must, barred
        As for ``find_best_zone``.
    floor
        Sets all of whose Zones have a lesser value may be left out [students per year].

    Returns
    -------
    sets
        The table and its weights; ``None`` where the locks exclude each other.
    """
    search = _Search.of(problem, prices, must, barred)
    if search.is_hopeless:
        return None
    table = problem.table or tabulate(problem, _promising_sets(search, floor))
    return table, _weigh(search, table)


def _weigh(search: _Search, table: SetTable) -> WeighedSets:
    problem = search.problem
    inner, outer = problem.inner, problem.outer
    nets = search.own[outer] + table.gains
    value = table.chosen @ search.own[inner] + table.pairs
    possible, sizes = table.hangs, table.sizes
    if search.is_locked:
        must = search.must
        possible = possible & ~(table.sets & search.is_out).any(axis=1) & (table.sets | ~search.is_in).all(axis=1)
        possible &= table.is_tied[:, must].all(axis=1)
        value += nets[:, must].sum(axis=1)
        sizes = sizes + int(must.sum())
        nets[:, search.barred | must] = -np.inf
    nets[table.is_loose] = -np.inf
    least, most = np.maximum(problem.least - sizes, 0), problem.most - sizes
    added, counts, fits = choose_outer(nets, least, most)
    values = np.where(possible & fits, value + added, -np.inf)
    return WeighedSets(values=values, nets=nets, counts=counts, least=least, most=most)


def choose_outer(nets: np.ndarray, least: np.ndarray, most: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """
    Choose the best outer schools for each set of inner schools.

    Parameters
    ----------
    nets
        What each outer school adds, minus infinity where it has no choice [sets, outer; students per year].
    least, most
        How many are to be in [sets].

    Returns
    -------
    added, count, possible
        What they add together, how many they are, and whether there are enough and room for them [sets].
    """
    losses = np.sort(-nets, axis=1)
    count = np.minimum(np.maximum((losses < 0).sum(axis=1), least), np.maximum(most, least))
    possible = (count <= (losses < np.inf).sum(axis=1)) & (count <= most)
    losses[losses == np.inf] = 0.0
    sums = np.zeros((len(nets), nets.shape[1] + 1))
    np.cumsum(losses, axis=1, out=sums[:, 1:])
    return -sums[np.arange(len(nets)), np.minimum(count, nets.shape[1])], count, possible


def _promising_sets(search: _Search, floor: float = np.inf) -> np.ndarray:
    """Sets of inner schools among which is that of the best Zone, and of every one whose value is the floor or more."""
    problem = search.problem
    if (search.is_in & search.is_out).any():
        return np.zeros((0, len(problem.inner)), dtype=bool)
    sets, threshold = search.is_in[None, :], -np.inf
    is_free = ~(problem.units & (search.is_in | search.is_out)).any(axis=1)
    free = problem.units[is_free]
    worth = search.own[problem.inner] + problem.gain.sum(axis=0)
    undecided = free.any(axis=0)
    for number in np.argsort(-(free * worth).sum(axis=1), kind="stable"):
        undecided = undecided & ~free[number]
        sets = np.concatenate([sets, sets | free[number]])
        sets = sets[sets.sum(axis=1) <= problem.most]
        if len(sets) > _MOST_SETS_UNBOUNDED:
            threshold = max(threshold, float(_weigh(search, tabulate(problem, sets)).values.max()))
            sets = sets[_bounds(search, sets, undecided) >= min(threshold, floor) - _ROUNDING]
    return sets


def _bounds(search: _Search, sets: np.ndarray, undecided: np.ndarray) -> np.ndarray:
    """No Zone with these inner schools, and any of the undecided, has a greater value."""
    problem = search.problem
    possible = (sets | undecided).astype(np.float64)
    nets = search.own + possible @ problem.gain.T
    tied = problem.tied_to_anchor | (possible @ problem.tied.T > 0)
    inner, outer = nets[:, problem.inner], nets[:, problem.outer]
    bound = np.where(sets, inner, 0.0).sum(axis=1) + outer[:, search.must].sum(axis=1)
    is_open = tied[:, problem.outer] & ~search.must & ~search.barred
    offers = np.concatenate(
        [np.where(undecided & tied[:, problem.inner], inner, 0.0), np.where(is_open, outer, 0.0)], axis=1
    )
    np.maximum(offers, 0.0, out=offers)
    room = problem.most - sets.sum(axis=1) - int(search.must.sum())
    sums = np.zeros((len(sets), offers.shape[1] + 1))
    np.cumsum(-np.sort(-offers, axis=1), axis=1, out=sums[:, 1:])
    bound += sums[np.arange(len(sets)), np.clip(room, 0, offers.shape[1])]
    return np.where(room < 0, -np.inf, bound)
