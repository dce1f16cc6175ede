"""How large a Zone a partner can ever run under the growth that the register states."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.capacity.plan_years.calendar import YEARS_BEFORE_GROWTH
from clustering.capacity.plan_years.options import YearOptions, fits_partner, uses_capacity
from clustering.capacity.plan_years.request import YearRequest
from clustering.capacity.plan_years.tolerances import SCHOOLS


def most_schools_of_zone(request: YearRequest, zone: str) -> np.ndarray:
    """
    Bound the schools that one Zone may have for a partner to take it on.

    A partner grows by the schools that it has run for two years, and these take their own room. With a share of 1 or
    less, growth therefore never makes room for a Zone that is larger than what the partner can take on today.

    Parameters
    ----------
    request
        The request.
    zone
        The Zone; only the others make the partner grow before it starts.

    Returns
    -------
    most
        ``(n_partners, n_falls)``: schools of a Zone that starts in that fall; missing where capacity is unknown.
    """
    free, ceilings = request.free_schools.to_numpy("float64"), request.ceilings.to_numpy("float64")
    share = request.growth_shares.to_numpy("float64")[:, None]
    proposed = request.needs.variants[request.needs.variants["variant"] == "as proposed"]
    others = float(proposed.loc[proposed["zone_id"] != zone, "school_count"].sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        until_ceiling = np.where(share > 0, (ceilings - free) / share, 0.0)
    run, most = free.copy(), free.copy()
    for fall in range(request.parameters.planning_years + YEARS_BEFORE_GROWTH, free.shape[1]):
        grown = np.minimum(run[:, fall - YEARS_BEFORE_GROWTH], np.minimum(others, until_ceiling[:, fall]))
        most[:, fall] += np.maximum(share[:, 0] - 1.0, 0.0) * grown
        whole = free[:, fall] + share[:, 0] * run[:, fall - YEARS_BEFORE_GROWTH]
        run[:, fall] = np.minimum(whole, np.maximum(free[:, fall], ceilings[:, fall]))
    return most


def could_be_run(options: YearOptions, request: YearRequest, zone: str) -> np.ndarray:
    """
    Tell which options of a Zone its partner could run with the best of other Zones beside it.

    Parameters
    ----------
    options
        Of that Zone.
    request
        The request.
    zone
        The Zone.

    Returns
    -------
    could
        Truth value of each option. False is certain; true is not, for other Zones may not fit as well as is assumed.
    """
    row = request.free_schools.index.get_indexer(pd.Index(options.table["partner_id"]))
    schools = options.table["school_count"].to_numpy("float64")[:, None]
    share = request.growth_shares.to_numpy("float64")[row][:, None]
    room = most_schools_of_zone(request, zone)[row] + share * schools * options.calendar.has_grown
    has_room = (~uses_capacity(options, request) | (schools <= room + SCHOOLS)).all(axis=1)
    return np.asarray(has_room & fits_partner(options, request))
