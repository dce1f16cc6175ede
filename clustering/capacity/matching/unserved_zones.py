"""Why Zones have no partner: the values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import pandas as pd

from clustering.capacity.matching.losses import SolvedMatch, loss_if_served
from clustering.capacity.matching.match import BlockedPartner, Loss, UnservedKind, UnservedZone
from clustering.capacity.matching.obstacles import describe_blocked, nearest_pairs
from clustering.capacity.matching.pairs import pair_zones
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
    instance, zones = solved.instance, solved.instance.needs.zones.sort_index()
    missing = zones.index.difference(solved.chosen["zone_id"].unique())
    pairs = instance.pairs[instance.pairs["zone_id"].isin(missing)]
    of_zone = dict(iter(pairs.groupby("zone_id")))
    options = dict(iter(instance.options.groupby("zone_id")))
    smaller = _fitting_variants(solved, room, list(missing))
    unserved = []
    for zone in missing:
        case = _Case(solved, room, str(zone), of_zone.get(zone, pairs[:0]), options.get(zone, instance.options[:0]))
        unserved.append(case.explain(smaller.get(zone)))
    names = instance.register.partners["name"]
    return tuple(replace(each, reason=describe_unserved(each, names, instance.parameters)) for each in unserved)


@dataclass(frozen=True, eq=False)
class _Case:
    """One Zone without a partner, with its pairs and options."""

    solved: SolvedMatch
    room: RoomLeft
    zone: str
    pairs: pd.DataFrame
    options: pd.DataFrame

    def explain(self, smaller: str | None) -> UnservedZone:
        instance = self.solved.instance
        kind, proposed = self._kind(), instance.needs.variants.loc[self.zone]
        need, taken = instance.variants.loc[self.zone, "need"], self._taken_by()
        nearest = nearest_pairs(self.pairs, ["partner_id"])
        if smaller is not None and kind in _MAY_SHRINK:
            kind = "smaller variant"
        return UnservedZone(
            zone_id=self.zone,
            name=str(instance.needs.zones.loc[self.zone, "name"]),
            kind=kind,
            school_count=int(proposed["school_count"]),
            need=None if pd.isna(need) else float(need),
            partners=self._partners(nearest),
            obstacle_counts=dict(sorted(Counter(each for some in nearest["obstacles"] for each in some).items())),
            smaller_variant_id=smaller if kind == "smaller variant" else None,
            taken_by=taken,
            if_served=Loss() if kind in ("lock", "no partner") else loss_if_served(self.solved, self.zone),
            reason="",
        )

    def _kind(self) -> UnservedKind:
        instance = self.solved.instance
        need = instance.variants.loc[instance.variants["zone_id"] == self.zone, "need"]
        if self.zone in instance.locks.unserved:
            return "lock"
        if not (need > 0).any():
            return "unknown need" if need.isna().any() else "no need"
        if self.options.empty:
            return "no partner"
        held = instance.variants.loc[self.options["variant_id"], "school_ids"]
        is_free = pd.Series([not self.room.zones_with(each) for each in held], index=self.options.index)
        if not is_free.any():
            return "school taken"
        free = self.options[is_free]
        has_room = [
            self.room.has_room(partner, count)
            for partner, count in zip(free["partner_id"], free["school_count"], strict=True)
        ]
        if not any(has_room):
            return "partners full"
        return "not chosen" if (free.loc[has_room, "cost_dollars"] <= self.room.dollars).any() else "budget"

    def _taken_by(self) -> tuple[str, ...]:
        return self.room.zones_with(self.solved.instance.needs.variants.loc[self.zone, "school_ids"])

    def _partners(self, nearest: pd.DataFrame) -> tuple[BlockedPartner, ...]:
        rows = nearest[:MOST_PARTNERS_LISTED]
        instance, room = self.solved.instance, self.room
        return tuple(describe_blocked(instance, row, room.zones_run, room.schools) for _, row in rows.iterrows())


def _fitting_variants(solved: SolvedMatch, room: RoomLeft, missing: list[str]) -> dict[str, str]:
    """Of each Zone, the variant that the request does not allow, with the greatest need, that fits beside the others."""
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
