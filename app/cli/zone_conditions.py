"""The command for a file of conditions: read, checked, and what is missing for protected of each Zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.cli.conditions import PlanFile, zones_of
from app.cli.options import Inputs, with_inputs
from app.cli.recorded_zones import DEFAULT_CHECKLIST, RecordedConditions, record_conditions
from app.cli.render import entry, heading, progress_bar, show_report, show_written, stopping_on_errors
from clustering import marked_files, write_package

# What this command needs of the library is imported when it runs: no other command has to wait for it.


@with_inputs
def conditions(
    inputs: Inputs,
    conditions: Annotated[Path, typer.Option(help="Table with a row per Zone and condition.")],
    checklist: Annotated[
        str, typer.Option(help="What must be agreed: a checklist that ships, or a file of your own.")
    ] = DEFAULT_CHECKLIST,
    on: Annotated[
        datetime | None, typer.Option(help="The day, as 2027-08-31; else today.", formats=["%Y-%m-%d"])
    ] = None,
    plan: PlanFile = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the tables, as CSV, and the map.")] = None,
) -> None:
    """Read the conditions of Zones, and say what each still lacks before it is protected."""
    from clustering import render_records  # noqa: PLC0415

    with stopping_on_errors():
        now = datetime.now(UTC)
        with progress_bar() as progress:
            progress("Reading", 0.0)
            scenario, proposal = zones_of(inputs, plan, [conditions, Path(checklist)])
            recorded = record_conditions(inputs, proposal, conditions, checklist, now=now)
        day = (on or now).date()
        _show(recorded, day)
        show_report(scenario.report)
        if out is not None:
            history = [each for entries in recorded.histories for each in entries]
            records = render_records(recorded.records, today=day, history=history)
            contents = marked_files(records, proposal.parameters.disclosure)  # which schools are in a Zone
            show_written(write_package(contents, out, name="records", title="Conditions of Zones, and what each lacks"))


def _show(recorded: RecordedConditions, day: date) -> None:
    """What each Zone lacks before it is protected, and what is doubtful in its record."""
    from clustering import missing_conditions, record_warnings  # noqa: PLC0415

    heading(f"Missing for protected, on {day.isoformat()}")
    for record in recorded.records:
        missing = missing_conditions(record, record.checklist, day)
        aside = "" if record.zone.zone_id in recorded.in_file else ", not in the file"
        count = "nothing is missing" if not missing else f"{len(missing)} missing"
        doubts = [f"{each.message} {each.remedy}" for each in record_warnings(record)]
        title = f"{record.zone.name} ({record.zone.zone_id}{aside}): {count}"
        entry(title, *(each.sentence for each in missing), *doubts)
