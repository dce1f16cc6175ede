"""The sentences an analyst needs: why a school is in a Zone, and why an anchor has none."""

from __future__ import annotations

import networkx as nx
import numpy as np

from clustering.model.columns import SHARE_DIGITS
from clustering.zones.audit import promoted_students
from clustering.zones.candidates import Candidates
from clustering.zones.eligibility import reason_against
from clustering.zones.parameters import ProposalParameters
from clustering.zones.proposal import ZoneMetrics
from clustering.zones.request import ZoneRequest, label


def explain_feeder(
    graph: nx.DiGraph, school_id: str, members: frozenset[str], parameters: ProposalParameters
) -> tuple[str, float | None]:
    """
    Say why a feeder is in its Zone.

    Parameters
    ----------
    graph
        The feeder graph.
    school_id
        The feeder.
    members
        All schools of its Zone.
    parameters
        ``count_exits`` tells the denominator of send shares.

    Returns
    -------
    reason
        For example "62% of Oak Middle's promoted students go to West High and make up 41% of its entering grade.";
        "about" marks a share that rests on suppressed counts.
    kept_share
        Share of its promoted students who stay in the Zone [0 to 1]; ``None`` if none were promoted.
    """
    name = graph.nodes[school_id]["name"]
    inside = sorted(
        ((data["students"], receiver, data) for receiver, data in graph.succ[school_id].items() if receiver in members),
        key=lambda link: (-link[0], link[1]),
    )
    promoted = promoted_students(graph, school_id, parameters)
    kept = sum(students for students, _, _ in inside)
    if not inside or promoted <= 0:
        return f"No promotions from {name} into the Zone are recorded.", None
    (_, first, data), *others = inside
    sentences = [_sentence(name, graph.nodes[first]["name"], data)]
    sentences += [_further(graph.nodes[receiver]["name"], data) for _, receiver, data in others[:2]]
    if others:
        sentences.append(f"In all, {kept / promoted:.0%} of its promoted students stay in the Zone.")
    outside = [
        (data["send_share"], graph.nodes[receiver]["name"])
        for receiver, data in sorted(graph.succ[school_id].items())
        if receiver not in members and data["send_share"] >= parameters.minimum_link_share
    ]
    if outside:
        share, other = max(outside)
        sentences.append(f"Outside the Zone, {share:.0%} go to {other}.")
    return " ".join(sentences), round(kept / promoted, SHARE_DIGITS)


def explain_anchor(explanation: str, metrics: ZoneMetrics, *, is_identified: bool = True, anchor_count: int = 1) -> str:
    """
    Say why an anchor stands at the head of a Zone.

    Parameters
    ----------
    explanation
        The numbers behind its identification.
    metrics
        Of its Zone.
    is_identified
        Whether it is low-performing; only a plan as given has Zones around others.
    anchor_count
        Anchors that share the Zone.

    Returns
    -------
    reason
        Two or three sentences; "about" marks a share that rests on suppressed counts.
    """
    head = "Low-performing high school." if is_identified else "Not identified as low-performing."
    if metrics.coverage is None:
        return f"{head} {explanation}"
    count = metrics.school_count - anchor_count
    about = "" if metrics.coverage_low == metrics.coverage_high else "about "
    return (
        f"{head} {explanation} The Zone's {count} feeder{'' if count == 1 else 's'} send"
        f" {about}{metrics.coverage:.0%} of its entering students."
    )


def explain_no_room(candidates: Candidates, request: ZoneRequest) -> str | None:
    """
    Say which limit leaves merged anchors without a feeder.

    Parameters
    ----------
    candidates
        Of the anchors.
    request
        The limits of the request.

    Returns
    -------
    reason
        One or two sentences; ``None`` where a feeder would fit, or where the anchor is not merged.
    """
    parameters, heads = request.parameters, candidates.anchors
    if not candidates.merged:
        return None
    if len(heads) >= parameters.maximum_schools:
        return (
            f"{len(heads)} merged anchors are to share one Zone, and maximum_schools is"
            f" {parameters.maximum_schools}: there"
            " is no room for a feeder. Raise maximum_schools, or merge fewer anchors."
        )
    is_feeder = ~np.isin(np.array(candidates.schools, dtype=object), heads)
    if not is_feeder.any() and len(heads) >= parameters.minimum_schools:
        excluded = [(label(request, each), reason_against(request, each, heads)) for each in candidates.excluded[:5]]
        left_out = "; ".join(f"{school} {reason}" for school, reason in excluded if reason)
        return f"No feeder is within reach of the merged anchors.{f' Left out: {left_out}.' if left_out else ''}"
    most, enrolled = parameters.maximum_enrolment_students, candidates.enrolment
    of_anchors = candidates.anchor_enrolment + enrolled[~is_feeder].sum()
    if most is not None and is_feeder.any() and of_anchors + enrolled[is_feeder].min() > most:
        return (
            f"The {len(heads)} merged anchors have {of_anchors:,.0f} students enrolled, and maximum_enrolment_students"
            f" is {most:,.12g}: there is no room for a feeder. Raise it, or merge fewer anchors."
        )
    return None


def _further(receiver: str, data: dict[str, float]) -> str:
    about = "About" if data["students_low"] != data["students_high"] else "Another"
    return f"{about} {data['send_share']:.0%} go to {receiver} ({data['receive_share']:.0%} of its entering grade)."


def _sentence(sender: str, receiver: str, data: dict[str, float]) -> str:
    about = "About " if data["students_low"] != data["students_high"] else ""
    possessive = f"{sender}'" if sender.endswith("s") else f"{sender}'s"
    return (
        f"{about}{data['send_share']:.0%} of {possessive} promoted students go to {receiver} and make up"
        f" {data['receive_share']:.0%} of its entering grade."
    )
