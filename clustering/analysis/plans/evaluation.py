"""A plan scored as a proposal is: the same protected base, metrics, reasons and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from clustering.analysis.plans.plan import Plan
from clustering.errors import InputError, Problem, problem_kinds
from clustering.model.scenario import Scenario
from clustering.zones.assembly import assemble_proposal
from clustering.zones.audit import audit
from clustering.zones.feeder_graph import graph_of_tables
from clustering.zones.member_reasons import explain_members
from clustering.zones.merged_anchors import merge_anchors
from clustering.zones.metrics import evaluate_zones
from clustering.zones.parameters import ProposalParameters
from clustering.zones.planner import ZonePlanner
from clustering.zones.proposal import Proposal, Solution
from clustering.zones.request import ZoneRequest, anchors_of, label
from clustering.zones.solver import ZoneSolution
from clustering.zones.solver.solution import NoZoneReason
from clustering.zones.solving import Solved


def evaluate_plan(
    scenario: Scenario, plan: Plan, parameters: ProposalParameters | Mapping[str, object] | None = None
) -> Proposal:
    """
    Score a plan of Zones as a proposal is scored; nothing is chosen.

    Parameters
    ----------
    scenario
        Validated inputs, those that the plan was read with.
    plan
        As ``read_plan`` answers.
    parameters
        The request: how students are counted, protected and scored, and the limits that the plan is held against.

    Returns
    -------
    proposal
        Metrics, reasons and notes as of ``propose_zones``; ``solution`` has the method ``plan`` and the status
        ``given``. The notes name every limit that the plan breaks.

    Raises
    ------
    InputError
        The plan names schools that the scenario does not have, or the parameters do not fit the inputs.
    """
    parameters = ProposalParameters.given(parameters)
    _refuse_strangers(plan, scenario)
    planner = ZonePlanner(scenario)
    planned = {school for anchor, feeders in plan.membership.items() for school in (anchor, *feeders)}
    base, decisions = planner.protect(parameters), planner.identify(parameters, explained=planned)
    selection = planner.select_anchors(parameters)
    solved = _take_as_solved(plan, planner, selection.request, decisions.index)
    proposal = assemble_proposal(
        base, decisions, solved=solved, reasons=explain_members(solved, decisions), changes=None, excluded={}
    )
    request = solved.request
    merged_on_request = merge_anchors(solved.tables, selection.anchors, selection.request)
    violations = (
        *audit(solved.graph, plan.membership, request),
        *_merged_otherwise(plan, replace(request, merged=merged_on_request)),
    )
    identified = decisions.index[decisions["certainty"].isin(["certain", "possible"])]
    anchors = [each for anchor in plan.membership for each in anchors_of(request, anchor)]
    unidentified = [label(request, anchor) for anchor in anchors if anchor not in identified]
    merged = [" and ".join(label(request, anchor) for anchor in group) for group in plan.merged.values()]
    file = {"role": "plan", "name": plan.file.name, "rows": plan.file.rows_read}
    return replace(
        proposal,
        solution=Solution(method="plan", status="given", score=proposal.solution.score, bound=None, gap=None),
        notes=(*_notes_on_the_plan(plan, violations, unidentified, merged), *proposal.notes),
        provenance={**proposal.provenance, "files": [*proposal.provenance["files"], file]},
    )


def _take_as_solved(plan: Plan, planner: ZonePlanner, request: ZoneRequest, high_schools: pd.Index) -> Solved:
    """A plan as if it had been solved for; it need not keep any limit."""
    request = replace(request, merged=plan.merged)
    tables = planner.build_graph(request.parameters)
    members = {school for anchor, feeders in plan.membership.items() for school in (anchor, *feeders)}
    without_zone = _without_zone(plan, high_schools)
    return Solved(
        tables=tables,
        graph=graph_of_tables(tables, request.schools, origins=members),
        solution=ZoneSolution(membership=plan.membership, without_zone=without_zone, status="heuristic", bound=None),
        metrics=evaluate_zones(tables, plan.membership, request),
        request=request,
        candidates={},
    )


def _refuse_strangers(plan: Plan, scenario: Scenario) -> None:
    named = {school for anchor, feeders in plan.membership.items() for school in (anchor, *feeders)}
    problems = [
        Problem(
            table=plan.file.name,
            school_id=school,
            value=school,
            message="The scenario has no school with this identifier.",
            remedy="Read the plan with the same scenario.",
        )
        for school in sorted(named - set(scenario.schools.index))
    ]
    if problems:
        raise InputError(problems)


def _without_zone(plan: Plan, high_schools: pd.Index) -> dict[str, NoZoneReason]:
    """Why a high school is not an anchor of the plan, for all that are not."""
    anchors: dict[str, list[str]] = {}
    for anchor, feeders in plan.membership.items():
        for school in feeders:
            anchors.setdefault(school, []).append(anchor)
    return {
        school: NoZoneReason(kind="feeder_of_plan", others=tuple(anchors[school]))
        if school in anchors
        else NoZoneReason(kind="not_in_plan")
        for school in map(str, high_schools)
        if school not in plan.membership
    }


def _merged_otherwise(plan: Plan, request: ZoneRequest) -> list[str]:
    """Zones of a plan whose anchors are merged otherwise than the request merges them, a sentence each."""
    sentences = []
    for anchor in plan.membership:
        anchors = plan.merged.get(anchor, (anchor,))
        wanted = [group for group in request.merged.values() if not set(group).isdisjoint(anchors)]
        if wanted == [anchors] or (not wanted and len(anchors) == 1):
            continue
        groups = " and of ".join(", ".join(group) for group in wanted) or "none of them"
        sentences.append(
            f"The Zone of {anchor} has the anchor{'' if len(anchors) == 1 else 's'} {', '.join(anchors)}, and the"
            f" request merges {'those of ' if wanted else ''}{groups}."
        )
    return sentences


def _notes_on_the_plan(
    plan: Plan, violations: tuple[str, ...], unidentified: list[str], merged: list[str]
) -> list[str]:
    notes = [
        f"A plan as given ({plan.file.name}), scored as a proposal is; nothing was chosen and nothing is proved.",
        *(f"This plan breaks a limit of the request: {violation}" for violation in violations),
    ]
    if not violations:
        notes.append("It keeps every limit that proposals are audited for.")
    notes.extend(f"In the plan, {anchors} are merged: they share one Zone." for anchors in merged)
    if unidentified:
        notes.append(f"The plan has Zones around schools not identified as low-performing: {', '.join(unidentified)}.")
    notes.extend(
        f"Warning when the plan was read ({kind.count:,} times): {kind.message}"
        for kind in sorted(problem_kinds(plan.warnings), key=lambda each: each.message)
    )
    return notes
