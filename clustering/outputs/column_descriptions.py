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
from clustering.zones.proposal import Member, ZoneMetrics

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


_COMPARED = re.compile(r"(?P<name>.+)_(?P<side>first|second|difference)")
_SIDES = {"first": "of the first", "second": "of the second", "difference": "the second less the first"}
_SAME_COLUMNS = {"moves": "schools"}  # a table whose columns are those of another
_OF_PROPOSALS = ("schools", "members", "links")
_EVERYWHERE = frozenset(
    "school_id district_id district_name anchor_id zone_id zone_name latitude longitude level".split()
)
# What no docstring documents.
_OF_NO_DOCSTRING = (
    _Documented("", "zone_id", "string", "identifier of the Zone"),
    _Documented("set_aside", "reason", "string", "why the record is not used"),
    _Documented("zones_side_by_side", "found_in", "string", "whether both, or only the first or second, have the Zone"),
    _Documented("zones_side_by_side", "shared_school_count", "integer", "schools that the Zone has in both"),
    _Documented("moves", "change", "string", "whether the school joins a Zone, leaves it, or changes it"),
    _Documented("set_aside", "file", "string", "name of the file"),
    _Documented("set_aside", "row", "integer", "row of the record, as a spreadsheet numbers it"),
    _Documented("crosswalk", "confirmed", "string", "yes, where a person has confirmed the row"),
    _Documented("crosswalk", "old_id", "string", "identifier in the flows"),
    _Documented("crosswalk", "new_id", "string", "identifier in the schools files; missing if the school closed"),
    _Documented("crosswalk", "share", "number", "share of the old school's students, 0 to 1"),
)


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
        The table it is in, such as ``links``. A word like ``reason`` means something else in another table.

    Returns
    -------
    description
        As ``model/columns.py``, :class:`~clustering.Member` and :class:`~clustering.ZoneMetrics` document it. Where two
        sets of Zones are compared, ``NAME_first``, ``NAME_second`` and ``NAME_difference`` are those of ``NAME``.
    """
    kind, meaning = _known(name, table) or ("any", "")
    compared = _COMPARED.fullmatch(name)
    if not meaning and compared and (known := _known(compared["name"], table)):
        kind, meaning = known[0], f"{known[1].rstrip('.')} ({_SIDES[compared['side']]})"
    unit = next((unit for pattern, unit in _UNITS if pattern.search(name)), "") if kind != "string" else ""
    return ColumnDescription(type=kind, meaning=meaning, unit=unit)


def _known(name: str, table: str) -> tuple[str, str] | None:
    """Type and meaning of a column in its table; elsewhere only if it means the same everywhere."""
    documented = _documented()
    own = documented.get((table, name)) or documented.get((_SAME_COLUMNS.get(table, table), name))
    means_the_same = table in _OF_PROPOSALS or name in _EVERYWHERE
    return own or (documented.get(("", name)) if means_the_same else None)


@cache
def _documented() -> Mapping[tuple[str, str], tuple[str, str]]:
    """Table and column to type and meaning; the first that documents a column is that of a table without a name."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for table, name, kind, meaning in (
        *_OF_NO_DOCSTRING,
        *_rows_of_tables(columns.__doc__ or ""),
        *_fields_of_members(),
        *_fields_of_metrics(),
    ):
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
    for name, meaning in _fields_of(Member):
        kind = "number" if _NUMBERS.search(name) else "integer" if name == "steps" else "string"
        yield _Documented("members", name, kind, meaning)


def _fields_of_metrics() -> Iterator[_Documented]:
    for name, meaning in _fields_of(ZoneMetrics):
        yield _Documented("zones_side_by_side", name, "integer" if name.endswith("_count") else "number", meaning)


def _fields_of(documented: type) -> Iterator[tuple[str, str]]:
    """Fields of a class as its docstring has them: names, and below them what they mean."""
    body = (inspect.getdoc(documented) or "").partition("----------\n")[2]
    for match in re.finditer(r"^(?P<names>\w[\w, ]*)\n(?P<meaning>(?:    .*\n?)+)", body, re.MULTILINE):
        for name in match["names"].split(", "):
            yield name, _plain(" ".join(match["meaning"].split()))


def _plain(text: str) -> str:
    """The text without the signs of markup."""
    return text.replace("``", "")
