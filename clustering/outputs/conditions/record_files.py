"""Records of Zones in every form, and as files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from clustering.conditions.progress.evaluation import Progress
from clustering.conditions.readiness.evaluation import Readiness
from clustering.conditions.record.documents import conditions_table, history_table, records_geojson, records_table
from clustering.conditions.record.history import HistoryEntry
from clustering.conditions.record.record import ZoneRecord
from clustering.outputs.files import json_bytes
from clustering.outputs.maps.conditions.record_map import draw_record_map
from clustering.outputs.release_mark import marked_files
from clustering.outputs.tables import table_bytes


def render_records(
    records: Iterable[ZoneRecord],
    *,
    today: date,
    history: Iterable[HistoryEntry] = (),
    readiness: Readiness | None = None,
    progress: Progress | None = None,
    title: str | None = None,
) -> dict[str, bytes]:
    """
    Write records in every form.

    Parameters
    ----------
    records
        Any number.
    today
        The day to tell it for.
    history
        Of these records, as ``follow_record`` returns it for each; without any, ``history.csv`` has headings alone.
    readiness, progress
        As ``evaluate_readiness`` and ``evaluate_progress`` answer: shown of the Zones with the same ``zone_id``, so
        give those of the proposal that the records came from. What they hide is hidden here too.
    title
        Heading of the map.

    Returns
    -------
    contents
        ``records.csv``, ``conditions.csv`` (``read_conditions`` reads it back), ``history.csv``, ``records.geojson``
        and ``map.html``. Write them with ``write_files``. With progress of exact counts all are marked.
    """
    listed = list(records)
    drawn = draw_record_map(listed, today=today, readiness=readiness, progress=progress, title=title)
    contents = {
        "records.csv": table_bytes(records_table(listed, today)),
        "conditions.csv": table_bytes(conditions_table(listed, today)),
        "history.csv": table_bytes(history_table(history)),
        "records.geojson": json_bytes(records_geojson(listed, today)),
        "map.html": drawn.encode(),
    }
    return marked_files(contents, "protected" if progress is None else progress.parameters.disclosure)
