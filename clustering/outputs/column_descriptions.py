"""What each column of a table that is written holds, from the one place where it is documented."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple

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


_WRITTEN = ("proposal", "analyses", "capacity", "conditions", "disclosure")
_COMPARED = re.compile(r"(?P<name>.+)_(?P<side>first|second|difference)")
_SIDES = {"first": "of the first", "second": "of the second", "difference": "the second less the first"}
# Tables whose columns are those of another.
_SAME_COLUMNS = {"moves": "schools", "zones": "zones_side_by_side", "zone-schools": "members"}
_OF_PROPOSALS = ("schools", "members", "links")
_EVERYWHERE = frozenset("school_id district_id district_name anchor_id latitude longitude".split())
# Headings with a number of months or a year in them are described once for all.
_NUMBERED = ((re.compile(r"(?<=_)(18|36)$"), "{months}"), (re.compile(r"(?<=_)\d{4}$"), "{year}"))


@dataclass(frozen=True)
class ColumnDescription:
    """
    What a column holds.

    Parameters
    ----------
    type
        A type of Frictionless' table schema: ``string``, ``number``, ``integer``, ``boolean``, ``date``, ``datetime``,
        ``year`` (the fall of a school year), ``yearmonth``; ``any`` if it is not stated.
    meaning
        A line of text; blank if it is not documented.
    unit
        What numbers are in; blank for anything else.
    constraints
        Constraints of Frictionless' table schema: ``enum`` (the texts that there are), ``required``.
    """

    type: str
    meaning: str
    unit: str
    constraints: Mapping[str, Any] = field(default_factory=dict)


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
        As ``model/columns.py``, :class:`~clustering.Member` and :class:`~clustering.ZoneMetrics` document it; of all
        other tables as the files of ``written_columns`` do. Where two sets of Zones are compared, ``NAME_first``,
        ``NAME_second`` and ``NAME_difference`` are those of ``NAME``.
    """
    compared = _COMPARED.fullmatch(name)
    if (found := _described(name, table)) or not compared or not (found := _described(compared["name"], table)):
        return found or ColumnDescription(type="any", meaning="", unit="")
    is_difference = compared["side"] == "difference"
    return replace(
        found,
        type="number" if is_difference and found.type == "integer" else found.type,  # written as 3.0
        meaning=f"{found.meaning.rstrip('.')} ({_SIDES[compared['side']]})",
        constraints={key: value for key, value in found.constraints.items() if key != "required"},
    )


def _described(name: str, table: str) -> ColumnDescription | None:
    """The description in the files of ``written_columns``, or else in the docstrings."""
    if written := _written(name, table):
        return written
    if not (known := _known(name, table)):
        return _written_columns()["*"].get(name)
    kind, meaning = known
    unit = next((unit for pattern, unit in _UNITS if pattern.search(name)), "") if kind != "string" else ""
    return ColumnDescription(type=kind, meaning=meaning, unit=unit)


def _written(name: str, table: str) -> ColumnDescription | None:
    """The description in the files of ``written_columns``, of the table itself."""
    table = "readiness" if table.startswith("readiness-") else table  # of one indicator set
    own = {**_written_columns().get(_SAME_COLUMNS.get(table, ""), {}), **_written_columns().get(table, {})}
    for pattern, word in _NUMBERED:
        name = name if name in own else pattern.sub(word, name)
    return own.get(name)


@cache
def _written_columns() -> Mapping[str, Mapping[str, ColumnDescription]]:
    """Table to column to its description."""
    folder = files("clustering.outputs").joinpath("written_columns")
    texts = (folder.joinpath(f"{name}.toml").read_text(encoding="utf-8") for name in _WRITTEN)
    tables = {table: found for text in texts for table, found in tomllib.loads(text).items()}
    return {
        table: {
            name: ColumnDescription(
                type=each["type"],
                meaning=each["meaning"],
                unit=each.get("unit", ""),
                constraints={key: each[key] for key in ("required", "enum") if key in each},
            )
            for name, each in found.items()
        }
        for table, found in tables.items()
    }


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
