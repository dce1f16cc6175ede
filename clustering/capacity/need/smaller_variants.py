"""The best smaller variants of every Zone, of each size, by the exact search within the Zone's own schools."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from clustering.capacity.need.given_zones import GivenProposal, GivenZone
from clustering.capacity.need.variants import ZoneVariant
from clustering.errors import OutOfTimeError
from clustering.zones.candidate_reach import find_reach
from clustering.zones.candidates import Candidates, candidates_within
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.planner import ZonePlanner
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.single_zone.problem import NO_FIXINGS, Fixings
from clustering.zones.solver.single_zone.zone_found import UnprovedZoneError


@dataclass(frozen=True, kw_only=True)
class SmallerVariants:
    """
    What was found.

    Parameters
    ----------
    variants
        By Zone and size; each set of schools once.
    without
        Zones larger than the least size that have no smaller variant, because none keeps all limits.
    """

    variants: tuple[ZoneVariant, ...]
    without: tuple[str, ...]


def request_of_zones(planner: ZonePlanner, given: GivenProposal) -> tuple[FeederTables, ZoneRequest]:
    """
    Build the feeder graph and the request of a proposal, with the anchors merged as its Zones have them.

    Parameters
    ----------
    planner
        Of the scenario.
    given
        The proposal.

    Returns
    -------
    tables, request
        Exact, and without the limit on the number of Zones: each Zone is looked at alone.
    """
    parameters = given.parameters
    own = parameters.with_changes(method="exact", maximum_zones=None, merge_anchors=(), merge_shared_share=None)
    selection = planner.select_anchors(own)
    merged = {min(zone.anchor_ids): tuple(sorted(zone.anchor_ids)) for zone in given.zones if len(zone.anchor_ids) > 1}
    return planner.build_graph(own), replace(selection.request, merged=merged)


def find_smaller_variants(
    planner: ZonePlanner, given: GivenProposal, *, progress: Callable[[float], None]
) -> SmallerVariants:
    """
    Find the best variant of every Zone for each size below its own.

    Parameters
    ----------
    planner
        Of the scenario.
    given
        The proposal.
    progress
        Told the fraction done, 0 to 1.

    Returns
    -------
    found
        For each size from ``minimum_schools`` to one less than the Zone's own, the schools of the greatest score that
        are no more than that many, keep every limit and lock of the request, and are all in the Zone.

    Raises
    ------
    OutOfTimeError
        ``time_limit_s`` of the request was over before all were proved.
    """
    tables, request = request_of_zones(planner, given)
    parameters = given.parameters
    deadline = time.monotonic() + parameters.time_limit_s
    sizes = {zone.zone_id: range(parameters.minimum_schools, len(zone.school_ids)) for zone in given.zones}
    zones = [zone for zone in given.zones if len(sizes[zone.zone_id])]
    candidates = _candidates_inside(zones, tables, request)
    possible = sorted({size for each in sizes.values() for size in each})
    requests = {
        size: replace(request, parameters=request.parameters.with_changes(maximum_schools=size)) for size in possible
    }
    variants: list[ZoneVariant] = []
    without = []
    for number, (zone, within) in enumerate(zip(zones, candidates, strict=True)):
        best = [_best_within(within, requests[size], deadline=deadline) for size in sizes[zone.zone_id]]
        found = {tuple(sorted({*zone.anchor_ids, *feeders})) for feeders in best if feeders is not None}
        if not found:
            without.append(zone.zone_id)
        variants += [
            ZoneVariant(
                variant_id=f"{zone.zone_id}/{len(schools)}",
                zone_id=zone.zone_id,
                variant="smaller",
                school_ids=schools,
            )
            for schools in sorted(found, key=len)
        ]
        progress((number + 1) / len(zones))
    return SmallerVariants(variants=tuple(variants), without=tuple(without))


def _candidates_inside(
    zones: Sequence[GivenZone], tables: FeederTables, request: ZoneRequest
) -> tuple[Candidates, ...]:
    """The members of each Zone that are candidates of its anchors, with the flows among them."""
    groups = [tuple(sorted(zone.anchor_ids)) for zone in zones]
    anchors = [anchor for group in groups for anchor in group]
    reach = find_reach(groups, tables, request, others=anchors)
    size = len(tables.totals.index)
    members = [
        number * size + request.positions_of(zone.school_ids).astype(np.int64) for number, zone in enumerate(zones)
    ]
    inside = reach.among(np.isin(reach.pairs, np.concatenate(members or [np.empty(0, dtype=np.int64)])))
    return candidates_within(inside, groups, tables, request)


def _best_within(candidates: Candidates, request: ZoneRequest, *, deadline: float) -> tuple[str, ...] | None:
    """Feeders of the best Zone of a size; it has every school that is forced in. ``None`` if there is no such Zone."""
    if candidates.has_impossible_group:
        return None
    oracle = PricingOracle(candidates, request)
    forced = np.isin(candidates.schools, request.parameters.force_in)
    fixings = Fixings(required=forced) if forced.any() else NO_FIXINGS
    try:
        found = oracle.find_best(fixings=fixings, deadline=deadline)
    except UnprovedZoneError:
        raise OutOfTimeError("the best smaller variants were not all proved within time_limit_s") from None
    return None if found is None else oracle.feeders(found)
