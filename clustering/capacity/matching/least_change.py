"""How much would have to change for a pair, with the Zones served as they are, and what no state can change."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.capacity.matching.capacity_left import CapacityLeft
from clustering.capacity.matching.instance import MatchInstance


def order_by_change(instance: MatchInstance, pairs: pd.DataFrame, capacity_left: CapacityLeft) -> pd.DataFrame:
    """
    Order pairs by how little would have to change: the fewest changes, then the smallest, then the least distance.

    Parameters
    ----------
    instance
        The request.
    pairs
        Rows of its ``pairs``.
    capacity_left
        What the match leaves.

    Returns
    -------
    ordered
        With ``count``, the changes: the obstacles, and schools, a Zone or dollars that are short with the Zones
        served; and ``change``, the sum of their sizes: schools, kilometres and dollars relative to what there is,
        falls, and 1 for each change that has no number.
    """
    partners = instance.register.partners
    column = partners.index.get_indexer(pd.Index(pairs["partner_id"]))
    schools = instance.variants["school_count"].reindex(pairs["variant_id"]).to_numpy("float64")
    free = instance.free.to_numpy("float64")[column]
    schools_left, zones_left = (
        np.array([left[each] for each in partners.index], dtype="float64")[column]
        for left in (capacity_left.schools, capacity_left.zones)
    )
    distance, dollars = pairs["distance_km"].to_numpy("float64"), pairs["cost_dollars"].to_numpy("float64")
    reach = pd.to_numeric(partners["reach_km"]).to_numpy("float64", na_value=np.inf)[column]
    start = pd.to_numeric(partners["earliest_start"]).to_numpy("float64", na_value=-np.inf)[column]
    budget = np.inf if instance.parameters.budget_dollars is None else instance.parameters.budget_dollars
    late = start - (np.inf if instance.fall is None else instance.fall)
    short = {
        "size": (schools - schools_left, schools > free, np.maximum(1.0, free)),
        "reach": (distance - reach, distance > reach, np.maximum(1.0, reach)),
        "start": (late, late > 0, np.ones(len(pairs))),
        "budget": (dollars - capacity_left.dollars, dollars > budget, np.full(len(pairs), max(1.0, budget))),
        "zones": (1.0 - zones_left, np.zeros(len(pairs), dtype=bool), np.ones(len(pairs))),
    }
    obstacles = pairs["obstacles"].map(len).to_numpy("int64")
    count, change = obstacles.copy(), obstacles.astype("float64")
    for missing, is_obstacle, there in short.values():
        is_short = missing > 0
        count += is_short & ~is_obstacle
        change += np.where(is_short, missing, 0.0) / np.where(np.isfinite(there), there, 1.0) - is_obstacle
    ordered = pairs.assign(count=count, change=np.round(change, 9))
    return ordered.sort_values(["count", "change", "distance_km", "variant_id", "partner_id"], na_position="last")


def may_change(instance: MatchInstance, pairs: pd.DataFrame) -> np.ndarray:
    """
    Tell pairs that a change of the partner can open.

    Parameters
    ----------
    instance
        The request.
    pairs
        Rows of its ``pairs``.

    Returns
    -------
    may_change
        ``(n_pairs,)``: false for a district's own unit and a variant with schools of districts where it does not work.
        It cannot take on the schools of another district.
    """
    partners, districts = instance.register.partners, instance.variants["district_ids"]
    reach = partners.loc[partners["kind"] == "district unit", "reach_districts"]
    works_in = {partner: set(names) for partner, names in reach.items() if names}
    columns = (pairs[name] for name in ("partner_id", "variant_id"))
    return np.array(
        [
            partner not in works_in or works_in[partner].issuperset(districts[variant])
            for partner, variant in zip(*columns, strict=True)
        ],
        dtype=bool,
    )
