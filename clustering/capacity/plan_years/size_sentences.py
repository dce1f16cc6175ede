"""Sentences on Zones that are too large for every partner that may run them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from clustering.capacity.matching.obstacle_sentences import plural
from clustering.capacity.plan_years.options import fits_budget, options_of_pairs
from clustering.capacity.plan_years.possible_sizes import could_be_run, most_schools_of_zone
from clustering.capacity.plan_years.request import YearRequest, yearly_pairs
from clustering.capacity.plan_years.tolerances import SCHOOLS


def describe_size(request: YearRequest, pairs: pd.DataFrame) -> str:
    """
    Compare the schools of a Zone with what the partners that may run it can ever take on.

    Parameters
    ----------
    request
        The request.
    pairs
        Of ``request.pairs``, those of the Zone that nothing rules out in every year.

    Returns
    -------
    sentences
        With a smaller variant that would fit, if one is known.
    """
    zone, least = str(pairs["zone_id"].iloc[0]), float(pairs["school_count"].min())
    may_start = (request.falls >= request.falls[0] + request.parameters.planning_years) & (
        request.falls <= request.last_start
    )
    row = request.free_schools.index.isin(pairs["partner_id"])
    found = most_schools_of_zone(request, zone)[np.ix_(row, may_start)]
    if np.isnan(found).all():
        return "How many schools the partners that may run it can take on is unknown."
    most = np.floor(np.nanmax(found) + SCHOOLS)
    if least <= most:
        room = "No partner that may run it has room for its schools in every year of a contract."
    else:
        growth = ", growth included" if (request.growth_shares[row] > 0).any() else ""
        room = (
            f"It has {plural(least, 'school')}. The partners that may run it can take on {most:,.0f} at most{growth}."
        )
    return " ".join([room, *_describe_smaller(request, zone)])


def _describe_smaller(request: YearRequest, zone: str) -> list[str]:
    """Name the variant with the greatest need that the request does not allow and that would fit alone."""
    variants, parameters = request.needs.variants, request.parameters
    others = variants[(variants["zone_id"] == zone) & ~variants.index.isin(request.pairs["variant_id"])]
    if others.empty:
        can_ask = not (parameters.allow_smaller or (variants["zone_id"] == zone).sum() > 1)
        return ["A smaller variant may fit: allow smaller Zones (allow_smaller) to look for one."] * can_ask
    allowing = parameters.with_changes(allow_smaller=True, allow_parts=True)
    pairs = yearly_pairs(replace(request.needs, variants=others), request.register, allowing, request.need_of_variants)
    options = options_of_pairs(request, pairs[(pairs["obstacles"].map(len) == 0) & (pairs["need"] > 0)])
    fitting = options.table[could_be_run(options, request, zone) & fits_budget(options, request)]
    if fitting.empty:
        return []
    best = fitting.sort_values(["need", "variant_id"], ascending=[False, True]).iloc[0]
    which = f"{best['variant_id']}, {plural(best['school_count'], 'school')}"
    return [f"A smaller variant would fit ({which}): allow smaller Zones or parts to serve it."]
