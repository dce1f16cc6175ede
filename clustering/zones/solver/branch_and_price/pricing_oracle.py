"""The pricing oracle of one anchor: its best Zone under all limits at any dual prices, and the Zones found so far."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from clustering.zones.candidates import Candidates
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.single_zone.branch_and_bound import evaluate_zones, find_best_zone
from clustering.zones.solver.single_zone.build_problem import build_problem, tie_cost
from clustering.zones.solver.single_zone.constrained_search import find_constrained_zone
from clustering.zones.solver.single_zone.problem import NO_FIXINGS, Fixings, SetTable, ZoneProblem
from clustering.zones.solver.single_zone.side_constraints import SideConstraints
from clustering.zones.solver.single_zone.single_fixings import find_best_with_each, find_best_without_each
from clustering.zones.solver.single_zone.zone_found import TooManySetsError, UnprovedZoneError, ZoneFound

# More Zones than the best cost little to find, and save pricing again at other prices.
_ZONES_OF_A_SEARCH = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class ZoneWeight:
    """
    What a Zone is worth.

    Parameters
    ----------
    score
        Of the Zone [students per year].
    arrival_shares
        Share of the promoted students of each candidate who arrive, if the candidate is in the Zone or joins it
        [n; 0 to 1].
    """

    score: float
    arrival_shares: np.ndarray


class PricingOracle:
    """
    Finds the best Zone of one anchor, at any dual prices of its schools.

    Parameters
    ----------
    candidates
        Of the anchor.
    request
        The limits of the request.
    """

    def __init__(self, candidates: Candidates, request: ZoneRequest) -> None:
        self.candidates, self.request = candidates, request
        self.anchor_id, self.schools = candidates.anchor_id, candidates.schools
        self._found: list[ZoneFound] = []
        self._known: set[tuple[int, ...]] = set()
        self._values: dict[tuple[int, ...], float] = {}
        self._earlier: list[PricingOracle] = []
        self._alone: tuple[ZoneFound | None] | None = None  # the best Zone without prices and fixings, once found

    @cached_property
    def problem(self) -> ZoneProblem:
        """The pricing problem, built when it is first needed: never if too few schools are within reach."""
        return build_problem(self.candidates, self.request)

    @cached_property
    def side(self) -> SideConstraints:
        """The side constraints."""
        return SideConstraints.of(self.candidates, self.request)

    @property
    def found(self) -> list[ZoneFound]:
        """Zones found so far, with their values without prices: whatever is solved next starts from them."""
        while self._earlier:
            self._take_from(self._earlier.pop())
        return self._found

    @property
    def possible_members(self) -> tuple[str, ...]:
        """The anchors of the Zone, then its candidates."""
        return (*self.candidates.anchors, *self.schools)

    def find_best(
        self,
        *,
        prices: np.ndarray | None = None,
        fixings: Fixings = NO_FIXINGS,
        most_kept: int = _ZONES_OF_A_SEARCH,
        deadline: float = math.inf,
    ) -> ZoneFound | None:
        """
        Find the Zone of the greatest value.

        Parameters
        ----------
        prices, fixings
            As for ``branch_and_bound.find_best_zone``.
        most_kept
            How many of the best Zones to keep, for what is solved next.
        deadline
            Of ``time.monotonic``.

        Returns
        -------
        best
            ``None`` if there is no Zone.

        Raises
        ------
        UnprovedZoneError
            The deadline passed, or the problem is too wide.
        """
        if prices is None and fixings is NO_FIXINGS:
            # Every request solves this for all anchors, also for those that its changes do not touch.
            if self._alone is None:
                self._alone = (self._search(prices, fixings, most_kept, deadline),)
            return self._alone[0]
        return self._search(prices, fixings, most_kept, deadline)

    def _search(self, prices: np.ndarray | None, fixings: Fixings, most_kept: int, deadline: float) -> ZoneFound | None:
        """Find the best Zone, and keep what was found as a start for whatever is solved next."""
        try:
            found = find_best_zone(
                self.problem, prices=prices, fixings=fixings, most_found=most_kept, deadline=deadline
            )
        except TooManySetsError as wide:
            is_sound = wide.best is not None and self.side.are_satisfied(wide.best.feeders)
            kept = wide.best if is_sound else None
            self.add_priced([] if kept is None else [kept], prices)
            raise UnprovedZoneError(kept, wide.bound) from None
        best = found[0] if found else None
        sound = [zone for zone in found if self.side.are_satisfied(zone.feeders)]
        if best is not None and best not in sound:
            # Without side constraints, no Zone is better than the best.
            bound = best.value
            try:
                best = self._find_constrained(prices, fixings, deadline)
            except UnprovedZoneError as late:
                self.add_priced([] if late.found is None else [late.found], prices)
                raise UnprovedZoneError(late.found, min(late.bound, bound)) from None
            sound += [] if best is None else [best]
        self.add_priced(sound, prices)
        return best

    def find_best_with_each(
        self, positions: Sequence[int], *, prices: np.ndarray, deadline: float
    ) -> list[ZoneFound | None]:
        """Find the best Zone with each of some candidates, as :meth:`find_best` would one by one; ``None`` for none."""
        table = self._plain_table
        if table is not None and positions:
            found = find_best_with_each(self.problem, table, positions, prices=prices)
            self.add_priced((zone for zone in found if zone is not None), prices)
            return found
        fixings = [Fixings(required=each) for each in self._one_each(positions)]
        return [self.find_best(prices=prices, fixings=each, deadline=deadline) for each in fixings]

    def find_best_without_each(
        self, positions: Sequence[int], *, prices: np.ndarray, deadline: float
    ) -> list[ZoneFound | None]:
        """Find the best Zone without each of some candidates, as :meth:`find_best` would; ``None`` for none."""
        table = self._plain_table
        if table is not None and positions:
            found = find_best_without_each(self.problem, table, positions, prices=prices)
            self.add_priced((zone for zone in found if zone is not None), prices)
            return found
        fixings = [Fixings(forbidden=each) for each in self._one_each(positions)]
        return [self.find_best(prices=prices, fixings=each, deadline=deadline) for each in fixings]

    @cached_property
    def _tie_costs(self) -> np.ndarray:
        """What breaks ties costs each candidate [n; students per year]."""
        return np.array([tie_cost(school, self.anchor_id) for school in self.schools], dtype=np.float64)

    @property
    def _plain_table(self) -> SetTable | None:
        """The table of the problem; ``None`` where constraints that it does not know of may bind."""
        return self.problem.table if self.side.never_bind and not self.problem.has_mandatory else None

    def _one_each(self, positions: Sequence[int]) -> Iterator[np.ndarray]:
        for position in positions:
            mask = np.zeros(len(self.schools), dtype=bool)
            mask[position] = True
            yield mask

    def add_priced(self, zones: Iterable[ZoneFound], prices: np.ndarray | None) -> None:
        """Add Zones with their values at some prices to those found."""
        for zone in zones:
            if zone.feeders not in self._known:
                paid = 0.0 if prices is None else float(prices[list(zone.feeders)].sum())
                self.add([ZoneFound(value=zone.value + paid, feeders=zone.feeders)])

    def add(self, zones: Iterable[ZoneFound]) -> None:
        """Add Zones with their values without prices to those found."""
        for zone in zones:
            if zone.feeders not in self._known:
                self._known.add(zone.feeders)
                self._found.append(zone)

    def value_of(self, feeders: tuple[int, ...]) -> float:
        """Value of a Zone without prices, added up in the one order that is the same however it was found."""
        if feeders not in self._values:
            inside = np.zeros((1, len(self.schools)), dtype=bool)
            inside[0, list(feeders)] = True
            self._values[feeders] = evaluate_zones(self.problem, inside)[0].value
        return self._values[feeders]

    def weigh_zone(self, inside: np.ndarray) -> ZoneWeight:
        """
        Weigh a Zone, whether or not it keeps the limits.

        Parameters
        ----------
        inside
            Whether each candidate is in it [n].

        Returns
        -------
        weight
            Its score, and the share of each candidate's students who arrive in it.
        """
        problem = self.problem
        chosen = inside.astype(np.float64)
        routes = problem.routes.open(chosen[None, problem.inner])[0]
        ties = math.fsum(self._tie_costs[inside])
        score = chosen @ problem.own + chosen @ (problem.gain @ routes) + ties
        return ZoneWeight(score=float(score), arrival_shares=problem.arrival_shares(routes))

    def warm_start_from(self, other: PricingOracle) -> None:
        """Start with the Zones found by another oracle of the same anchor that are possible here too."""
        # They are taken over when they are first needed: most anchors compete with no other and never need them.
        self._earlier.append(other)

    def _take_from(self, other: PricingOracle) -> None:
        position = {school: number for number, school in enumerate(self.schools)}
        moved = np.array([position.get(school, -1) for school in other.schools], dtype=np.intp)
        sets = [moved[list(zone.feeders)] for zone in other.found if zone.feeders]
        possible = [inside for inside in sets if (inside >= 0).all()]
        if not possible:
            return
        chosen = np.zeros((len(possible), len(self.schools)), dtype=bool)
        for row, inside in zip(chosen, possible, strict=True):
            row[inside] = True
        zones = evaluate_zones(self.problem, np.unique(chosen, axis=0))
        self.add(zone for zone in zones if self.side.are_satisfied(zone.feeders))

    def feeders(self, found: ZoneFound) -> tuple[str, ...]:
        """Ids of the feeders of a Zone."""
        return tuple(self.schools[position] for position in found.feeders)

    def _find_constrained(self, prices: np.ndarray | None, fixings: Fixings, deadline: float) -> ZoneFound | None:
        best = find_constrained_zone(self.problem, self.side, prices=prices, fixings=fixings, deadline=deadline)
        if best is None:
            return None
        # Added up again: prices of enrolment leave their rounding.
        paid = 0.0 if prices is None else float(prices[list(best.feeders)].sum())
        return ZoneFound(value=self.value_of(best.feeders) - paid, feeders=best.feeders)
