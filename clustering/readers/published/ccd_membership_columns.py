"""Which columns of a CCD membership file hold what, by its first line."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clustering.errors import InputError, Problem
from clustering.readers.text.encodings import is_character_set
from clustering.readers.text.layout import DELIMITERS

MAXIMUM_BYTES = 16 * 1024**3
_HEADER_BYTES = 1024**2
_LONG_COLUMNS = {"NCESSCH": "school_id", "GRADE": "grade", "STUDENT_COUNT": "students"}
_LONG_COLUMNS |= {"TOTAL_INDICATOR": "aggregation", "DMS_FLAG": "flag"}
_YEAR_HEADINGS = ("SCHOOL_YEAR", "SURVYEAR")
_REQUIRED_LONG = ("NCESSCH", "GRADE", "STUDENT_COUNT", "TOTAL_INDICATOR")
# MEMBER, PK, KG, G01 ... G13, UG; with two digits of the year after them in older files (MEMBER09, G0109).
_WIDE_TOTAL = re.compile(r"MEMBER(\d\d)?", re.IGNORECASE)
_WIDE_GRADE = re.compile(r"(PK|KG|UG|AE|G(?:0[1-9]|1[0-3]))(\d\d)?", re.IGNORECASE)
_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True)
class MembershipHeader:
    """The first line of a file: headings, delimiter and encoding."""

    name: str
    headings: list[str]
    delimiter: str
    encoding: str
    kind: str = ""


def read_header(path: Path, name: str, encoding: str | None) -> MembershipHeader:
    """Read the first line of a file; raise if it cannot be read, is too large, or has a heading twice."""
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            raise membership_error(
                name, "The file is larger than 16 GiB.", "Use the file of one year as NCES publishes it."
            )
        with path.open("rb") as file:
            head = file.read(_HEADER_BYTES)
    except OSError as error:
        raise membership_error(
            name, f"The file cannot be opened ({error.strerror}).", "Check the path and the permissions."
        ) from None
    marked = next((codec for mark, codec in _BYTE_ORDER_MARKS.items() if head.startswith(mark)), None)
    codec = encoding or marked or "utf-8"
    if not is_character_set(codec):
        message = f"There is no encoding called {codec[:100]!r}."
        raise membership_error(name, message, "Set encoding=utf-8, or another such as cp1252 or latin-1.")
    line = re.split(r"\r\n|\n|\r", head.decode(codec, errors="replace"), maxsplit=1)[0]
    delimiter = max(DELIMITERS, key=line.count)
    headings = [heading.strip() for heading in next(csv.reader([line.lstrip("\ufeff")], delimiter=delimiter), [])]
    if len(set(headings)) < len(headings):
        twice = next(heading for heading in headings if headings.count(heading) > 1)
        raise membership_error(name, f"The heading {twice!r} appears twice.", "Give each column its own name.")
    return MembershipHeader(name, headings, delimiter, codec)


@dataclass(frozen=True)
class MembershipColumns:
    """
    The columns to read.

    Parameters
    ----------
    meanings
        Heading to what the column holds: ``school_id``, ``year``, ``grade`` ...; ``total`` or a grade in a wide file.
    layout
        ``long`` or ``wide``.
    """

    meanings: Mapping[str, str]
    layout: str


def recognise_columns(header: MembershipHeader) -> MembershipColumns:
    """Recognise the columns to read by their headings; raise for a file that is no membership file."""
    headings = header.headings
    upper = {heading.upper(): heading for heading in headings}
    year = {upper[name]: "year" for name in _YEAR_HEADINGS if name in upper}
    if all(heading in upper for heading in _REQUIRED_LONG):
        meanings = {upper[name]: meaning for name, meaning in _LONG_COLUMNS.items() if name in upper}
        return MembershipColumns(meanings | year, "long")
    totals = {heading: "total" for heading in headings if _WIDE_TOTAL.fullmatch(heading)}
    grades = {heading: _grade(match) for heading in headings if (match := _WIDE_GRADE.fullmatch(heading))}
    if "NCESSCH" not in upper or not (totals or grades):
        raise membership_error(
            header.name,
            f"This is not a membership file of the Common Core of Data; it has {', '.join(headings[:20])}.",
            f"Use the file as published: long with {', '.join(_REQUIRED_LONG)}, or wide with NCESSCH, MEMBER, G01 ...",
        )
    return MembershipColumns({upper["NCESSCH"]: "school_id", **totals, **grades} | year, "wide")


def _grade(match: re.Match[str]) -> str:
    return match[1].upper().removeprefix("G") if match[1][1:].isdigit() else match[1].upper()


def membership_error(name: str, message: str, remedy: str) -> InputError:
    """Build an error about the whole file."""
    return InputError([Problem(table=name, message=message, remedy=remedy)])
