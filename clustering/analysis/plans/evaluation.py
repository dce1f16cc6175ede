"""A plan scored as a proposal is: the same protected base, metrics, reasons and notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from clustering.analysis.plans.plan import Plan
from clustering.errors import InputError, Problem
from clustering.model.scenario import Scenario
from clustering.zones.assembly import Solved, assemble_proposal
from clustering.zones.audit import audit
from clustering.zones.feeder_graph import graph_of_tables
from clustering.zones.merged_anchors import merge_anchors
from clustering.zones.parameters import ProposalParameters
from clustering.zones.planner import ZonePlanner
from clustering.zones.proposal import Proposal, Solution
from clustering.zones.request import ZoneRequest, anchors_of, label
from clustering.zones.solver import ZoneSolution


def evaluate_plan(scenario: Scenario, plan: Plan, parameters: ProposalParameters | None = None) -> Proposal:
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
        ``given``. Every limit that the plan breaks is told in the notes.

    Raises
    ------
    InputError
        The plan names schools that the scenario does not have, or the parameters do not fit the inputs.
    """
    parameters = parameters or ProposalParameters()
    _refuse_strangers(plan, scenario)
    planner = ZonePlanner(scenario)
    base, decisions = planner.base(parameters), planner.decisions(parameters)
    anchors, request, _ = planner.question(parameters)
    tables = planner.tables(parameters, parameters.suppressed_students)
    limits_of_request = replace(request, merged=merge_anchors(tables, anchors, request))
    request = replace(request, merged=plan.merged)
    members = {school for anchor, feeders in plan.membership.items() for school in (anchor, *feeders)}
    graph = graph_of_tables(tables, base.schools, origins=members)
    without_zone = _without_zone(plan, decisions.index, base.schools["name"].to_dict())
    answer = ZoneSolution(membership=plan.membership, without_zone=without_zone, status="heuristic", bound=None)
    solved = Solved(tables=tables, graph=graph, answer=answer, request=request)
    proposal = assemble_proposal(base, decisions, solved=solved, changes=None, barred={}, parameters=parameters)
    violations = (*audit(graph, plan.membership, request), *_merged_otherwise(plan, limits_of_request))
    identified = decisions.index[decisions["certainty"].isin(["certain", "possible"])]
    heads = {anchor: anchors_of(request, anchor) for anchor in plan.membership}
    unidentified = [label(request, head) for group in heads.values() for head in group if head not in identified]
    merged = [" and ".join(label(request, head) for head in group) for group in plan.merged.values()]
    file = {"role": "plan", "name": plan.file.name, "rows": plan.file.rows_read}
    return replace(
        proposal,
        solution=Solution(method="plan", status="given", score=proposal.solution.score, bound=None, gap=None),
        notes=(*_notes_on_the_plan(plan, violations, unidentified, merged), *proposal.notes),
        provenance={**proposal.provenance, "files": [*proposal.provenance["files"], file]},
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


def _without_zone(plan: Plan, high_schools: pd.Index, names: Mapping[str, str]) -> dict[str, str]:
    """Why a high school is not an anchor of the plan, for all that are not."""
    anchors_of: dict[str, list[str]] = {}
    for anchor, feeders in plan.membership.items():
        for school in feeders:
            anchors_of.setdefault(school, []).append(names[anchor])
    return {
        school: f"In the plan it is a feeder of {' and '.join(anchors_of[school])}."
        if school in anchors_of
        else "The plan has no Zone around it."
        for school in map(str, high_schools)
        if school not in plan.membership
    }


def _merged_otherwise(plan: Plan, parameters: ZoneRequest) -> list[str]:
    """Zones of a plan whose anchors are merged otherwise than the request merges them, a sentence each."""
    sentences = []
    for anchor in plan.membership:
        heads = plan.merged.get(anchor, (anchor,))
        wanted = [group for group in parameters.merged.values() if not set(group).isdisjoint(heads)]
        if wanted == [heads] or (not wanted and len(heads) == 1):
            continue
        groups = " and of ".join(", ".join(group) for group in wanted) or "none of them"
        sentences.append(
            f"The Zone of {anchor} has the anchor{'' if len(heads) == 1 else 's'} {', '.join(heads)}, and the request"
            f" merges {'those of ' if wanted else ''}{groups}."
        )
    return sentences


def _notes_on_the_plan(
    plan: Plan, violations: tuple[str, ...], unidentified: list[str], merged: list[str]
) -> list[str]:
    notes = [
        f"A plan as given ({plan.file.name}), scored as a proposal is; nothing was chosen and nothing is proved.",
        *(f"This plan breaks what was asked for: {violation}" for violation in violations),
    ]
    if not violations:
        notes.append("It keeps every limit that proposals are audited for.")
    notes.extend(f"In the plan, {anchors} are merged: they share one Zone." for anchors in merged)
    if unidentified:
        notes.append(f"The plan has Zones around schools not identified as low-performing: {', '.join(unidentified)}.")
    for message, count in sorted(Counter(problem.message for problem in plan.warnings).items()):
        notes.append(f"Warning when the plan was read ({count:,} times): {message}")
    return notes
