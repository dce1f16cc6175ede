"""One anchor's Zone in dense arrays, ready to be searched."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from clustering.zones.candidates import Candidates
from clustering.zones.request import ZoneRequest

# Of two answers with equal scores that with fewer schools counts, or with the least sum of the schools' numbers, each
# between 0 and 1 by the hash of its identifier and its anchor's: a school costs this much, times 1 plus its number.
TIE_BREAK_STUDENTS = 1e-5
_MOST_UNITS_TABULATED = 8


@dataclass(frozen=True, kw_only=True, eq=False)
class SetTable:
    """
    Sets of inner schools, and what does not depend on prices or locks.

    Parameters
    ----------
    sets, chosen
        The sets, and the same as numbers [sets, m].
    pairs
        What the inner schools of each set add for each other [sets].
    gains
        What each outer school adds for each set [sets, outer].
    is_tied
        Whether it is tied to a school of the set or to the anchor [sets, outer].
    is_loose
        The contrary.
    hangs
        Whether every inner school of the set is tied to another or to the anchor [sets].
    sizes
        Schools of each set [sets].
    """

    sets: np.ndarray
    chosen: np.ndarray
    pairs: np.ndarray
    gains: np.ndarray
    is_tied: np.ndarray
    is_loose: np.ndarray
    hangs: np.ndarray
    sizes: np.ndarray


def tabulate(problem: ZoneProblem, sets: np.ndarray) -> SetTable:
    """Work out what does not depend on prices or locks, for some sets of inner schools [sets, m]."""
    chosen, inner, outer = sets.astype(np.float64), problem.inner, problem.outer
    hangs = problem.tied_to_anchor[inner] | (chosen @ problem.tied[inner].T > 0)
    is_tied = problem.tied_to_anchor[outer] | (chosen @ problem.tied[outer].T > 0)
    return SetTable(
        sets=sets,
        chosen=chosen,
        pairs=((chosen @ problem.gain[inner].T) * chosen).sum(axis=1),
        gains=chosen @ problem.gain[outer].T,
        is_tied=is_tied,
        is_loose=~is_tied,
        hangs=(hangs | ~sets).all(axis=1),
        sizes=sets.sum(axis=1),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class ZoneProblem:
    """
    One anchor's Zone in dense arrays; ``n`` candidates, ``m`` of them inner, in units that are chosen as a whole.

    Parameters
    ----------
    candidates
        What it was built from.
    own
        Value of each candidate with the anchor alone [n; students per year].
    inner, outer
        Places of the inner schools [m] and of the others.
    gain
        What each candidate adds for each inner school in the Zone [n, m].
    tied_to_anchor
        Whether a candidate link leads straight to the anchor [n].
    tied
        Whether one leads to the inner school [n, m].
    units
        Which inner schools are chosen together [units, m].
    mandatory
        Candidates in every Zone of this anchor [n].
    least, most
        Number of feeders of a Zone.
    """

    candidates: Candidates
    own: np.ndarray
    inner: np.ndarray
    outer: np.ndarray
    gain: np.ndarray
    tied_to_anchor: np.ndarray
    tied: np.ndarray
    units: np.ndarray
    mandatory: np.ndarray
    least: int
    most: int

    @cached_property
    def nobody(self) -> np.ndarray:
        """No candidate [n]."""
        return np.zeros(len(self.mandatory), dtype=bool)

    @cached_property
    def has_mandatory(self) -> bool:
        """Whether any candidate is in every Zone of this anchor."""
        return bool(self.mandatory.any())

    def in_unit_of(self, schools: np.ndarray) -> np.ndarray:
        """Inner schools that are chosen together with any of these [m]."""
        if not schools.any():
            return np.zeros(len(self.inner), dtype=bool)
        found: np.ndarray = self.units[(self.units & schools[self.inner]).any(axis=1)].any(axis=0)
        return found

    @cached_property
    def table(self) -> SetTable | None:
        """All sets of inner schools, where these are few."""
        if len(self.units) > _MOST_UNITS_TABULATED:
            return None
        numbers = np.arange(2 ** len(self.units))[:, None] >> np.arange(len(self.units)) & 1
        sets = (numbers @ self.units).astype(bool)
        return tabulate(self, sets[sets.sum(axis=1) <= self.most])


def tie_number(school_id: str, anchor_id: str) -> float:
    """A number between 0 and 1 that depends on the two identifiers only."""
    return int.from_bytes(hashlib.blake2b(f"{school_id} {anchor_id}".encode(), digest_size=6).digest()) / 2**48


def build_problem(candidates: Candidates, request: ZoneRequest) -> ZoneProblem:
    """
    Write down one anchor's Zone.

    Parameters
    ----------
    candidates
        Of the anchor.
    request
        The limits of the request.

    Returns
    -------
    problem
        Values are those of ``constraints.score_zone``, less what breaks ties.
    """
    parameters, count = request.parameters, len(candidates.schools)
    weight = parameters.leakage_weight
    origin, destination = candidates.origin, candidates.destination
    ties = np.array([tie_number(school, candidates.anchor_id) for school in candidates.schools])
    own = candidates.bonus - weight * candidates.promoted - TIE_BREAK_STUDENTS * (1 + ties)
    to_anchor = destination == count
    np.add.at(own, origin[to_anchor], (1 + weight) * candidates.students[to_anchor])
    groups, mandatory = _together(candidates, request)
    is_inner = np.zeros(count + 1, dtype=bool)
    is_inner[destination] = True
    is_inner[[place for group in groups for place in group]] = True
    inner = np.flatnonzero(is_inner[:count])
    column = np.full(count + 1, -1)
    column[inner] = np.arange(len(inner))
    among = column[destination] >= 0
    gain = np.zeros((count, len(inner)))
    gain[origin[among], column[destination[among]]] = (1 + weight) * candidates.students[among]
    tied = np.zeros((count, len(inner)), dtype=bool)
    tied[origin[among], column[destination[among]]] = candidates.is_tie[among]
    tied_to_anchor = np.zeros(count, dtype=bool)
    tied_to_anchor[origin[to_anchor]] = candidates.is_tie[to_anchor]
    tied_to_anchor[[candidates.schools.index(anchor) for anchor in candidates.merged]] = True
    in_group = {place for group in groups for place in group}
    blocks = [*groups, *([place] for place in inner.tolist() if place not in in_group)]
    units = np.zeros((len(blocks), len(inner)), dtype=bool)
    for number, block in enumerate(blocks):
        units[number, column[block]] = True
    return ZoneProblem(
        candidates=candidates,
        own=own,
        inner=inner,
        outer=np.flatnonzero(~is_inner[:count]),
        gain=gain,
        tied_to_anchor=tied_to_anchor,
        tied=tied,
        units=units,
        mandatory=mandatory,
        least=parameters.minimum_schools - 1,
        most=parameters.maximum_schools - 1,
    )


def _together(candidates: Candidates, request: ZoneRequest) -> tuple[list[list[int]], np.ndarray]:
    """Places that are chosen together, and those that every Zone of the anchor has."""
    mandatory = np.zeros(len(candidates.schools), dtype=bool)
    parameters = request.parameters
    if not (parameters.keep_together or candidates.merged):
        return [], mandatory
    place = {school: number for number, school in enumerate(candidates.schools)}
    mandatory[[place[anchor] for anchor in candidates.merged]] = True
    groups = []
    for group in parameters.together():
        within = [place[school] for school in group if school in place]
        if within and not set(group).isdisjoint(candidates.anchors):
            mandatory[within] = True
        elif within:
            groups.append(within)
    merged = [[place[anchor]] for anchor in candidates.merged if not any(place[anchor] in group for group in groups)]
    return [*groups, *merged], mandatory
