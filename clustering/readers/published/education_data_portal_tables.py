"""
Tables of the Urban Institute's Education Data Portal, in layouts that other readers know.

The portal writes missing values as negative numbers, but in some columns these have another meaning: a grade of -1 is
pre-kindergarten, and longitudes in America are negative. Rates are ``low``, ``high`` and ``midpt``; the middle of a
band is no rate and is never read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pandas as pd
import pyarrow as pa

from clustering.errors import InputError, Problem
from clustering.model.plain_text import school_year_text
from clustering.readers.published.ccd_membership import BY_GRADE, TOTAL
from clustering.readers.published.edfacts_vocabulary import group_of_words, is_known_group
from clustering.readers.raw_table import RawTable
from clustering.readers.text.columns import arrow_texts

MIDPOINTS_ALONE = "rates with only a midpoint"

_CODE = r"-\d+(\.0+)?"
# Grades of -1 are pre-kindergarten; coordinates are negative, and only these exact numbers are codes.
_CODES_OF_GRADES = r"-([2-9]|\d\d+)(\.0+)?"
_CODES_OF_COORDINATES = r"-[1239](\.0+)?"
_GRADE_COLUMNS = ("lowest_grade_offered", "highest_grade_offered")
_COORDINATES = ("latitude", "longitude")
# ``school_id`` is a number within the district here, and the ``_num`` columns have no leading zeros.
_MISLEADING = ("school_id", "ncessch_num", "leaid_num")
_STATUSES = ("Open", "Closed", "New", "Added", "Changed agency", "Inactive", "Future", "Reopened")
_STATUS = {str(code): status for code, status in enumerate(_STATUSES, start=1)}
_GRADES = {"-1": "Pre-Kindergarten", "0": "Kindergarten", "14": "Adult Education", "15": "Ungraded"}
_GRADES |= {str(grade): f"Grade {grade}" for grade in range(1, 14)}
_FLAGS = {"-1": "Missing", "-2": "Not reported", "-3": "Suppressed"}
_RATE_CODES = {"-1": ".", "-2": "n/a", "-3": "PS"}
_EVERYONE = "99"
# As the portal's own packages write the codes in words.
_EVERYONE_IN_WORDS = ("Total", "All students", "All")
_CODES_OF_WORDS = {"Missing/not reported": "-1", "Not applicable": "-2", "Suppressed data": "-3"}
_GROUPS: Mapping[str, Mapping[str, str]] = {
    "race": {"1": "MWH", "2": "MBL", "3": "MHI", "4": "MAS", "5": "MAM", "7": "MTR"},
    "sex": {"1": "M", "2": "F"},
    "lep": {"1": "LEP"},
    "disability": {"1": "CWD"},
    "econ_disadvantaged": {"1": "ECD"},
    "homeless": {"1": "HOM"},
    "foster_care": {"1": "FCS"},
    "migrant": {"1": "MIG"},
    "military_connected": {"1": "MIL"},
}


@dataclass(frozen=True, kw_only=True)
class PortalTables:
    """
    A table of the portal, in layouts that other readers know.

    Parameters
    ----------
    endpoint
        Such as ``schools/ccd/directory``.
    role
        Role of the tables: ``schools``, ``membership`` or ``performance``.
    tables
        Their records are those of the portal. Assessments have two, mathematics and reading, the others one.
    facts
        Number of cells that hold a code instead of a value, by column; and :data:`MIDPOINTS_ALONE`.
    """

    endpoint: str
    role: str
    tables: tuple[RawTable, ...]
    facts: Mapping[str, int]


def translate_portal_table(table: RawTable) -> PortalTables:
    """
    Translate a table of the portal into the layout that its role is read in.

    Parameters
    ----------
    table
        As the portal has it, from ``read_portal_pages``, or from ``read_table`` for CSV.

    Returns
    -------
    tables
        A directory of schools; membership in the layout of CCD's long file; rates in the plain layout of ``edfacts``.

    Raises
    ------
    InputError
        The columns are of no known endpoint.
    """
    columns = {heading.lower() for heading in table.headings}
    for needed, translate in _ENDPOINTS:
        if needed <= columns:
            return translate(table)
    message = f"These columns are of no known table of the portal: {', '.join(sorted(columns)[:30])}."
    remedy = "Use pages of schools/ccd/directory, schools/ccd/enrollment, schools/edfacts/grad-rates or assessments."
    if table.options.kind is not None:
        remedy = f"Leave the option kind out if the file is none of the portal. Otherwise: {remedy}"
    raise InputError([Problem(table=table.name, message=message, remedy=remedy)])


def _directory(table: RawTable) -> PortalTables:
    encoded: dict[str, pa.DictionaryArray] = {}
    facts = {}
    for heading in table.headings:
        name = heading.lower()
        if name in _MISLEADING:
            continue
        column = table.column(heading)
        texts = column.distinct()
        is_code = texts.str.fullmatch(_codes_of(name))
        if count := int(column.spread(is_code).sum()):
            facts[name] = count
        texts = texts.mask(is_code, "").map(_meaning_of(name)).astype("str")
        encoded[name] = pa.DictionaryArray.from_arrays(pa.array(column.codes), arrow_texts(texts))
    return _portal_tables("schools/ccd/directory", "schools", [replace(table, encoded=encoded, _trimmed={})], facts)


def _codes_of(name: str) -> str:
    if name in _GRADE_COLUMNS:
        return _CODES_OF_GRADES
    return _CODES_OF_COORDINATES if name in _COORDINATES else _CODE


def _meaning_of(name: str) -> Callable[[str], str]:
    """Function that translates the texts of a column; for most columns it returns them unchanged."""
    if name == "school_status":
        return lambda text: _STATUS.get(text, text)
    if name in _GRADE_COLUMNS:
        return lambda text: {"14": "AE", "15": "UG"}.get(text, text)
    return _school_year if name == "year" else str


def _enrolment(table: RawTable) -> PortalTables:
    """Enrolment in the layout of CCD's long membership file: aggregations by grade, of totals, and others."""
    grade, count = _column(table, "grade"), _column(table, "enrollment")
    of_everyone = _column(table, "race", _EVERYONE).eq(_EVERYONE) & _column(table, "sex", _EVERYONE).eq(_EVERYONE)
    is_code = count.str.fullmatch(_CODE)
    aggregation = pd.Series(BY_GRADE, index=grade.index).mask(grade == _EVERYONE, TOTAL)
    cells = {
        "SCHOOL_YEAR": _column(table, "year").map(_school_year),
        "NCESSCH": _column(table, "ncessch"),
        "GRADE": grade.map(_GRADES).fillna("Not Specified").mask(grade == _EVERYONE, "No Category Codes"),
        "STUDENT_COUNT": count.mask(is_code, ""),
        "TOTAL_INDICATOR": aggregation.where(of_everyone, "By race or sex"),
        "DMS_FLAG": count.map(_FLAGS).fillna("Missing").where(is_code | (count == ""), "Reported"),
    }
    facts = {"enrollment": int(is_code.sum())} if is_code.any() else {}
    return _portal_tables("schools/ccd/enrollment", "membership", [_with_cells(table, cells)], facts)


def _graduation(table: RawTable) -> PortalTables:
    rates = _rates(table, "graduation_4year", "grad_rate", "cohort_num")
    return _portal_tables("schools/edfacts/grad-rates", "performance", [_with_cells(table, rates.cells)], rates.facts)


def _assessments(table: RawTable) -> PortalTables:
    mathematics = _rates(table, "proficiency_mathematics", "math_test_pct_prof", "math_test_num_valid")
    reading = _rates(table, "proficiency_reading", "read_test_pct_prof", "read_test_num_valid")
    tables = [_with_cells(table, mathematics.cells), _with_cells(table, reading.cells)]
    facts = {**mathematics.facts, **reading.facts}
    return _portal_tables("schools/edfacts/assessments", "performance", tables, facts)


@dataclass(frozen=True)
class _PortalRates:
    """Cells of a table of rates by heading, and the number of cells without a value."""

    cells: Mapping[str, pd.Series]
    facts: Mapping[str, int]


def _rates(table: RawTable, measure: str, rate: str, cohort: str) -> _PortalRates:
    low, high, middle = (_column(table, f"{rate}_{end}") for end in ("low", "high", "midpt"))
    texts = low.where(low == high, low + "-" + high)
    coded = low.str.fullmatch(_CODE) | high.str.fullmatch(_CODE)
    code = low.where(low.str.startswith("-"), high)
    alone = (low == "") & (high == "") & (middle != "") & ~middle.str.startswith("-")
    students, grade = _column(table, cohort), _column(table, "grade_edfacts", _EVERYONE)
    cells = {
        "ncessch": _column(table, "ncessch"),
        "year": _column(table, "year").map(_school_year),
        "measure": pd.Series(measure, index=low.index),
        "subgroup": _subgroups(table),
        "grade": grade.map({_EVERYONE: "all", "": "all", "9": "HS"}).fillna(grade.str.zfill(2)),
        "rate": texts.mask(coded, code.map(_RATE_CODES).fillna(".")),
        "cohort_students": students.mask(students.str.fullmatch(_CODE), ""),
    }
    facts = {rate: int(coded.sum()), f"{MIDPOINTS_ALONE} ({rate})": int(alone.sum())}
    return _PortalRates(cells, {name: count for name, count in facts.items() if count})


def _subgroups(table: RawTable) -> pd.Series:
    """Group of each record by its codes; 99, everyone, does not narrow the group."""
    names = {heading.lower(): heading for heading in table.headings}
    columns = [name for name in _GROUPS if name in names]
    if not columns:
        return pd.Series("all", index=range(len(table)))
    everyone = dict.fromkeys(_EVERYONE_IN_WORDS, _EVERYONE)
    codes = pd.DataFrame({name: _column(table, name).replace(everyone) for name in columns})
    number = codes.groupby(columns, sort=False).ngroup()
    firsts = codes[~number.duplicated()]
    named = {
        number[record]: "; ".join(
            _group_of(name, code) for name, code in zip(columns, texts, strict=True) if code != _EVERYONE
        )
        for record, texts in zip(firsts.index, firsts.itertuples(index=False, name=None), strict=True)
    }
    return number.map(named).replace("", "all").astype("str")


def _group_of(name: str, code: str) -> str:
    """A group by the code, or the word, in a column such as ``race``."""
    in_words = group_of_words(code) if code and is_known_group(code) else f"{name} {code or 'blank'}"
    return _GROUPS[name].get(code, in_words)


def _column(table: RawTable, name: str, otherwise: str = "") -> pd.Series:
    """One column as text; a number that a program wrote as ``99.0`` loses its fraction."""
    heading = next((heading for heading in table.headings if heading.lower() == name), None)
    if heading is None:
        return pd.Series(otherwise, index=range(len(table)), dtype="str")
    texts = table.column(heading).series()
    return texts.replace(_CODES_OF_WORDS).str.replace(r"^(-?\d+)\.0+$", r"\1", regex=True)


def _school_year(text: str) -> str:
    """The portal's year, the fall, written as a full school year, so that no one can read it as the spring."""
    return school_year_text(int(text)) if re.fullmatch(r"\d{4}", text, re.ASCII) else text


def _with_cells(table: RawTable, cells: Mapping[str, pd.Series]) -> RawTable:
    """The same records with other columns."""
    encoded = {name: arrow_texts(texts.astype("str")).dictionary_encode() for name, texts in cells.items()}
    return replace(table, encoded=encoded, _trimmed={})


def _portal_tables(endpoint: str, role: str, tables: list[RawTable], facts: Mapping[str, int]) -> PortalTables:
    return PortalTables(endpoint=endpoint, role=role, tables=tuple(tables), facts=facts)


_ENDPOINTS: tuple[tuple[frozenset[str], Callable[[RawTable], PortalTables]], ...] = (
    (frozenset({"ncessch", "grad_rate_low", "grad_rate_high"}), _graduation),
    (frozenset({"ncessch", "math_test_pct_prof_low", "read_test_pct_prof_low"}), _assessments),
    (frozenset({"ncessch", "grade", "enrollment"}), _enrolment),
    (frozenset({"ncessch", "school_name"}), _directory),
)
