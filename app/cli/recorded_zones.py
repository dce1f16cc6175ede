"""Zones with the conditions of a file, as records that would begin with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.options import Inputs
from clustering import Proposal, json_bytes, proposal_document, zones_geojson_bytes

if TYPE_CHECKING:
    from clustering import Checklist, ConditionsOfZone, HistoryEntry, RecordedZone, ZoneRecord

# What is needed of the library is imported when it is used: no other command has to wait for it.

DEFAULT_CHECKLIST = "delaware_partnership_zone"


@dataclass(frozen=True, kw_only=True)
class RecordedConditions:
    """
    The records that would begin with a file of conditions.

    Parameters
    ----------
    histories
        Of each Zone, change by change.
    in_file
        The Zones that the file names.
    """

    histories: Sequence[Sequence[HistoryEntry]]
    in_file: frozenset[str]

    @property
    def records(self) -> list[ZoneRecord]:
        """Each after its last change."""
        return [history[-1].record for history in self.histories]


def record_conditions(
    inputs: Inputs, zones: Proposal, conditions: Path, checklist: str, *, now: datetime
) -> RecordedConditions:
    """
    Read a file of conditions, and begin a record of every Zone with it.

    Parameters
    ----------
    inputs
        How files are read.
    zones
        The Zones that the file may name.
    conditions
        The file.
    checklist
        One that ships, or a file.
    now
        The time of all changes [UTC].

    Returns
    -------
    recorded
        Of every Zone, named in the file or not.

    Raises
    ------
    InputError
        With every problem of the files.
    """
    from clustering import read_checklist, read_conditions, zones_of_proposal  # noqa: PLC0415

    own = inputs.for_other_files(Path(checklist).name)
    chosen = read_checklist(checklist, options=own, encoding=inputs.encoding)
    document, outlines = json_bytes(proposal_document(zones)), zones_geojson_bytes(zones)
    recorded = list(zones_of_proposal(document, zones=outlines).values())
    options = inputs.for_other_files(conditions.name)
    conditions_of_zones = read_conditions(
        conditions, zones=recorded, checklist=chosen, options=options, encoding=inputs.encoding
    )
    histories = _histories(recorded, conditions_of_zones, chosen, f"From {conditions.name}", now)
    return RecordedConditions(histories=histories, in_file=frozenset(each.zone_id for each in conditions_of_zones))


def records_of_file(inputs: Inputs, zones: Proposal, conditions: Path, checklist: str) -> list[ZoneRecord]:
    """Records of the Zones that a file of conditions names; as :func:`record_conditions`."""
    recorded = record_conditions(inputs, zones, conditions, checklist, now=datetime.now(UTC))
    return [record for record in recorded.records if record.zone.zone_id in recorded.in_file]


def _histories(
    zones: Sequence[RecordedZone],
    conditions_of_zones: Sequence[ConditionsOfZone],
    checklist: Checklist,
    why: str,
    now: datetime,
) -> list[Sequence[HistoryEntry]]:
    """The record of every Zone as it would begin with the file, change by change."""
    from clustering import RecordChange, checklist_document, follow_record  # noqa: PLC0415

    by_zone = {each.zone_id: each for each in conditions_of_zones}
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
