"""Sentences on Zones that are too large for every partner that may run them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from clustering.capacity.matching.obstacle_sentences import plural
from clustering.capacity.plan_years.options import fits_budget, options_of_pairs
from clustering.capacity.plan_years.possible_sizes import could_be_run, most_schools
from clustering.capacity.plan_years.request import YearRequest, yearly_pairs
from clustering.capacity.plan_years.tolerances import SCHOOLS

_ASK = "A smaller variant may fit: allow smaller Zones (allow_smaller) to look for one."


def describe_sizes(request: YearRequest, pairs: pd.DataFrame) -> dict[str, str]:
    """
    Compare the schools of Zones with what the partners that may run them can ever take on.

    Parameters
    ----------
    request
        The request.
    pairs
        Of ``request.pairs``, those of the Zones that nothing rules out in every year.

    Returns
    -------
    sentences
        By Zone, with a smaller variant that would fit, if one is known.
    """
    may_start = (request.falls >= request.falls[0] + request.parameters.planning_years) & (
        request.falls <= request.last_start
    )
    most = most_schools(request, pairs["partner_id"], pairs["zone_id"])[:, may_start]
    grows = pairs["partner_id"].map(request.growth_shares) > 0
    numbers = pairs.assign(most=np.fmax.reduce(most, axis=1, initial=np.nan), grows=grows).groupby("zone_id")
    by_zone = numbers.agg({"school_count": "min", "most": "max", "grows": "any"})
    smaller = _describe_smaller(request, by_zone.index)
    rows = by_zone.to_dict("records")
    return {zone: _describe_size(row, smaller[zone]) for zone, row in zip(by_zone.index, rows, strict=True)}


def _describe_size(zone: Mapping[Any, Any], smaller: str) -> str:
    """Schools of a Zone (``school_count``) beside the most that its partners can take on, in a row of numbers."""
    if np.isnan(zone["most"]):
        return "How many schools the partners that may run it can take on is unknown."
    least, most = zone["school_count"], np.floor(zone["most"] + SCHOOLS)
    if least <= most:
        room = "No partner that may run it has room for its schools in every year of a contract."
    else:
        growth = ", growth included" if zone["grows"] else ""
        room = (
            f"It has {plural(least, 'school')}. The partners that may run it can take on {most:,.0f} at most{growth}."
        )
    return " ".join(filter(None, [room, smaller]))


def _describe_smaller(request: YearRequest, zones: pd.Index) -> dict[str, str]:
    """Name the variant of each Zone with the greatest need that the request does not allow and that would fit alone."""
    variants, parameters = request.needs.variants, request.parameters
    of_zones = variants[variants["zone_id"].isin(zones)]
    others = of_zones[~of_zones.index.isin(request.pairs["variant_id"].unique())]
    fitting = _fitting(request, others) if len(others) else {}
    has_one = of_zones["zone_id"].value_counts() == 1
    may_ask = "" if parameters.allow_smaller else _ASK
    return {zone: fitting.get(zone, may_ask if has_one[zone] else "") for zone in zones}


def _fitting(request: YearRequest, variants: pd.DataFrame) -> dict[str, str]:
    """Of variants that the request does not allow, the one of each Zone with the greatest need that would fit alone."""
    needs, allowing = request.needs, request.parameters.with_changes(allow_smaller=True, allow_parts=True)
    pairs = yearly_pairs(replace(needs, variants=variants), request.register, allowing, request.need_of_variants)
    options = options_of_pairs(request, pairs[(pairs["obstacles"].map(len) == 0) & (pairs["need"] > 0)])
    table = options.table[could_be_run(options, request) & fits_budget(options, request)]
    best = table.sort_values(["need", "variant_id"], ascending=[False, True]).drop_duplicates("zone_id")
    return {
        row["zone_id"]: f"A smaller variant would fit ({row['variant_id']}, {plural(row['school_count'], 'school')}):"
        " allow smaller Zones or parts to serve it."
        for row in best.to_dict("records")
    }
