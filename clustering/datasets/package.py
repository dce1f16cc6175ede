"""The data package of a generated state: types of its columns, and their meanings as its README.md gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from clustering.model.data_package import describe_package

# Lines of the README: a table's file, or some of its columns, of which the first and the last may stand for all.
_FILE = re.compile(r"## (\S+) \(")
_COLUMNS = re.compile(r"\| (`[^|]+) \| (.+) \|")
_UNITS = {
    **dict.fromkeys(("LAT", "LON", "latitude", "longitude"), "degrees, WGS 84"),
    **dict.fromkeys(("students", "enrolment"), "students"),
}
_WITH_FIXED_DIGITS = ("LAT", "LON", "latitude", "longitude")  # numbers that the tables hold as text


def package_of_state(
    contents: Mapping[str, bytes], tables: Mapping[str, pd.DataFrame], readme: str, *, title: str
) -> dict[str, Any]:
    """
    Describe the files of a generated state.

    Parameters
    ----------
    contents
        File name to bytes.
    tables
        File name to the table that was written.
    readme
        The data dictionary: a heading ``## FILE (`` for each file, and a row for each column, or for several. Rows
        above the first such heading are of files.
    title
        What the files are, in one line.

    Returns
    -------
    document
        ``datapackage.json`` as plain values. A column whose numbers stand beside marks is text.
    """
    meanings = list(_meanings(readme))

    def fields_of(path: str, headings: Sequence[str]) -> Iterator[dict[str, str]]:
        """Describe each column as its own file has it; one that it leaves out as the first file that has it."""
        for heading in headings:
            meanings_of_heading = (
                meaning
                for own in (True, False)
                for file, names, meaning in meanings
                if (file == path) is own and _stands_for(names, heading, headings)
            )
            field = {
                "name": heading,
                "type": _type(tables[path], heading),
                "description": next(meanings_of_heading, ""),
                "unit": _UNITS.get(heading, ""),
            }
            yield {key: value for key, value in field.items() if value}

    document = describe_package(contents, fields_of, name="sample", title=title)
    of_files = {names.strip("` "): meaning for file, names, meaning in meanings if not file}
    for resource in document["resources"]:
        if resource["path"] in of_files:
            resource["description"] = of_files[resource["path"]]
    return document


class _Row(NamedTuple):
    """A row of the README: the file, its columns as they are named there, and what they hold."""

    file: str
    names: str
    meaning: str


def _meanings(readme: str) -> Iterator[_Row]:
    file = ""
    for line in readme.splitlines():
        if found := _FILE.match(line):
            file = found[1]
        elif found := _COLUMNS.fullmatch(line):
            yield _Row(file, found[1], re.sub(r"[`*]", "", found[2]))


def _stands_for(names: str, heading: str, headings: Sequence[str]) -> bool:
    """Whether a heading is among names such as ```A`, `B` to `D```."""
    if f"`{heading}`" in names:
        return True
    return any(
        first in headings
        and last in headings
        and headings.index(first) < headings.index(heading) < headings.index(last)
        for first, last in re.findall(r"`(\S+)` to `(\S+)`", names)
    )


def _type(table: pd.DataFrame, heading: str) -> str:
    """A column's type in the words of Frictionless."""
    if heading in _WITH_FIXED_DIGITS or pd.api.types.is_float_dtype(table[heading].dtype):
        return "number"
    return "integer" if pd.api.types.is_integer_dtype(table[heading].dtype) else "string"
