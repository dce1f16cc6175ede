"""Rates and scores of a state's own list: one column each, perhaps with the counts behind a rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from clustering.model.columns import POINT_MEASURES
from clustering.readers.file_options import FileOptions
from clustering.readers.published.edfacts import PublishedRates
from clustering.readers.published.edfacts_vocabulary import ALL_GRADES, group_of_words, is_known_group
from clustering.readers.published.rates import parse_points, parse_rates
from clustering.readers.recognition.headings import heading_key
from clustering.readers.recognition.likely_cells import are_points
from clustering.readers.recognition.years_in_headings import columns_with_year
from clustering.readers.text.printed_marks import status_of_mark
from clustering.validation.findings import Findings
from clustering.validation.rates.kinds_of_rows import take_group_column, take_value_column, with_kinds
from clustering.validation.rates.rates_from_counts import with_counts
from clustering.validation.rates.suppression_flags import with_flagged_rates

STATE_LAYOUT = "own"  # a state's own list, in none of the layouts of EDFacts
# Measure of each canonical column. The first is always read; the others may be official lists of the same name.
STATE_MEASURES: Mapping[str, str] = {
    "graduation_rate": "graduation_4year",
    "three_year_graduation_rate": "graduation_3year",
    "five_year_graduation_rate": "graduation_5year",
    "six_year_graduation_rate": "graduation_6year",
    "proficiency_mathematics": "proficiency_mathematics",
    "proficiency_reading": "proficiency_reading",
    "index": "index",
    "growth": "growth",
}
_LEAST_POINTS = 3
STATE_COLUMNS = (*STATE_MEASURES, "subgroup", "cohort", "graduates")


def read_state_rates(findings: Findings) -> PublishedRates:
    """
    Read the rates and scores of a state's own list.

    Parameters
    ----------
    findings
        The file. A column that is called a rate, score, group or count but holds none loses its canonical name: it may
        serve as an official list.

    Returns
    -------
    published
        No rows and no columns if the file has no rates.
    """
    take_group_column(findings)
    if not findings.by_year.keys() & STATE_COLUMNS:
        if not {*STATE_MEASURES, "graduates"} & findings.headings.keys():
            take_value_column(findings)
        parts = [_rates_of_columns(findings)]
    else:
        parts = _rates_by_year(findings)
    parts = [part for part in parts if len(part)]
    _note_years_alone(findings)
    rows, set_aside = with_kinds(findings, pd.concat(parts, ignore_index=True) if parts else pd.DataFrame())
    return PublishedRates(
        layout=STATE_LAYOUT,
        rows=rows,
        headings={
            heading: column for column, heading in findings.headings.items() if column.split(",")[0] in STATE_COLUMNS
        },
        set_aside=set_aside,
    )


def _rates_by_year(findings: Findings) -> list[pd.DataFrame]:
    """Rates of the columns without a year in their heading, and those of each year with the columns of that year."""
    by_year = {column: findings.by_year[column] for column in STATE_COLUMNS if column in findings.by_year}
    others = {column: heading for column, heading in findings.headings.items() if column.split(",")[0] not in by_year}
    undated = replace(findings, headings=dict(others))
    parts = [_rates_of_columns(undated)]
    used = undated.headings
    shared = {column: heading for column, heading in others.items() if column not in STATE_COLUMNS}
    if "subgroup" in used:
        shared["subgroup"] = used["subgroup"]
    years = sorted({year for columns in by_year.values() for year in columns})
    for year in years:
        columns = {column: columns[year] for column, columns in by_year.items() if year in columns}
        of_year = replace(findings, headings=shared | columns)
        parts.append(_rates_of_columns(of_year).assign(year=year))
        read = {column: heading for column, heading in of_year.headings.items() if column in columns}
        latest = {column: max(by_year[column]) == year for column in read}
        used |= {column if latest[column] else f"{column}, {year}": heading for column, heading in read.items()}
    findings.headings.clear()
    findings.headings.update(used)
    return parts


def _rates_of_columns(findings: Findings) -> pd.DataFrame:
    """Rates of one column for each measure; columns that hold something else lose their canonical name."""
    _release_columns_of_other_content(findings)
    _release_columns_of_points(findings)
    measures = [column for column in STATE_MEASURES if column in findings.headings]
    graduations = [column for column in measures if STATE_MEASURES[column].startswith("graduation")]
    # Counts of graduates belong to the four-year rate, unless the only rate of the file is another one.
    of_counts = graduations[0] if len(graduations) == 1 else "graduation_rate"
    has_counts = "graduates" in findings.headings
    if has_counts and of_counts not in measures:
        measures.insert(0, of_counts)
    parts = []
    for column in measures:
        part = with_counts(findings, column) if has_counts and column == of_counts else _filled_cells(findings, column)
        if column in graduations or column == of_counts:
            part = with_flagged_rates(findings, part, column)
        is_counted = "cohort" in findings.headings and (column in {*graduations, of_counts} or not graduations)
        parts.append(_rows(findings, part, STATE_MEASURES[column], is_counted=is_counted))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _note_years_alone(findings: Findings) -> None:
    """Note an error if a file without rates has numbers in columns that are called by a year and nothing else."""
    if {*STATE_MEASURES, "graduates"} & findings.headings.keys() or findings.role != "performance":
        return
    columns = [column.heading for column in columns_with_year(findings.table.headings) if not column.rest]
    if len(columns) > 1 and _hold_rates(findings, columns):
        findings.note(
            f"Columns are called by their year alone ({', '.join(columns)[:200]}): they may be rates of any kind.",
            "Set columns.graduation_rate=YEAR if they are graduation rates; columns.proficiency_reading=YEAR, for"
            " example, if they are others.",
            column=columns[0],
            is_error=True,
        )


def _hold_rates(findings: Findings, columns: Sequence[str]) -> bool:
    texts = pd.concat([findings.table.column(heading).distinct() for heading in columns])
    return bool((parse_rates(texts[texts != ""])[0]["status"].isin(["exact", "range"])).any())


def _filled_cells(findings: Findings, column: str) -> pd.DataFrame:
    """The cells of a column that are not blank: ``record``, ``text``, ``heading``."""
    texts = findings.texts(column)
    filled = np.flatnonzero(~texts.is_blank())
    shown = pd.array(texts.texts_at(filled), dtype="str")
    return pd.DataFrame({"record": filled, "text": shown, "heading": findings.headings.get(column, "")})


def _rows(findings: Findings, part: pd.DataFrame, measure: str, *, is_counted: bool) -> pd.DataFrame:
    records = part["record"].to_numpy()
    groups = findings.texts("subgroup")
    named = np.array([group_of_words(text) for text in groups.distinct()], dtype="object")
    heading = findings.headings["cohort"] if is_counted else ""
    return pd.DataFrame(
        {
            "record": records,
            "year": pd.array(findings.texts("year").texts_at(records), dtype="str"),
            "measure": measure,
            "subgroup": pd.array(groups.spread(named)[records], dtype="str"),
            "grade": ALL_GRADES,
            "text": part["text"],
            "cohort": pd.array(findings.texts("cohort").texts_at(records), dtype="str") if is_counted else "",
            "heading": part["heading"],
            "cohort_heading": heading,
        }
    )


def _release_columns_of_other_content(findings: Findings) -> None:
    """Drop the canonical name of columns that do not hold what their heading says."""
    for column in STATE_COLUMNS[1:]:
        if column in findings.headings and not _holds(findings, column):
            heading = findings.headings.pop(column)
            message = f"The column is called {heading}, but holds no {column.replace('_', ' ')}; it is not read as one."
            findings.note(message, f"Set columns.{column}=HEADING if another column is meant.", column=heading)
    if "graduates" in findings.headings and "cohort" not in findings.headings:
        del findings.headings["graduates"]  # a share of an unknown number
    if "cohort" in findings.headings and not {*STATE_MEASURES, "graduates"} & findings.headings.keys():
        del findings.headings["cohort"]


def _release_columns_of_points(findings: Findings) -> None:
    """Drop the canonical name of rates that are points or ratings, unless the user names column or unit."""
    options = findings.table.options
    for column, measure in STATE_MEASURES.items():
        heading = findings.headings.get(column)
        if heading is None or not measure.startswith("graduation") or column in options.columns or options.rate_unit:
            continue
        texts = findings.texts(column)
        numbers = [text for text in texts.distinct() if any(map(str.isdigit, text)) and status_of_mark(text) is None]
        if are_points(numbers) and int((~texts.is_blank()).sum()) >= _LEAST_POINTS:
            del findings.headings[column]
            message = "The column holds only whole numbers up to 10, as points or ratings do; it is not read as a rate."
            remedy = f"Set columns.{column}={heading} if they are per cents."
            findings.note(message, remedy, column=heading)


def _holds(findings: Findings, column: str) -> bool:
    options = findings.table.options
    texts = options.marks.plain(findings.texts(column).distinct())
    texts = texts[texts != ""]
    if texts.empty:
        return True
    key = heading_key(findings.headings[column])
    if column == "subgroup":
        return key != "group" or any(map(is_known_group, texts))
    if key == "index" and findings.texts(column).series().tolist() == [str(row) for row in range(len(findings.table))]:
        return False  # the row numbers that pandas writes
    is_number = column in (*POINT_MEASURES, "cohort", "graduates")
    found = parse_points(texts, decimal=options.decimal) if is_number else _rates(texts, options)
    return bool((found["status"] != "unreadable").any())


def _rates(texts: pd.Series, options: FileOptions) -> pd.DataFrame:
    return parse_rates(texts, unit=options.rate_unit, decimal=options.decimal)[0]
