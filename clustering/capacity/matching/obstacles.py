"""What stands in the way of single pairs, with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from clustering.capacity.matching.reasons import BlockedPartner, PairObstacle
from clustering.capacity.need.district_names import name_district

if TYPE_CHECKING:
    # An instance says what stands in the way of the pairs that its locks name, with the functions of this module.
    from clustering.capacity.matching.capacity_left import CapacityLeft
    from clustering.capacity.matching.instance import MatchInstance


def count_obstacles(pairs: pd.DataFrame) -> dict[str, int]:
    """Count the pairs that have each obstacle; by its name."""
    counts = pairs["obstacles"].explode().dropna().value_counts()
    return {str(name): int(count) for name, count in sorted(counts.items())}


def describe_blocked(instance: MatchInstance, pair: Mapping[Any, Any], capacity_left: CapacityLeft) -> BlockedPartner:
    """
    Say what keeps a partner from a variant.

    Parameters
    ----------
    instance
        The request.
    pair
        A row of its ``pairs``.
    capacity_left
        What the match leaves.

    Returns
    -------
    blocked
        With the numbers of each obstacle.
    """
    partner = str(pair["partner_id"])
    details = PairDetails(instance, pair)
    return BlockedPartner(
        partner_id=partner,
        variant_id=str(pair["variant_id"]),
        distance_km=_number(pair["distance_km"]),
        obstacles=tuple(map(details.explain, pair["obstacles"])),
        zone_ids=capacity_left.zones_run.get(partner, ()),
        schools_left=_number(capacity_left.schools[partner]),
    )


class PairDetails:
    """
    The numbers behind the obstacles of one pair.

    Parameters
    ----------
    instance
        The request.
    pair
        A row of its ``pairs``.
    """

    def __init__(self, instance: MatchInstance, pair: Mapping[Any, Any]) -> None:
        self.instance, self.pair = instance, pair
        self.variant = instance.variant_records[pair["variant_id"]]
        self.partner = instance.partner_records[pair["partner_id"]]

    def explain(self, obstacle: str) -> PairObstacle:
        """Give the numbers of one obstacle."""
        partner, variant, parameters = self.partner, self.variant, self.instance.parameters
        value: float | None = None
        limit: float | None = None
        items: tuple[str, ...] = ()
        match obstacle:
            case "reach":
                return self._reach()
            case "excluded":
                items = self._excluded_by()
            case "approval":
                items = (str(partner["approval"]),)
            case "duties":
                items = self.instance.lacking_duties[self.pair["partner_id"]]
            case "levels":
                items = tuple(sorted(set(variant["levels"]) - set(partner["levels"])))
            case "start":
                value, limit = _number(partner["earliest_start"]), _number(self.instance.fall)
            case "size":
                value, limit = float(variant["school_count"]), _number(partner["schools_free"])
            case "budget":
                value, limit = float(self.pair["cost_dollars"]), parameters.budget_dollars
        return PairObstacle(obstacle=obstacle, value=value, limit=limit, items=items)

    def _reach(self) -> PairObstacle:
        reach, districts = self.partner["reach_districts"], self.variant["district_ids"]
        outside = tuple(each for each in districts if reach and each not in reach)
        distance, most = _number(self.pair["distance_km"]), _number(self.partner["reach_km"])
        is_far = distance is not None and most is not None and distance > most
        return PairObstacle(
            obstacle="reach",
            value=distance if is_far else None,
            limit=most if is_far else None,
            items=outside,
            names=tuple(name_district(self.instance.needs, each) for each in outside),
        )

    def _excluded_by(self) -> tuple[str, ...]:
        variant, excluders = self.pair["variant_id"], self.instance.excluders
        sides = excluders.get((variant, self.pair["partner_id"]), set()) | excluders.get((variant, None), set())
        return tuple(sorted(sides))


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
