"""Why Zones have no partner: the values."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from clustering.capacity.matching.losses import SolvedMatch, loss_if_served
from clustering.capacity.matching.obstacles import count_obstacles, describe_blocked, nearest_pairs
from clustering.capacity.matching.pairs import pair_zones
from clustering.capacity.matching.reasons import Loss, UnservedKind, UnservedZone
from clustering.capacity.matching.room_left import RoomLeft
from clustering.capacity.matching.unserved_sentences import describe_unserved
from clustering.capacity.matching.variants import need_of_variants

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
    pairs = instance.pairs[instance.pairs["zone_id"].isin(missing)]
    nearest = nearest_pairs(instance, pairs, by=["zone_id", "partner_id"])
    of_zone = dict(iter(nearest.groupby("zone_id")))
    variants = dict(iter(instance.variants.groupby("zone_id")))
    smaller = _fitting_variants(solved, room, missing)
    unserved = []
    for zone in missing:
        case = _Case(solved, room, str(zone), of_zone.get(zone, nearest[:0]), variants[zone])
        unserved.append(case.explain(smaller.get(zone)))
    names = instance.register.partners["name"]
    reasons = [
        describe_unserved(each, names, zone_names=zones["name"], parameters=instance.parameters) for each in unserved
    ]
    return tuple(replace(each, reason=reason) for each, reason in zip(unserved, reasons, strict=True))


@dataclass(frozen=True, eq=False)
class _Case:
    """One Zone without a partner: its nearest pair with each partner, the nearest first, and its variants."""

    solved: SolvedMatch
    room: RoomLeft
    zone: str
    nearest: pd.DataFrame
    variants: pd.DataFrame

    def explain(self, smaller: str | None) -> UnservedZone:
        instance = self.solved.instance
        kind, proposed = self._kind(), instance.variant_records[self.zone]
        need, partners = proposed["need"], self.nearest[:MOST_PARTNERS_LISTED].to_dict("records")
        if smaller is not None and kind in _MAY_SHRINK:
            kind = "smaller variant"
        return UnservedZone(
            zone_id=self.zone,
            name=str(instance.needs.zones.loc[self.zone, "name"]),
            kind=kind,
            school_count=int(proposed["school_count"]),
            need=None if pd.isna(need) else float(need),
            partners=tuple(describe_blocked(instance, each, self.room) for each in partners),
            obstacle_counts=count_obstacles(self.nearest),
            smaller_variant_id=smaller if kind == "smaller variant" else None,
            taken_by=self.room.zones_with(proposed["school_ids"]),
            if_served=Loss() if kind in ("lock", "no partner") else loss_if_served(self.solved, self.zone),
            reason="",
        )

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


def _fitting_variants(solved: SolvedMatch, room: RoomLeft, missing: list[str]) -> dict[str, str]:
    """Of each Zone, the variant with the greatest need that the request does not allow and that would fit."""
    instance = solved.instance
    variants = instance.needs.variants
    is_new = variants["zone_id"].isin(missing) & ~variants.index.isin(instance.variants.index)
    if not is_new.any():
        return {}
    parameters = instance.parameters.with_changes(allow_smaller=True, allow_parts=True)
    needs = replace(instance.needs, variants=variants[is_new].sort_index())
    pairs = pair_zones(needs, instance.register, parameters)
    pairs = pairs[(pairs["obstacles"].map(len) == 0) & (pairs["cost_dollars"] <= room.dollars)]
    pairs = pairs.assign(need=need_of_variants(instance.needs, parameters).reindex(pairs["variant_id"]).to_numpy())
    found: dict[str, str] = {}
    for _, pair in pairs[pairs["need"] > 0].sort_values(["need", "variant_id"], ascending=[False, True]).iterrows():
        variant = variants.loc[pair["variant_id"]]
        if room.has_room(pair["partner_id"], variant["school_count"]) and not room.zones_with(variant["school_ids"]):
            found.setdefault(str(pair["zone_id"]), str(pair["variant_id"]))
    return found
