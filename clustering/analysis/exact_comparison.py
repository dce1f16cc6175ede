"""How much a protected proposal keeps of the exact one; for those who may see exact counts, and not for release."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from clustering.zones.proposal import Proposal, Zone

_DIGITS = 3


@dataclass(frozen=True, kw_only=True)
class ExactComparison:
    """
    A protected proposal beside the exact one.

    Parameters
    ----------
    zones_same
        Exact Zones that the protected proposal has too, with the same members.
    zones_exact
        Exact Zones.
    retention_points_off
        By how many percentage points retention differs at the median, over Zones of the same high school; ``None`` if
        there is none.
    """

    zones_same: int
    zones_exact: int
    retention_points_off: float | None


def compare_with_exact(protected: Proposal, exact: Proposal) -> ExactComparison:
    """
    Compare a protected proposal with the exact one of the same request.

    Parameters
    ----------
    protected, exact
        Of the same inputs.

    Returns
    -------
    comparison
        It follows from exact counts, so it is not for release.
    """
    kept = {zone.anchor_id: zone for zone in protected.zones}
    pairs = [(kept[zone.anchor_id], zone) for zone in exact.zones if zone.anchor_id in kept]
    same = sum(_members(one) == _members(other) for one, other in pairs)
    off = [
        100 * abs(one.metrics.retention - other.metrics.retention)
        for one, other in pairs
        if one.metrics.retention is not None and other.metrics.retention is not None
    ]
    return ExactComparison(
        zones_same=same, zones_exact=len(exact.zones), retention_points_off=round(median(off), _DIGITS) if off else None
    )


def _members(zone: Zone) -> frozenset[str]:
    return frozenset(member.school_id for member in zone.members)
