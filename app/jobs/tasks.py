"""What the child processes do: library calls on plain values, nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.queries.proposal_analyses import Kind, compute_kind
from clustering import (
    InputError,
    NamedFile,
    Problem,
    Proposal,
    Scenario,
    ZonePlanner,
    compare_documents,
    evaluate_plan,
    json_bytes,
    parse_parameters,
    propose_zones,
    read_plan,
    read_scenario,
    render_comparison,
    render_proposal,
    render_report,
    report_document,
    scenario_from_bytes,
    scenario_to_bytes,
    with_crosswalk,
    zones_geojson,
)

# Parts of a stored proposal (``store.PARTS``), each by the name that the library gives it as a file.
FILE_OF_PART = {
    "document": "proposal.json",
    "zones": "zones.geojson",
    "schools": "schools.geojson",
    "schools_csv": "schools.csv",
    "members_csv": "members.csv",
    "links_csv": "links.csv",
    "map": "map.html",
}

# Parts of a dataset's report, each by the name that the library gives it as a file.
REPORT_PARTS = {"set-aside": "set_aside.csv", "crosswalk": "crosswalk.csv"}

# Parts of a comparison, each by the name that the library gives it as a file.
COMPARISON_PARTS = {"document": "comparison.json", "moves": "moves.csv", "zones": "zones_side_by_side.csv"}

Tell = Callable[[str, float], None]
Files = Mapping[str, Sequence[tuple[str, str]]]


def ingest(tell: Tell, files: Files, reading: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """
    Read and judge uploads.

    Parameters
    ----------
    tell
        Progress.
    files
        Role (``schools``, ``flows``, ``performance``, ``students`` ...) to pairs of path and name.
    reading
        ``encoding``, ``options`` and ``estimate``, as for ``clustering.read_scenario``.

    Returns
    -------
    report, scenario
        The ingest report as plain values, and the inputs as bytes.
    """
    tell("Reading the files", 0.0)
    scenario = _read(files, reading)
    return report_document(scenario.report), scenario_to_bytes(scenario)


def propose(
    tell: Tell, scenario: bytes, parameters: dict[str, Any], title: str
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """
    Propose Zones and write the answer in every form in which it is served.

    Parameters
    ----------
    tell
        Progress.
    scenario
        Inputs as bytes.
    parameters
        As for ``clustering.parse_parameters``.
    title
        Heading of the map.

    Returns
    -------
    summary, parts
        A few figures for lists, and the bytes of each part (``store.PARTS``).
    """
    proposal = propose_zones(scenario_from_bytes(scenario), parse_parameters(parameters), progress=tell)
    tell("Writing", 1.0)
    return _written(proposal, title)


def score_plan(
    tell: Tell, scenario: bytes, files: Files, reading: Mapping[str, Any], parameters: dict[str, Any], title: str
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """
    Read a plan of Zones and score it as a proposal is.

    Parameters
    ----------
    tell
        Progress.
    scenario
        Inputs as bytes.
    files
        One file, of the role ``plan``.
    reading
        ``encoding`` and ``options``, as for ``clustering.read_plan``.
    parameters, title
        As for :func:`propose`.

    Returns
    -------
    summary, parts
        As for :func:`propose`.
    """
    tell("Scoring the plan", 0.0)
    inputs, asked = scenario_from_bytes(scenario), parse_parameters(parameters)
    ((path, name),) = files["plan"]
    plan = read_plan(
        NamedFile(Path(path), name), inputs, asked, encoding=reading["encoding"], options=reading["options"]
    )
    return _written(evaluate_plan(inputs, plan, asked), title)


def compare(tell: Tell, first: bytes, second: bytes, part: str) -> bytes:
    """One form (``COMPARISON_PARTS``) of the comparison of two proposals, given by their documents."""
    tell("Comparing", 0.0)
    return render_comparison(compare_documents(json.loads(first), json.loads(second)))[COMPARISON_PARTS[part]]


def compute(tell: Tell, scenario: bytes, document: bytes, kind: Kind, options: dict[str, Any], as_csv: bool) -> bytes:
    """
    Compute how a request could have been answered otherwise, why it was not, or how certain its answer is.

    Parameters
    ----------
    tell
        Progress.
    scenario
        Inputs as bytes.
    document
        Of the proposal.
    kind, options
        As for ``app.queries.proposal_analyses.compute_kind``.
    as_csv
        Whether the table is wanted as CSV rather than JSON.

    Returns
    -------
    table
        JSON (``parameters``, ``provenance``, ``flow_basis``, and the answer's own) or CSV.
    """
    proposal = json.loads(document)
    if proposal["solution"]["method"] == "plan":
        problem = Problem(
            table="proposal",
            message="This is a plan as given: nothing was chosen, so there is nothing else to choose.",
            remedy="Ask for a proposal of the same dataset, and compare the two.",
        )
        raise InputError([problem])
    inputs, asked = scenario_from_bytes(scenario), parse_parameters(proposal["parameters"])
    answer = compute_kind(kind, inputs, ZonePlanner(inputs), asked, options=options, tell=tell)
    return answer.csv if as_csv else answer.json(proposal)


def check_parameters(tell: Tell, scenario: bytes, parameters: Mapping[str, Any]) -> None:
    """Raise an InputError of everything that is wrong with parameters, schools that the inputs lack among it."""
    tell("Checking", 0.0)
    parse_parameters(parameters, school_ids=scenario_from_bytes(scenario).schools.index)


def apply_rows(
    tell: Tell, scenario: bytes, rows: Sequence[Mapping[str, Any]], protect_first: bool
) -> tuple[dict[str, Any], bytes]:
    """Apply confirmed rows of a crosswalk to stored inputs, protected first or not; answers as :func:`ingest`."""
    tell("Applying the crosswalk", 0.0)
    changed = with_crosswalk(scenario_from_bytes(scenario), rows, protect_first=protect_first)
    return report_document(changed.report), scenario_to_bytes(changed)


def report_part(tell: Tell, scenario: bytes, part: str, with_students: bool) -> bytes:
    """One form of the ingest report of stored inputs (``REPORT_PARTS``), with rows of student records or without."""
    tell("Writing", 0.0)
    return render_report(scenario_from_bytes(scenario).report, with_students=with_students)[REPORT_PARTS[part]]


def zones_of_files(tell: Tell, files: Files, reading: Mapping[str, Any], parameters: dict[str, Any]) -> bytes:
    """Files in, GeoJSON of the Zones out; the parameters are as for :func:`ingest` and :func:`propose`."""
    proposal = propose_zones(_read(files, reading), parse_parameters(parameters), progress=tell)
    return json_bytes(zones_geojson(proposal))


def _read(files: Files, reading: Mapping[str, Any]) -> Scenario:
    named = {role: [NamedFile(Path(path), name) for path, name in pairs] for role, pairs in files.items()}
    sources: dict[str, Any] = {"schools": [], **named, **reading}
    return read_scenario(**sources)


def _written(proposal: Proposal, title: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    contents = render_proposal(proposal, title=title)
    return _summary(proposal), {part: contents[name] for part, name in FILE_OF_PART.items()}


def _summary(proposal: Proposal) -> dict[str, Any]:
    return {
        "zones": len(proposal.zones),
        "anchors": len(proposal.anchors),
        "schools_in_zones": sum(len(zone.members) for zone in proposal.zones),
        "status": proposal.solution.status,
        "score": round(proposal.solution.score, 3),
        "disclosure": proposal.parameters.disclosure,
    }
