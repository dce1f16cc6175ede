"""What a Zone must satisfy, and an audit that recomputes it for any answer, whatever produced it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import networkx as nx

from clustering.zones.distances import distance_km, nearest, travel_minutes
from clustering.zones.eligibility import exclusions_of_pairs
from clustering.zones.exclusions import describe_exclusion
from clustering.zones.parameters import ProposalParameters
from clustering.zones.request import ZoneRequest, anchors_of
from clustering.zones.tolerances import (
    ARRIVAL_SHARE,
    CLAIMED_SCORE_STUDENTS,
    CLAIMED_TOTAL_STUDENTS,
    ENROLMENT_STUDENTS,
)

Membership = Mapping[str, tuple[str, ...]]

# What the graph says of each link, by origin and destination.
Links = Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True, kw_only=True)
class ClaimedScores:
    """
    Scores that are claimed for a membership [students per year].

    Parameters
    ----------
    of_zones
        By anchor; empty if none are claimed.
    total
        Of all Zones together; ``None`` if it is not claimed.
    """

    of_zones: Mapping[str, float] = field(default_factory=dict)
    total: float | None = None


def is_candidate_link(send_share: float, receive_share: float, minimum_share: float) -> bool:
    """Whether a flow is large enough, for the sender or for the receiver, to tie a feeder to a Zone."""
    return send_share >= minimum_share or receive_share >= minimum_share


def score_zone(graph: nx.DiGraph, anchor_id: str, feeders: tuple[str, ...], request: ZoneRequest) -> float:
    """
    Score of one Zone [students per year].

    Parameters
    ----------
    graph
        The feeder graph.
    anchor_id, feeders
        The Zone; merged anchors are among the feeders.
    request
        The limits and weights of the request.

    Returns
    -------
    score
        ``retained - leakage_weight * leaked``: each student promoted out of a feeder is retained if the whole way to
        an anchor lies in the Zone (``score_by=arrival``) or if the next school does (``moves``), and costs
        ``leakage_weight`` if not. With the other weights, each feeder adds ``need_weight`` times its need and its
        promoted students, and loses ``distance_weight`` per kilometre and ``travel_weight`` per minute to the nearest
        anchor of the Zone.
    """
    parameters = request.parameters
    inside, anchors = links_within(graph, {anchor_id, *feeders}), frozenset(anchors_of(request, anchor_id))
    kept: dict[tuple[str, str], float] = {}
    retained = sum(
        link["students"] * (1.0 if parameters.score_by == "moves" else arriving_share(inside, each, anchors, kept))
        for each, link in _sorted_links(inside, feeders)
    )
    promoted = sum(promoted_students(graph, feeder, parameters) for feeder in sorted(feeders))
    score = float(retained - parameters.leakage_weight * (promoted - retained))
    return score + sum(_bonus(graph, anchor_id, feeder, request) for feeder in sorted(feeders))


def links_within(graph: nx.DiGraph, members: Collection[str]) -> Links:
    """Links among the members of a Zone; as dictionaries, which answer much sooner than the views of a graph."""
    inside: dict[str, dict[str, Mapping[str, Any]]] = {member: {} for member in members}
    for origin, destination, link in graph.edges(list(inside), data=True):
        if destination in inside:
            inside[origin][destination] = link
    return inside


def _sorted_links(inside: Links, feeders: Iterable[str]) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    """Links out of some feeders into their Zone, each with its ends, in the one order that sums are taken in."""
    for feeder in sorted(feeders):
        for receiver, link in sorted(inside[feeder].items()):
            yield (feeder, receiver), link


def arriving_share(
    inside: Links, ends: tuple[str, str], anchors: frozenset[str], kept: dict[tuple[str, str], float]
) -> float:
    """
    Share of the students promoted from one school into another who arrive at an anchor [0 to 1].

    Parameters
    ----------
    inside
        Links among the members of the Zone.
    ends
        The two schools.
    anchors
        Of the Zone.
    kept
        Shares of other links of this Zone, worked out before.

    Returns
    -------
    share
        1 if they are promoted into an anchor. Elsewhere the sum over the members that they go on to, by the paths that
        the files tell, or else by the send shares of ``destination``.
    """
    origin, destination = ends
    if destination in anchors:
        return 1.0
    if ends not in kept:
        onward = inside[origin][destination].get("onward")
        kept[ends] = sum(
            (link["send_share"] if onward is None else onward.get(each, 0.0))
            * arriving_share(inside, (destination, each), anchors, kept)
            for each, link in sorted(inside[destination].items())
        )
    return kept[ends]


def _bonus(graph: nx.DiGraph, anchor_id: str, feeder: str, request: ZoneRequest) -> float:
    parameters, anchors = request.parameters, anchors_of(request, anchor_id)
    bonus = 0.0
    if parameters.need_weight:
        bonus += parameters.need_weight * request.cell(feeder, "need") * promoted_students(graph, feeder, parameters)
    if parameters.distance_weight:
        bonus -= parameters.distance_weight * nearest(distance_km(request, feeder, anchor) for anchor in anchors)
    if parameters.travel_weight:
        bonus -= parameters.travel_weight * nearest(travel_minutes(request, feeder, anchor) for anchor in anchors)
    return float(bonus)


def promoted_students(graph: nx.DiGraph, school_id: str, parameters: ProposalParameters) -> float:
    """Students promoted out of a school per year; with those who left, if ``count_exits``."""
    node = graph.nodes[school_id]
    return float(node["promoted_students"] + (node["exit_students"] if parameters.count_exits else 0.0))


def audit(
    graph: nx.DiGraph, membership: Membership, request: ZoneRequest, *, claimed: ClaimedScores | None = None
) -> tuple[str, ...]:
    """
    Check an answer against every constraint and recompute its scores, independently of whatever produced it.

    Parameters
    ----------
    graph
        The feeder graph.
    membership
        Anchor to the feeders of its Zone.
    request
        The limits of the request.
    claimed
        Scores to be compared with those of the graph; ``None`` if none are claimed.

    Returns
    -------
    violations
        One sentence each; empty if the answer is sound.
    """
    parameters = request.parameters
    violations: list[str] = []
    zones_of: dict[str, list[str]] = {}
    for anchor_id, feeders in membership.items():
        for school_id in {anchor_id, *feeders}:
            zones_of.setdefault(school_id, []).append(anchor_id)
        violations.extend(_audit_zone(graph, anchor_id, feeders, request))
    violations.extend(_audit_exclusions(graph, membership, request))
    for school_id, anchors in sorted(zones_of.items()):
        if len(anchors) > 1 and (not parameters.shared_feeders or school_id in membership):
            violations.append(f"{school_id} is in the Zones of {', '.join(sorted(anchors))}.")
    violations.extend(
        f"{school_id} is forced in but in no Zone." for school_id in parameters.force_in if school_id not in zones_of
    )
    if parameters.maximum_zones is not None and len(membership) > parameters.maximum_zones:
        violations.append(f"There are {len(membership)} Zones, more than {parameters.maximum_zones}.")
    violations.extend(
        f"{', '.join(group)} are to keep together, and are not all in the same Zones."
        for group in parameters.together()
        if len({tuple(zones_of.get(school_id, ())) for school_id in group}) > 1
    )
    # A Zone with schools that the graph does not have has no score.
    if claimed is not None and not violations:
        violations.extend(_audit_scores(graph, membership, request, claimed))
    return tuple(violations)


def _audit_scores(
    graph: nx.DiGraph, membership: Membership, request: ZoneRequest, claimed: ClaimedScores
) -> Iterator[str]:
    """Claimed scores that are not those of the graph."""
    scores = {anchor: score_zone(graph, anchor, feeders, request) for anchor, feeders in membership.items()}
    tolerance = CLAIMED_SCORE_STUDENTS * (1 + request.parameters.leakage_weight)
    if claimed.of_zones and set(claimed.of_zones) != set(scores):
        yield "The scores are claimed for other Zones than those of the solution."
    for anchor, score in sorted(scores.items()):
        claim = claimed.of_zones.get(anchor, score)
        if not abs(claim - score) <= tolerance:
            yield f"The Zone of {anchor} scores {score:.3f}, not {claim:.3f}."
    total, school_count = math.fsum(scores.values()), sum(1 + len(feeders) for feeders in membership.values())
    if claimed.total is not None and not abs(claimed.total - total) <= CLAIMED_TOTAL_STUDENTS * (1 + school_count):
        yield f"The Zones score {total:.3f} in all, not {claimed.total:.3f}."


def _audit_zone(graph: nx.DiGraph, anchor_id: str, feeders: tuple[str, ...], request: ZoneRequest) -> list[str]:
    parameters = request.parameters
    zone = f"The Zone of {anchor_id}"
    members = {anchor_id, *feeders}
    violations = []
    if len(members) != len(feeders) + 1:
        violations.append(f"{zone} names a school twice.")
    if not parameters.minimum_schools <= len(members) <= parameters.maximum_schools:
        limit = f"{parameters.minimum_schools} to {parameters.maximum_schools}"
        violations.append(f"{zone} has {len(members)} school{'' if len(members) == 1 else 's'}, not {limit}.")
    unknown = sorted(school_id for school_id in members if school_id not in graph)
    if unknown:
        return [*violations, f"{zone} has schools that the graph does not have: {', '.join(unknown)}."]
    if parameters.maximum_enrolment_students is not None:
        students = sum(request.cell(school_id, "enrolment") for school_id in sorted(members))
        if not students <= parameters.maximum_enrolment_students + ENROLMENT_STUDENTS:
            violations.append(f"{zone} has {students:g} students, more than {parameters.maximum_enrolment_students:g}.")
    inside = links_within(graph, members)
    violations.extend(_audit_connections(inside, anchor_id, members, request))
    violations.extend(_audit_arrival(graph, inside, anchor_id, request))
    return violations


def _audit_exclusions(graph: nx.DiGraph, membership: Membership, request: ZoneRequest) -> Iterator[str]:
    """Members that a limit or lock excludes from their Zone."""
    held = [(anchor, school) for anchor, feeders in membership.items() for school in sorted({anchor, *feeders})]
    held = [(anchor, school) for anchor, school in held if school in graph]
    pairs = [(school, anchors_of(request, anchor)) for anchor, school in held]
    for (anchor, school), exclusions in zip(held, exclusions_of_pairs(request, pairs), strict=True):
        if exclusions:
            yield f"The Zone of {anchor} has {school}, which {describe_exclusion(exclusions[0])}."


def _audit_arrival(graph: nx.DiGraph, inside: Links, anchor_id: str, request: ZoneRequest) -> Iterator[str]:
    """Feeders too few of whose students arrive; those that locks put into the Zone may be."""
    least, anchors = request.parameters.minimum_arrival_share, frozenset(anchors_of(request, anchor_id))
    locked = {*request.parameters.force_in, *anchors}
    locked.update(*(group for group in request.parameters.together() if not anchors.isdisjoint(group)))
    kept = dict[tuple[str, str], float]()
    for feeder in sorted(set(inside) - locked) if least > 0 else ():
        promoted = promoted_students(graph, feeder, request.parameters)
        arriving = sum(
            link["students"] * arriving_share(inside, ends, anchors, kept)
            for ends, link in _sorted_links(inside, [feeder])
        )
        share = arriving / (promoted or 1.0)
        if share < least - ARRIVAL_SHARE:
            yield f"The Zone of {anchor_id} has {feeder}, of whose students {share:.1%} arrive, not {least:.1%}."


def _audit_connections(inside: Links, anchor_id: str, members: set[str], request: ZoneRequest) -> Iterator[str]:
    """Promotions inside the Zone, and catchments if in one piece, lead from every member to an anchor."""
    parameters, zone = request.parameters, f"The Zone of {anchor_id}"
    anchors = set(anchors_of(request, anchor_id))
    if missing := sorted(anchors - members):
        yield f"{zone} lacks {', '.join(missing)}, merged with its anchor."
    tied = {
        origin: [
            receiver
            for receiver, link in links.items()
            if is_candidate_link(link["send_share"], link["receive_share"], parameters.minimum_link_share)
        ]
        for origin, links in inside.items()
    }
    reaching = set(anchors)
    while found := {each for each in members - reaching if not reaching.isdisjoint(tied[each])}:
        reaching |= found
    if stranded := sorted(members - reaching):
        yield f"{zone} has schools from which no promotions lead to the anchor: {', '.join(stranded)}."
    if parameters.contiguous:
        touching = nx.Graph((a, b) for a in members for b in request.neighbours.get(a, ()) if b in members)
        connected = nx.node_connected_component(touching, anchor_id) if anchor_id in touching else {anchor_id}
        if apart := sorted(members - connected):
            yield f"{zone} has schools whose catchments are not connected with the anchor's: {', '.join(apart)}."
