"""What would have to change for an unserved Zone to have a partner, and what that brings to the whole match."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from clustering.capacity.matching.effects import measure_effect
from clustering.capacity.matching.free_capacity import maximum_schools
from clustering.capacity.matching.losses import SolvedMatch
from clustering.capacity.matching.obstacles import PairDetails
from clustering.capacity.matching.reasons import PairObstacle, Remedy
from clustering.capacity.matching.request_changes import without_obstacles
from clustering.capacity.matching.room_left import RoomLeft

# Each change is solved again, so few are tried: for each Zone, and for the Zones with the greatest need alone.
PARTNERS_TRIED = 4
ZONES_TRIED = 20
# A change opens more pairs, so that it is solved again in smaller instances only than a loss is.
_MOST_OPTIONS = 150
_LEAST_NAMED = 3
# Changes of which there is more or less; of the others there is none or all.
_WITH_NUMBER = ("size", "reach", "start", "budget")


@dataclass(frozen=True, eq=False)
class RemedySearch:
    """
    Tries changes against one match.

    Parameters
    ----------
    solved
        The match.
    room
        What it leaves.
    """

    solved: SolvedMatch
    room: RoomLeft

    @property
    def is_measured(self) -> bool:
        """Whether changes are solved again: by size and not by time, the same on every machine."""
        solved = self.solved
        return solved.is_small and solved.is_measured and len(solved.instance.options) <= _MOST_OPTIONS

    def find(self, zone: str, nearest: pd.DataFrame) -> tuple[Remedy, ...]:
        """
        Find the least changes that serve a Zone and more need in all, and the one that brings the most.

        Parameters
        ----------
        zone
            Unserved.
        nearest
            Its pair with each partner, as ``order_by_change`` orders them; those of ``PARTNERS_TRIED`` are tried.

        Returns
        -------
        remedies
            The least ones first, at most three; ``()`` if no change that was tried serves more.
        """
        tried = [self.measure(zone, pair) for pair in nearest[:PARTNERS_TRIED].to_dict("records")]
        found = [each for each in tried if each is not None]
        if not found:
            return ()
        fewest = min(len(each.changes) for each in found)
        few = [each for each in found if len(each.changes) == fewest]
        sizes = {each.partner_id: _size(each.changes) for each in few}
        smallest = min((size for size in sizes.values() if size is not None), default=None)
        least = [each for each in few if sizes[each.partner_id] in (None, smallest)][:_LEAST_NAMED]
        most = max(found, key=lambda each: each.need_gained or 0.0)
        is_more = all((most.need_gained or 0.0) > (each.need_gained or 0.0) for each in least)
        return (*least, *[replace(most, is_least=False)] * is_more)

    def describe(self, pair: Mapping[Any, Any]) -> Remedy:
        """Say what would have to change for a pair beside all Zones served, without solving again."""
        return _remedy(pair, list(self._steps(pair))[-1])

    def measure(self, zone: str, pair: Mapping[Any, Any]) -> Remedy | None:
        """Measure the least change of a pair that serves a Zone and more need in all; ``None`` if there is none."""
        solved = self.solved
        for changes in self._steps(pair):
            request = without_obstacles(solved.instance, pair, changes)
            if request is None:
                return None
            effect = measure_effect(solved.instance, solved.solution, request, deadline=solved.deadline)
            if zone in effect.zones_gained:
                return replace(
                    _remedy(pair, changes),
                    need_gained=effect.need_gained,
                    zones_gained=effect.zones_gained,
                    zones_lost=effect.zones_lost,
                    cost_dollars=effect.cost_dollars,
                    proof="solved",
                )
        return None

    def _steps(self, pair: Mapping[Any, Any]) -> Iterator[tuple[PairObstacle, ...]]:
        """Changes, the less first: the obstacles alone, then enough to run it beside all Zones served."""
        details = PairDetails(self.solved.instance, pair)
        stated = [details.explain(each) for each in pair["obstacles"]]
        own = {each.obstacle: each for each in stated}
        schools, room = float(details.variant["school_count"]), self.room
        limit, left = self._most_schools(pair["partner_id"]), room.schools[pair["partner_id"]]
        used = self._free(pair["partner_id"]) - left
        beside = dict(own)
        if "size" in own and not pd.isna(limit):
            own["size"] = PairObstacle(obstacle="size", value=schools, limit=limit)
            beside["size"] = PairObstacle(obstacle="size", value=schools + used, limit=limit)
        elif schools > left:
            beside["size"] = PairObstacle(obstacle="size", value=schools + used, limit=limit)
            if not own:
                own["size"] = PairObstacle(obstacle="size", value=limit + 1, limit=limit)
        zones = self.solved.instance.parameters.maximum_zones_per_partner
        if zones is not None and room.zones[pair["partner_id"]] < 1:
            beside["zones per partner"] = PairObstacle(obstacle="zones per partner", value=zones + 1, limit=zones)
        budget = self.solved.instance.parameters.budget_dollars
        if budget is not None and pair["cost_dollars"] > room.dollars:
            short = float(pair["cost_dollars"]) - room.dollars
            beside["budget"] = PairObstacle(obstacle="budget", value=budget + short, limit=budget)
        if own and own != beside:
            yield tuple(own.values())
        yield tuple(beside.values())

    def _most_schools(self, partner: str) -> float:
        """Schools that it can take on; below 0 if it runs more now than it can."""
        instance = self.solved.instance
        now = instance.partner_records[partner]["schools_now"]
        return float(maximum_schools(instance.register, instance.fall)[partner]) - float(now)

    def _free(self, partner: str) -> float:
        return float(self.solved.instance.free[partner])


def _remedy(pair: Mapping[Any, Any], changes: tuple[PairObstacle, ...]) -> Remedy:
    return Remedy(partner_id=str(pair["partner_id"]), variant_id=str(pair["variant_id"]), changes=changes)


def _size(changes: tuple[PairObstacle, ...]) -> float | None:
    """How large changes are relative to what there is; ``None`` if one of them has no number."""
    sizes = []
    for each in changes:
        if each.obstacle not in _WITH_NUMBER or each.value is None or each.limit is None or each.items:
            return None
        there = 1.0 if each.obstacle == "start" else max(1.0, each.limit)
        sizes.append((each.value - each.limit) / there)
    return round(sum(sizes), 9)
