"""
Graduation and proficiency rates in the published layouts of EDFacts, to rows of text.

=================  ==================================================================================================
layout             headings
=================  ==================================================================================================
wide               ``ALL_RATE_1415`` with ``ALL_COHORT_1415``; ``ALL_MTH00PCTPROF_1516`` with ``..NUMVALID..``
ED Data Express    ``NCES SCH ID``, ``Data Description``, ``Subgroup``, ``Value``
long               ``CATEGORY``, ``COHORT``, ``RATE``: graduation rates of the last years of the wide layout
plain              ``measure``, ``subgroup``, ``rate``: the layout that portal pages are translated into
=================  ==================================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from clustering.model.columns import MEASURES
from clustering.readers.published.edfacts_vocabulary import (
    ALL_GRADES,
    ALL_STUDENTS,
    grade_of_words,
    group_of_members,
    group_of_words,
    measure_of_words,
)
from clustering.readers.raw_table import RawTable
from clustering.readers.recognition.headings import heading_key
from clustering.readers.text.columns import blank_column

NO_SCHOOL = "The row is of a district or a state, or a placeholder."
OTHER_MEASURE = "The row is of another measure."

_GRADUATION = re.compile(r"(?P<group>[A-Z]{1,3})_(?P<kind>RATE|COHORT)_(?P<year>\d{4})", re.IGNORECASE)
_ASSESSMENT = re.compile(
    r"(?P<group>[A-Z]{1,3})_(?P<subject>MTH|RLA)(?P<grade>\d\d|HS)(?P<kind>PCTPROF|NUMVALID)_(?P<year>\d{4})",
    re.IGNORECASE,
)
_SUBJECTS = {"MTH": "proficiency_mathematics", "RLA": "proficiency_reading"}


@dataclass(frozen=True, kw_only=True)
class PublishedRates:
    """
    The rates of one file, one row each, still as text.

    Parameters
    ----------
    layout
        ``wide``, ``ED Data Express``, ``long`` or ``plain``.
    rows
        ``record`` (row of the table), ``year`` (text), ``measure`` (one of ``columns.MEASURES``), ``subgroup``,
        ``grade``, ``text``, ``cohort`` and, in ED Data Express, ``numerator`` (as published, categories), ``heading``
        and ``cohort_heading`` (their columns).
    headings
        Headings that the rows were read from, with what each holds.
    set_aside
        For each record of the table why it has no rate; blank if it has one.
    """

    layout: str
    rows: pd.DataFrame
    headings: Mapping[str, str]
    set_aside: pd.Series


@dataclass(frozen=True)
class _RateColumn:
    measure: str
    group: str
    grade: str
    year: str
    heading: str
    cohort_heading: str | None


def find_published_rates(table: RawTable, school_heading: str | None) -> PublishedRates | None:
    """
    Read the rates of a file in one of the layouts of EDFacts.

    Parameters
    ----------
    table
        Cells as text.
    school_heading
        The heading of the school's identifier.

    Returns
    -------
    rates
        ``None`` if the file has none of these layouts, such as a state's own list.
    """
    keys = {heading_key(heading): heading for heading in table.headings}
    if {"data_description", "subgroup", "value"} <= keys.keys():
        return _express_rates(table, keys, school_heading)
    if {"measure", "subgroup", "rate"} <= keys.keys() and _names_measures(table, keys["measure"]):
        return _plain_rates(table, keys)
    if {"category", "cohort", "rate"} <= keys.keys():
        return _long_rates(table, keys)
    columns = _wide_columns(table.headings)
    return _wide_rates(table, columns) if columns else None


def _names_measures(table: RawTable, heading: str) -> bool:
    """Whether a column has our own names of measures; a state's file has words of its own."""
    return not set(MEASURES).isdisjoint(table.column(heading).distinct())


def _wide_columns(headings: Sequence[str]) -> list[_RateColumn]:
    """Rate columns with their cohort columns; the school year is part of the heading: 1415 is 2014-15."""
    matches = {heading: _GRADUATION.fullmatch(heading) or _ASSESSMENT.fullmatch(heading) for heading in headings}
    upper = {heading.upper(): heading for heading in headings}
    columns = []
    for heading, match in matches.items():
        if match is None or match["kind"].upper() in ("COHORT", "NUMVALID"):
            continue
        parts = match.groupdict()
        first, last = parts["year"][:2], parts["year"][2:]
        if int(last) != (int(first) + 1) % 100:
            continue
        subject = parts.get("subject")
        counted = heading.upper().replace("_RATE_", "_COHORT_").replace("PCTPROF", "NUMVALID")
        group = parts["group"].upper()
        columns.append(
            _RateColumn(
                measure=_SUBJECTS[subject.upper()] if subject else "graduation_4year",
                group=ALL_STUDENTS if group == "ALL" else group,
                grade=ALL_GRADES if parts.get("grade", "00") == "00" else parts["grade"].upper(),
                year=f"20{first}-{last}",
                heading=heading,
                cohort_heading=upper.get(counted),
            )
        )
    return columns


def _wide_rates(table: RawTable, columns: Sequence[_RateColumn]) -> PublishedRates:
    blank = blank_column(len(table)).categorical()

    def cells(heading: str | None) -> pd.Series:
        return blank if heading is None else table.column(heading).categorical()

    def spread(values: Sequence[str]) -> pd.Categorical:
        """One value per column, repeated for each record."""
        categories = list(dict.fromkeys(values))
        codes = [categories.index(value) for value in values]
        return pd.Categorical.from_codes(np.repeat(codes, len(table)), categories=pd.Index(categories, dtype="str"))

    rows = pd.DataFrame(
        {
            "record": np.tile(np.arange(len(table)), len(columns)),
            "year": spread([column.year for column in columns]),
            "measure": spread([column.measure for column in columns]),
            "subgroup": spread([column.group for column in columns]),
            "grade": spread([column.grade for column in columns]),
            "text": union_categoricals([cells(column.heading) for column in columns]),
            "cohort": union_categoricals([cells(column.cohort_heading) for column in columns]),
            "heading": spread([column.heading for column in columns]),
            "cohort_heading": spread([column.cohort_heading or "" for column in columns]),
        }
    )
    headings = {}
    for column in columns:
        of_grade = "" if column.grade == ALL_GRADES else f", grade {column.grade}"
        meaning = f"{column.measure}, {column.group}{of_grade}, {column.year}"
        headings[column.heading] = meaning
        if column.cohort_heading is not None:
            headings[column.cohort_heading] = f"cohort of {meaning}"
    return PublishedRates(layout="wide", rows=rows, headings=headings, set_aside=blank_column(len(table)).categorical())


def _express_rates(table: RawTable, keys: Mapping[str, str], school_heading: str | None) -> PublishedRates:
    cells = table.cells

    def column(key: str) -> pd.Series:
        return cells[keys[key]] if key in keys else pd.Series("", index=cells.index)

    measure_words = [column(key) for key in ("data_group", "data_description", "academic_subject", "outcome")]
    measure = _of_distinct(measure_words, measure_of_words)
    members = [column(key) for key in ("population", "subgroup", "characteristics", "program_type")]
    subgroup = _of_distinct(members, group_of_members)
    schools = cells[school_heading] if school_heading else pd.Series("", index=cells.index)
    of_school = ~schools.str.lower().isin(["", "not applicable", "missing", "."]) & (subgroup != "")
    set_aside = pd.Series("", index=cells.index)
    set_aside = set_aside.mask(measure == "", OTHER_MEASURE).mask(~of_school, NO_SCHOOL)
    parts = {
        "year": column("school_year"),
        "measure": measure,
        "subgroup": subgroup,
        "grade": _of_distinct([column("age_grade")], grade_of_words),
        "text": _value_or_counts(column("value"), column("numerator"), column("denominator")),
        "cohort": column("denominator"),
        "numerator": column("numerator"),
    }
    meanings = {"school_year": "year", "value": "rate", "denominator": "cohort", "data_description": "measure"}
    meanings |= {"numerator": "numerator"}
    meanings |= {"data_group": "measure", "academic_subject": "measure", "outcome": "measure"}
    meanings |= {"population": "subgroup", "subgroup": "subgroup", "characteristics": "subgroup"}
    meanings |= {"program_type": "subgroup", "age_grade": "grade"}
    headings = {keys[key]: meaning for key, meaning in meanings.items() if key in keys}
    return _of_records("ED Data Express", parts, set_aside, headings, keys["value"])


def _value_or_counts(value: pd.Series, numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """The value as published; if it is blank, the counts behind it."""
    counted = (value == "") & numerator.str.fullmatch(r"[\d,]+") & denominator.str.fullmatch(r"[\d,]+")
    if not counted.any():
        return value
    return value.astype("str").mask(counted, numerator.astype("str") + " of " + denominator.astype("str"))


def _long_rates(table: RawTable, keys: Mapping[str, str]) -> PublishedRates:
    cells = table.cells
    parts = {
        "year": cells[keys["school_year"]] if "school_year" in keys else pd.Series("", index=cells.index),
        "measure": pd.Series("graduation_4year", index=cells.index),
        "subgroup": _of_distinct([cells[keys["category"]]], group_of_words),
        "grade": pd.Series(ALL_GRADES, index=cells.index),
        "text": cells[keys["rate"]],
        "cohort": cells[keys["cohort"]],
    }
    meanings = {"school_year": "year", "category": "subgroup", "rate": "rate", "cohort": "cohort"}
    headings = {keys[key]: meaning for key, meaning in meanings.items() if key in keys}
    return _of_records("long", parts, pd.Series("", index=cells.index), headings, keys["rate"])


def _plain_rates(table: RawTable, keys: Mapping[str, str]) -> PublishedRates:
    cells = table.cells

    def column(key: str, otherwise: str) -> pd.Series:
        found = cells[keys[key]] if key in keys else pd.Series("", index=cells.index)
        return found.astype("str").mask(found == "", otherwise)

    measure = column("measure", "")
    parts = {
        "year": column("year", ""),
        "measure": measure,
        "subgroup": _of_distinct([column("subgroup", ALL_STUDENTS)], group_of_words),
        "grade": column("grade", ALL_GRADES),
        "text": cells[keys["rate"]],
        "cohort": column("cohort_students", ""),
    }
    set_aside = pd.Series("", index=cells.index).mask(~measure.isin(MEASURES), OTHER_MEASURE)
    names = ("year", "measure", "subgroup", "grade", "rate", "cohort_students")
    headings = {keys[name]: name for name in names if name in keys}
    return _of_records("plain", parts, set_aside, headings, keys["rate"])


def _of_records(
    layout: str, parts: Mapping[str, pd.Series], set_aside: pd.Series, headings: Mapping[str, str], heading: str
) -> PublishedRates:
    """Rates of a file with one rate per record."""
    used = set_aside == ""
    rows = pd.DataFrame({name: part.astype("category") for name, part in parts.items()})[used]
    rows.insert(0, "record", rows.index)
    rows["heading"] = pd.Categorical([heading] * len(rows))
    counted = next((name for name, meaning in headings.items() if meaning.startswith("cohort")), "")
    rows["cohort_heading"] = pd.Categorical([counted] * len(rows))
    return PublishedRates(
        layout=layout, rows=rows.reset_index(drop=True), headings=headings, set_aside=set_aside.astype("str")
    )


def _of_distinct(columns: Sequence[pd.Series], function: Callable[..., str]) -> pd.Series:
    """Result of a function of several columns of text, called once for each combination of texts."""
    frame = pd.DataFrame(dict(enumerate(column.astype("category") for column in columns)))
    number = frame.groupby(list(frame.columns), observed=True, sort=False).ngroup()
    firsts = frame[~number.duplicated()].astype("str")
    results = {
        number[record]: function(*texts)
        for record, texts in zip(firsts.index, firsts.itertuples(index=False, name=None), strict=True)
    }
    return number.map(results).astype("str")
