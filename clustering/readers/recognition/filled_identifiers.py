"""Of several columns that are known as identifiers of schools, one that is filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from clustering.errors import Problem
from clustering.model.spelling import british
from clustering.readers.raw_table import RawTable
from clustering.readers.recognition.aliases import ALIASES
from clustering.readers.recognition.headings import heading_key

_MOSTLY_BLANK, _FILLED = 0.9, 0.5


def prefer_filled_identifier(
    table: RawTable, headings: Mapping[str, str], role: str
) -> tuple[RawTable, dict[str, str]]:
    """
    Take another known column of identifiers if the preferred one is blank in nearly all records.

    Parameters
    ----------
    table
        A file. Its cells are looked at only if several of its headings are known for ``school_id``.
    headings
        Canonical name to heading.
    role
        A key of ``aliases.ALIASES``.

    Returns
    -------
    table, headings
        Both as they are, or with a warning that names the column taken. A choice of the user stands.
    """
    chosen, found = headings.get("school_id"), dict(headings)
    if chosen is None or "school_id" in table.options.columns:
        return table, found
    of_key = {british(heading_key(heading)): heading for heading in reversed(table.headings)}
    known = [of_key[key] for alias in ALIASES[role].get("school_id", ()) if (key := british(alias)) in of_key]
    others = [heading for heading in dict.fromkeys(known) if heading != chosen]
    if not others or not len(table) or _blank_share(table, chosen) < _MOSTLY_BLANK:
        return table, found
    filled = next((heading for heading in others if _blank_share(table, heading) <= _FILLED), None)
    if filled is None:
        return table, found
    found = {name: heading for name, heading in found.items() if heading != filled} | {"school_id": filled}
    note = Problem(
        table=table.name,
        row=table.header_row,
        column=chosen,
        message=f"The column has hardly any identifiers: {filled} was read instead.",
        remedy="Set columns.school_id=HEADING if another column has the identifiers of the schools.",
        is_error=False,
    )
    return replace(table, problems=(*table.problems, note)), found


def _blank_share(table: RawTable, heading: str) -> float:
    return float(table.column(heading).is_blank().mean())
