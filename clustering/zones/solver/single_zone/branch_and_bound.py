"""
Branch and bound for the best Zone of one anchor, alone or at dual prices of its schools.

The search branches over the inner schools (those that other candidates feed: middle schools, mostly), all sets of a
level at once. Once the inner schools of a Zone are chosen, what every outer school (elementary, mostly) adds no longer
depends on the others, so the best outer schools are the first of a sorted list. A set is dropped when its bound (all
undecided inner schools count as receivers, the best of the others are free) cannot reach the best Zone known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from time import monotonic

import numpy as np

from clustering.zones.solver.single_zone.problem import (
    NO_FIXINGS,
    Fixings,
    SetTable,
    ZoneProblem,
    tabulate,
    weigh_schools,
)
from clustering.zones.solver.single_zone.zone_found import TooManySetsError, ZoneFound
from clustering.zones.tolerances import SET_BOUND_STUDENTS

_MOST_SETS_UNBOUNDED = 256
_MOST_SETS_AFTER_DEADLINE = 2**12
_MOST_NUMBERS_AT_ONCE = 2**22
_MOST_NUMBERS = 2**25  # one per candidate of each set that is left: a table takes 256 MB


def find_best_zone(
    problem: ZoneProblem,
    *,
    prices: np.ndarray | None = None,
    fixings: Fixings = NO_FIXINGS,
    most_found: int = 1,
    deadline: float = math.inf,
) -> list[ZoneFound]:
    """
    Find the Zone of the greatest value, and some of the next best with other sets of inner schools.

    Parameters
    ----------
    problem
        The anchor's pricing problem.
    prices
        Dual price of each candidate [n; students per year]; ``None`` means 0.
    fixings
        Candidates that the Zone must have, and must not have.
    most_found
        How many Zones to return at most.
    deadline
        Of ``time.monotonic``: after it, the search of a wide problem ends.

    Returns
    -------
    found
        The best first; empty if no set of feeders satisfies sizes, candidate links and fixings. Side constraints are
        not checked: see ``constrained_search``.

    Raises
    ------
    TooManySetsError
        The problem has too many sets of inner schools to be solved, or to be solved in time.
    """
    search = _Search.of(problem, prices, fixings, deadline)
    if search.is_infeasible:
        return []
    table = problem.table or tabulate(problem, _promising_sets(search))
    return _best_of(search, _weigh(search, table), most_found)


def _best_of(search: _Search, weighed: WeighedSets, most_found: int) -> list[ZoneFound]:
    """The best Zones of some sets of inner schools."""
    problem, table = search.problem, weighed.table
    values: np.ndarray = weighed.values
    found: list[ZoneFound] = []
    for number in np.argsort(-values, kind="stable")[:most_found].tolist():
        if values[number] == -np.inf:
            break
        chosen = np.argsort(-weighed.nets[number], kind="stable")[: weighed.counts[number]]
        parts = [problem.inner[table.sets[number]], problem.outer[search.required], problem.outer[chosen]]
        found.append(ZoneFound(value=float(values[number]), feeders=tuple(np.sort(np.concatenate(parts)).tolist())))
    return found


def evaluate_zones(problem: ZoneProblem, zones: np.ndarray) -> list[ZoneFound]:
    """
    Work out the values of some Zones.

    Parameters
    ----------
    problem
        The anchor's pricing problem.
    zones
        Candidates in each [zones, n].

    Returns
    -------
    found
        Those that satisfy sizes, candidate links and arrival and part no unit, in the same order.
    """
    inner, sizes = zones[:, problem.inner], zones.sum(axis=1)
    chosen = zones.astype(np.float64)
    gains, can_join = weigh_schools(problem, chosen[:, problem.inner])
    value = chosen @ problem.own + (gains * chosen).sum(axis=1)
    in_units = (inner[:, None, :] & problem.units).sum(axis=2)
    possible = (
        (can_join | ~zones).all(axis=1)
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
    """A pricing problem at some prices and fixings."""

    problem: ZoneProblem
    own: np.ndarray  # less the prices [n]
    is_in: np.ndarray  # inner schools that must be in [m]
    is_out: np.ndarray  # inner schools that must be out [m]
    required: np.ndarray  # outer schools that must be in [outer]
    forbidden: np.ndarray  # outer schools that must be out [outer]
    has_fixings: bool
    is_infeasible: bool
    deadline: float  # of time.monotonic

    @classmethod
    def of(
        cls, problem: ZoneProblem, prices: np.ndarray | None, fixings: Fixings, deadline: float = math.inf
    ) -> _Search:
        """Work out what the fixings decide about inner and outer schools."""
        required, forbidden = fixings.required, fixings.forbidden
        inside = problem.mandatory if required is None else problem.mandatory | required
        outside = problem.nobody if forbidden is None else forbidden
        has_fixings = problem.has_mandatory or required is not None or forbidden is not None
        return cls(
            problem=problem,
            own=problem.own if prices is None else problem.own - prices,
            is_in=problem.in_unit_of(inside) if has_fixings else problem.nobody[problem.inner],
            is_out=problem.in_unit_of(outside) if has_fixings else problem.nobody[problem.inner],
            required=inside[problem.outer],
            forbidden=outside[problem.outer],
            has_fixings=has_fixings,
            is_infeasible=has_fixings and bool((inside & outside).any()),
            deadline=deadline,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class WeighedSets:
    """
    Sets of inner schools at some prices and fixings.

    Parameters
    ----------
    table
        The sets.
    values
        Of the best Zone with exactly these inner schools; minus infinity where there is none [sets].
    nets
        What each outer school adds; minus infinity where it has no choice [sets, outer].
    counts
        How many of those that have a choice are in [sets].
    least, most
        How many of them may be [sets].
    """

    table: SetTable
    values: np.ndarray
    nets: np.ndarray
    counts: np.ndarray
    least: np.ndarray
    most: np.ndarray


def weigh_sets(problem: ZoneProblem, *, prices: np.ndarray, fixings: Fixings, floor: float) -> WeighedSets | None:
    """
    Weigh every set of inner schools that may have a Zone of some value.

    Parameters
    ----------
    problem, prices, fixings
        As for ``find_best_zone``.
    floor
        Sets all of whose Zones have a lesser value may be left out [students per year].

    Returns
    -------
    weighed
        ``None`` where the fixings contradict each other.
    """
    search = _Search.of(problem, prices, fixings)
    if search.is_infeasible:
        return None
    return _weigh(search, problem.table or tabulate(problem, _promising_sets(search, floor)))


def _weigh(search: _Search, table: SetTable) -> WeighedSets:
    problem = search.problem
    inner, outer = problem.inner, problem.outer
    nets = search.own[outer] + table.gains
    value = table.chosen @ search.own[inner] + table.pairs
    possible, sizes = table.is_sound, table.sizes
    if search.has_fixings:
        required = search.required
        possible = possible & ~(table.sets & search.is_out).any(axis=1) & (table.sets | ~search.is_in).all(axis=1)
        possible &= table.can_join[:, required].all(axis=1)
        value += nets[:, required].sum(axis=1)
        sizes = sizes + int(required.sum())
        nets[:, search.forbidden | required] = -np.inf
    nets[table.cannot_join] = -np.inf
    least, most = np.maximum(problem.least - sizes, 0), problem.most - sizes
    choice = choose_outer(nets, least, most)
    values = np.where(possible & choice.is_possible, value + choice.added, -np.inf)
    return WeighedSets(table=table, values=values, nets=nets, counts=choice.counts, least=least, most=most)


@dataclass(frozen=True, kw_only=True, eq=False)
class OuterChoice:
    """
    The best outer schools for each set of inner schools.

    Parameters
    ----------
    added
        What they add together [sets; students per year].
    counts
        How many they are [sets].
    is_possible
        Whether there are enough of them, and not too many schools in the set already [sets].
    """

    added: np.ndarray
    counts: np.ndarray
    is_possible: np.ndarray


def choose_outer(nets: np.ndarray, least: np.ndarray, most: np.ndarray) -> OuterChoice:
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
    choice
        The schools that add most: at least the least number, beyond that only those that add something.
    """
    losses = np.sort(-nets, axis=1)
    counts = np.minimum(np.maximum((losses < 0).sum(axis=1), least), np.maximum(most, least))
    is_possible = (counts <= (losses < np.inf).sum(axis=1)) & (counts <= most)
    losses[losses == np.inf] = 0.0
    sums = np.zeros((len(nets), nets.shape[1] + 1))
    np.cumsum(losses, axis=1, out=sums[:, 1:])
    added = -sums[np.arange(len(nets)), np.minimum(counts, nets.shape[1])]
    return OuterChoice(added=added, counts=counts, is_possible=is_possible)


def _promising_sets(search: _Search, floor: float = np.inf) -> np.ndarray:
    """Sets of inner schools among which is that of the best Zone, and of every Zone whose value reaches the floor."""
    problem = search.problem
    if (search.is_in & search.is_out).any():
        return np.zeros((0, len(problem.inner)), dtype=bool)
    sets: np.ndarray = search.is_in[None, :]
    best: ZoneFound | None = None
    is_free = ~(problem.units & (search.is_in | search.is_out)).any(axis=1)
    free = problem.units[is_free]
    worth = search.own[problem.inner] + problem.carried_by_inner
    undecided = free.any(axis=0)
    for number in np.argsort(-(free * worth).sum(axis=1), kind="stable"):
        undecided = undecided & ~free[number]
        sets = np.concatenate([sets, sets | free[number]])
        sets = sets[sets.sum(axis=1) <= problem.most]
        if len(sets) > _MOST_SETS_UNBOUNDED:
            blocks = _blocks(sets, len(problem.own))
            found = [zone for each in blocks for zone in _best_of(search, _weigh(search, tabulate(problem, each)), 1)]
            best = max((best, *found), key=_value_of)
            bounds = np.concatenate([_bounds(search, each, undecided) for each in blocks])
            are_left = bounds >= min(_value_of(best), floor) - SET_BOUND_STUDENTS
            sets = sets[are_left]
            is_late = len(sets) > _MOST_SETS_AFTER_DEADLINE and monotonic() > search.deadline
            if is_late or len(sets) * len(problem.own) > _MOST_NUMBERS:
                raise TooManySetsError(best, float(bounds[are_left].max()))
    return sets


def _value_of(zone: ZoneFound | None) -> float:
    return -np.inf if zone is None else zone.value


def _blocks(sets: np.ndarray, candidates: int) -> list[np.ndarray]:
    """The sets in blocks. A table with a number for each candidate of a block takes some tens of megabytes."""
    size = max(_MOST_SETS_UNBOUNDED, _MOST_NUMBERS_AT_ONCE // max(1, candidates))
    return [sets[start : start + size] for start in range(0, len(sets), size)]


def _bounds(search: _Search, sets: np.ndarray, undecided: np.ndarray) -> np.ndarray:
    """Upper bound on the value of every Zone with these inner schools, and any of the undecided [sets]."""
    problem = search.problem
    possible = (sets | undecided).astype(np.float64)
    # The more schools are in, the greater the share that arrives.
    gains, can_join = weigh_schools(problem, possible)
    nets = search.own + gains
    inner, outer = nets[:, problem.inner], nets[:, problem.outer]
    bound = np.where(sets, inner, 0.0).sum(axis=1) + outer[:, search.required].sum(axis=1)
    is_open = can_join[:, problem.outer] & ~search.required & ~search.forbidden
    offers = np.concatenate(
        [np.where(undecided & can_join[:, problem.inner], inner, 0.0), np.where(is_open, outer, 0.0)], axis=1
    )
    np.maximum(offers, 0.0, out=offers)
    capacity = problem.most - sets.sum(axis=1) - int(search.required.sum())
    sums = np.zeros((len(sets), offers.shape[1] + 1))
    np.cumsum(-np.sort(-offers, axis=1), axis=1, out=sums[:, 1:])
    bound += sums[np.arange(len(sets)), np.clip(capacity, 0, offers.shape[1])]
    return np.where(capacity < 0, -np.inf, bound)
