"""Identifiers of schools as the agency assigned them: without the marks of programs, with the zeros in front."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from clustering.readers.raw_table import RawTable
from clustering.readers.text.columns import TextColumn

_ENDS = ("origin", "destination")
# Columns that identify schools, by role of the file.
IDENTIFIERS: Mapping[str, tuple[str, ...]] = {
    "schools": ("school_id", "state_school_id"),
    "performance": ("school_id",),
    "grade_enrolment": ("school_id",),
    "catchments": ("school_id",),
    "flows": _ENDS,
    "feeder_table": _ENDS,
    "travel_times": _ENDS,
    "crosswalk": ("old_id", "new_id"),
    "name_matches": ("school_id",),
    "plan": ("school_id", "anchor"),
}
# #5201, '01M015 and 'A1: marks that are no part of an identifier.
_MARK = r"^[#'`]\s*([0-9A-Za-z])"
# Layers of catchments name the schools of other levels, and of each grade, in further columns.
_FURTHER = re.compile(r"(ES|MS|HS)_ID|GR_ID_\w+", re.IGNORECASE)


def as_assigned(table: RawTable, headings: Mapping[str, str], role: str, *, is_matrix: bool = False) -> RawTable:
    """
    Take marks off the identifiers of a file, and give them the digits that the user says they have.

    Parameters
    ----------
    table
        A file with its options.
    headings
        Canonical name to heading.
    role
        A key of ``aliases.ALIASES``.
    is_matrix
        Whether the headings that are no canonical column are identifiers too.

    Returns
    -------
    written
        The same records; the table itself if nothing changes.
    """
    named = {headings[name] for name in IDENTIFIERS.get(role, ()) if name in headings}
    if "anchor" in headings and _is_of_flags(table.column(headings["anchor"])):
        named.discard(headings["anchor"])
    digits = table.options.identifier_digits
    if digits is not None and role == "catchments":
        named |= {heading for heading in table.headings if _FURTHER.fullmatch(heading)}
    encoded = dict(table.encoded)
    for heading in sorted(named):
        if (column := _written(table.column(heading), digits)) is not None:
            encoded[heading] = column
    if digits is not None and is_matrix:
        ids = set(encoded) - set(headings.values())
        encoded = {_filled(heading, digits) if heading in ids else heading: each for heading, each in encoded.items()}
    unchanged = all(encoded.get(heading) is each for heading, each in table.encoded.items())
    return table if unchanged else replace(table, encoded=encoded, _trimmed={})


def _is_of_flags(column: TextColumn) -> bool:
    """Whether a column says yes and no with 1 and 0."""
    return set(column.texts.to_pylist()) <= {"", "0", "1"}


def _written(column: TextColumn, digits: int | None) -> pa.DictionaryArray | None:
    """A column without marks and with its zeros; ``None`` if it is so already."""
    texts = column.texts
    if not column.has_only_digits() and pc.any(pc.match_substring_regex(texts, _MARK)).as_py():
        texts = pc.replace_substring_regex(texts, pattern=_MARK, replacement=r"\1")
    if digits is not None:
        padded = pc.utf8_lpad(texts, width=digits, padding="0")
        texts = pc.if_else(pc.ascii_is_decimal(texts), padded, texts)
    return None if texts.equals(column.texts) else pa.DictionaryArray.from_arrays(pa.array(column.codes), texts)


def _filled(text: str, digits: int) -> str:
    return text.zfill(digits) if text.isascii() and text.isdecimal() else text
