"""What isolated processes do with stored inputs and proposals: library calls on plain values, nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.jobs.dataset_tasks import Files
from app.jobs.parts import parts_executor
from app.queries.analysis import Analysis, AnalysisInputs, AnalysisParameters, Progress
from app.queries.rule_questions import RuleQuestion
from app.store import PROPOSAL_PARTS, RenderedResult
from clustering import (
    InputError,
    Problem,
    Proposal,
    ZonePlanner,
    checklist_document,
    compare_documents,
    evaluate_plan,
    json_bytes,
    parse_parameters,
    propose_zones,
    read_plan,
    release_name,
    render_comparison,
    render_proposal,
    scenario_from_bytes,
    with_release_mark,
)
from clustering import read_checklist as parse_checklist

# Parts of a comparison, each by the name that the library gives it as a file.
COMPARISON_PARTS = {"json": "comparison.json", "moves": "moves.csv", "zones": "zones_side_by_side.csv"}


def propose(progress: Progress, scenario: bytes, parameters: dict[str, Any], title: str) -> RenderedResult:
    """
    Propose Zones and write the proposal in every form in which it is served.

    Parameters
    ----------
    progress
        Called with the stage and the fraction done, 0 to 1.
    scenario
        Inputs as bytes.
    parameters
        As for ``clustering.parse_parameters``.
    title
        Heading of the map.

    Returns
    -------
    rendered
        The proposal, ready to be kept.
    """
    planner = ZonePlanner(scenario_from_bytes(scenario), executor=parts_executor())
    proposal = propose_zones(planner, parse_parameters(parameters), progress=progress)
    progress("Writing", 1.0)
    return _rendered(proposal, title)


def score_plan(
    progress: Progress,
    scenario: bytes,
    files: Files,
    reading: Mapping[str, Any],
    parameters: dict[str, Any],
    title: str,
) -> RenderedResult:
    """
    Read a plan of Zones and score it as a proposal is.

    Parameters
    ----------
    progress
        Called with the stage and the fraction done, 0 to 1.
    scenario
        Inputs as bytes.
    files
        One file, of the role ``plan``; and of ``name_matches``, if the plan names its schools in words.
    reading
        ``encoding`` and ``options``, as for ``clustering.read_plan``.
    parameters, title
        As for :func:`propose`.

    Returns
    -------
    rendered
        As for :func:`propose`.
    """
    progress("Scoring the plan", 0.0)
    inputs, request = scenario_from_bytes(scenario), parse_parameters(parameters)
    (file,) = files["plan"]
    matches = files.get("name_matches", ())
    plan = read_plan(
        file, inputs, request, name_matches=matches, encoding=reading["encoding"], options=reading["options"]
    )
    return _rendered(evaluate_plan(inputs, plan, request), title)


def compare(progress: Progress, first: bytes, second: bytes) -> dict[str, bytes]:
    """Every form (``COMPARISON_PARTS``) of the comparison of two proposals, given by their documents."""
    progress("Comparing", 0.0)
    comparison = compare_documents(json.loads(first), json.loads(second))
    files = render_comparison(comparison)
    return {form: files[release_name(file, comparison.disclosure)] for form, file in COMPARISON_PARTS.items()}


def analyse(
    progress: Progress,
    scenario: bytes,
    document: bytes,
    analysis: Analysis,
    parameters: AnalysisParameters,
) -> dict[str, bytes]:
    """
    Compute an analysis of a proposal.

    Parameters
    ----------
    progress
        Called with the stage and the fraction done, 0 to 1.
    scenario
        Inputs as bytes.
    document
        Of the proposal.
    analysis, parameters
        What to compute.

    Returns
    -------
    forms
        ``csv``, and ``json`` with ``parameters``, ``provenance`` and ``flow_basis`` of the proposal and the result's
        content.
    """
    proposal = json.loads(document)
    if proposal["solution"]["method"] == "plan":
        problem = Problem(
            table="proposal",
            message="This is a plan, not a proposal: nothing was chosen, so it has no alternatives.",
            remedy="Ask for a proposal of the same dataset, and compare the two.",
        )
        raise InputError([problem])
    data = scenario_from_bytes(scenario)
    inputs = AnalysisInputs(
        scenario=data,
        planner=ZonePlanner(data, executor=parts_executor()),
        parameters=parse_parameters(proposal["parameters"]),
    )
    result = analysis.compute(inputs, parameters, progress)
    csv = with_release_mark(".csv", result.csv, inputs.parameters.disclosure)
    return {"csv": csv, "json": result.json(proposal)}


def answer_rule_question(
    progress: Progress, scenario: bytes, question: RuleQuestion, form: Mapping[str, Any], as_csv: bool
) -> bytes:
    """Answer a question about rules from stored inputs, as CSV or JSON."""
    progress("Identifying", 0.0)
    answer = question.answer(scenario_from_bytes(scenario), form)
    return answer.csv() if as_csv else json_bytes(answer.document())


def check_parameters(progress: Progress, scenario: bytes, parameters: Mapping[str, Any]) -> None:
    """Raise an InputError of everything that is wrong with parameters, schools that the inputs lack among it."""
    progress("Checking", 0.0)
    parse_parameters(parameters, school_ids=scenario_from_bytes(scenario).schools.index)


def read_checklist(progress: Progress, files: Files, reading: Mapping[str, Any], name: str) -> dict[str, Any]:
    """
    Read a checklist of conditions.

    Parameters
    ----------
    progress
        Called with the stage and the fraction done, 0 to 1.
    files
        One file, of the role ``checklist``.
    reading
        ``encoding`` and ``options``, as for ``clustering.read_checklist``.
    name
        What the checklist is called; blank for the name of the file.

    Returns
    -------
    document
        As ``clustering.checklist_document`` writes it.
    """
    progress("Reading the checklist", 0.0)
    (file,) = files["checklist"]
    checklist = parse_checklist(file, title=name, encoding=reading["encoding"], options=reading["options"])
    return checklist_document(checklist)


def _rendered(proposal: Proposal, title: str) -> RenderedResult:
    files = render_proposal(proposal, title=title)
    parts = {part.column: files[release_name(part.file, proposal.parameters.disclosure)] for part in PROPOSAL_PARTS}
    return RenderedResult(summary=_summary(proposal), parts=parts)


def _summary(proposal: Proposal) -> dict[str, Any]:
    return {
        "zones": len(proposal.zones),
        "anchors": len(proposal.anchors),
        "schools_in_zones": sum(len(zone.members) for zone in proposal.zones),
        "status": proposal.solution.status,
        "score": round(proposal.solution.score, 3),
        "disclosure": proposal.parameters.disclosure,
    }
