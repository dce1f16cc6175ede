"""From what a new partner could be grown: what the register has in or near a district."""

from __future__ import annotations

import math

import pandas as pd

from clustering.capacity.matching.reach import measure_distances


def describe_growth(partners: pd.DataFrame, left_schools: pd.Series, new_partner: pd.DataFrame, near_km: float) -> str:
    """
    Say from what a new partner could be grown.

    Parameters
    ----------
    partners
        Of the register.
    left_schools
        Schools that each could still take on in the match; missing where unknown. Index ``partner_id``.
    new_partner
        ``home_district``, ``latitude`` and ``longitude`` of the new one, one row.
    near_km
        What counts as near.

    Returns
    -------
    sentence
        Names the district's own unit, supporting partners, and full partners with a growth path, each nearest first.
    """
    away = pd.Series(measure_distances(new_partner, partners)[0], index=partners.index)
    is_home = partners["home_district"] == new_partner["home_district"].iloc[0]
    is_near = is_home | (away <= near_km)
    kinds = partners["kind"]
    is_used_up = (left_schools.reindex(partners.index) < 1).fillna(value=False)
    can_grow = (kinds == "organisation") & is_used_up & (partners["growth_share"] > 0)
    sources = [
        ("the district's own unit", (kinds == "district unit") & is_home),
        ("the supporting partner", (kinds == "supporting partner") & is_near),
        ("a second team of", can_grow & is_near),
    ]
    found = [
        f"{what} {partners.loc[each, 'name']}{_away(float(away[each]))}"
        for what, fits in sources
        for each in away[fits.to_numpy(dtype=bool)].sort_values(kind="stable").index
    ]
    if not found:
        return "The register has nobody near that it could grow from. It would have to be founded or brought in."
    return f"It could grow from {' or '.join(found)}."


def _away(distance_km: float) -> str:
    return "" if math.isnan(distance_km) else f" ({distance_km:,.0f} km away)"
