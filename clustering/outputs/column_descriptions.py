"""What each column of a table that is written holds, from the one place where it is documented."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from clustering.model import columns
from clustering.zones.proposal import Member

# Types of Frictionless by the types of pandas that ``model/columns.py`` states.
_TYPES = {"str": "string", "float64": "number", "Int64": "integer", "int64": "integer"}
_UNITS = (
    (re.compile(r"(^|_)students(_|$)"), "students"),
    (re.compile(r"(^|_)share$|^(low|high|exact)$"), "share, 0 to 1"),
    (re.compile(r"_km$"), "kilometres"),
    (re.compile(r"^(longitude|latitude)$"), "degrees, WGS 84"),
    (re.compile(r"^minutes$"), "minutes"),
)
_NUMBERS = re.compile(r"(^|_)(students(_low|_high)?|share)$|_km$")


class _Documented(NamedTuple):
    """A column as the documentation of a table has it."""

    table: str
    name: str
    kind: str
    meaning: str


@dataclass(frozen=True)
class ColumnDescription:
    """
    What a column holds.

    Parameters
    ----------
    type
        A type of Frictionless' table schema: ``string``, ``number``, ``integer``; ``any`` if it is not stated.
    meaning
        A line of text; blank if it is not documented.
    unit
        What numbers are in; blank for anything else.
    """

    type: str
    meaning: str
    unit: str


def describe_column(name: str, *, table: str = "") -> ColumnDescription:
    """
    Say what a column holds.

    Parameters
    ----------
    name
        Its heading.
    table
        The table it is in, such as ``links``; where that does not document it, any table that does counts.

    Returns
    -------
    description
        As ``model/columns.py`` and :class:`~clustering.Member` document it.
    """
    documented = _documented()
    kind, meaning = documented.get((table, name)) or documented.get(("", name)) or ("any", "")
    unit = next((unit for pattern, unit in _UNITS if pattern.search(name)), "") if kind != "string" else ""
    return ColumnDescription(type=kind, meaning=meaning, unit=unit)


@cache
def _documented() -> Mapping[tuple[str, str], tuple[str, str]]:
    """Table and column to type and meaning; the first that documents a column is that of a table without a name."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for table, name, kind, meaning in (*_rows_of_tables(columns.__doc__ or ""), *_fields_of_members()):
        found.setdefault((table, name), (kind, meaning))
        found.setdefault(("", name), (kind, meaning))
    return MappingProxyType(found)


def _rows_of_tables(text: str) -> Iterator[_Documented]:
    """Rows of the tables of a docstring, between lines of ``===``: table; name, type, meaning in fixed columns."""
    starts: list[int] = []
    rows: list[list[str]] = []
    table = ""
    for line in text.splitlines():
        if named := re.match(r"``(\w+)``", line):
            table = named[1]
        if line.startswith("==="):
            starts = [match.start() for match in re.finditer("=+", line)]
        elif not line.strip():
            starts = []
        elif len(starts) == 3:
            cells = [line[start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True)]
            if cells[0]:
                rows.append([*cells, table])
            else:
                rows[-1][2] += f" {cells[2]}"
    for names, kind, meaning, table in rows:
        for name in names.split(", "):
            yield _Documented(table, name, _TYPES.get(kind, "any"), _plain(meaning))


def _fields_of_members() -> Iterator[_Documented]:
    """Fields of a Member, as its docstring has them: names, and below them what they mean."""
    body = (inspect.getdoc(Member) or "").partition("----------\n")[2]
    for match in re.finditer(r"^(?P<names>\w[\w, ]*)\n(?P<meaning>(?:    .*\n?)+)", body, re.MULTILINE):
        for name in match["names"].split(", "):
            kind = "number" if _NUMBERS.search(name) else "integer" if name == "steps" else "string"
            yield _Documented("members", name, kind, _plain(" ".join(match["meaning"].split())))


def _plain(text: str) -> str:
    """The text without the signs of markup."""
    return text.replace("``", "")
