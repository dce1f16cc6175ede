"""The variants that a request allows, which schools they hold, and what each brings."""

from __future__ import annotations

import pandas as pd

from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.need.zone_needs import ZoneNeeds

NEED_DIGITS = 1
AS_PROPOSED = "as proposed"


def allowed_variants(needs: ZoneNeeds, parameters: MatchParameters) -> pd.DataFrame:
    """
    Pick the variants that a request allows: each Zone as proposed, and smaller ones and parts where it asks for them.

    Parameters
    ----------
    needs, parameters
        The request.

    Returns
    -------
    variants
        Rows of ``needs.variants``, sorted by ``variant_id``.
    """
    kinds = [AS_PROPOSED, *["smaller"] * parameters.allow_smaller, *["part"] * parameters.allow_parts]
    variants = needs.variants
    return variants[variants["variant"].isin(kinds)].sort_index()


def need_of_variants(needs: ZoneNeeds, parameters: MatchParameters) -> pd.Series:
    """
    Measure the need that each variant serves.

    Parameters
    ----------
    needs, parameters
        The request; ``parameters.need`` names the measure.

    Returns
    -------
    need
        Index ``variant_id`` (sorted, all variants of the needs), float64, with one decimal; missing where it is
        unknown. Students, students below the mark, or points. Of k Zones whose rate is known, each has k points less
        one for every Zone with a lower rate, so that equal rates have equal points. A smaller variant or a part has
        the share of its Zone's points that it has of the Zone's schools.
    """
    variants = needs.variants.sort_index()
    if parameters.need != "lowest_rates":
        need = pd.to_numeric(variants[parameters.need]).astype("float64")
    else:
        rates = pd.to_numeric(needs.zones["anchor_rate"]).astype("float64")
        points = rates.count() + 1 - rates.rank(method="min")
        counts = variants["school_count"].astype("float64")
        proposed = variants["variant"] == AS_PROPOSED
        whole = counts[proposed].set_axis(variants.loc[proposed, "zone_id"])
        zone = variants["zone_id"]
        need = zone.map(points).astype("float64") * counts / zone.map(whole).astype("float64")
    return need.round(NEED_DIGITS).rename("need")
