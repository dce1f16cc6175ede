"""A Match: which partner runs which Zone, what goes unserved, who is unused, and how good it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.matching.reasons import (
    BlockedPartner,
    Loss,
    MatchReason,
    PairObstacle,
    UnservedZone,
    UnusedPartner,
)
from clustering.capacity.solver import AssignmentStatus
from clustering.model.disclosure_setting import Disclosure

__all__ = [
    "BlockedPartner",
    "Loss",
    "Match",
    "MatchReason",
    "MatchSolution",
    "PairObstacle",
    "UnservedZone",
    "UnusedPartner",
]

MatchStatus = AssignmentStatus


@dataclass(frozen=True, kw_only=True)
class MatchSolution:
    """
    How good a match is, and what proves it.

    Parameters
    ----------
    status
        ``optimal``: no match serves more need; ``within gap``: of a large request, no match serves 0.1% more; ``time
        limit``: the best found.
    ties_status
        The same of the later aims: ``optimal``: among these matches, the most preferences are met, at the least cost;
        ``time limit``: the best found, not proved.
    need_served, need_in_all
        Of the variants chosen, and of all Zones as proposed whose need is known; students or points.
    bound
        No match serves more.
    gap
        ``(bound - need_served) / max(1, bound)``.
    zones_served, zones_in_all, schools_served
        Counts.
    preferences_met
        Preferences that fit the pairs chosen.
    cost_dollars
        Of a year at full cost.
    """

    status: MatchStatus
    ties_status: MatchStatus
    need_served: float
    need_in_all: float
    bound: float
    gap: float
    zones_served: int
    zones_in_all: int
    schools_served: int
    preferences_met: int
    cost_dollars: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Match:
    """
    Which partner runs which Zone. :func:`~clustering.match_tables` writes all of it as flat tables.

    Parameters
    ----------
    parameters
        The request.
    fall
        In which the partners start; ``None`` if nothing tells.
    solution
        Status, need served, bound.
    matches
        One row per match, sorted by ``zone_id`` and ``variant_id``: ``zone_id``, ``zone_name``, ``variant_id``,
        ``variant``, ``partner_id``, ``partner_name``, ``school_ids`` (tuple), ``school_count``, ``students`` (missing
        if unknown), ``need`` (missing if unknown), ``cost_dollars``, ``cost_basis`` (of ``costs.COST_BASES``),
        ``distance_km``, a column for each of ``DUTIES`` with its state, ``preference``, ``is_locked``, ``reason``.
    reasons
        Of each match, in the order of the rows: values behind the sentences.
    unserved
        Zones without a partner, sorted by id.
    unused
        Partners without a Zone, sorted by id.
    capacity
        Index ``partner_id``: ``name``, ``schools_now``, ``maximum_schools``, ``schools_free`` (these three missing
        where unknown), ``schools_used``, ``schools_left``, ``zone_count``, ``need``, ``cost_dollars``.
    limits
        Limits that bind: ``kind`` (``capacity``, ``zones per partner`` or ``budget``), ``partner_id`` (missing for the
        budget), ``used``, ``limit``, ``dual_price``: need that one unit more (a school, a Zone, a dollar) brings in the
        linear relaxation. A hint, for Zones are whole.
    disclosure
        How the counts behind it were protected.
    provenance
        Data, files of the register, software.
    notes
        Sentences to be read with the numbers.
    """

    parameters: MatchParameters
    fall: int | None
    solution: MatchSolution
    matches: pd.DataFrame
    reasons: tuple[MatchReason, ...]
    unserved: tuple[UnservedZone, ...]
    unused: tuple[UnusedPartner, ...]
    capacity: pd.DataFrame
    limits: pd.DataFrame
    disclosure: Disclosure
    provenance: Mapping[str, Any]
    notes: tuple[str, ...]
