"""How large a Zone a partner can ever run under the growth that the register states."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.capacity.plan_years.calendar import YEARS_BEFORE_GROWTH
from clustering.capacity.plan_years.options import YearOptions, fits_partner, uses_capacity
from clustering.capacity.plan_years.request import YearRequest
from clustering.capacity.plan_years.tolerances import SCHOOLS


def most_schools(request: YearRequest, partners: pd.Series, zones: pd.Series) -> np.ndarray:
    """
    Bound the schools that a Zone may have for a partner to take it on.

    A partner grows by the schools that it has run for two years, and these take their own room. With a share of 1 or
    less, growth therefore never makes room for a Zone that is larger than what the partner can take on today.

    Parameters
    ----------
    request
        The request.
    partners, zones
        ``(n,)``: ids of a partner and a Zone each; only the other Zones make the partner grow before this one starts.

    Returns
    -------
    most
        ``(n, n_falls)``: schools of a Zone that starts in that fall; missing where capacity is unknown.
    """
    free, ceilings = request.free_schools.to_numpy("float64"), request.ceilings.to_numpy("float64")
    share = request.growth_shares.to_numpy("float64")[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        until_ceiling = np.where(share > 0, (ceilings - free) / share, 0.0)
    run, growing = free.copy(), np.zeros(free.shape)
    for fall in range(request.parameters.planning_years + YEARS_BEFORE_GROWTH, free.shape[1]):
        growing[:, fall] = np.minimum(run[:, fall - YEARS_BEFORE_GROWTH], until_ceiling[:, fall])
        whole = free[:, fall] + share[:, 0] * run[:, fall - YEARS_BEFORE_GROWTH]
        run[:, fall] = np.minimum(whole, np.maximum(free[:, fall], ceilings[:, fall]))
    row = request.free_schools.index.get_indexer(pd.Index(partners))
    grown = np.minimum(growing[row], _schools_of_others(request, zones)[:, None])
    most: np.ndarray = free[row] + np.maximum(share[row] - 1.0, 0.0) * grown
    return most


def could_be_run(options: YearOptions, request: YearRequest) -> np.ndarray:
    """
    Tell which options their partner could run with the best of other Zones beside it.

    Parameters
    ----------
    options
        Any.
    request
        The request.

    Returns
    -------
    could
        Truth value of each option. False is certain; true is not, for other Zones may not fit as well as is assumed.
    """
    table = options.table
    schools = table["school_count"].to_numpy("float64")[:, None]
    share = table["partner_id"].map(request.growth_shares).to_numpy("float64")[:, None]
    room = most_schools(request, table["partner_id"], table["zone_id"]) + share * schools * options.calendar.has_grown
    has_room = (~uses_capacity(options, request) | (schools <= room + SCHOOLS)).all(axis=1)
    return np.asarray(has_room & fits_partner(options, request))


def _schools_of_others(request: YearRequest, zones: pd.Series) -> np.ndarray:
    """Schools of all Zones as proposed but one."""
    proposed = request.needs.variants[request.needs.variants["variant"] == "as proposed"]
    schools = proposed.groupby("zone_id")["school_count"].sum()
    others: np.ndarray = float(schools.sum()) - zones.map(schools).to_numpy("float64", na_value=0.0)
    return others
