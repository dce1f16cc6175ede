"""Which partners may run a Zone here at all."""

from __future__ import annotations

import pandas as pd

# Obstacles of a pair that depend on the year: capacity, start and money change, approval, duties and reach do not.
YEARLY_OBSTACLES = frozenset({"start", "size", "budget"})


def eligible_partners(pairs: pd.DataFrame) -> list[str]:
    """
    Find the partners that may run a Zone.

    Parameters
    ----------
    pairs
        As of :func:`~clustering.capacity.matching.pairs.pair_zones`.

    Returns
    -------
    partner_ids
        Those with a Zone for which neither approval nor duties, reach, levels, exclusions or locks stand in the way,
        sorted. Whether they have the capacity is another question.
    """
    may_run = pairs["obstacles"].map(YEARLY_OBSTACLES.issuperset).astype(bool)
    return sorted(set(pairs["partner_id"][may_run]))
