"""Why Zones have no partner: the values."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from clustering.capacity.matching.capacity_left import CapacityLeft
from clustering.capacity.matching.least_change import may_change, order_by_change
from clustering.capacity.matching.losses import SolvedMatch, loss_if_served
from clustering.capacity.matching.obstacles import count_obstacles, describe_blocked
from clustering.capacity.matching.reasons import Loss, Remedy, SmallerOffer, UnservedKind, UnservedZone
from clustering.capacity.matching.remedies import PARTNERS_TRIED, ZONES_TRIED, RemedySearch, choose_remedies
from clustering.capacity.matching.smaller_offers import find_smaller_offers, zones_that_may_shrink
from clustering.capacity.matching.unserved_sentences import describe_unserved

MOST_PARTNERS_LISTED = 20
# Kinds for which a change of a partner, or a smaller variant, is an answer.
_CAN_CHANGE = ("no partner", "partners full", "budget")


def explain_unserved(solved: SolvedMatch, search: RemedySearch) -> tuple[UnservedZone, ...]:
    """
    Find why each Zone without a partner has none.

    Parameters
    ----------
    solved
        The match.
    search
        Of what would have to change, and what the match leaves.

    Returns
    -------
    unserved
        Sorted by Zone.
    """
    instance = solved.instance
    zones = instance.needs.zones.sort_index()
    missing = list(zones.index.difference(pd.Index(solved.chosen["zone_id"])))
    capacity_left = search.capacity_left
    pairs = order_by_change(instance, instance.pairs[instance.pairs["zone_id"].isin(missing)], capacity_left)
    nearest = pairs.drop_duplicates(["zone_id", "partner_id"])
    changeable = pairs[may_change(instance, pairs)].drop_duplicates(["zone_id", "partner_id"])
    of_zone, changeable_of = dict(iter(nearest.groupby("zone_id"))), dict(iter(changeable.groupby("zone_id")))
    variants = dict(iter(instance.variants.groupby("zone_id")))
    cases = [
        _Case(
            solved=solved,
            capacity_left=capacity_left,
            zone=str(zone),
            nearest=of_zone.get(zone, nearest[:0]),
            changeable=changeable_of.get(zone, nearest[:0]),
            variants=variants[zone],
        )
        for zone in missing
    ]
    smaller = find_smaller_offers(solved, capacity_left, missing)
    may_shrink = zones_that_may_shrink(solved, capacity_left, nearest)
    remedies = _find_remedies(search, [each for each in cases if each.can_change])
    names, unserved = instance.register.partners["name"], []
    for case in cases:
        explained = case.explain(smaller.get(case.zone), *remedies.get(case.zone, ((), None)))
        can_shrink = case.zone in may_shrink and explained.kind in _CAN_CHANGE
        explained = replace(explained, may_shrink=can_shrink)
        reason = describe_unserved(explained, names, zone_names=zones["name"], parameters=instance.parameters)
        unserved.append(replace(explained, reason=reason))
    return tuple(unserved)


def _find_remedies(search: RemedySearch, cases: list[_Case]) -> dict[str, tuple[tuple[Remedy, ...], int | None]]:
    """Remedies of each Zone, and how many changes were solved again; of the Zones with the greatest need alone."""
    ordered = sorted(cases, key=lambda each: (-each.need, each.zone))
    tried = ordered[: ZONES_TRIED if search.is_measured else 0]
    pairs = [each.changeable[:PARTNERS_TRIED].to_dict("records") for each in tried]
    measured = iter(search.measure(list(itertools.chain.from_iterable(pairs))))
    remedies: dict[str, tuple[tuple[Remedy, ...], int | None]] = {}
    for case, own in zip(tried, pairs, strict=True):
        remedies[case.zone] = choose_remedies(list(itertools.islice(measured, len(own)))), len(own)
    for case in ordered[len(tried) :]:
        described = [search.describe(pair) for pair in case.changeable[:1].to_dict("records")]
        remedies[case.zone] = tuple(each for each in described if each is not None), None
    return remedies


@dataclass(frozen=True, kw_only=True, eq=False)
class _Case:
    """A Zone without a partner, its variants, and its pairs: all and those that may change, the least change first."""

    solved: SolvedMatch
    capacity_left: CapacityLeft
    zone: str
    nearest: pd.DataFrame
    changeable: pd.DataFrame
    variants: pd.DataFrame

    @property
    def can_change(self) -> bool:
        """Whether a change of a partner is an answer."""
        return self.kind in _CAN_CHANGE and len(self.nearest) > 0

    @property
    def need(self) -> float:
        """As proposed; 0 if it is unknown."""
        need = self.solved.instance.variant_records[self.zone]["need"]
        return 0.0 if pd.isna(need) else float(need)

    def explain(
        self, smaller: SmallerOffer | None, remedies: tuple[Remedy, ...], tried_count: int | None
    ) -> UnservedZone:
        instance, kind = self.solved.instance, self.kind
        proposed = instance.variant_records[self.zone]
        smaller = smaller if kind in _CAN_CHANGE else None
        return UnservedZone(
            zone_id=self.zone,
            name=str(instance.needs.zones.loc[self.zone, "name"]),
            kind="smaller variant" if smaller else kind,
            school_count=int(proposed["school_count"]),
            need=None if pd.isna(proposed["need"]) else float(proposed["need"]),
            partners=tuple(
                describe_blocked(instance, each, self.capacity_left)
                for each in self.nearest[:MOST_PARTNERS_LISTED].to_dict("records")
            ),
            obstacle_counts=count_obstacles(self.nearest),
            smaller_variant_id=smaller.variant_id if smaller else None,
            taken_by=self.capacity_left.zones_with(proposed["school_ids"]),
            if_served=Loss() if kind in ("lock", "no partner") else loss_if_served(self.solved, self.zone),
            reason="",
            remedies=remedies,
            tried_count=tried_count,
            smaller=smaller,
            dollars_short=self._dollars_short() if kind == "budget" else None,
        )

    def _dollars_short(self) -> float:
        """What the budget lacks for the cheapest pair whose partner can take it on."""
        options = self.solved.options_of(self.zone)
        is_able = [
            self.capacity_left.can_take_on(partner, count)
            for partner, count in zip(options["partner_id"], options["school_count"], strict=True)
        ]
        return float(options.loc[is_able, "cost_dollars"].min() - self.capacity_left.dollars)

    @cached_property
    def kind(self) -> UnservedKind:
        instance, need = self.solved.instance, self.variants["need"]
        if self.zone in instance.locks.unserved:
            return "lock"
        if not (need > 0).any():
            return "unknown need" if need.isna().any() else "no need"
        options = self.solved.options_of(self.zone)
        if options.empty:
            return "no partner"
        held = self.variants["school_ids"].reindex(options["variant_id"])
        free = options[[not self.capacity_left.zones_with(each) for each in held]]
        if free.empty:
            return "school taken"
        is_able = [
            self.capacity_left.can_take_on(partner, count)
            for partner, count in zip(free["partner_id"], free["school_count"], strict=True)
        ]
        if not any(is_able):
            return "partners full"
        return "not chosen" if (free.loc[is_able, "cost_dollars"] <= self.capacity_left.dollars).any() else "budget"
