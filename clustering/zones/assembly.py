"""A solved request put together into a Proposal, with its reasons, notes and provenance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from clustering.model.columns import SHARE_DIGITS, STUDENT_DIGITS
from clustering.model.rounding import rounded
from clustering.model.scenario import Scenario
from clustering.zones.entrants import describe_entrants, find_entrants
from clustering.zones.exclusions import Exclusion, describe_exclusion
from clustering.zones.feeder_patterns import describe_feeders
from clustering.zones.geometry import distances_km, draw_outlines, steps_to_anchors, zone_id_of
from clustering.zones.member_arrival import Arrival, arrival_by_level
from clustering.zones.member_reasons import FeederReason, Reasons
from clustering.zones.merged_anchors import describe_merges
from clustering.zones.notes import write_notes
from clustering.zones.proposal import Anchor, Member, Proposal, Solution, Zone
from clustering.zones.provenance import describe_provenance
from clustering.zones.reason_sentences import describe_reason
from clustering.zones.request import anchors_of
from clustering.zones.school_table import mark_links, mark_schools
from clustering.zones.solver.infeasibility.no_zone_reasons import explain_no_zones
from clustering.zones.solving import Solved
from clustering.zones.suppressed_ends import Changes

_ONLY_POSSIBLE = (
    "Its published rate is a range, of which only a part meets the rule; set include_possible to propose a Zone."
)


def assemble_proposal(
    base: Scenario,
    decisions: pd.DataFrame,
    *,
    solved: Solved,
    reasons: Reasons,
    changes: Changes | None,
    facts: Sequence[str] = (),
    excluded: Mapping[str, tuple[Exclusion, ...]],
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
    reasons
        Why each member is in its Zone.
    changes
        What suppressed or rounded counts could change; ``None`` if that was not checked.
    facts
        What keeps schools out of Zones, a sentence or two each.
    excluded
        Anchors that a lock or limit excludes from the start, with the rules against each.

    Returns
    -------
    proposal
        Complete.
    """
    parameters = solved.request.parameters
    zones = _build_zones(base, solved, reasons, changes)
    return Proposal(
        parameters=parameters,
        solution=_build_solution(solved),
        decision_counts={
            name: int((decisions["certainty"] == name).sum())
            for name in ("certain", "possible", "no", "unknown", "excluded")
        },
        zones=zones,
        anchors=_build_anchors(base.schools["name"], decisions, solved, excluded),
        notes=write_notes(
            base,
            decisions,
            changes,
            zone_count=len(zones),
            facts=(*facts, *describe_merges(solved.tables, solved.request)),
            parameters=parameters,
        ),
        provenance=describe_provenance(base, parameters, solved.tables.years),
        basis=base.report.basis,
        schools=mark_schools(base.schools, zones, describe_feeders(solved.tables.links)),
        links=mark_links(solved.tables.links, zones),
    )


def _build_solution(solved: Solved) -> Solution:
    method, status, bound = solved.request.parameters.method, solved.solution.status, solved.solution.bound
    score = rounded(math.fsum(solved.metrics[anchor].score for anchor in sorted(solved.metrics)), STUDENT_DIGITS)
    if status == "optimal":
        return Solution(method=method, status=status, score=score, bound=score, gap=0.0)
    return Solution(
        method=method,
        status=status,
        score=score,
        # The bound is of the model's arithmetic, the score of ours; the two differ in the last digits.
        bound=None if bound is None else round(max(bound, score), STUDENT_DIGITS),
        gap=None if bound is None else round(max(0.0, bound - score) / max(1.0, abs(bound)), SHARE_DIGITS),
    )


def _build_zones(base: Scenario, solved: Solved, reasons: Reasons, changes: Changes | None) -> tuple[Zone, ...]:
    membership = solved.solution.membership
    outlines = draw_outlines(base.schools, membership)
    distances = distances_km(solved.request, membership)
    complete = changes if changes is not None and changes.is_complete else None
    steps = steps_to_anchors(solved.graph, membership, solved.request)
    arrival_of = solved.arrivals
    zones = []
    for anchor in sorted(membership, key=zone_id_of):
        feeders = [school for school in membership[anchor] if (anchor, school) in arrival_of]
        arrivals = {school: arrival_of[anchor, school] for school in feeders}
        members = _build_members(
            solved,
            anchor,
            reasons=reasons,
            arrivals=arrivals,
            distances=distances,
            steps=steps,
            is_estimated=base.report.basis.is_estimated,
        )
        names = [member.name for member in members if member.role == "anchor"]
        zones.append(
            Zone(
                zone_id=zone_id_of(anchor),
                name=" and ".join(names) + " Zone",
                anchor_id=anchor,
                flow_basis=base.report.basis.method,
                metrics=solved.metrics[anchor],
                arrival_by_level=arrival_by_level(arrivals, solved.request),
                changes_at_low=None if complete is None else anchor in complete.at_low,
                changes_at_high=None if complete is None else anchor in complete.at_high,
                members=members,
                outline=outlines.get(anchor),
            )
        )
    return tuple(zones)


def _build_members(
    solved: Solved,
    anchor: str,
    *,
    reasons: Reasons,
    arrivals: Mapping[str, Arrival],
    distances: Mapping[tuple[str, str], float],
    steps: Mapping[tuple[str, str], int],
    is_estimated: bool,
) -> tuple[Member, ...]:
    """The members of a Zone, anchors first, then feeders by steps and id."""
    graph, anchors = solved.graph, anchors_of(solved.request, anchor)
    feeders = tuple(school for school in solved.solution.membership[anchor] if school not in anchors)
    farthest = len(feeders) + 1
    members = []
    for school in (*anchors, *sorted(feeders, key=lambda each: (steps.get((anchor, each), farthest), each))):
        reason = reasons[anchor, school]
        kept = reason.kept_share if isinstance(reason, FeederReason) else None
        arrival = arrivals.get(school)
        distance = math.nan if school in anchors else distances[anchor, school]
        members.append(
            Member(
                school_id=school,
                name=graph.nodes[school]["name"],
                level=graph.nodes[school]["level"],
                role="anchor" if school in anchors else "feeder",
                reason=describe_reason(reason, is_estimated=is_estimated),
                steps=steps.get((anchor, school)),
                promoted_students=None if arrival is None else arrival.promoted_students,
                kept_share=None if kept is None else round(kept, SHARE_DIGITS),
                arriving_students=None if arrival is None else arrival.arriving_students,
                arrival_share=None if arrival is None else arrival.share,
                arrival_basis=None if arrival is None else arrival.basis,
                exit_students=None if arrival is None else arrival.exit_students,
                distance_km=None if math.isnan(distance) else round(distance, 3),
            )
        )
    return tuple(members)


def _build_anchors(
    names: pd.Series, decisions: pd.DataFrame, solved: Solved, excluded: Mapping[str, tuple[Exclusion, ...]]
) -> tuple[Anchor, ...]:
    """Every high school that is, or may be, low-performing, with its Zone or the reason for none."""
    zone_ids = {
        each: zone_id_of(anchor) for anchor in solved.solution.membership for each in anchors_of(solved.request, anchor)
    }
    without_zone = _describe_without_zone(solved, excluded)
    about_choice = {school: f" {statement}" for school, statement in solved.request.choice_schools.items()}
    listed = decisions[decisions["certainty"].isin(["certain", "possible"])].sort_index()
    rows = pd.DataFrame({"name": names.reindex(listed.index), **listed[["certainty", "source", "explanation"]]})
    alone = {school: (school,) for school in listed.index if school not in zone_ids}
    entrants = find_entrants(solved.tables, alone, solved.request)
    about_entrants = {
        school: f" {' '.join(texts)}" for school, each in entrants.items() if (texts := describe_entrants(each))
    }
    additions = (about_entrants, about_choice)
    return tuple(
        Anchor(
            school_id=school,
            name=name,
            certainty=certainty,
            source=source,
            explanation=explanation,
            zone_id=zone_ids.get(school),
            reason_without_zone=None
            if school in zone_ids
            else "".join((without_zone.get(school, _ONLY_POSSIBLE), *(more.get(school, "") for more in additions))),
        )
        for school, name, certainty, source, explanation in rows.itertuples(name=None)
    )


def _describe_without_zone(solved: Solved, excluded: Mapping[str, tuple[Exclusion, ...]]) -> dict[str, str]:
    """Why an anchor has no Zone, for merged anchors too."""
    from_the_start = {anchor: f"It {describe_exclusion(rules[0])}." for anchor, rules in excluded.items()}
    by_solution = explain_no_zones(solved.solution.without_zone, solved.candidates, solved.request)
    return {
        each: reason
        for anchor, reason in {**from_the_start, **by_solution}.items()
        for each in anchors_of(solved.request, anchor)
    }
