"""Rows of an analysis as a page shows them: one for each answer, and those that gain nothing apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
# New partners of which these are equal are one answer, whatever the district that they come from.
_ANSWER = ("kind", "zones_gained", "zones_lost", "need_gained", "cost_dollars", "proof")


def fold_rows(rows: Sequence[Row], gain: str | None) -> tuple[list[Row], list[Row]]:
    """
    Part the rows of single changes for people; files keep every row.

    Parameters
    ----------
    rows
        Of an analysis.
    gain
        Column that is 0 where a change gains nothing; ``None`` for an analysis of which every row is shown.

    Returns
    -------
    shown
        Rows that gain something. Of new partners that bring the same Zones for the same money there is the first; its
        ``sentence`` names the districts of the others.
    without
        Rows that gain nothing.
    """
    if gain is None:
        return list(rows), []
    groups: dict[object, list[Row]] = {}
    for number, row in enumerate(row for row in rows if row[gain]):
        key = tuple(row[name] for name in _ANSWER) if row["kind"] == "partner" else number
        groups.setdefault(key, []).append(row)
    return [_as_one(group) for group in groups.values()], [row for row in rows if not row[gain]]


def _as_one(group: Sequence[Row]) -> Row:
    first, *others = group
    if not others:
        return first
    *some, last = (each["district_name"] for each in others)
    districts = f"{', '.join(some)} or {last}" if some else last
    return {**first, "sentence": f"{first['sentence']} The same holds for a new partner in {districts}."}
