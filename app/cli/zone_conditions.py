"""The command for a file of conditions: read, checked, and what is missing for protected of each Zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.conditions import PlanFile, zones_of
from app.cli.options import Inputs, with_inputs
from app.cli.render import entry, heading, progress_bar, show_report, show_written, stopping_on_errors
from clustering import Proposal as ProposedZones
from clustering import json_bytes, proposal_document, write_files, zones_geojson_bytes

if TYPE_CHECKING:
    from clustering import Checklist, ConditionsOfZone, HistoryEntry, RecordedZone, ZoneRecord

# What this command needs of the library is imported when it runs: no other command has to wait for it.

DEFAULT_CHECKLIST = "delaware_partnership_zone"


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
    from clustering import read_checklist, read_conditions, render_records  # noqa: PLC0415

    with stopping_on_errors():
        with progress_bar() as progress:
            progress("Reading", 0.0)
            own = inputs.for_other_file(Path(checklist).name)
            asked = read_checklist(checklist, options=own, encoding=inputs.encoding)
            scenario, proposal = zones_of(inputs, plan, [conditions, Path(checklist)])
            zones = _recorded_zones(proposal)
            options = inputs.for_other_file(conditions.name)
            found = read_conditions(conditions, zones=zones, checklist=asked, options=options, encoding=inputs.encoding)
        now = datetime.now(UTC)
        day = (on or now).date()
        histories = _histories(zones, found, asked, f"From {conditions.name}", now)
        records = [history[-1].record for history in histories]
        _show(records, {each.zone_id for each in found}, day)
        show_report(scenario.report)
        if out is not None:
            history = [each for entries in histories for each in entries]
            show_written(write_files(render_records(records, today=day, history=history), out))


def _recorded_zones(proposal: ProposedZones) -> list[RecordedZone]:
    from clustering import zones_of_proposal  # noqa: PLC0415

    document, outlines = json_bytes(proposal_document(proposal)), zones_geojson_bytes(proposal)
    return list(zones_of_proposal(document, zones=outlines).values())


def _histories(
    zones: Sequence[RecordedZone], found: Sequence[ConditionsOfZone], checklist: Checklist, why: str, now: datetime
) -> list[Sequence[HistoryEntry]]:
    """The record of every Zone as it would begin with the file, change by change."""
    from clustering import RecordChange, checklist_document, follow_record  # noqa: PLC0415

    by_zone: Mapping[str, ConditionsOfZone] = {each.zone_id: each for each in found}
    histories: list[Sequence[HistoryEntry]] = []
    for zone in zones:
        content = {
            "record_id": zone.zone_id,
            "zone": zone.model_dump(mode="json"),
            "checklist": checklist_document(checklist),
        }
        changes = [RecordChange(revision=1, at=now, by="zones conditions", why=why, kind="created", content=content)]
        if zone.zone_id in by_zone:
            changes += by_zone[zone.zone_id].changes_after(1, at=now, by="zones conditions", why=why)
        histories.append(follow_record(changes))
    return histories


def _show(records: Sequence[ZoneRecord], in_file: set[str], day: date) -> None:
    from clustering import missing_conditions  # noqa: PLC0415

    heading(f"Missing for protected, on {day.isoformat()}")
    for record in records:
        missing = missing_conditions(record, record.checklist, day)
        told = "" if record.zone.zone_id in in_file else ", not in the file"
        count = "nothing is missing" if not missing else f"{len(missing)} missing"
        entry(f"{record.zone.name} ({record.zone.zone_id}{told}): {count}", *(each.sentence for each in missing))
