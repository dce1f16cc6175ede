"""The result of a comparison, and the same as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from clustering.analysis.comparison.tables import METRICS
from clustering.model.disclosure_setting import Disclosure

MOVE_COLUMNS = (
    *("school_id", "name", "level", "change", "zone_id_first", "zone_name_first", "role_first", "zone_id_second"),
    *("zone_name_second", "role_second", "reason_first", "reason_second"),
)
ZONE_COLUMNS = (
    *("anchor_id", "zone_name", "found_in", "shared_school_count"),
    *(f"{metric}_{side}" for metric in METRICS for side in ("first", "second", "difference")),
)


@dataclass(frozen=True, kw_only=True)
class ProposalTotals:
    """
    Sums over the Zones of one proposal; shares run from 0 to 1, ``None`` where the denominator is 0.

    Parameters
    ----------
    zone_count
        Zones.
    school_count
        Schools in Zones, anchors included.
    promoted_students
        Students promoted out of all feeders, per year; with those who left if ``count_exits`` is set.
    retained_students
        Those of them who stay in their Zone.
    leaked_students
        The others.
    retention
        ``retained_students / promoted_students``.
    entering_students
        Students who enter the anchors from other schools, per year.
    entering_from_feeders_students
        Those of them who come from the feeders of the anchor's own Zone.
    coverage
        ``entering_from_feeders_students / entering_students``.
    score
        Sum of the scores [students per year].
    """

    zone_count: int
    school_count: int
    promoted_students: float
    retained_students: float
    leaked_students: float
    retention: float | None
    entering_students: float
    entering_from_feeders_students: float
    coverage: float | None
    score: float


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """
    Two proposals side by side; nothing in it is more exact than the two are.

    Parameters
    ----------
    summary
        Two or three sentences for people.
    notes
        What differs between the two apart from their Zones, then the notes of both, of the first and of the second.
    is_score_comparable
        Whether the two count and score students alike; differences of scores are missing where they do not.
    disclosure
        ``exact`` if either of the two has exact counts of students, else ``protected``.
    moves
        Schools whose Zone is another, sorted by ``school_id``: ``MOVE_COLUMNS``. ``change`` is ``joins`` (outside in
        the first), ``leaves`` (outside in the second) or ``changes Zone``; ``role_*`` is ``anchor``, ``feeder`` or
        ``outside``; ``zone_*`` and ``reason_*`` are missing where there is none.
    zones
        Zones matched by their anchor, sorted by ``anchor_id``: ``ZONE_COLUMNS``. ``found_in`` is ``both``, ``first`` or
        ``second``; each metric (see :class:`~clustering.ZoneMetrics`) of the first, of the second, and the second
        less the first.
    first, second
        Totals of the two.
    difference
        Each total of the second less that of the first; ``None`` where one is unknown.
    """

    summary: tuple[str, ...]
    notes: tuple[str, ...]
    is_score_comparable: bool
    disclosure: Disclosure
    moves: pd.DataFrame
    zones: pd.DataFrame
    first: ProposalTotals
    second: ProposalTotals
    difference: Mapping[str, float | None]


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """
    Write a Comparison as plain values.

    Parameters
    ----------
    comparison
        As ``compare_proposals`` answers.

    Returns
    -------
    document
        ``summary``, ``notes``, ``is_score_comparable``, ``disclosure``, ``totals`` (``first``, ``second``,
        ``difference``), ``zones`` (each with its metrics in the same three parts) and ``moves``; missing is ``None``.
    """
    return {
        "summary": list(comparison.summary),
        "notes": list(comparison.notes),
        "is_score_comparable": comparison.is_score_comparable,
        "disclosure": comparison.disclosure,
        "totals": {
            "first": asdict(comparison.first),
            "second": asdict(comparison.second),
            "difference": dict(comparison.difference),
        },
        "zones": [_zone_document(row) for row in _records(comparison.zones)],
        "moves": _records(comparison.moves),
    }


def _zone_document(row: Mapping[str, Any]) -> dict[str, Any]:
    has = {"first": row["found_in"] != "second", "second": row["found_in"] != "first"}
    has["difference"] = row["found_in"] == "both"
    metrics = {
        part: {metric: row[f"{metric}_{part}"] for metric in METRICS} if is_there else None
        for part, is_there in has.items()
    }
    return {name: row[name] for name in ("anchor_id", "zone_name", "found_in", "shared_school_count")} | metrics


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    plain = table.astype("object")
    return [
        {str(name): value for name, value in row.items()} for row in plain.where(table.notna(), None).to_dict("records")
    ]
