"""Smaller variants that a request does not allow and that would serve a Zone."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from clustering.capacity.matching.capacity_left import CapacityLeft
from clustering.capacity.matching.losses import SolvedMatch
from clustering.capacity.matching.pairs import pair_zones
from clustering.capacity.matching.reasons import SmallerOffer
from clustering.capacity.matching.variants import need_of_variants

# Fewer schools are no Zone, where the request of the proposal does not say otherwise.
_FEWEST_SCHOOLS = 2


def find_smaller_offers(
    solved: SolvedMatch, capacity_left: CapacityLeft, missing: list[str]
) -> dict[str, SmallerOffer]:
    """
    Find, of each Zone, the variant with the greatest need that a partner could run, with the Zones served as they are.

    Parameters
    ----------
    solved
        The match.
    capacity_left
        What it leaves.
    missing
        Zones without a partner.

    Returns
    -------
    offers
        By Zone, of the variants in the needs that the request does not allow.
    """
    instance = solved.instance
    variants = instance.needs.variants
    is_new = variants["zone_id"].isin(missing) & ~variants.index.isin(instance.variants.index)
    if not is_new.any():
        return {}
    parameters = instance.parameters.with_changes(allow_smaller=True, allow_parts=True)
    needs = replace(instance.needs, variants=variants[is_new].sort_index())
    pairs = pair_zones(needs, instance.register, parameters)
    pairs = pairs[(pairs["obstacles"].map(len) == 0) & (pairs["cost_dollars"] <= capacity_left.dollars)]
    pairs = pairs.assign(need=need_of_variants(instance.needs, parameters).reindex(pairs["variant_id"]).to_numpy())
    offers: dict[str, SmallerOffer] = {}
    ordered = pairs[pairs["need"] > 0].sort_values(
        ["need", "variant_id", "distance_km", "partner_id"], ascending=[False, True, True, True]
    )
    for pair in ordered.to_dict("records"):
        variant = variants.loc[pair["variant_id"]]
        is_free = not capacity_left.zones_with(variant["school_ids"])
        if is_free and capacity_left.can_take_on(pair["partner_id"], variant["school_count"]):
            offer = SmallerOffer(
                variant_id=pair["variant_id"],
                partner_id=pair["partner_id"],
                school_count=int(variant["school_count"]),
                need=float(pair["need"]),
            )
            offers.setdefault(str(pair["zone_id"]), offer)
    return offers


def zones_that_may_shrink(solved: SolvedMatch, capacity_left: CapacityLeft, nearest: pd.DataFrame) -> set[str]:
    """
    Find the Zones for which it is worth to measure smaller variants, without measuring any.

    Parameters
    ----------
    solved
        The match.
    capacity_left
        What it leaves.
    nearest
        Pairs of the Zones without a partner, the nearest of each Zone and partner.

    Returns
    -------
    zones
        Those of which a partner could take on a part of the schools; none if the request allows smaller variants or the
        needs have some.
    """
    instance = solved.instance
    if instance.parameters.allow_smaller or (instance.needs.variants["variant"] == "smaller").any():
        return set()
    settings = instance.needs.provenance.get("parameters") or {}
    fewest = settings.get("minimum_schools", _FEWEST_SCHOOLS) if isinstance(settings, dict) else _FEWEST_SCHOOLS
    is_only_size = nearest["obstacles"].map(lambda each: set(each) <= {"size", "budget"}).astype(bool)
    able = nearest[is_only_size]
    schools = instance.variants["school_count"]
    return {
        str(zone)
        for zone, partner, cost in zip(able["zone_id"], able["partner_id"], able["cost_dollars"], strict=True)
        if schools[zone] > fewest
        and capacity_left.can_take_on(partner, fewest)
        and cost * fewest / schools[zone] <= capacity_left.dollars
    }
