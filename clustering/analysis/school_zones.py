"""The Zones of each school in a membership."""

from __future__ import annotations

from clustering.zones.audit import Membership
from clustering.zones.geometry import zone_id_of


def zones_of_schools(membership: Membership) -> dict[str, tuple[str, ...]]:
    """Ids of the Zones of every school that is in one, sorted: several where feeders are shared."""
    zones: dict[str, tuple[str, ...]] = {}
    for anchor, feeders in sorted(membership.items()):
        for school in (anchor, *feeders):
            zones[school] = (*zones.get(school, ()), zone_id_of(anchor))
    return zones
