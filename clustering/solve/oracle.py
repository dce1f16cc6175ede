"""The best Zone of one anchor under all limits of the request, and the Zones found for it so far."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from clustering.candidates import Candidates
from clustering.errors import SolverError
from clustering.limits import Limits
from clustering.solve.milp import pieces_apart, solve_milp
from clustering.solve.one_zone import ZoneFound, evaluate_zones, find_best_zone
from clustering.solve.zone_problem import build_problem

# More Zones than the best cost little to find, and save asking again at other prices.
_FOUND_AT_ONCE = 3
_ROUNDING_STUDENTS = 1e-6


class ZoneOracle:
    """
    Answers for the best Zone of one anchor, at any prices of its schools.

    Parameters
    ----------
    candidates
        Of the anchor.
    limits
        The limits of the request.
    """

    def __init__(self, candidates: Candidates, limits: Limits) -> None:
        self.candidates, self.limits = candidates, limits
        self.anchor_id, self.schools = candidates.anchor_id, candidates.schools
        self.problem = build_problem(candidates, limits)
        # Zones found so far, with their values without prices: whatever is solved next starts from them.
        self.found: list[ZoneFound] = []
        self._known: set[tuple[int, ...]] = set()

    def find_best(
        self,
        *,
        prices: np.ndarray | None = None,
        must: np.ndarray | None = None,
        barred: np.ndarray | None = None,
    ) -> ZoneFound | None:
        """Find the Zone of the greatest value; arguments as for ``one_zone.find_best_zone``."""
        found = find_best_zone(self.problem, prices=prices, must=must, barred=barred, most_found=_FOUND_AT_ONCE)
        best = found[0] if found else None
        sound = [zone for zone in found if self._is_sound(zone.feeders)]
        if best is not None and best not in sound:
            best = self._find_with_side_limits(prices, must, barred)
            sound += [] if best is None else [best]
        for zone in sound:
            if zone.feeders not in self._known:
                paid = 0.0 if prices is None else float(prices[list(zone.feeders)].sum())
                self.take([ZoneFound(value=zone.value + paid, feeders=zone.feeders)])
        return best

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

    def learn_from(self, other: ZoneOracle) -> None:
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
        self.take(zone for zone in zones if self._is_sound(zone.feeders))

    def feeders(self, found: ZoneFound) -> tuple[str, ...]:
        """Ids of the feeders of a Zone."""
        return tuple(self.schools[place] for place in found.feeders)

    def _is_sound(self, feeders: tuple[int, ...]) -> bool:
        """Whether a Zone keeps the limits that ``one_zone`` does not know: enrolment and contiguity."""
        most, places = self.limits.parameters.maximum_enrolment_students, list(feeders)
        if most is not None:
            enrolled = self.candidates.anchor_enrolment + float(self.candidates.enrolment[places].sum())
            if enrolled > most + _ROUNDING_STUDENTS:
                return False
        if not self.limits.parameters.contiguous:
            return True
        inside = np.zeros(len(self.schools), dtype=bool)
        inside[places] = True
        return not pieces_apart(self.candidates, inside, self.limits)

    def _find_with_side_limits(
        self, prices: np.ndarray | None, must: np.ndarray | None, barred: np.ndarray | None
    ) -> ZoneFound | None:
        nobody = np.zeros(len(self.schools), dtype=bool)
        locked = (nobody if must is None else must, nobody if barred is None else barred)
        own = self.problem.own if prices is None else self.problem.own - prices
        answer = solve_milp(
            [self.problem], self.limits, forced=frozenset({self.anchor_id}), own=[own], locked={self.anchor_id: locked}
        )
        if answer.outcome == "infeasible":
            return None
        if answer.outcome != "optimal":
            raise SolverError(answer.outcome)
        feeders = answer.zones[self.anchor_id]
        # Added up again: HiGHS keeps its own rounding.
        paid = 0.0 if prices is None else float(prices[list(feeders)].sum())
        return ZoneFound(value=self.value_of(feeders) - paid, feeders=feeders)
