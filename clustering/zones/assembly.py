"""A solved request put together into a Proposal, with its reasons, notes and provenance."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import networkx as nx
import pandas as pd

from clustering.disclosure.protected_base import coarse_students
from clustering.identification.rules import parse_rule, write_rule
from clustering.ingest.fingerprint import hash_tables
from clustering.model.columns import SHARE_DIGITS, STUDENT_DIGITS
from clustering.model.ingest_report import SourceFile
from clustering.model.release import software_release
from clustering.model.scenario import Scenario
from clustering.zones.audit import Membership
from clustering.zones.feeder_graph import FeederTables, describe_feeders
from clustering.zones.geometry import distances_km, draw_outlines, steps_to_anchor, zone_id_of
from clustering.zones.merged_anchors import tell_merges
from clustering.zones.metrics import evaluate_zones
from clustering.zones.notes import Changes, write_notes
from clustering.zones.parameters import ProposalParameters
from clustering.zones.proposal import Anchor, Member, Proposal, Solution, Zone, ZoneMetrics
from clustering.zones.reasons import explain_anchor, explain_feeder
from clustering.zones.request import ZoneRequest, anchors_of
from clustering.zones.school_table import mark_links, mark_schools
from clustering.zones.solver import ZoneSolution


@dataclass(frozen=True, kw_only=True)
class Solved:
    """
    One solved reading of the suppressed cells.

    Parameters
    ----------
    tables, graph
        The feeder graph, as tables and as a graph of the members of Zones and the schools they lead to.
    answer
        Audited.
    request
        With the anchors that were merged.
    """

    tables: FeederTables
    graph: nx.DiGraph
    answer: ZoneSolution
    request: ZoneRequest


def assemble_proposal(
    base: Scenario,
    decisions: pd.DataFrame,
    *,
    solved: Solved,
    changes: Changes | None,
    barred: Mapping[str, str],
    parameters: ProposalParameters,
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
    parameters
        The request.

    Returns
    -------
    proposal
        Complete.
    """
    membership = solved.answer.membership
    metrics = evaluate_zones(solved.tables, membership, base.schools["enrolment_students"], solved.request)
    zones = _build_zones(base, decisions, solved=solved, metrics=metrics, changes=changes, parameters=parameters)
    if base.report.basis.is_estimated:
        zones = tuple(replace(zone, members=tuple(map(_marked_estimated, zone.members))) for zone in zones)
    without_zone = {**barred, **solved.answer.without_zone}
    score = round(math.fsum(metrics[anchor].score for anchor in sorted(metrics)), STUDENT_DIGITS)
    bound = solved.answer.bound
    solution = Solution(
        method=parameters.method,
        status=solved.answer.status,
        score=score,
        # The proof is of the model's arithmetic, the score of ours; the two differ in the last digits.
        bound=None if bound is None else round(max(bound, score), STUDENT_DIGITS),
        gap=None if bound is None else round(max(0.0, bound - score) / max(1.0, abs(bound)), SHARE_DIGITS),
    )
    if solution.status == "optimal":
        solution = Solution(method=parameters.method, status="optimal", score=score, bound=score, gap=0.0)
    return Proposal(
        parameters=parameters,
        zones=zones,
        anchors=_build_anchors(
            base.schools["name"],
            decisions,
            _zone_ids(solved.request, membership),
            _of_merged(solved.request, without_zone),
            _from_unlisted(solved.tables),
        ),
        schools=mark_schools(base.schools, zones, describe_feeders(solved.tables.links)),
        links=mark_links(solved.tables.links, zones),
        solution=solution,
        decision_counts={
            name: int((decisions["certainty"] == name).sum())
            for name in ("certain", "possible", "no", "unknown", "excluded")
        },
        notes=write_notes(
            base,
            decisions,
            changes,
            zone_count=len(zones),
            merges=tell_merges(solved.tables, solved.request),
            parameters=parameters,
        ),
        provenance=_provenance(base, solved, parameters),
        basis=base.report.basis,
    )


def _build_zones(
    base: Scenario,
    decisions: pd.DataFrame,
    *,
    solved: Solved,
    metrics: Mapping[str, ZoneMetrics],
    changes: Changes | None,
    parameters: ProposalParameters,
) -> tuple[Zone, ...]:
    membership = solved.answer.membership
    outlines = draw_outlines(base.schools, membership)
    distances = distances_km(solved.request, membership)
    known = _records_of(decisions, {head for anchor in membership for head in anchors_of(solved.request, anchor)})
    zones = []
    known_changes = changes if changes is not None and changes.is_settled else None
    for anchor, feeders in sorted(membership.items(), key=lambda zone: zone_id_of(zone[0])):
        ids = anchors_of(solved.request, anchor)
        heads = [
            _anchor_member(solved.graph, each, _anchor_reason(known.get(each), metrics[anchor], len(ids)))
            for each in ids
        ]
        others = tuple(school for school in feeders if school not in ids)
        members = _feeder_members(solved, anchor, others, distances=distances, parameters=parameters)
        zones.append(
            Zone(
                zone_id=zone_id_of(anchor),
                name=" and ".join(head.name for head in heads) + " Zone",
                anchor_id=anchor,
                members=(*heads, *members),
                metrics=metrics[anchor],
                outline=outlines.get(anchor),
                changes_at_low=None if known_changes is None else anchor in known_changes.at_low,
                changes_at_high=None if known_changes is None else anchor in known_changes.at_high,
            )
        )
    return tuple(zones)


def _marked_estimated(member: Member) -> Member:
    return replace(member, reason=f"Estimated flows: {member.reason}")


def _records_of(decisions: pd.DataFrame, schools: Collection[str]) -> dict[str, dict[str, str]]:
    of_schools = decisions[decisions.index.isin(list(schools))]
    return dict(zip(of_schools.index.to_list(), of_schools.to_dict("records"), strict=True))


def _anchor_reason(decision: Mapping[str, str] | None, metrics: ZoneMetrics, anchor_count: int) -> str:
    """Why an anchor stands at the head of a Zone; a plan may have one that is no high school, or not low-performing."""
    if decision is None:
        unknown = "It is no open school that offers any of grades 9 to 12."
        return explain_anchor(unknown, metrics, is_identified=False, anchor_count=anchor_count)
    is_identified = decision["certainty"] in ("certain", "possible")
    return explain_anchor(decision["explanation"], metrics, is_identified=is_identified, anchor_count=anchor_count)


def _anchor_member(graph: nx.DiGraph, anchor: str, reason: str) -> Member:
    return Member(
        school_id=anchor,
        name=graph.nodes[anchor]["name"],
        level=graph.nodes[anchor]["level"],
        role="anchor",
        reason=reason,
        steps=0,
        kept_share=None,
        distance_km=None,
    )


def _feeder_members(
    solved: Solved,
    anchor: str,
    feeders: tuple[str, ...],
    *,
    distances: Mapping[tuple[str, str], float],
    parameters: ProposalParameters,
) -> list[Member]:
    graph, heads = solved.graph, anchors_of(solved.request, anchor)
    steps = steps_to_anchor(graph, heads, feeders, parameters)
    members = []
    for feeder in sorted(feeders, key=lambda school: (steps.get(school, len(feeders) + 1), school)):
        reason, kept = explain_feeder(graph, feeder, frozenset({*heads, *feeders}), parameters)
        distance = distances[anchor, feeder]
        members.append(
            Member(
                school_id=feeder,
                name=graph.nodes[feeder]["name"],
                level=graph.nodes[feeder]["level"],
                role="feeder",
                reason=reason,
                steps=steps.get(feeder),
                kept_share=kept,
                distance_km=None if math.isnan(distance) else round(distance, 3),
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


def _zone_ids(request: ZoneRequest, membership: Membership) -> dict[str, str]:
    """Zone of every anchor that has one, or shares one."""
    return {head: zone_id_of(anchor) for anchor in membership for head in anchors_of(request, anchor)}


def _of_merged(request: ZoneRequest, without_zone: Mapping[str, str]) -> dict[str, str]:
    """Reasons why there is no Zone, for merged anchors too."""
    return {head: reason for anchor, reason in without_zone.items() for head in anchors_of(request, anchor)}


def _build_anchors(
    names: pd.Series,
    decisions: pd.DataFrame,
    zone_ids: Mapping[str, str],
    without_zone: Mapping[str, str],
    from_unlisted: Mapping[str, str],
) -> tuple[Anchor, ...]:
    listed = decisions[decisions["certainty"].isin(["certain", "possible"])].sort_index()
    not_asked = (
        "Its published rate is a range, and only possibly meets the rule; set include_possible to propose a Zone."
    )
    return tuple(
        Anchor(
            school_id=school,
            name=names[school],
            certainty=decision["certainty"],
            source=decision["source"],
            explanation=decision["explanation"],
            zone_id=zone_ids.get(school),
            reason_without_zone=None
            if school in zone_ids
            else without_zone.get(school, not_asked) + from_unlisted.get(school, ""),
        )
        for school, decision in zip(listed.index, listed.to_dict("records"), strict=True)
    )


def _rows_told(file: SourceFile) -> int | None:
    """Rows of a file; of student records, where a row is a student or nearly, in hundreds."""
    return coarse_students(file.rows_read) if file.role == "students" else file.rows_read


def _provenance(base: Scenario, solved: Solved, parameters: ProposalParameters) -> dict[str, Any]:
    return {
        "software": software_release(),
        "school_years": list(solved.tables.years),
        "files": [{"role": file.role, "name": file.name, "rows": _rows_told(file)} for file in base.report.files],
        # Of the tables computed on: a hash of exact counts would let a guess at a protected one be tested.
        "tables_sha256": hash_tables(
            base.schools, base.flows, base.performance, base.travel_times, base.contiguity, base.rates
        ),
        "disclosure": parameters.disclosure,
        "identification_rule": write_rule(parse_rule(parameters.identification)),
        "need_rule": None if parameters.need_rule is None else write_rule(parse_rule(parameters.need_rule)),
        "flow_basis": base.report.basis.method,
    }
