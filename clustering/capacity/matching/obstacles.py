"""What stands in the way of single pairs, with its numbers; and which variant and pair are the nearest."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from clustering.capacity.matching.duties import lacking_duties
from clustering.capacity.matching.instance import MatchInstance
from clustering.capacity.matching.match import BlockedPartner, PairObstacle
from clustering.capacity.matching.statements import fitting_statements


def nearest_pairs(pairs: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """
    Pick the nearest pair of each group: the fewest obstacles, then the least distance, then the first.

    Parameters
    ----------
    pairs
        As of :func:`~clustering.capacity.matching.pairs.pair_zones`.
    by
        Columns that name the groups.

    Returns
    -------
    nearest
        One row per group, the nearest of all first; with ``count``, its number of obstacles.
    """
    counted = pairs.assign(count=pairs["obstacles"].map(len))
    ordered = counted.sort_values(["count", "distance_km", "variant_id", "partner_id"], na_position="last")
    return ordered.drop_duplicates(by)


def describe_blocked(instance: MatchInstance, pair: pd.Series, zones_run: Mapping[str, tuple[str, ...]],
                     left: Mapping[str, float]) -> BlockedPartner:
    """
    Say what keeps a partner from a variant.

    Parameters
    ----------
    instance
        The request.
    pair
        A row of its ``pairs``.
    zones_run
        Partner to the Zones that it runs.
    left
        Partner to the schools that it can still take on; NaN: unknown.

    Returns
    -------
    blocked
        With the numbers of each obstacle.
    """
    partner = str(pair["partner_id"])
    return BlockedPartner(
        partner_id=partner,
        variant_id=str(pair["variant_id"]),
        distance_km=_number(pair["distance_km"]),
        obstacles=tuple(PairDetails(instance, pair).explain(each) for each in pair["obstacles"]),
        zone_ids=zones_run.get(partner, ()),
        schools_left=_number(left[partner]),
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

    def __init__(self, instance: MatchInstance, pair: pd.Series) -> None:
        self.instance, self.pair = instance, pair
        self.variant_id, self.partner_id = str(pair["variant_id"]), str(pair["partner_id"])
        self.variant = instance.variants.loc[self.variant_id]
        self.partner = instance.register.partners.loc[self.partner_id]

    def explain(self, obstacle: str) -> PairObstacle:
        """Give the numbers of one obstacle."""
        details: Mapping[str, Callable[[], PairObstacle]] = {
            "approval": lambda: PairObstacle(obstacle="approval", items=(str(self.partner["approval"]),)),
            "duties": self._duties,
            "excluded": self._excluded,
            "levels": self._levels,
            "reach": self._reach,
            "start": lambda: PairObstacle(
                obstacle="start", value=_number(self.partner["earliest_start"]), limit=_number(self.instance.fall)
            ),
            "size": lambda: PairObstacle(
                obstacle="size",
                value=float(self.variant["school_count"]),
                limit=_number(self.instance.free[self.partner_id]),
            ),
            "budget": lambda: PairObstacle(
                obstacle="budget",
                value=float(self.pair["cost_dollars"]),
                limit=self.instance.parameters.budget_dollars,
            ),
        }
        return details[obstacle]() if obstacle in details else PairObstacle(obstacle=obstacle)

    def _duties(self) -> PairObstacle:
        lacking = lacking_duties(self.instance.register, self.instance.parameters.duties)[self.partner_id]
        return PairObstacle(obstacle="duties", items=lacking)

    def _levels(self) -> PairObstacle:
        return PairObstacle(
            obstacle="levels", items=tuple(sorted(set(self.variant["levels"]) - set(self.partner["levels"])))
        )

    def _reach(self) -> PairObstacle:
        reach, districts = self.partner["reach_districts"], self.variant["district_ids"]
        outside = tuple(each for each in districts if reach and each not in reach)
        distance, most = _number(self.pair["distance_km"]), _number(self.partner["reach_km"])
        is_far = distance is not None and most is not None and distance > most
        return PairObstacle(
            obstacle="reach", value=distance if is_far else None, limit=most if is_far else None, items=outside
        )

    def _excluded(self) -> PairObstacle:
        register, variants = self.instance.register, self.instance.variants.loc[[self.variant_id]]
        fitting = fitting_statements(self.instance.needs, variants, register)
        is_mine = fitting["partner_id"].isna() | (fitting["partner_id"] == self.partner_id)
        said = fitting.loc[is_mine & (fitting["choice"] == "exclude"), "statement"].astype("int64")
        return PairObstacle(
            obstacle="excluded", items=tuple(sorted(set(register.preferences["stated_by"].iloc[said])))
        )


def _number(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type,call-overload]
