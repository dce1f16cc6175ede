"""What it takes to keep a lock: schools, partners with their room, and money, in sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.capacity.matching.obstacle_sentences import all_of, plural
from clustering.capacity.plan_years.limit_sentences import dollars
from clustering.capacity.plan_years.model import YearModel
from clustering.capacity.plan_years.never_started import explain_too_large, possible_options
from clustering.capacity.plan_years.possible_sizes import most_schools
from clustering.capacity.plan_years.request import YearRequest
from clustering.capacity.plan_years.tolerances import SCHOOLS


def zone_of_lock(request: YearRequest, lock: str) -> str:
    """
    Find the Zone that a lock asks for.

    Parameters
    ----------
    request
        The request.
    lock
        As it labels its row: ``force_served=0450`` or ``force_match=0450=LP-001``.

    Returns
    -------
    zone
        Its id.
    """
    zone_of = {f"force_match={zone}={partner}": zone for zone, partner in request.locks.matched}
    return zone_of.get(lock, lock.removeprefix("force_served="))


def describe_lock_needs(model: YearModel, lock: str) -> str:
    """
    Say what a lock asks for that cannot be had.

    Parameters
    ----------
    model
        The model.
    lock
        Of a row with an option, or more.

    Returns
    -------
    sentences
        Schools and cost of the Zone, and the partners that may run it with the schools that each can take on at most.
    """
    request, zone = model.request, zone_of_lock(model.request, lock)
    options = possible_options(model, [zone])
    locked = [partner for matched, partner in request.locks.matched if f"force_match={matched}={partner}" == lock]
    table = model.options.table.iloc[options]
    table = table[table["partner_id"].isin(locked)] if locked else table
    if table.empty:
        return explain_too_large(request, [zone])[zone].sentence
    names, partners = request.register.partners["name"], sorted(set(table["partner_id"]))
    most = most_schools(request, pd.Series(partners), pd.Series([zone] * len(partners)))
    room = np.floor(np.nanmax(most, axis=1) + SCHOOLS)
    able = all_of([f"{names[partner]} ({count:,.0f})" for partner, count in zip(partners, room, strict=True)])
    return (
        f"{request.needs.zones['name'][zone]} has {plural(table['school_count'].min(), 'school')} and costs"
        f" {dollars(table['cost_dollars'].min())} a year. It may be run by, with the schools that each can take on at"
        f" most: {able}."
    )
