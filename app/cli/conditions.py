"""Commands that say how ready Zones are, and what became of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import Inputs, with_inputs
from app.cli.recorded_zones import DEFAULT_CHECKLIST, records_of_file
from app.cli.render import entry, heading, progress_bar, show_report, show_warnings, show_written, stopping_on_errors
from clustering import (
    InputError,
    Problem,
    Scenario,
    evaluate_plan,
    json_bytes,
    marked_files,
    measure_persistence,
    problem_kinds,
    propose_zones,
    read_plan,
    table_bytes,
    write_package,
)
from clustering import Proposal as ProposedZones

if TYPE_CHECKING:
    from clustering import ZoneEntry

# What these commands need of the library is imported when they run: no other command has to wait for it.

_MORE = "--details shows them, and --out writes them to a folder."
PlanFile = Annotated[
    Path | None,
    typer.Option(
        "--plan",
        help="Zones of today: a table with a school id and a Zone in each row, or a feeder table. Without it Zones are"
        " proposed.",
    ),
]
Details = Annotated[bool, typer.Option("--details", help="Show every indicator too, not the summary of Zones alone.")]
OutFolder = Annotated[Path | None, typer.Option(help="Folder for the tables, as CSV, and the whole, as JSON.")]


@with_inputs
def readiness(
    inputs: Inputs,
    assessments: Annotated[list[Path], typer.Option(help="Table of assessments, oldest first. May be repeated.")],
    indicator_sets: Annotated[
        list[Path] | None, typer.Option(help="Indicator sets of your own, as a table or as JSON. May be repeated.")
    ] = None,
    indicator_set: Annotated[str | None, typer.Option(help="The set; else every set that was assessed.")] = None,
    on: Annotated[str | None, typer.Option(help="The day, as 2024-03-01; else that of the newest assessment.")] = None,
    plan: PlanFile = None,
    details: Details = False,
    out: OutFolder = None,
) -> None:
    """Say how ready Zones, their districts and schools are: strengths, gaps and what changed."""
    from clustering import (  # noqa: PLC0415
        evaluate_readiness,
        join_assessments,
        list_indicator_sets,
        read_assessments,
        read_indicator_sets,
        readiness_document,
        readiness_table,
    )

    with stopping_on_errors():
        own = [
            each
            for path in indicator_sets or ()
            for each in read_indicator_sets(path, options=inputs.for_other_files(path.name), encoding=inputs.encoding)
        ]
        names = {each.set_id for each in own}
        sets = [each for each in list_indicator_sets() if each.set_id not in names] + own
        with progress_bar() as progress:
            progress("Reading", 0.0)
            scenario, zones = zones_of(inputs, plan, [*assessments, *(indicator_sets or ())])
            joined = join_assessments(
                [
                    read_assessments(
                        path,
                        indicator_sets=sets,
                        scenario=scenario,
                        options=inputs.for_other_files(path.name),
                        encoding=inputs.encoding,
                    )
                    for path in assessments
                ]
            )
            set_ids = [indicator_set] if indicator_set is not None else [each.set_id for each in joined.sets]
            results = [evaluate_readiness(joined, name, zones, on=on, scenario=scenario) for name in set_ids]
        contents: dict[str, bytes] = {}
        for result in results:
            document = readiness_document(result)
            _show_readiness(document, with_details=details)
            name = result.indicator_set.set_id.replace("/", "-")
            contents[f"readiness-{name}.csv"] = table_bytes(readiness_table(result))
            contents[f"readiness-{name}.json"] = json_bytes(document)
        show_report(scenario.report)
        show_warnings(problem_kinds(joined.warnings))
        if out is not None:
            contents = marked_files(contents, zones.parameters.disclosure)  # which schools are in a Zone
            show_written(write_package(contents, out, name="readiness", title="Readiness of schools"))


@with_inputs
def progress(
    inputs: Inputs,
    indicators: Annotated[
        list[Path], typer.Option(help="Table of indicators by school and year, oldest first. May be repeated.")
    ],
    entry_fall: Annotated[
        int | None,
        typer.Option(help="Fall in which the first school year began, of Zones whose contract does not say it."),
    ] = None,
    conditions: Annotated[
        Path | None, typer.Option(help="Table of conditions: the contract of each Zone says when it began.")
    ] = None,
    checklist: Annotated[str, typer.Option(help="The checklist of that table.")] = DEFAULT_CHECKLIST,
    benchmarks: Annotated[
        Path | None, typer.Option(help="What was agreed, as a JSON list; else every indicator better than at entry.")
    ] = None,
    neighbours: Annotated[int, typer.Option(help="Comparison schools of each school, at most.", min=1, max=20)] = 3,
    caliper: Annotated[float, typer.Option(help="How far they may be, in standard deviations.")] = 0.5,
    plan: PlanFile = None,
    details: Details = False,
    out: OutFolder = None,
) -> None:
    """Follow Zones from their entry on, against benchmarks and comparison schools, and show their persistence."""
    from clustering import (  # noqa: PLC0415
        OUTCOME_YEARS,
        benchmarks_table,
        evaluate_progress,
        join_progress,
        progress_document,
        progress_summary_table,
        progress_table,
        read_progress,
    )

    with stopping_on_errors():
        agreed = None if benchmarks is None else _benchmarks_of(benchmarks)
        with progress_bar() as bar:
            bar("Reading", 0.0)
            others = [] if conditions is None else [conditions, Path(checklist)]
            scenario, zones = zones_of(inputs, plan, [*indicators, *others])
            options_of = inputs.for_other_files
            values = join_progress(
                [
                    read_progress(path, scenario=scenario, options=options_of(path.name), encoding=inputs.encoding)
                    for path in indicators
                ]
            )
            followed = evaluate_progress(
                values,
                zones,
                entry_fall=_entries(inputs, zones, conditions, checklist, entry_fall),
                scenario=scenario,
                persistence=measure_persistence(scenario, zones, years=OUTCOME_YEARS),
                benchmarks=agreed,
                parameters={"disclosure": zones.parameters.disclosure, "neighbours": neighbours, "caliper": caliper},
            )
        document = progress_document(followed)
        _show_progress(document, with_details=details)
        tables = {"summary": progress_summary_table, "progress": progress_table, "benchmarks": benchmarks_table}
        contents = {f"{name}.csv": table_bytes(table(followed)) for name, table in tables.items()}
        contents["progress.json"] = json_bytes(document)
        show_report(scenario.report)
        show_warnings(problem_kinds(values.warnings))
        if out is not None:
            contents = marked_files(contents, zones.parameters.disclosure)
            show_written(write_package(contents, out, name="progress", title="Progress of schools and Zones"))


def zones_of(inputs: Inputs, plan: Path | None, others: Sequence[Path]) -> tuple[Scenario, ProposedZones]:
    """Read the inputs, and take their Zones: those of a plan, or those proposed."""
    parameters, without = inputs.parameters(), inputs
    for path in (*others, *([plan] if plan is not None else [])):
        without = without.without_options_for(path.name)
    scenario = without.scenario()
    if plan is None:
        return scenario, propose_zones(scenario, parameters)
    options = inputs.for_other_files(plan.name)
    own_plan = read_plan(plan, scenario, parameters, options=options, encoding=inputs.encoding)
    return scenario, evaluate_plan(scenario, own_plan, parameters)


def _entries(
    inputs: Inputs, zones: ProposedZones, conditions: Path | None, checklist: str, entry_fall: int | None
) -> dict[str, ZoneEntry]:
    """The first school year of each Zone: by its contract in a file of conditions, else as given."""
    from clustering import entries_of_records  # noqa: PLC0415

    records = [] if conditions is None else records_of_file(inputs, zones, conditions, checklist)
    zone_ids = [zone.zone_id for zone in zones.zones]
    return entries_of_records(records, zone_ids, on=datetime.now(UTC).date(), otherwise=entry_fall)


def _benchmarks_of(path: Path) -> list[Any]:
    try:
        parsed = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, list):
        remedy = 'Write such as [{"indicator_id": "graduation", "months": 36, "kind": "value", "target": 0.67}].'
        problem = Problem(table=path.name, message="The benchmarks are no JSON list of objects.", remedy=remedy)
        raise InputError([problem])
    return parsed


def _show_readiness(document: Mapping[str, Any], *, with_details: bool) -> None:
    """The Zones, or the districts of a set that is about them alone; with details everybody, and the notes."""
    subjects = document["subjects"]
    shown = subjects if with_details else [each for each in subjects if each["subject_kind"] == "zone"]
    heading(f"{document['set']['title']}, on {document['on']}")
    for subject in shown or subjects:
        named = f"{subject['name'] or subject['subject_id']} ({subject['subject_kind']} {subject['subject_id']})"
        entry(named, subject["sentence"])
    if with_details:
        for note in document["notes"]:
            entry(note)
    elif len(shown) not in (0, len(subjects)):
        entry(f"{len(subjects) - len(shown):,} districts and schools more: {_MORE}")


def _show_progress(document: Mapping[str, Any], *, with_details: bool) -> None:
    heading("Is it working?")
    for row in document["summary"]:
        fall = row["entry_fall"]
        first = "" if fall is None else f", first school year from the fall of {fall} ({row['entry_basis']})"
        entry(f"{row['zone_name'] or row['zone_id']}{first}", row["sentence"])
    if not with_details:
        entry(f"Every indicator: {_MORE}")
        return
    for zone in document["zones"]:
        heading(zone["zone_name"] or zone["zone_id"])
        newest = {value["indicator_id"]: value for value in zone["values"]}  # years ascend: the last one stays
        for indicator, value in newest.items():
            verdicts = [each["sentence"] for each in zone["benchmarks"] if each["indicator_id"] == indicator]
            entry(value["sentence"], *verdicts)
    heading("Notes")
    for note in document["notes"]:
        entry(note)


CONDITION_COMMANDS = {"readiness": readiness, "progress": progress}
