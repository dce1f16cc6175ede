"""From schools that an alternative method gives to each anchor to Zones that keep every limit of the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from clustering.errors import InfeasibleError
from clustering.zones.candidates import Candidates
from clustering.zones.request import ZoneRequest, label
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.solution import ZoneSolution


def settle_zones(
    given: Mapping[str, frozenset[int]], candidates: Sequence[Candidates], request: ZoneRequest
) -> ZoneSolution:
    """
    Make a Zone of the schools given to each anchor.

    Parameters
    ----------
    given
        Places of the candidates that the method gives to an anchor, by anchor; no school to two anchors, unless feeders
        may be shared.
    candidates
        One per anchor.
    request
        The limits of the request.

    Returns
    -------
    answer
        Status ``heuristic``. Of the schools given, those make up the Zone that keep all limits and score most, found
        exactly, so that every method is compared at its best. A Zone that would score 0 or less is given up, unless it
        holds a school that is forced in.

    Raises
    ------
    InfeasibleError
        A school that is forced in is in no Zone: the method has no way to keep that lock.
    """
    forced = frozenset(request.parameters.force_in)
    found: dict[str, tuple[float, tuple[str, ...]]] = {}
    without_zone: dict[str, str] = {}
    for each in sorted(candidates, key=lambda one: one.anchor_id):
        oracle, inside = PricingOracle(each, request), np.zeros(len(each.schools), dtype=bool)
        inside[sorted(given.get(each.anchor_id, ()))] = True
        inside |= oracle.problem.mandatory
        must = inside & np.isin(np.array(each.schools, dtype=object), list(forced))
        best = oracle.find_best(must=must, barred=~inside)
        is_forced = bool(must.any()) or not forced.isdisjoint(each.anchors)
        if each.has_impossible_group or best is None:
            without_zone[each.anchor_id] = (
                "Of the schools that the method gives to it no Zone within the limits can be made."
            )
        elif best.value <= 0 and not is_forced:
            without_zone[each.anchor_id] = f"The Zone that the method finds would score {best.value:z.1f}."
        else:
            found[each.anchor_id] = best.value, oracle.feeders(best)
    _keep_best(found, without_zone, request)
    held = {school for anchor, (_, feeders) in found.items() for school in (anchor, *feeders)}
    if unkept := sorted(forced - held):
        raise InfeasibleError(
            f"{label(request, school)} is forced in, and this method finds no Zone that holds it: use method=exact."
            for school in unkept
        )
    membership = {anchor: feeders for anchor, (_, feeders) in sorted(found.items())}
    return ZoneSolution(membership=membership, without_zone=without_zone, status="heuristic", bound=None)


def _keep_best(
    found: dict[str, tuple[float, tuple[str, ...]]], without_zone: dict[str, str], request: ZoneRequest
) -> None:
    """Leave only as many Zones as are asked for."""
    most = request.parameters.maximum_zones
    if most is None:
        return
    forced = frozenset(request.parameters.force_in)
    # A Zone that holds a lock is never the one to go.
    order = sorted(found, key=lambda each: (forced.isdisjoint((each, *found[each][1])), -found[each][0], each))
    for anchor in order[most:]:
        without_zone[anchor] = f"Only {most} Zones are asked for, and others score more."
        del found[anchor]
