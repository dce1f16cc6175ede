"""Why a school is in a Zone: the reason as a value; ``reason_sentences`` writes it down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import networkx as nx
import pandas as pd

from clustering.zones.audit import promoted_students
from clustering.zones.entrants import Entrants, find_entrants
from clustering.zones.member_arrival import Arrival
from clustering.zones.member_links import Elsewhere, LinkShares, find_elsewhere, is_uncertain, shares_of_link
from clustering.zones.proposal import ZoneMetrics
from clustering.zones.request import ZoneRequest, anchors_of
from clustering.zones.solving import Solved


@dataclass(frozen=True, kw_only=True)
class FeederReason:
    """
    Why a feeder is in its Zone.

    Parameters
    ----------
    name
        Of the feeder.
    inside
        Its links into the Zone, the largest first; empty if no promotions are recorded.
    kept_share
        Share of its promoted students whose next school is in the Zone [0 to 1]; ``None`` if none were promoted.
    arrival
        How many of them reach an anchor inside the Zone.
    anchors
        Names of the anchors of the Zone.
    is_unknown
        Whether an estimate does not know where its students go on.
    outside
        Its largest link out of the Zone; ``None`` if none is large enough to be a candidate link.
    elsewhere
        Its promoted students who go to no listed school, and those who left.
    """

    name: str
    inside: tuple[LinkShares, ...]
    kept_share: float | None
    arrival: Arrival
    anchors: tuple[str, ...]
    is_unknown: bool = False
    outside: LinkShares | None
    elsewhere: Elsewhere = field(default_factory=Elsewhere)


@dataclass(frozen=True, kw_only=True)
class AnchorReason:
    """
    Why an anchor has a Zone.

    Parameters
    ----------
    explanation
        The numbers behind its identification, as a sentence; ``None`` if it is no open high school.
    is_identified
        Whether it is low-performing; only a plan has Zones around other schools.
    feeder_count
        Feeders of the Zone.
    metrics
        Of the Zone: the students who enter, and where they come from.
    entrants
        What the known ones leave out.
    choice_school
        What shows that it is no neighbourhood school; ``None`` if nothing does.
    is_uncertain
        Whether the coverage rests on counts that are intervals.
    """

    explanation: str | None
    is_identified: bool
    feeder_count: int
    metrics: ZoneMetrics
    entrants: Entrants
    choice_school: str | None = None
    is_uncertain: bool


Reasons = Mapping[tuple[str, str], FeederReason | AnchorReason]


def explain_members(solved: Solved, decisions: pd.DataFrame) -> Reasons:
    """
    Find out why every member is in its Zone.

    Parameters
    ----------
    solved
        Audited Zones, or those of a plan.
    decisions
        See ``identification.identify_high_schools``.

    Returns
    -------
    reasons
        By anchor of the Zone and school.
    """
    request, membership = solved.request, solved.solution.membership
    anchors = {each for anchor in membership for each in anchors_of(request, anchor)}
    of_anchors = decisions[decisions.index.isin(list(anchors))]
    decided = {
        school: {"certainty": certainty, "explanation": explanation}
        for school, certainty, explanation in of_anchors[["certainty", "explanation"]].itertuples(name=None)
    }
    groups = {anchor: anchors_of(request, anchor) for anchor in membership}
    entrants = find_entrants(solved.tables, groups, request)
    reasons: dict[tuple[str, str], FeederReason | AnchorReason] = {}
    for anchor, feeders in membership.items():
        group, metrics = groups[anchor], solved.metrics[anchor]
        members = frozenset({*group, *feeders})
        for each in group:
            reasons[anchor, each] = explain_anchor(
                decided.get(each),
                metrics,
                entrants[anchor],
                choice_school=request.choice_schools.get(each),
            )
        for school in members.difference(group):
            reasons[anchor, school] = explain_feeder(
                solved.graph, school, members, request=request, anchors=group, arrival=solved.arrivals[anchor, school]
            )
    return reasons


def explain_feeder(
    graph: nx.DiGraph,
    school_id: str,
    members: frozenset[str],
    *,
    request: ZoneRequest,
    anchors: Sequence[str],
    arrival: Arrival,
) -> FeederReason:
    """
    Find out why a feeder is in its Zone.

    Parameters
    ----------
    graph
        The feeder graph.
    school_id
        The feeder.
    members
        All schools of its Zone.
    request
        Its ``count_exits`` tells the denominator of send shares, ``minimum_link_share`` which link counts.
    anchors
        Of its Zone.
    arrival
        How many of its students reach one of them inside the Zone.

    Returns
    -------
    reason
        With its largest links.
    """
    # A dictionary of its own: every look-up in a view of the graph costs several calls.
    links, nodes, parameters = dict(graph.succ[school_id].items()), graph.nodes, request.parameters
    own = nodes[school_id]
    inside = sorted(
        (receiver for receiver in links if receiver in members), key=lambda each: (-links[each]["students"], each)
    )
    outside = [
        receiver
        for receiver in sorted(links)
        if receiver not in members and links[receiver]["send_share"] >= parameters.minimum_link_share
    ]
    largest = max(outside, key=lambda each: (links[each]["send_share"], nodes[each]["name"]), default=None)
    promoted = promoted_students(graph, school_id, parameters)
    is_recorded = bool(inside) and promoted > 0
    counted = ["promoted_students", *["exit_students"] * parameters.count_exits]
    is_open = any(is_uncertain(own, name) for name in counted)
    named = inside if is_recorded else []
    shares = [
        shares_of_link(links[each], nodes[each], is_promoted_uncertain=is_open)
        for each in (*named, *([] if largest is None else [largest]))
    ]
    return FeederReason(
        name=own["name"],
        inside=tuple(shares[: len(named)]),
        kept_share=sum(links[each]["students"] for each in inside) / promoted if is_recorded else None,
        arrival=arrival,
        anchors=tuple(request.cell(anchor, "name") for anchor in anchors),
        is_unknown=school_id in request.unknown_promotions,
        outside=None if largest is None else shares[-1],
        elsewhere=find_elsewhere(own, is_left_counted=parameters.count_exits),
    )


def explain_anchor(
    decision: Mapping[str, Any] | None,
    metrics: ZoneMetrics,
    entrants: Entrants,
    *,
    choice_school: str | None = None,
) -> AnchorReason:
    """
    Find out why an anchor has a Zone.

    Parameters
    ----------
    decision
        Its row of the decisions; ``None`` if it is no open high school, which only a plan can have.
    metrics
        Of its Zone.
    entrants
        Who enters the anchors that share the Zone.
    choice_school
        What shows that it is no neighbourhood school, if anything does.

    Returns
    -------
    reason
        With the coverage of the Zone.
    """
    return AnchorReason(
        explanation=None if decision is None else decision["explanation"],
        is_identified=decision is not None and decision["certainty"] in ("certain", "possible"),
        feeder_count=metrics.school_count - entrants.anchor_count,
        metrics=metrics,
        entrants=entrants,
        choice_school=choice_school,
        is_uncertain=metrics.coverage_low != metrics.coverage_high,
    )
