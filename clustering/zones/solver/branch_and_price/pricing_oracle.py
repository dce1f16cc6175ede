"""The best Zone of one anchor under all limits of the request, and the Zones found for it so far."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from clustering.zones.candidates import Candidates
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.single_zone.branch_and_bound import ZoneFound, evaluate_zones, find_best_zone
from clustering.zones.solver.single_zone.constrained_search import UnprovedZoneError, find_within_limits
from clustering.zones.solver.single_zone.problem import build_problem
from clustering.zones.solver.single_zone.side_constraints import SideLimits

# More Zones than the best cost little to find, and save asking again at other prices.
_FOUND_AT_ONCE = 3


class PricingOracle:
    """
    Answers for the best Zone of one anchor, at any prices of its schools.

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
        self.problem = build_problem(candidates, request)
        self.side = SideLimits.of(candidates, request)
        # Zones found so far, with their values without prices: whatever is solved next starts from them.
        self.found: list[ZoneFound] = []
        self._known: set[tuple[int, ...]] = set()

    def find_best(
        self,
        *,
        prices: np.ndarray | None = None,
        must: np.ndarray | None = None,
        barred: np.ndarray | None = None,
        deadline: float = math.inf,
    ) -> ZoneFound | None:
        """
        Find the Zone of the greatest value.

        Parameters
        ----------
        prices, must, barred
            As for ``one_zone.find_best_zone``.
        deadline
            Of ``time.monotonic``.

        Returns
        -------
        best
            ``None`` if there is no Zone.

        Raises
        ------
        UnprovedZoneError
            The deadline passed.
        """
        found = find_best_zone(self.problem, prices=prices, must=must, barred=barred, most_found=_FOUND_AT_ONCE)
        best = found[0] if found else None
        sound = [zone for zone in found if self.side.are_kept(zone.feeders)]
        if best is not None and best not in sound:
            try:
                best = self._find_within_limits(prices, must, barred, deadline)
            except UnprovedZoneError as late:
                self.take_priced([] if late.found is None else [late.found], prices)
                raise
            sound += [] if best is None else [best]
        self.take_priced(sound, prices)
        return best

    def take_priced(self, zones: Iterable[ZoneFound], prices: np.ndarray | None) -> None:
        """Take in Zones with their values at some prices."""
        for zone in zones:
            if zone.feeders not in self._known:
                paid = 0.0 if prices is None else float(prices[list(zone.feeders)].sum())
                self.take([ZoneFound(value=zone.value + paid, feeders=zone.feeders)])

    def take(self, zones: Iterable[ZoneFound]) -> None:
        """Take in Zones that were found, with their values without prices."""
        for zone in zones:
            if zone.feeders not in self._known:
                self._known.add(zone.feeders)
                self.found.append(zone)

    def value_of(self, feeders: tuple[int, ...]) -> float:
        """Value of a Zone without prices, added up in the one order that is the same however it was found."""
        inside = np.zeros((1, len(self.schools)), dtype=bool)
        inside[0, list(feeders)] = True
        return evaluate_zones(self.problem, inside)[0].value

    def learn_from(self, other: PricingOracle) -> None:
        """Begin with the Zones found by another oracle of the same anchor that are possible here too."""
        place = {school: number for number, school in enumerate(self.schools)}
        moved = np.array([place.get(school, -1) for school in other.schools], dtype=np.intp)
        sets = [moved[list(zone.feeders)] for zone in other.found if zone.feeders]
        possible = [inside for inside in sets if (inside >= 0).all()]
        if not possible:
            return
        chosen = np.zeros((len(possible), len(self.schools)), dtype=bool)
        for row, inside in zip(chosen, possible, strict=True):
            row[inside] = True
        zones = evaluate_zones(self.problem, np.unique(chosen, axis=0))
        self.take(zone for zone in zones if self.side.are_kept(zone.feeders))

    def feeders(self, found: ZoneFound) -> tuple[str, ...]:
        """Ids of the feeders of a Zone."""
        return tuple(self.schools[place] for place in found.feeders)

    def _find_within_limits(
        self, prices: np.ndarray | None, must: np.ndarray | None, barred: np.ndarray | None, deadline: float
    ) -> ZoneFound | None:
        nobody = self.problem.nobody
        best = find_within_limits(
            self.problem,
            self.side,
            prices=np.zeros(len(nobody)) if prices is None else prices,
            must=nobody if must is None else must,
            barred=nobody if barred is None else barred,
            deadline=deadline,
        )
        if best is None:
            return None
        # Added up again: prices of enrolment leave their rounding.
        paid = 0.0 if prices is None else float(prices[list(best.feeders)].sum())
        return ZoneFound(value=self.value_of(best.feeders) - paid, feeders=best.feeders)
