"""Columns of a table as people are shown them, in words, on pages and on a terminal."""

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


class SchoolName(NamedTuple):
    """
    A school as people know it.

    Parameters
    ----------
    name, school_id
        The id stands for a name that is unknown.
    """

    name: str
    school_id: str


def school_of(value: str, names: Mapping[str, str]) -> SchoolName:
    """Find a school by its id, or the anchor of a Zone by the Zone's id: ``zone-`` and the id of the anchor."""
    school_id = value.removeprefix("zone-") if value not in names else value
    return SchoolName(names.get(school_id, school_id), school_id)


def format_value(value: object, kind: ColumnKind) -> str:
    """Write a value as text; a missing value is a dash."""
    if value is None:
        return "–"
    if kind == "yes":
        return "yes" if value else "no"
    if isinstance(value, (int, float)) and kind in _FORMATS:
        return _FORMATS[kind].format(value)
    return str(value)


_FORMATS: Mapping[str, str] = {"count": "{:z,.0f}", "number": "{:z,.1f}", "share": "{:.0%}", "weight": "{:g}"}
NUMERIC_KINDS = frozenset(_FORMATS)
