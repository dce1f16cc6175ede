"""Which schools could belong to which anchor's Zone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import networkx as nx

from clustering.constraints import Limits, is_candidate_link, promoted_students, reason_against


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """
    The schools within reach of one anchor, with the flows among them.

    Parameters
    ----------
    anchor_id
        The anchor.
    schools
        Candidate feeders, sorted.
    promoted
        Students promoted out of each of them, per year, in the same order.
    enrolment
        Students enrolled in each of them; 0 where no limit asks for it.
    anchor_enrolment
        Students enrolled in the anchor; 0 where no limit asks for it.
    links
        ``(origin, destination, students, tie)`` with positions in ``schools``, the anchor being ``len(schools)``;
        ``tie`` tells whether the flow is large enough to hold the origin in the Zone.
    struck
        Schools within reach that a limit or lock excludes, with the reason.
    """

    anchor_id: str
    schools: tuple[str, ...]
    promoted: tuple[float, ...]
    enrolment: tuple[float, ...]
    anchor_enrolment: float
    links: tuple[tuple[int, int, float, bool], ...]
    struck: tuple[tuple[str, str], ...]


def generate_candidates(graph: nx.DiGraph, anchors: Iterable[str], limits: Limits) -> tuple[Candidates, ...]:
    """
    Find every school that could belong to each anchor's Zone.

    Parameters
    ----------
    graph
        The feeder graph.
    anchors
        Ids of the low-performing high schools.
    limits
        The limits of the request.

    Returns
    -------
    candidates
        One per anchor, sorted by id. A candidate reaches the anchor in at most ``maximum_steps`` promotions over flows
        of at least ``minimum_link_share``, passing only through candidates; anchors are never candidates.
    """
    ordered = sorted(anchors)
    return tuple(_candidates_of(graph, anchor, frozenset(ordered), limits) for anchor in ordered)


def _candidates_of(graph: nx.DiGraph, anchor: str, anchors: frozenset[str], limits: Limits) -> Candidates:
    asked = limits.parameters
    reached, struck = {anchor}, {}
    frontier = [anchor]
    for _ in range(asked.maximum_steps):
        following = []
        for receiver in frontier:
            for sender, data in graph.pred[receiver].items():
                if sender in reached or sender in struck or sender in anchors:
                    continue
                if not is_candidate_link(data["send_share"], data["receive_share"], asked.minimum_link_share):
                    continue
                reason = reason_against(limits, sender, anchor)
                if reason is None:
                    reached.add(sender)
                    following.append(sender)
                else:
                    struck[sender] = reason
        frontier = following
    schools = tuple(sorted(reached - {anchor}))
    counted = asked.maximum_enrolment_students is not None
    return Candidates(
        anchor_id=anchor,
        schools=schools,
        promoted=tuple(promoted_students(graph, school, asked) for school in schools),
        enrolment=tuple(limits.enrolment[school] if counted else 0.0 for school in schools),
        anchor_enrolment=limits.enrolment[anchor] if counted else 0.0,
        links=_links_among(graph, schools, anchor, asked.minimum_link_share),
        struck=tuple(sorted(struck.items())),
    )


def _links_among(
    graph: nx.DiGraph, schools: tuple[str, ...], anchor: str, minimum_share: float
) -> tuple[tuple[int, int, float, bool], ...]:
    place = {school: number for number, school in enumerate((*schools, anchor))}
    return tuple(
        (
            place[sender],
            place[receiver],
            data["students"],
            is_candidate_link(data["send_share"], data["receive_share"], minimum_share),
        )
        for sender in schools
        for receiver, data in sorted(graph.succ[sender].items())
        if receiver in place
    )
