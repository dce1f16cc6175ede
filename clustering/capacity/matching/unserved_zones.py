"""Why Zones have no partner: the values."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from clustering.capacity.matching.least_change import order_by_change
from clustering.capacity.matching.losses import SolvedMatch, loss_if_served
from clustering.capacity.matching.obstacles import count_obstacles, describe_blocked
from clustering.capacity.matching.reasons import Loss, Remedy, SmallerOffer, UnservedKind, UnservedZone
from clustering.capacity.matching.remedies import PARTNERS_TRIED, ZONES_TRIED, RemedySearch
from clustering.capacity.matching.room_left import RoomLeft
from clustering.capacity.matching.smaller_offers import find_smaller_offers, zones_that_may_shrink
from clustering.capacity.matching.unserved_sentences import describe_unserved

MOST_PARTNERS_LISTED = 20
# Kinds for which a smaller variant is an answer.
_MAY_SHRINK = ("no partner", "partners full", "budget")


def explain_unserved(solved: SolvedMatch, room: RoomLeft) -> tuple[UnservedZone, ...]:
    """
    Find why each Zone without a partner has none.

    Parameters
    ----------
    solved
        The match.
    room
        What it leaves.

    Returns
    -------
    unserved
        Sorted by Zone.
    """
    instance = solved.instance
    zones = instance.needs.zones.sort_index()
    missing = list(zones.index.difference(pd.Index(solved.chosen["zone_id"])))
    pairs = order_by_change(instance, instance.pairs[instance.pairs["zone_id"].isin(missing)], room)
    nearest = pairs.drop_duplicates(["zone_id", "partner_id"])
    of_zone = dict(iter(nearest.groupby("zone_id")))
    variants = dict(iter(instance.variants.groupby("zone_id")))
    smaller, may_shrink = find_smaller_offers(solved, room, missing), zones_that_may_shrink(solved, room, nearest)
    tried = _zones_tried(solved, missing) if RemedySearch(solved, room).is_measured else set()
    unserved = []
    for zone in missing:
        case = _Case(solved, room, str(zone), of_zone.get(zone, nearest[:0]), variants[zone])
        explained = case.explain(smaller.get(zone), is_tried=zone in tried)
        can_shrink = zone in may_shrink and explained.kind in _MAY_SHRINK
        unserved.append(replace(explained, may_shrink=can_shrink))
    names = instance.register.partners["name"], instance.needs.zones["name"]
    return tuple(replace(each, reason=describe_unserved(each, *names, instance.parameters)) for each in unserved)


def _zones_tried(solved: SolvedMatch, missing: list[str]) -> set[str]:
    """Zones for which changes are solved again: those with the greatest need."""
    need = solved.instance.variants["need"].reindex(missing)
    return set(need.sort_values(ascending=False, kind="stable").index[:ZONES_TRIED])


@dataclass(frozen=True, eq=False)
class _Case:
    """One Zone without a partner: its nearest pair with each partner, the nearest first, and its variants."""

    solved: SolvedMatch
    room: RoomLeft
    zone: str
    nearest: pd.DataFrame
    variants: pd.DataFrame

    def explain(self, smaller: SmallerOffer | None, *, is_tried: bool) -> UnservedZone:
        instance = self.solved.instance
        kind, proposed = self._kind(), instance.variant_records[self.zone]
        need, partners = proposed["need"], self.nearest[:MOST_PARTNERS_LISTED].to_dict("records")
        smaller, can_change = (smaller, True) if kind in _MAY_SHRINK else (None, False)
        can_change = can_change and len(self.nearest) > 0
        return UnservedZone(
            zone_id=self.zone,
            name=str(instance.needs.zones.loc[self.zone, "name"]),
            kind="smaller variant" if smaller else kind,
            school_count=int(proposed["school_count"]),
            need=None if pd.isna(need) else float(need),
            partners=tuple(describe_blocked(instance, each, self.room) for each in partners),
            obstacle_counts=count_obstacles(self.nearest),
            smaller_variant_id=smaller.variant_id if smaller else None,
            taken_by=self.room.zones_with(proposed["school_ids"]),
            if_served=Loss() if kind in ("lock", "no partner") else loss_if_served(self.solved, self.zone),
            reason="",
            remedies=self._remedies(is_tried=is_tried) if can_change else (),
            tried_count=min(PARTNERS_TRIED, len(self.nearest)) if can_change and is_tried else None,
            smaller=smaller,
            dollars_short=self._dollars_short() if kind == "budget" else None,
        )

    def _remedies(self, *, is_tried: bool) -> tuple[Remedy, ...]:
        search = RemedySearch(self.solved, self.room)
        if is_tried:
            return search.find(self.zone, self.nearest)
        return (search.describe(self.nearest[:1].to_dict("records")[0]),)

    def _dollars_short(self) -> float:
        """What the budget lacks for the cheapest pair that has room."""
        options = self.solved.options_of(self.zone)
        has_room = [
            self.room.has_room(partner, count)
            for partner, count in zip(options["partner_id"], options["school_count"], strict=True)
        ]
        return float(options.loc[has_room, "cost_dollars"].min() - self.room.dollars)

    def _kind(self) -> UnservedKind:
        instance, need = self.solved.instance, self.variants["need"]
        if self.zone in instance.locks.unserved:
            return "lock"
        if not (need > 0).any():
            return "unknown need" if need.isna().any() else "no need"
        options = self.solved.options_of(self.zone)
        if options.empty:
            return "no partner"
        held = self.variants["school_ids"].reindex(options["variant_id"])
        free = options[[not self.room.zones_with(each) for each in held]]
        if free.empty:
            return "school taken"
        has_room = [
            self.room.has_room(partner, count)
            for partner, count in zip(free["partner_id"], free["school_count"], strict=True)
        ]
        if not any(has_room):
            return "partners full"
        return "not chosen" if (free.loc[has_room, "cost_dollars"] <= self.room.dollars).any() else "budget"
