"""Zones of several anchors split into one part per anchor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from clustering.capacity.need.given_zones import GivenProposal, GivenZone
from clustering.capacity.need.smaller_variants import request_of_zones
from clustering.capacity.need.variants import ZoneVariant
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.member_arrival import measure_member_arrival
from clustering.zones.planner import ZonePlanner
from clustering.zones.request import ZoneRequest


def find_part_variants(planner: ZonePlanner, given: GivenProposal) -> tuple[ZoneVariant, ...]:
    """
    Split every Zone of several anchors.

    Parameters
    ----------
    planner
        Of the scenario.
    given
        The proposal.

    Returns
    -------
    variants
        One per anchor of such a Zone. A feeder goes with the anchor in which most of its students arrive whose whole
        way lies in the Zone; where equally many arrive in two, or none in any, with the first of these by id. A part
        may be smaller than ``minimum_schools``: it is run as a part of its Zone.
    """
    several = [zone for zone in given.zones if len(zone.anchor_ids) > 1]
    if not several:
        return ()
    tables, request = request_of_zones(planner, given)
    alone = replace(request, merged={})
    return tuple(variant for zone in several for variant in _parts_of(zone, tables, alone))


def _parts_of(zone: GivenZone, tables: FeederTables, request: ZoneRequest) -> list[ZoneVariant]:
    anchors = sorted(zone.anchor_ids)
    arriving: Mapping[str, dict[str, float]] = {feeder: {} for feeder in zone.feeder_ids}
    for anchor in anchors:
        for (_, feeder), each in measure_member_arrival(tables, {anchor: zone.feeder_ids}, request).items():
            arriving[feeder][anchor] = each.arriving_students
    # The first of the greatest: anchors are sorted.
    chosen = {feeder: max(anchors, key=lambda each: by_anchor.get(each, 0.0)) for feeder, by_anchor in arriving.items()}
    return [
        ZoneVariant(
            variant_id=f"{zone.zone_id}/{anchor}",
            zone_id=zone.zone_id,
            variant="part",
            school_ids=tuple(sorted((anchor, *(feeder for feeder in zone.feeder_ids if chosen[feeder] == anchor)))),
        )
        for anchor in anchors
    ]
