"""What isolated processes do with files of conditions: library calls on plain values, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.jobs.dataset_tasks import Files
from app.queries.analysis import Progress
from clustering import (
    Checklist,
    ConditionsOfZone,
    RecordChange,
    RecordedZone,
    ZoneRecord,
    read_conditions,
    record_of,
)


def read_conditions_file(
    progress: Progress,
    files: Files,
    reading: Mapping[str, Any],
    kept: Sequence[Sequence[RecordChange]],
    zones: Sequence[Mapping[str, Any]],
    checklist: Mapping[str, Any],
) -> tuple[ConditionsOfZone, ...]:
    """
    Read a file of conditions.

    Parameters
    ----------
    progress
        Called with the stage and the fraction done, 0 to 1.
    files
        One file, of the role ``conditions``.
    reading
        ``encoding`` and ``options``, as for ``clustering.read_conditions``.
    kept
        The changes of each record that is kept.
    zones
        The Zones without a record.
    checklist
        Of those, as ``clustering.checklist_document`` writes it.

    Returns
    -------
    conditions
        As ``clustering.read_conditions`` answers.
    """
    progress("Reading the conditions", 0.0)
    (file,) = files["conditions"]
    named: list[RecordedZone | ZoneRecord] = [*map(record_of, kept), *(RecordedZone(**zone) for zone in zones)]
    return read_conditions(
        file,
        zones=named,
        checklist=Checklist(**checklist),
        options=reading["options"],
        encoding=reading["encoding"],
    )
