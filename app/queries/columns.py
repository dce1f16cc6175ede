"""Which columns of the tables beside a proposal people are shown, in words, on pages and on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

ColumnKind = Literal["text", "sentence", "school", "zone", "count", "number", "share", "weight", "yes"]


class Column(NamedTuple):
    """
    A column as it is shown.

    Parameters
    ----------
    name
        In the table.
    title
        Its heading.
    kind
        How its values are written.
    """

    name: str
    title: str
    kind: ColumnKind


COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "reach": (
        Column("anchor_id", "Anchor", "school"),
        Column("school_id", "School", "school"),
        Column("decision", "Decision", "text"),
        Column("students_to_zone", "Students into the Zone", "number"),
        Column("kept_share", "Share of its promoted students", "share"),
        Column("loss_students", "Score lost the other way", "number"),
        Column("reason", "Why", "sentence"),
    ),
    "trade-off": (
        Column("maximum_schools", "Most schools", "count"),
        Column("leakage_weight", "Leakage weight", "weight"),
        Column("zones", "Zones", "count"),
        Column("schools_in_zones", "Schools in Zones", "count"),
        Column("score_at_own_request", "Score by this proposal's weight", "number"),
        Column("retained_students", "Students who stay", "number"),
        Column("leaked_students", "Students who leak", "number"),
        Column("coverage", "Coverage", "share"),
        Column("retention", "Retention", "share"),
        Column("is_best_by_leakage", "None better by leakage", "yes"),
        Column("is_best_by_schools", "None better by schools", "yes"),
        Column("status", "Proof", "text"),
    ),
    "stability": (
        Column("anchor_id", "Zone of", "school"),
        Column("school_id", "School", "school"),
        Column("is_in_answer", "In the proposal", "yes"),
        Column("share_of_years", "In single years", "share"),
        Column("share_of_resamples", "In resampled flows", "share"),
        Column("is_in_at_low", "Suppressed counts at their least", "yes"),
        Column("is_in_at_high", "At their greatest", "yes"),
    ),
    "persistence": (
        Column("zone_id", "Zone of", "zone"),
        Column("years", "Years later", "count"),
        Column("start_students", "Students at the start", "number"),
        Column("finished_students", "Finished by then", "number"),
        Column("unknown_students", "Not known", "number"),
        Column("staying_students", "Still in the Zone", "number"),
        Column("persistence", "Persistence", "share"),
        Column("schools_without_rows", "Schools whose flows tell of the last grade only", "count"),
    ),
}


def school_of(value: str, names: Mapping[str, str]) -> tuple[str, str]:
    """Name and id of a school, or of the anchor of a Zone, whose id is its anchor's after ``zone-``."""
    school_id = value.removeprefix("zone-") if value not in names else value
    return names.get(school_id, school_id), school_id


def written(value: object, kind: ColumnKind) -> str:
    """A value as text; a dash where it is missing."""
    if value is None:
        return "–"
    if kind == "yes":
        return "yes" if value else "no"
    if isinstance(value, (int, float)) and kind in _FORMATS:
        return _FORMATS[kind].format(value)
    return str(value)


_FORMATS: Mapping[str, str] = {"count": "{:,.0f}", "number": "{:,.1f}", "share": "{:.0%}", "weight": "{:g}"}
NUMERIC_KINDS = frozenset(_FORMATS)
