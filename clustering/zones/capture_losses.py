"""
Schools that an estimate's capture keeps out of every Zone.

Where schools have fewer places than students by address, an estimate takes some of their students to go to schools that
are not known, at every school on the way. What is left of a feeder chain is the product: 26% of 65% is 17%.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from clustering.zones.audit import Membership
from clustering.zones.candidates import Candidates, generate_candidates
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import ZoneRequest, label
from clustering.zones.solving import ModelInstance

_SCHOOLS_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class CaptureLoss:
    """
    A school in no Zone that could be in one, were it not for the students whose school an estimate does not know.

    Parameters
    ----------
    school_id, anchor_id
        The school, and the anchor whose Zone it is nearest to by its arrival.
    arrival_share
        Share of its promoted students who could arrive, below ``minimum_arrival_share`` [0 to 1].
    known_share
        The same share of those of whom the estimate knows every school on the way [0 to 1].
    """

    school_id: str
    anchor_id: str
    arrival_share: float
    known_share: float


def find_capture_losses(instance: ModelInstance, membership: Membership) -> tuple[CaptureLoss, ...]:
    """
    Find the schools that an estimate's capture keeps out of every Zone.

    Parameters
    ----------
    instance
        What was solved.
    membership
        The Zones found.

    Returns
    -------
    losses
        Schools in no Zone, excluded by ``minimum_arrival_share`` alone, which would reach it among the students whose
        schools are known; sorted by school. None where all next schools are known.
    """
    tables, request = instance.tables, instance.request
    struck = {each.anchor_id: each for each in instance.candidates if each.low_arrival}
    if not struck or not (tables.totals["unknown_students"] > 0).any():
        return ()
    anchors = [anchor for each in instance.candidates for anchor in (each.anchor_id, *each.merged)]
    known = {each.anchor_id: each for each in generate_candidates(_known_only(tables), anchors, request)}
    in_zones = {school for feeders in membership.values() for school in feeders}
    found: dict[str, CaptureLoss] = {}
    for anchor, candidates in struck.items():
        for school, share in _shares_of(known[anchor], candidates.low_arrival).items():
            loss = CaptureLoss(
                school_id=school, anchor_id=anchor, arrival_share=candidates.low_arrival[school], known_share=share
            )
            if school not in in_zones and (school not in found or share > found[school].known_share):
                found[school] = loss
    return tuple(found[school] for school in sorted(found))


def _known_only(tables: FeederTables) -> FeederTables:
    """The feeder graph of the students whose next school is known."""
    promoted, unknown = (tables.totals[name].to_numpy() for name in ("promoted_students", "unknown_students"))
    known = promoted - unknown
    factor = np.divide(promoted, known, out=np.ones(len(known)), where=known > 0)
    links = tables.links.assign(send_share=tables.links["send_share"].to_numpy() * factor[tables.ends.origin])
    paths = None if tables.paths is None else tables.paths.dropna(subset="destination")
    return replace(tables, totals=tables.totals.assign(promoted_students=known), links=links, paths=paths)


def _shares_of(candidates: Candidates, wanted: Mapping[str, float]) -> dict[str, float]:
    """Share of the students of each school who arrive if all candidates are in the Zone; only of candidates wanted."""
    arriving = np.bincount(
        candidates.origin, weights=candidates.students * candidates.arriving, minlength=len(candidates.schools)
    )
    shares = np.divide(arriving, candidates.promoted, out=np.zeros(len(arriving)), where=candidates.promoted > 0)
    return {
        school: share for school, share in zip(candidates.schools, shares.tolist(), strict=True) if school in wanted
    }


def describe_capture_losses(losses: Sequence[CaptureLoss], request: ZoneRequest) -> list[str]:
    """Name the schools that capture keeps out, with their numbers, in two sentences; nothing where there are none."""
    if not losses:
        return []
    named = "; ".join(
        f"{label(request, each.school_id)}, {each.arrival_share:.0%} to {label(request, each.anchor_id)} instead of"
        f" {each.known_share:.0%}"
        for each in losses[:_SCHOOLS_NAMED]
    )
    more = f"; and {len(losses) - _SCHOOLS_NAMED:,} more" if len(losses) > _SCHOOLS_NAMED else ""
    schools = "1 school is" if len(losses) == 1 else f"{len(losses):,} schools are"
    return [
        (
            f"{schools} in no Zone because the estimate takes students to go elsewhere at each school on the way that"
            f" has too few places, so that fewer than"
            f" minimum_arrival_share={request.parameters.minimum_arrival_share:.12g} could arrive: {named}{more}. The"
            " second share is of those of whom the estimate knows every school on the way, by address or by the feeder"
            " chain that the district publishes. Read the files with capture=none to take everybody at the school of"
            " the address."
        )
    ]
