"""Which partners are nearest to being able to run a Zone, before anything is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clustering.capacity.matching.obstacle_sentences import describe_obstacle
from clustering.capacity.matching.obstacles import PairDetails

if TYPE_CHECKING:
    from clustering.capacity.matching.instance import MatchInstance

_NAMED = 3


def describe_nearest_partners(instance: MatchInstance, zone: str, partner: str | None = None) -> str:
    """
    Say which partners come nearest to being able to run a Zone, and what keeps each from it.

    Parameters
    ----------
    instance
        The request.
    zone
        Id of a Zone.
    partner
        Id of the only partner to look at.

    Returns
    -------
    sentence
        Three partners: those with the fewest obstacles, then those that lack the fewest schools, then the nearest. Or
        the one that is named.
    """
    pairs = instance.pairs[instance.pairs["zone_id"] == zone]
    pairs = pairs if partner is None else pairs[pairs["partner_id"] == partner]
    schools = instance.variants["school_count"].reindex(pairs["variant_id"]).to_numpy("float64")
    free = instance.free.reindex(pairs["partner_id"]).to_numpy("float64")
    ordered = pairs.assign(count=pairs["obstacles"].map(len), short=(schools - free).clip(min=0.0))
    ordered = ordered.sort_values(["count", "short", "distance_km", "variant_id", "partner_id"], na_position="last")
    parts = []
    for pair in ordered.drop_duplicates("partner_id")[:_NAMED].to_dict("records"):
        details = PairDetails(instance, pair)
        clauses = [describe_obstacle(details.explain(each)) for each in pair["obstacles"]] or ["may run it"]
        parts.append(f"{instance.partner_records[pair['partner_id']]['name']} {' and '.join(clauses)}")
    if not parts:
        return "The register has no partner."
    return f"{parts[0]}." if partner is not None else f"Closest to running it: {'; '.join(parts)}."
