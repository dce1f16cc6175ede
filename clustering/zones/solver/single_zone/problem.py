"""
The pricing problem of one anchor in dense arrays: which feeders make its best Zone.

Schools that other candidates feed are *inner* (middle schools, mostly), the others *outer* (elementary schools,
mostly). Once the inner schools are chosen, it is known which share of the students sent to each of them arrives, so
what an outer school adds no longer depends on the other outer schools.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from clustering.zones.candidates import Candidates
from clustering.zones.solver.single_zone.routes import Routes

_MOST_UNITS_TABULATED = 8


@dataclass(frozen=True, kw_only=True, eq=False)
class Fixings:
    """
    Candidates that branching has fixed in a Zone or out of it.

    Parameters
    ----------
    required
        Candidates that the Zone must have [n]; ``None`` means none.
    forbidden
        Candidates that it must not have [n]; ``None`` means none.
    """

    required: np.ndarray | None = None
    forbidden: np.ndarray | None = None


NO_FIXINGS = Fixings()


@dataclass(frozen=True, kw_only=True, eq=False)
class SetTable:
    """
    Sets of inner schools, and what does not depend on prices or fixings.

    Parameters
    ----------
    sets, chosen
        The sets, as truth values and as numbers [sets, m].
    pairs
        What the inner schools of each set add for each other [sets].
    gains
        What each outer school adds for each set [sets, outer].
    can_join
        Whether the outer school has a candidate link to a school of the set or to the anchor, and enough of its
        students arrive [sets, outer].
    cannot_join
        The contrary.
    is_sound
        Whether the same holds of every inner school of the set [sets].
    sizes
        Schools of each set [sets].
    """

    sets: np.ndarray
    chosen: np.ndarray
    pairs: np.ndarray
    gains: np.ndarray
    can_join: np.ndarray
    cannot_join: np.ndarray
    is_sound: np.ndarray
    sizes: np.ndarray


def tabulate(problem: ZoneProblem, sets: np.ndarray) -> SetTable:
    """Work out what does not depend on prices or fixings, for some sets of inner schools [sets, m]."""
    chosen, inner = sets.astype(np.float64), problem.inner
    gains, can_join = weigh_schools(problem, chosen)
    of_outer = can_join[:, problem.outer]
    return SetTable(
        sets=sets,
        chosen=chosen,
        pairs=(gains[:, inner] * chosen).sum(axis=1),
        gains=gains[:, problem.outer],
        can_join=of_outer,
        cannot_join=~of_outer,
        is_sound=(can_join[:, inner] | ~sets).all(axis=1),
        sizes=sets.sum(axis=1),
    )


def weigh_schools(problem: ZoneProblem, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Weigh every candidate for some sets of inner schools.

    Parameters
    ----------
    problem
        The anchor's pricing problem.
    chosen
        The sets, as 0 and 1 [sets, m].

    Returns
    -------
    gains, can_join
        What each candidate adds for the inner schools of the set [sets, n; students per year], and whether it can be in
        a Zone with them.
    """
    routes = problem.routes.open(chosen)
    gains = routes @ problem.gain.T
    can_join = problem.tied_to_anchor | (chosen @ problem.tied.T > 0)
    if problem.needed is not None:
        arriving = gains if problem.arrival is problem.gain else routes @ problem.arrival.T
        can_join &= arriving >= problem.needed
    return gains, can_join


@dataclass(frozen=True, kw_only=True, eq=False)
class ZoneProblem:
    """
    One anchor's pricing problem; ``n`` candidates, ``m`` of them inner, in units that are chosen as a whole.

    Parameters
    ----------
    candidates
        What it was built from.
    own
        Value of each candidate with the anchor alone [n; students per year].
    inner, outer
        Positions of the inner schools [m] and of the outer ones.
    routes
        From the inner schools to the anchor.
    gain
        What each candidate adds for each route that is open [n, routes].
    arrival
        The same where students who arrive count; ``gain`` itself where the score counts them [n, routes].
    needed
        What ``arrival`` must come to over the open routes, for ``minimum_arrival_share`` [n]; ``None`` for no limit.
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
    routes: Routes
    gain: np.ndarray
    arrival: np.ndarray
    needed: np.ndarray | None
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
    def carried_by_inner(self) -> np.ndarray:
        """What all routes that start at each inner school add at most [m; students per year]."""
        carried: np.ndarray = self.gain[:, : len(self.inner)].sum(axis=0)
        np.add.at(carried, self.routes.start, self.gain[:, len(self.inner) :].sum(axis=0))
        return carried

    @cached_property
    def has_mandatory(self) -> bool:
        """Whether any candidate is in every Zone of this anchor."""
        return bool(self.mandatory.any())

    def arrival_shares(self, routes: np.ndarray) -> np.ndarray:
        """Share of each candidate's promoted students who arrive over open routes [n; 0 to 1]."""
        candidates = self.candidates
        arriving = self.routes.carried @ routes
        to_anchor = candidates.destination == len(candidates.schools)
        np.add.at(arriving, candidates.origin[to_anchor], candidates.students[to_anchor])
        promoted = candidates.promoted
        shares: np.ndarray = np.divide(arriving, promoted, out=np.zeros(len(promoted)), where=promoted > 0)
        return shares

    def in_unit_of(self, schools: np.ndarray) -> np.ndarray:
        """Inner schools that are chosen together with any of these [m]."""
        if not schools.any():
            return np.zeros(len(self.inner), dtype=bool)
        found: np.ndarray = self.units[(self.units & schools[self.inner]).any(axis=1)].any(axis=0)
        return found

    @cached_property
    def table(self) -> SetTable | None:
        """All sets of inner schools; ``None`` where they are too many to tabulate."""
        if len(self.units) > _MOST_UNITS_TABULATED:
            return None
        numbers = np.arange(2 ** len(self.units))[:, None] >> np.arange(len(self.units)) & 1
        sets = (numbers @ self.units).astype(bool)
        return tabulate(self, sets[sets.sum(axis=1) <= self.most])
