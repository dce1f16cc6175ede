"""From what a new partner could be grown: what the register has in a district, or near its unserved Zones."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from clustering.capacity.matching.reach import measure_distances

_MOST_NAMED = 5


def describe_growth(
    partners: pd.DataFrame,
    schools_left: pd.Series,
    new_partner: pd.DataFrame,
    places: pd.DataFrame,
    *,
    near_km: float,
) -> str:
    """
    Say from what a new partner could be grown.

    Parameters
    ----------
    partners
        Of the register.
    schools_left
        Schools that each could still take on in the match; missing where unknown. Index ``partner_id``.
    new_partner
        ``home_district``, ``latitude`` and ``longitude`` of the new one, one row.
    places
        ``latitude`` and ``longitude`` of the Zones that it is meant for.
    near_km
        What counts as near one of them.

    Returns
    -------
    sentence
        At most five: district's own units; supporting partners; partners that are used up and have a growth path;
        other partners that are not refused approval. Each kind the nearest first.
    """
    positions = pd.concat([new_partner[["latitude", "longitude"]], places]).astype("float64")
    distances = measure_distances(positions, partners)
    away: pd.Series[float] = pd.Series(np.fmin.reduce(distances, axis=0), index=partners.index, dtype="float64")
    is_home = partners["home_district"] == new_partner["home_district"].iloc[0]
    is_near = is_home | (away <= near_km)
    kinds = partners["kind"]
    is_own = (kinds == "district unit") & is_home
    is_used_up = (schools_left.reindex(partners.index) < 1).fillna(value=False)
    can_grow = (kinds == "organisation") & is_used_up & (partners["growth_share"] > 0)
    is_other = (kinds != "supporting partner") & (partners["approval"] != "not approved") & ~is_own & ~can_grow
    sources = [
        ("the district's own unit", is_own),
        ("the supporting partner", (kinds == "supporting partner") & is_near),
        ("a second team of", can_grow & is_near),
        ("the staff of", is_other & is_near),
    ]
    candidates = [
        f"{what} {partners.loc[each, 'name']}{_away(float(away[each]))}"
        for what, fits in sources
        for each in away[fits.to_numpy(dtype=bool)].sort_values(kind="stable").index
    ]
    if not candidates:
        return "The register has nobody near that it could grow from. It would have to be founded or brought in."
    return f"It could grow from {' or '.join(candidates[:_MOST_NAMED])}."


def _away(distance_km: float) -> str:
    return "" if math.isnan(distance_km) else f" ({distance_km:,.0f} km away)"
