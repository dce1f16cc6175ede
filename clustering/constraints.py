"""What a Zone must satisfy, and an audit that recomputes it for any answer, whatever produced it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import networkx as nx
import numpy as np
from pyproj import Geod

from clustering.config import ProposalParameters
from clustering.errors import InputError, Problem

Membership = Mapping[str, tuple[str, ...]]
_EARTH = Geod(ellps="WGS84")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """
    The limits of a request, with what is needed to check them.

    Parameters
    ----------
    parameters
        The request.
    names
        Names by ``school_id``, for what is told to people.
    enrolment
        Students by ``school_id``; missing where unknown.
    district
        District by ``school_id``; missing where unknown.
    longitude, latitude
        Degrees by ``school_id``; NaN where unknown.
    closed
        Ids of closed schools: never in a Zone.
    """

    parameters: ProposalParameters
    names: Mapping[str, str]
    enrolment: Mapping[str, float]
    district: Mapping[str, str]
    longitude: Mapping[str, float]
    latitude: Mapping[str, float]
    closed: frozenset[str]


def build_limits(schools: gpd.GeoDataFrame, parameters: ProposalParameters) -> Limits:
    """
    Gather what the limits need.

    Parameters
    ----------
    schools
        ``columns.SCHOOL_COLUMNS``.
    parameters
        The request.

    Returns
    -------
    limits
        Ready for the checks.

    Raises
    ------
    InputError
        A lock names a school that is not in the table, or a limit rests on a column in which no school has a value.
    """
    _refuse_what_the_tables_lack(schools, parameters)
    district = schools["district_id"].fillna(schools["district_name"])
    return Limits(
        parameters=parameters,
        names=schools["name"].to_dict(),
        enrolment=schools["enrolment_students"].to_dict(),
        district=district.dropna().to_dict(),
        longitude=schools.geometry.x.to_dict(),
        latitude=schools.geometry.y.to_dict(),
        closed=frozenset(schools.index[schools["status"] == "closed"]),
    )


def _refuse_what_the_tables_lack(schools: gpd.GeoDataFrame, parameters: ProposalParameters) -> None:
    problems = [
        Problem(
            table="parameters",
            column=field,
            value=school_id,
            message="There is no school with this identifier.",
            remedy="Write the identifier as the schools file has it, leading zeros included.",
        )
        for field, named in (("force_in", parameters.force_in), ("force_out", parameters.force_out))
        for school_id in named
        if school_id not in schools.index
    ]
    needed = {
        "maximum_distance_km": (parameters.maximum_distance_km is not None, ["geometry"], "coordinates"),
        "same_district": (parameters.same_district, ["district_id", "district_name"], "district"),
        "maximum_enrolment_students": (
            parameters.maximum_enrolment_students is not None,
            ["enrolment_students"],
            "enrolment",
        ),
    }
    problems += [
        Problem(
            table="parameters",
            column=field,
            message=f"No school of the schools files has {what}.",
            remedy=f"Add {what} to the schools files, or leave the limit out.",
        )
        for field, (is_asked, columns, what) in needed.items()
        if is_asked and schools[columns].isna().all(axis=None)
    ]
    if problems:
        raise InputError(problems)


def told(limits: Limits, school_id: str) -> str:
    """Name and identifier of a school, for people: ``Oak Middle (0007)``."""
    return f"{limits.names[school_id]} ({school_id})"


def distance_km(limits: Limits, first: str, second: str) -> float:
    """Distance between two schools on the WGS 84 ellipsoid [kilometres]; NaN without coordinates."""
    ends = (limits.longitude[first], limits.latitude[first], limits.longitude[second], limits.latitude[second])
    if np.isnan(ends).any():
        return float("nan")
    return float(_EARTH.inv(*ends)[2]) / 1000


def reason_against(limits: Limits, school_id: str, anchor_id: str) -> str | None:
    """
    Say why a school cannot belong to an anchor's Zone, apart from its flows.

    Parameters
    ----------
    limits
        The limits of the request.
    school_id, anchor_id
        The school; the anchor.

    Returns
    -------
    reason
        Half a sentence that follows "the school", or ``None`` if nothing stands against it.
    """
    asked = limits.parameters
    if school_id in asked.force_out:
        return "is forced out"
    if school_id in limits.closed:
        return "is closed"
    if asked.same_district and limits.district.get(school_id) != limits.district.get(anchor_id, ""):
        is_known = school_id in limits.district and anchor_id in limits.district
        return "is in another district" if is_known else "cannot be kept within one district, since one is not known"
    if asked.maximum_distance_km is not None:
        distance = distance_km(limits, school_id, anchor_id)
        if not distance <= asked.maximum_distance_km:
            known = "at a distance that is not known" if np.isnan(distance) else f"{distance:.1f} km away"
            return f"is {known}, and the limit is {asked.maximum_distance_km:g} km"
    if asked.maximum_enrolment_students is not None and np.isnan(limits.enrolment[school_id]):
        return "has no known enrolment, and enrolment is limited"
    return None


def is_candidate_link(send_share: float, receive_share: float, minimum_share: float) -> bool:
    """Whether a flow is large enough, for the sender or for the receiver, to tie a feeder to a Zone."""
    return send_share >= minimum_share or receive_share >= minimum_share


def score_zone(graph: nx.DiGraph, anchor_id: str, feeders: tuple[str, ...], parameters: ProposalParameters) -> float:
    """
    Score of one Zone: ``retained - leakage_weight * leaked`` [students per year].

    Parameters
    ----------
    graph
        The feeder graph.
    anchor_id, feeders
        The Zone.
    parameters
        ``leakage_weight`` and ``count_exits``.

    Returns
    -------
    score
        Students promoted from a member into a member count once; every other student promoted out of a feeder costs
        ``leakage_weight``.
    """
    inside = {anchor_id, *feeders}
    retained = sum(
        graph.edges[feeder, receiver]["students"]
        for feeder in sorted(feeders)
        for receiver in sorted(inside & set(graph[feeder]))
    )
    promoted = sum(promoted_students(graph, feeder, parameters) for feeder in sorted(feeders))
    return float(retained - parameters.leakage_weight * (promoted - retained))


def promoted_students(graph: nx.DiGraph, school_id: str, parameters: ProposalParameters) -> float:
    """Students promoted out of a school per year; with those who left, if ``count_exits``."""
    node = graph.nodes[school_id]
    return float(node["promoted_students"] + (node["exit_students"] if parameters.count_exits else 0.0))


def audit(graph: nx.DiGraph, membership: Membership, limits: Limits) -> tuple[str, ...]:
    """
    Check an answer against every constraint, independently of whatever produced it.

    Parameters
    ----------
    graph
        The feeder graph.
    membership
        Anchor to the feeders of its Zone.
    limits
        The limits of the request.

    Returns
    -------
    violations
        One sentence each; empty if the answer is sound.
    """
    asked = limits.parameters
    violations: list[str] = []
    zones_of: dict[str, list[str]] = {}
    for anchor_id, feeders in membership.items():
        for school_id in {anchor_id, *feeders}:
            zones_of.setdefault(school_id, []).append(anchor_id)
        violations.extend(_audit_zone(graph, anchor_id, feeders, limits))
    for school_id, anchors in sorted(zones_of.items()):
        if len(anchors) > 1:
            violations.append(f"{school_id} is in the Zones of {', '.join(sorted(anchors))}.")
    violations.extend(
        f"{school_id} is forced in but in no Zone." for school_id in asked.force_in if school_id not in zones_of
    )
    return tuple(violations)


def _audit_zone(graph: nx.DiGraph, anchor_id: str, feeders: tuple[str, ...], limits: Limits) -> list[str]:
    asked = limits.parameters
    zone = f"The Zone of {anchor_id}"
    members = {anchor_id, *feeders}
    violations = []
    if len(members) != len(feeders) + 1:
        violations.append(f"{zone} names a school twice.")
    if not asked.minimum_schools <= len(members) <= asked.maximum_schools:
        limit = f"{asked.minimum_schools} to {asked.maximum_schools}"
        violations.append(f"{zone} has {len(members)} schools, not {limit}.")
    unknown = sorted(school_id for school_id in members if school_id not in graph)
    if unknown:
        return [*violations, f"{zone} has schools that the graph does not have: {', '.join(unknown)}."]
    for school_id in sorted(members):
        reason = reason_against(limits, school_id, anchor_id)
        if reason is not None:
            violations.append(f"{zone} has {school_id}, which {reason}.")
    if asked.maximum_enrolment_students is not None:
        students = sum(limits.enrolment[school_id] for school_id in sorted(members))
        if not students <= asked.maximum_enrolment_students + 1e-6:
            violations.append(f"{zone} has {students:g} students, more than {asked.maximum_enrolment_students:g}.")
    links = graph.subgraph(members).edges(data=True)
    ties = nx.DiGraph(
        (b, a)
        for a, b, data in links
        if is_candidate_link(data["send_share"], data["receive_share"], asked.minimum_link_share)
    )
    ties.add_node(anchor_id)
    stranded = sorted(members - nx.descendants(ties, anchor_id) - {anchor_id})
    if stranded:
        violations.append(f"{zone} has schools from which no promotions lead to the anchor: {', '.join(stranded)}.")
    return violations
