"""Characteristics of schools in one file: type, Title I status, virtual instruction, year of opening."""

from __future__ import annotations

import re
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clustering.readers.published.school_characteristics import TRAITS, parse_trait
from clustering.readers.recognition.headings import heading_key
from clustering.readers.student_records.dates import NO_DATE, parse_date
from clustering.readers.text.values import parse_school_year, parse_unique
from clustering.validation.findings import Findings
from clustering.validation.years import convention_of

_SHOWN = 5
# A school year ends in summer: a school that opens in July opens for the fall.
_FIRST_MONTH = 7
# CCD's other words for a school that was not listed the year before (added, reopened, changed) are for old schools.
_NEW = r"3|(?:3\s*[-–:]\s*)?new(?:ly opened)?(?: school)?"
_UNKNOWN = r"|[-–—.*†]|n/?a|nan|none|null|m|n|missing|unknown|not (?:applicable|reported|available)|-\d|0+|9999"
_FIRST_YEAR, _NO_YEAR = 1600, 2200  # the oldest schools are of the 17th century; 9999 means none


def read_traits(findings: Findings) -> dict[str, pa.Array]:
    """
    Read the characteristics of schools in one file.

    Parameters
    ----------
    findings
        A file of schools; problems are added. A column without any of the known entries loses its canonical name, so
        that it may serve as an official list.

    Returns
    -------
    values
        Column of the schools table to its values by record, for the columns that the file has.
    """
    values = {trait: cells for trait in TRAITS if (cells := _trait(findings, trait)) is not None}
    opened = _opened_year(findings)
    return values if opened is None else values | {"opened_year": opened}


def _trait(findings: Findings, trait: str) -> pa.Array | None:
    heading = findings.headings.get(trait)
    if heading is None:
        return None
    column = findings.texts(trait)
    texts = column.distinct()
    entries, unknown = parse_trait(texts, trait, is_status="stat" in heading_key(heading))
    if unknown.any():
        count, shown = int(column.spread(unknown).sum()), ", ".join(sorted(texts[unknown])[:_SHOWN])[:100]
        message = f"{count:,} cells have no known word for the {trait.replace('_', ' ')} ({shown})"
        message += "; it counts as missing." if entries.notna().any() else "; the column is not read."
        findings.note(message, "Use the words in the guide to files if this matters.", column=heading)
        if entries.isna().all():
            del findings.headings[trait]
            return None
    return pa.array(entries, type=pa.string(), from_pandas=True).take(pa.array(column.codes))


def _opened_year(findings: Findings) -> pa.Array | None:
    """Falls in which schools opened: from their own column, else the school year of the file for a new school."""
    stated, new = _stated_opening_year(findings), _year_of_new(findings)
    if stated is None or new is None:
        return new if stated is None else stated
    return pc.coalesce(stated, new)


def _stated_opening_year(findings: Findings) -> pa.Array | None:
    if "opened_year" not in findings.headings:
        return None
    column = findings.texts("opened_year")
    convention = findings.table.options.year_convention or "fall"
    falls, bad = parse_unique(column.distinct(), lambda text: _fall_of_opening(text, convention))
    findings.mark_texts(
        bad,
        "opened_year",
        message="This is neither a year nor a date of opening; it counts as missing.",
        remedy="Write the first school year (2019-20), its fall (2019) or a date (2019-08-15).",
        is_error=False,
    )
    return pa.array(falls, type=pa.int64(), from_pandas=True).take(pa.array(column.codes))


def _fall_of_opening(text: str, convention: str) -> int | None:
    if re.fullmatch(_UNKNOWN, text.lower()):
        return None
    bare = re.fullmatch(r"(\d{4})(?:\.0+)?", text, re.ASCII)
    if bare is not None and _FIRST_YEAR <= int(bare.group(1)) < _NO_YEAR:
        return int(bare.group(1)) - (convention == "spring")
    try:
        return parse_school_year(text)
    except ValueError:
        if (days := parse_date(text)) == NO_DATE:
            return None
        day = date(1970, 1, 1) + timedelta(days)
        return day.year - (day.month < _FIRST_MONTH)


def _year_of_new(findings: Findings) -> pa.Array | None:
    """The school year of the file for schools whose status is new; missing for the others."""
    if not {"status", "school_year"} <= findings.headings.keys():
        return None
    status, years = findings.texts("status"), findings.texts("school_year")
    is_new = status.distinct().str.lower().str.fullmatch(_NEW).to_numpy(dtype=bool)
    if not is_new.any():
        return None
    convention = findings.table.options.year_convention or convention_of(findings.headings["school_year"])
    falls, _ = parse_unique(years.distinct(), lambda text: _fall_of_file(text, convention))
    return pa.array(
        years.spread(falls.to_numpy(dtype="float64", na_value=np.nan)),
        type=pa.int64(),
        mask=~status.spread(is_new) | years.spread(falls.isna()),
        from_pandas=True,
    )


def _fall_of_file(text: str, convention: str | None) -> int | None:
    """The fall of a school year; ``None`` for a bare year that may be either."""
    if convention is None and re.fullmatch(r"\d{4}(\.0)?", text):
        return None
    return parse_school_year(text, convention or "fall")
