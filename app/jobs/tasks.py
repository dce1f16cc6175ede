"""What isolated processes do: library calls on plain values, nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.jobs.parts import parts_executor
from app.jobs.protection_tasks import Registering, choose_for_staff, count_content
from app.queries.analysis import Analysis, AnalysisInputs, AnalysisParameters, Progress
from app.queries.rule_questions import RuleQuestion
from app.store import PROPOSAL_PARTS, IngestedDataset, LocatedSchool, RenderedResult
from clustering import (
    InputError,
    NamedFile,
    Problem,
    Proposal,
    Scenario,
    ZonePlanner,
    checklist_document,
    compare_documents,
    evaluate_plan,
    json_bytes,
    parse_parameters,
    propose_zones,
    read_plan,
    read_scenario,
    release_name,
    render_comparison,
    render_proposal,
    render_report,
    report_document,
    report_with_counts,
    scenario_from_bytes,
    scenario_to_bytes,
    with_crosswalk,
    with_release_mark,
    zones_geojson_bytes,
)
from clustering import read_checklist as parse_checklist

# Parts of a dataset's report, each by the name that the library gives it as a file.
REPORT_PARTS = {"set-aside": "set_aside.csv", "crosswalk": "crosswalk.csv"}

# Parts of a comparison, each by the name that the library gives it as a file.
COMPARISON_PARTS = {"json": "comparison.json", "moves": "moves.csv", "zones": "zones_side_by_side.csv"}

Files = Mapping[str, Sequence[NamedFile]]


def ingest(progress: Progress, files: Files, reading: Mapping[str, Any], registering: Registering) -> IngestedDataset:
    """
    Read and validate uploads.

    Parameters
    ----------
    progress
        Called with the stage and the fraction done, 0 to 1.
    files
        Role (``schools``, ``flows``, ``performance``, ``students`` ...) to files.
    reading
        ``encoding``, ``options``, ``estimate``, ``exclude_receivers`` and ``capture``, as for
        ``clustering.read_scenario``.
    registering
        The key of hashes and the policy for staff.

    Returns
    -------
    dataset
        The ingest report, the inputs, of which students they hold counts, and how they are protected.
    """
    progress("Reading the files", 0.0)
    return _ingested(progress, _read(files, reading), registering)


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


def apply_rows(
    progress: Progress,
    scenario: bytes,
    rows: Sequence[Mapping[str, Any]],
    protect_first: bool,
    registering: Registering,
) -> IngestedDataset:
    """Apply confirmed rows of a crosswalk to stored inputs, after protecting them or not."""
    progress("Applying the crosswalk", 0.0)
    applied = with_crosswalk(scenario_from_bytes(scenario), rows, protect_first=protect_first)
    return _ingested(progress, applied, registering)


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


def report_part(progress: Progress, scenario: bytes, part: str, with_students: bool) -> bytes:
    """One form of the ingest report of stored inputs (``REPORT_PARTS``), with rows of student records or without."""
    progress("Writing", 0.0)
    report = report_with_counts(scenario_from_bytes(scenario))
    files = render_report(report, with_students=with_students)
    name = REPORT_PARTS[part]
    return files.get(name) or files[release_name(name, "exact")]


def report_of(progress: Progress, scenario: bytes) -> dict[str, Any]:
    """The document of the ingest report of stored inputs."""
    progress("Writing", 0.0)
    return report_document(report_with_counts(scenario_from_bytes(scenario)))


def schools_of(progress: Progress, scenario: bytes) -> list[LocatedSchool]:
    """The schools of stored inputs, as anybody may know them."""
    progress("Writing", 0.0)
    return _located(scenario_from_bytes(scenario))


def _located(scenario: Scenario) -> list[LocatedSchool]:
    located = scenario.schools[~(scenario.schools.geometry.isna() | scenario.schools.geometry.is_empty)]
    texts = located[["name", "level", "district_id"]].astype(object)
    named = texts.where(texts.notna(), None).itertuples(name=None)
    return [
        LocatedSchool(
            school_id=str(school_id),
            name=name,
            level=level,
            district_id=district_id,
            longitude=float(longitude),
            latitude=float(latitude),
        )
        for (school_id, name, level, district_id), longitude, latitude in zip(
            named, located.geometry.x, located.geometry.y, strict=True
        )
    ]


def zones_of_files(progress: Progress, files: Files, reading: Mapping[str, Any], parameters: dict[str, Any]) -> bytes:
    """Files in, GeoJSON of the Zones out; the parameters are as for :func:`ingest` and :func:`propose`."""
    proposal = propose_zones(_read(files, reading), parse_parameters(parameters), progress=progress)
    return zones_geojson_bytes(proposal)


def _read(files: Files, reading: Mapping[str, Any]) -> Scenario:
    sources: dict[str, Any] = {"schools": [], **files, **reading}
    return read_scenario(**sources)


def _ingested(progress: Progress, scenario: Scenario, registering: Registering) -> IngestedDataset:
    chosen = choose_for_staff(progress, scenario, registering)
    counted = count_content(scenario, registering, chosen)
    protected = replace(scenario, protections={"protected": chosen.protection})
    return IngestedDataset(
        report=report_document(report_with_counts(protected)),
        scenario=scenario_to_bytes(scenario),
        counted=counted,
        schools=_located(scenario),
    )


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
