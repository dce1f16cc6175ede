"""A solved request put together into a Proposal, with its reasons, notes and provenance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import geopandas as gpd
import networkx as nx
import pandas as pd

from clustering.columns import LINK_COLUMNS, SHARE_DIGITS, STUDENT_DIGITS
from clustering.config import ProposalParameters
from clustering.disclosure import coarse_students
from clustering.explain import explain_anchor, explain_feeder
from clustering.feeder_graph import FeederTables, describe_feeders
from clustering.ingest.fingerprint import hash_tables
from clustering.ingest_report import SourceFile
from clustering.metrics import evaluate_zones
from clustering.model import Anchor, Member, Proposal, Scenario, Solution, Zone, ZoneMetrics
from clustering.notes import Changes, write_notes
from clustering.solve import Answer
from clustering.zones import distances_km, draw_outlines, steps_to_anchor, zone_id_of


@dataclass(frozen=True, kw_only=True)
class Solved:
    """
    One solved reading of the suppressed cells.

    Parameters
    ----------
    tables, graph
        The feeder graph, both ways.
    answer
        Audited.
    """

    tables: FeederTables
    graph: nx.DiGraph
    answer: Answer


def assemble_proposal(
    base: Scenario,
    decisions: pd.DataFrame,
    *,
    solved: Solved,
    changes: Changes | None,
    barred: Mapping[str, str],
    asked: ProposalParameters,
) -> Proposal:
    """
    Put a Proposal together.

    Parameters
    ----------
    base
        The scenario computed on: protected, unless the request is for exact counts.
    decisions
        See ``identification.identify_high_schools``.
    solved
        The audited answer.
    changes
        What suppressed cells could change; ``None`` if that was not checked.
    barred
        Anchors that a lock or limit excludes from the start, with the reason.
    asked
        The request.

    Returns
    -------
    proposal
        Complete.
    """
    membership = solved.answer.membership
    metrics = evaluate_zones(solved.tables, membership, base.schools["enrolment_students"], asked)
    explanations = dict(zip(decisions.index, decisions["explanation"], strict=True))
    zones = _build_zones(base, explanations, solved=solved, metrics=metrics, changes=changes, asked=asked)
    if base.report.basis.is_estimated:
        zones = tuple(replace(zone, members=tuple(map(_marked_estimated, zone.members))) for zone in zones)
    without_zone = {**barred, **solved.answer.without_zone}
    score = round(math.fsum(metrics[anchor].score for anchor in sorted(metrics)), STUDENT_DIGITS)
    bound = solved.answer.bound
    solution = Solution(
        method=asked.method,
        status=solved.answer.status,
        score=score,
        # The proof is of the model's arithmetic, the score of ours; the two differ in the last digits.
        bound=None if bound is None else round(max(bound, score), STUDENT_DIGITS),
        gap=None if bound is None else round(max(0.0, bound - score) / max(1.0, abs(bound)), SHARE_DIGITS),
    )
    if solution.status == "optimal":
        solution = Solution(method=asked.method, status="optimal", score=score, bound=score, gap=0.0)
    return Proposal(
        parameters=asked,
        zones=zones,
        anchors=_build_anchors(
            base.schools["name"], decisions, membership, without_zone, _from_unlisted(solved.tables)
        ),
        schools=_mark_schools(base.schools, zones, describe_feeders(solved.tables.links)),
        links=_mark_links(solved.tables.links, zones),
        solution=solution,
        decision_counts={
            name: int((decisions["certainty"] == name).sum()) for name in ("certain", "possible", "no", "unknown")
        },
        notes=write_notes(base, decisions, changes, zone_count=len(zones), asked=asked),
        provenance=_provenance(base, solved, asked),
        basis=base.report.basis,
    )


def _build_zones(
    base: Scenario,
    explanations: Mapping[str, str],
    *,
    solved: Solved,
    metrics: Mapping[str, ZoneMetrics],
    changes: Changes | None,
    asked: ProposalParameters,
) -> tuple[Zone, ...]:
    membership = solved.answer.membership
    outlines = draw_outlines(base.schools, membership)
    distances = distances_km(base.schools, membership)
    zones = []
    for anchor, feeders in sorted(membership.items(), key=lambda zone: zone_id_of(zone[0])):
        head = _anchor_member(solved.graph, anchor, explanations[anchor], metrics[anchor])
        members = _feeder_members(solved.graph, anchor, feeders=feeders, distances=distances, asked=asked)
        zones.append(
            Zone(
                zone_id=zone_id_of(anchor),
                name=f"{head.name} Zone",
                anchor_id=anchor,
                members=(head, *members),
                metrics=metrics[anchor],
                outline=outlines.get(anchor),
                changes_at_low=None if changes is None else anchor in changes.at_low,
                changes_at_high=None if changes is None else anchor in changes.at_high,
            )
        )
    return tuple(zones)


def _marked_estimated(member: Member) -> Member:
    return replace(member, reason=f"Estimated flows: {member.reason}")


def _anchor_member(graph: nx.DiGraph, anchor: str, explanation: str, metrics: ZoneMetrics) -> Member:
    return Member(
        school_id=anchor,
        name=graph.nodes[anchor]["name"],
        level=graph.nodes[anchor]["level"],
        role="anchor",
        reason=explain_anchor(explanation, metrics),
        steps=0,
        kept_share=None,
        distance_km=None,
    )


def _feeder_members(
    graph: nx.DiGraph,
    anchor: str,
    *,
    feeders: tuple[str, ...],
    distances: Mapping[str, float],
    asked: ProposalParameters,
) -> list[Member]:
    steps = steps_to_anchor(graph, anchor, feeders, asked)
    members = []
    for feeder in sorted(feeders, key=lambda school: (steps[school], school)):
        reason, kept = explain_feeder(graph, feeder, frozenset({anchor, *feeders}), asked)
        members.append(
            Member(
                school_id=feeder,
                name=graph.nodes[feeder]["name"],
                level=graph.nodes[feeder]["level"],
                role="feeder",
                reason=reason,
                steps=steps[feeder],
                kept_share=kept,
                distance_km=None if math.isnan(distances[feeder]) else round(distances[feeder], 3),
            )
        )
    return members


def _from_unlisted(tables: FeederTables) -> dict[str, str]:
    """Schools into which schools of other files send students, with the sentence that says so."""
    totals = tables.totals[tables.totals["unlisted_entering_students"] > 0]
    shares = totals["unlisted_entering_students"] / totals["entering_students"]
    return {
        str(school): f" Schools that are not in the schools files send {share:.0%} of its entering students."
        for school, share in shares.items()
    }


def _build_anchors(
    names: pd.Series,
    decisions: pd.DataFrame,
    membership: Mapping[str, object],
    without_zone: Mapping[str, str],
    from_unlisted: Mapping[str, str],
) -> tuple[Anchor, ...]:
    listed = decisions[decisions["certainty"].isin(["certain", "possible"])].sort_index()
    not_asked = "Its published rate is a range that straddles the threshold; set include_possible to propose a Zone."
    return tuple(
        Anchor(
            school_id=school,
            name=names[school],
            certainty=decision["certainty"],
            source=decision["source"],
            explanation=decision["explanation"],
            zone_id=zone_id_of(school) if school in membership else None,
            reason_without_zone=None
            if school in membership
            else without_zone.get(school, not_asked) + from_unlisted.get(school, ""),
        )
        for school, decision in zip(listed.index, listed.to_dict("records"), strict=True)
    )


def _mark_schools(schools: gpd.GeoDataFrame, zones: tuple[Zone, ...], patterns: pd.DataFrame) -> gpd.GeoDataFrame:
    rows = [(member.school_id, member.role, zone.zone_id, member.reason) for zone in zones for member in zone.members]
    marks = pd.DataFrame(rows, columns=["school_id", "role", "zone_id", "reason"], dtype="str").set_index("school_id")
    marked = schools.join(marks)
    marked["role"] = marked["role"].fillna("outside")
    marked["feeder_pattern"] = patterns["pattern"]
    for name in ("dominant_destinations", "dominant_feeders"):
        marked[name] = patterns[name].map("; ".join, na_action="ignore").astype("str")
    return marked


def _mark_links(links: pd.DataFrame, zones: tuple[Zone, ...]) -> pd.DataFrame:
    zone_of = pd.Series({member.school_id: zone.zone_id for zone in zones for member in zone.members}, dtype="str")
    origin, destination = links["origin"].map(zone_of), links["destination"].map(zone_of)
    digits = {name: SHARE_DIGITS if name.endswith("share") else STUDENT_DIGITS for name in LINK_COLUMNS[2:]}
    return links.round(digits).assign(zone_id=origin.where(origin == destination).astype("str"))


def _rows_told(file: SourceFile) -> int | None:
    """Rows of a file; of student records, where a row is a student or nearly, in hundreds."""
    return coarse_students(file.rows_read) if file.role == "students" else file.rows_read


def _provenance(base: Scenario, solved: Solved, asked: ProposalParameters) -> dict[str, Any]:
    try:
        release = version("feeder-zones")
    except PackageNotFoundError:
        release = "not installed"
    provenance: dict[str, Any] = {
        "software": f"feeder-zones {release}",
        "school_years": list(solved.tables.years),
        "files": [{"role": file.role, "name": file.name, "rows": _rows_told(file)} for file in base.report.files],
        # Of the tables computed on: a hash of exact counts would let a guess at a protected one be tested.
        "tables_sha256": hash_tables(base.schools, base.flows, base.performance, base.travel_times, base.contiguity),
        "disclosure": asked.disclosure,
        "flow_basis": base.report.basis.method,
    }
    return provenance
