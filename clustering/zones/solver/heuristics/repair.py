"""Repair: from the schools that a heuristic assigns to each anchor to Zones that keep every limit of the request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clustering.errors import InfeasibleError
from clustering.zones.candidates import Candidates
from clustering.zones.request import ZoneRequest, label
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.heuristics.assignment import Assignment
from clustering.zones.solver.single_zone.problem import Fixings
from clustering.zones.solver.solution import NoZoneReason, ZoneSolution


@dataclass(frozen=True, kw_only=True)
class _RepairedZone:
    """Ids of the feeders of a Zone, and its score [students per year]."""

    value: float
    feeders: tuple[str, ...]


def repair_zones(assignment: Assignment, candidates: Sequence[Candidates], request: ZoneRequest) -> ZoneSolution:
    """
    Make a Zone of the schools assigned to each anchor.

    Parameters
    ----------
    assignment
        Of the method; no school is assigned to two anchors, unless feeders may be shared.
    candidates
        One per anchor.
    request
        The limits of the request.

    Returns
    -------
    solution
        Status ``heuristic``. Of the schools assigned, those make up the Zone that keep all limits and score most, found
        exactly, so that every method is compared at its best. A Zone that would score 0 or less is dropped, unless it
        holds a school that is forced in.

    Raises
    ------
    InfeasibleError
        A school that is forced in is in no Zone: the method has no way to keep that lock.
    """
    forced = frozenset(request.parameters.force_in)
    zones: dict[str, _RepairedZone] = {}
    without_zone: dict[str, NoZoneReason] = {}
    for each in sorted(candidates, key=lambda one: one.anchor_id):
        best = _repair(each, assignment.get(each.anchor_id, frozenset()), request)
        if best is None:
            without_zone[each.anchor_id] = NoZoneReason(kind="heuristic_infeasible")
        elif best.value <= 0 and forced.isdisjoint((*each.anchors, *best.feeders)):
            without_zone[each.anchor_id] = NoZoneReason(kind="heuristic_negative_score", score=best.value)
        else:
            zones[each.anchor_id] = best
    _limit_number_of_zones(zones, without_zone, request)
    held = {school for anchor, zone in zones.items() for school in (anchor, *zone.feeders)}
    if unkept := sorted(forced - held):
        raise InfeasibleError(
            f"{label(request, school)} is forced in, and this method finds no Zone that holds it: use method=exact."
            for school in unkept
        )
    membership = {anchor: zone.feeders for anchor, zone in sorted(zones.items())}
    return ZoneSolution(membership=membership, without_zone=without_zone, status="heuristic", bound=None)


def _repair(candidates: Candidates, assigned: frozenset[int], request: ZoneRequest) -> _RepairedZone | None:
    """Find the best Zone of the schools assigned to an anchor that keeps all limits; ``None`` if there is none."""
    if candidates.has_impossible_group:
        return None
    oracle, inside = PricingOracle(candidates, request), np.zeros(len(candidates.schools), dtype=bool)
    inside[sorted(assigned)] = True
    inside |= oracle.problem.mandatory
    is_forced = np.isin(np.array(candidates.schools, dtype=object), list(request.parameters.force_in))
    best = oracle.find_best(fixings=Fixings(required=inside & is_forced, forbidden=~inside))
    return None if best is None else _RepairedZone(value=best.value, feeders=oracle.feeders(best))


def _limit_number_of_zones(
    zones: dict[str, _RepairedZone], without_zone: dict[str, NoZoneReason], request: ZoneRequest
) -> None:
    """Keep only as many Zones as are asked for, the best."""
    most = request.parameters.maximum_zones
    if most is None:
        return
    forced = frozenset(request.parameters.force_in)
    # A Zone that holds a lock is never the one to go.
    order = sorted(zones, key=lambda each: (forced.isdisjoint((each, *zones[each].feeders)), -zones[each].value, each))
    for anchor in order[most:]:
        without_zone[anchor] = NoZoneReason(kind="heuristic_lower_total")
        del zones[anchor]
