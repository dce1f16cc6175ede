"""Which partner may run which Zone: every pair, with everything that stands in its way."""

from __future__ import annotations

import pandas as pd

from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import Register

# What can stand in the way of a pair, in the order in which it is said.
OBSTACLES = (
    "supporting partner",  # it runs no Zones
    "approval",
    "duties",
    "excluded",  # by the partner, the district or the state
    "forbidden",  # by a lock
    "levels",
    "reach",  # district or distance
    "start",  # its earliest start is later
    "size",  # the variant has more schools than it can run
    "budget",  # the variant alone costs more than there is
)


def pair_zones(needs: ZoneNeeds, register: Register, parameters: MatchParameters) -> pd.DataFrame:
    """
    Pair every variant of every Zone with every partner.

    Parameters
    ----------
    needs, register, parameters
        The request.

    Returns
    -------
    pairs
        One row per variant and partner, sorted by both: ``variant_id``, ``zone_id``, ``partner_id``, ``distance_km``
        (missing where a position is unknown), ``obstacles`` (tuple of :data:`OBSTACLES`; empty: the pair is
        admissible), ``preference`` (preferences that fit, less 0; int64), ``cost_dollars`` (a year at full cost).
    """
    raise NotImplementedError
