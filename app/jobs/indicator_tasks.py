"""What isolated processes do with indicators: read files, say how ready Zones are and what became of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from app.jobs.dataset_tasks import Files
from app.queries.analysis import Progress
from clustering import (
    OUTCOME_YEARS,
    IndicatorSet,
    ProgressParameters,
    Readiness,
    assessments_from_bytes,
    assessments_to_bytes,
    benchmarks_table,
    evaluate_progress,
    evaluate_readiness,
    indicator_set_document,
    join_assessments,
    join_progress,
    json_bytes,
    list_indicator_sets,
    measure_persistence_of_schools,
    parse_indicator_set,
    parse_parameters,
    problem_documents,
    progress_document,
    progress_from_bytes,
    progress_summary_table,
    progress_table,
    progress_to_bytes,
    read_assessments,
    read_indicator_sets,
    read_progress,
    readiness_document,
    readiness_table,
    scenario_from_bytes,
    table_bytes,
    with_release_mark,
)
from clustering import Progress as ProgressOfZones

MAXIMUM_WARNINGS = 100


@dataclass(frozen=True, kw_only=True)
class ReadIndicators:
    """
    A file of indicators that was read.

    Parameters
    ----------
    summary
        What lists say of it: ``file``, ``rows``, ``warnings`` and what it has.
    content
        The values as bytes.
    """

    summary: dict[str, Any]
    content: bytes


def sets_of(contents: Sequence[bytes]) -> tuple[IndicatorSet, ...]:
    """The sets that ship, and those of a dataset; a later one replaces an earlier one of its name."""
    own = [parse_indicator_set(each) for content in contents for each in json.loads(content)["sets"]]
    named = {each.set_id: each for each in (*list_indicator_sets(), *own)}
    return tuple(named.values())


def read_sets_file(progress: Progress, files: Files, reading: Mapping[str, Any]) -> ReadIndicators:
    """Read the indicator sets of a file."""
    progress("Reading the indicator sets", 0.0)
    (file,) = files["file"]
    sets = read_indicator_sets(file, options=reading["options"], encoding=reading["encoding"])
    summary = {"file": file.name, "sets": [each.set_id for each in sets], "warnings": []}
    return ReadIndicators(
        summary=summary, content=json_bytes({"sets": [indicator_set_document(each) for each in sets]})
    )


def read_assessments_file(
    progress: Progress, scenario: bytes, sets: Sequence[bytes], files: Files, reading: Mapping[str, Any]
) -> ReadIndicators:
    """Read the assessments of a file, by the sets that ship and those of the dataset."""
    progress("Reading the assessments", 0.0)
    (file,) = files["file"]
    assessments = read_assessments(
        file,
        indicator_sets=sets_of(sets),
        scenario=scenario_from_bytes(scenario),
        options=reading["options"],
        encoding=reading["encoding"],
    )
    summary = {
        "file": file.name,
        "rows": len(assessments.rows),
        "sets": [each.set_id for each in assessments.sets],
        "first_date": str(assessments.rows["date"].min()),
        "last_date": str(assessments.rows["date"].max()),
        "warnings": problem_documents(assessments.warnings[:MAXIMUM_WARNINGS]),
    }
    return ReadIndicators(summary=summary, content=assessments_to_bytes(assessments))


def read_progress_file(progress: Progress, scenario: bytes, files: Files, reading: Mapping[str, Any]) -> ReadIndicators:
    """Read the indicators of progress of a file."""
    progress("Reading the indicators", 0.0)
    (file,) = files["file"]
    values = read_progress(
        file,
        scenario=scenario_from_bytes(scenario),
        options=reading["options"],
        encoding=reading["encoding"],
    )
    summary = {
        "file": file.name,
        "rows": len(values.rows),
        "indicators": sorted(values.rows["indicator_id"].unique().tolist()),
        "school_years": sorted(int(year) for year in values.rows["year"].unique()),
        "warnings": problem_documents(values.warnings[:MAXIMUM_WARNINGS]),
    }
    return ReadIndicators(summary=summary, content=progress_to_bytes(values))


Evaluation = TypeVar("Evaluation")


@dataclass(frozen=True, kw_only=True)
class Evaluated(Generic[Evaluation]):
    """
    Readiness or progress in every form in which it is served, worked out once.

    Parameters
    ----------
    forms
        ``json``, and each table as CSV by its name.
    evaluation
        What they were written from.
    """

    forms: dict[str, bytes]
    evaluation: Evaluation


def readiness_of_zones(
    progress: Progress, scenario: bytes, document: bytes, contents: Sequence[bytes], question: Mapping[str, Any]
) -> Evaluated[Readiness]:
    """
    Say how ready the Zones of a proposal are.

    Parameters
    ----------
    progress
        Called with the stage and the fraction done, 0 to 1.
    scenario, document
        Inputs, and the document of the proposal.
    contents
        Assessments, oldest first.
    question
        ``set`` and ``on``.

    Returns
    -------
    evaluated
        With the table ``values``.
    """
    progress("Looking at the assessments", 0.0)
    assessments = join_assessments([assessments_from_bytes(each) for each in contents])
    proposal = json.loads(document)
    readiness = evaluate_readiness(
        assessments, question["set"], proposal, on=question["on"], scenario=scenario_from_bytes(scenario)
    )
    disclosure = proposal["parameters"]["disclosure"]  # who is in a Zone may follow from exact counts
    forms = {
        "json": with_release_mark(".json", json_bytes(readiness_document(readiness)), disclosure),
        "values": with_release_mark(".csv", table_bytes(readiness_table(readiness)), disclosure),
    }
    return Evaluated(forms=forms, evaluation=readiness)


def progress_of_zones(
    progress: Progress, scenario: bytes, document: bytes, contents: Sequence[bytes], question: Mapping[str, Any]
) -> Evaluated[ProgressOfZones]:
    """
    Follow the Zones of a proposal.

    Parameters
    ----------
    progress
        Called with the stage and the fraction done, 0 to 1.
    scenario, document
        Inputs, and the document of the proposal.
    contents
        Values of indicators, oldest first.
    question
        ``entries`` of the Zones with a record, ``entry_fall`` of the others (or nothing), ``benchmarks`` (or nothing)
        and ``parameters``.

    Returns
    -------
    evaluated
        With the tables ``summary``, ``values`` and ``benchmarks``.
    """
    progress("Following the Zones", 0.0)
    parameters = ProgressParameters(**question["parameters"])  # refused first, where it cannot be used
    inputs, proposal = scenario_from_bytes(scenario), json.loads(document)
    zones = {zone["zone_id"]: [each["school_id"] for each in zone["members"]] for zone in proposal["zones"]}
    request = parse_parameters({**proposal["parameters"], "disclosure": parameters.disclosure})
    persistence = measure_persistence_of_schools(inputs, zones, request, years=OUTCOME_YEARS)
    followed = evaluate_progress(
        join_progress([progress_from_bytes(each) for each in contents]),
        proposal,
        entry_fall={zone: question["entries"].get(zone, question["entry_fall"]) for zone in zones},
        scenario=inputs,
        persistence=persistence,
        benchmarks=question["benchmarks"],
        parameters=parameters,
    )
    tables = {
        "summary": progress_summary_table(followed),
        "values": progress_table(followed),
        "benchmarks": benchmarks_table(followed),
    }
    disclosures = (followed.parameters.disclosure, proposal["parameters"]["disclosure"])
    disclosure = "exact" if "exact" in disclosures else "protected"
    forms = {name: with_release_mark(".csv", table_bytes(table), disclosure) for name, table in tables.items()}
    forms["json"] = with_release_mark(".json", json_bytes(progress_document(followed)), disclosure)
    return Evaluated(forms=forms, evaluation=followed)
