"""How many more schools each partner can run in a year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import Register


def start_fall(needs: ZoneNeeds, parameters: MatchParameters) -> int | None:
    """Fall in which the partners start: as asked, else the first after the newest data; ``None`` if nothing tells."""
    return needs.first_fall if parameters.start_year is None else parameters.start_year


def maximum_schools(register: Register, fall: int | None) -> pd.Series:
    """
    Look up how many schools each partner can run at once in a year.

    Parameters
    ----------
    register
        The partners, and what it says of single years.
    fall
        The year; ``None`` if unknown: what holds for every year.

    Returns
    -------
    maximum
        Index ``partner_id``, float64: of the year, else of the last year before it that the register names, else
        ``maximum_schools`` of the partner; missing where nothing is said.
    """
    partners, years = register.partners, register.capacities
    general = pd.to_numeric(partners["maximum_schools"]).astype("float64")
    if fall is None or years.empty or years["fall"].min() > fall:
        return general
    until = years[(years["fall"] <= fall) & years["maximum_schools"].notna()].sort_values("fall")
    row, maximum = partners.index.get_indexer(pd.Index(until["partner_id"])), general.to_numpy(copy=True)
    # Of several years of one partner, the last is kept.
    maximum[row[row >= 0]] = until["maximum_schools"].to_numpy("float64")[row >= 0]
    return pd.Series(maximum, index=partners.index, name="maximum_schools")


def free_schools(register: Register, fall: int | None) -> pd.Series:
    """
    Count the schools that each partner can take on in a year.

    Parameters
    ----------
    register
        The partners.
    fall
        The year; ``None`` if unknown.

    Returns
    -------
    free
        Index ``partner_id``, float64: :func:`maximum_schools` less the schools that it runs now, at least 0; missing
        where either is unknown, for what is unknown is not 0.
    """
    now = pd.to_numeric(register.partners["schools_now"]).to_numpy("float64", na_value=np.nan)
    free = np.maximum(maximum_schools(register, fall).to_numpy() - now, 0.0)
    return pd.Series(free, index=register.partners.index, name="schools_free")
