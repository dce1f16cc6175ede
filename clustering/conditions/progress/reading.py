"""A file of indicators by school and year to ProgressValues, or every fault of it at once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.conditions.progress.catalogue import list_progress_indicators
from clustering.conditions.progress.layout import cells_of
from clustering.conditions.progress.parse_values import parse_values
from clustering.conditions.progress.progress_values import VALUE_COLUMNS, VALUE_KEY, ProgressValues, sorted_values
from clustering.disclosure.protected_base import MINIMUM_CELL_STUDENTS, protection_of
from clustering.ingest.open_one_file import ReadOptions, open_one_file, refuse_errors
from clustering.model.arguments import of_type
from clustering.model.scenario import Scenario
from clustering.readers.raw_table import Source
from clustering.readers.text.columns import arrow_texts
from clustering.validation.findings import Findings
from clustering.validation.identifiers import mark_bad_identifiers
from clustering.validation.lost_zeros import mark_lost_zeros
from clustering.validation.years import MISSING, validate_years


def read_progress(
    source: Source,
    *,
    scenario: Scenario | None = None,
    options: ReadOptions | None = None,
    encoding: str | None = None,
) -> ProgressValues:
    """
    Read indicators of progress.

    Parameters
    ----------
    source
        A table (CSV, XLSX, JSON records, DataFrame) with a school identifier and a school year in each row; then
        ``indicator`` and ``value``, or ``numerator`` and ``denominator``; or a column per indicator, or two, by the
        headings of :func:`list_progress_indicators`. Where a row gives counts and a rate, the counts count. Rows of
        groups of students are set aside. Suppressed, missing and zero are three different values.
    scenario
        Whose schools are read: others are set aside with a warning.
    options, encoding
        As for :func:`read_scenario`.

    Returns
    -------
    progress
        Exact values: they are protected when they are evaluated.

    Raises
    ------
    InputError
        With every fault: file, row, column, value and remedy.
    """
    if scenario is not None:
        of_type("scenario", scenario, Scenario, "the Scenario that read_scenario answers")
    findings = open_one_file(source, "progress", options, encoding)
    years = _years(findings)
    _check_schools(findings, scenario)
    catalogue = list_progress_indicators()
    by_id = {each.indicator_id: each for each in catalogue}
    minimum = (
        MINIMUM_CELL_STUDENTS if scenario is None else protection_of(scenario, "protected").policy.minimum_students
    )
    parts = [
        parse_values(findings, cells, by_id[str(cells["indicator_id"].iloc[0])], minimum)
        for cells in cells_of(findings, catalogue)
        if len(cells)
    ]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["record", *VALUE_COLUMNS])
    records = rows["record"].to_numpy(dtype="int64")
    rows["school_id"] = findings.column("school_id").to_numpy()[records]
    rows["year"] = years[records]
    rows = _once(findings, rows[rows["status"] != "blank"])
    if rows.empty and not any(problem.is_error for problem in findings.problems):
        remedy = "Check the identifiers of schools, and that there are values."
        findings.note("No row of the file can be used.", remedy, is_error=True)
    # One bad cell is one problem, although a denominator counts for several indicators.
    findings.problems = list(dict.fromkeys(findings.problems))
    refuse_errors(findings)
    return ProgressValues(
        rows=sorted_values(rows).astype({"year": "int64", "school_id": "str"}),
        files=(findings.source_file(unused=findings.unused_headings()),),
        warnings=tuple(findings.problems),
    )


def _years(findings: Findings) -> np.ndarray:
    years = validate_years(findings)
    is_blank = findings.texts("year").is_blank()
    remedy = "Write the school year, such as 2022-23, in every row."
    findings.mark(is_blank & (years == MISSING), "year", message="The school year is missing.", remedy=remedy)
    return years


def _check_schools(findings: Findings, scenario: Scenario | None) -> None:
    """Note faults of identifiers; schools that the scenario lacks are set aside."""
    mark_bad_identifiers(findings, "school_id")
    if scenario is None:
        return
    known = arrow_texts(scenario.schools.index)
    ids = findings.texts("school_id")
    unlisted = ~ids.spread(findings.positions("school_id", known) >= 0) & ~ids.is_blank()
    zeros = mark_lost_zeros(findings, "school_id", known) if unlisted.any() else np.zeros(len(ids.texts), dtype=bool)
    findings.mark(
        unlisted & ids.is_first() & ~ids.spread(zeros),
        "school_id",
        message="The school is not in the schools files; its rows are set aside.",
        remedy="Check the identifier, or add the school.",
        is_error=False,
    )
    findings.set_aside(unlisted, "The school is not in the schools files.")


def _once(findings: Findings, rows: pd.DataFrame) -> pd.DataFrame:
    """Each value once; a school, year and indicator that stand twice with other values are reported."""
    once = rows.drop_duplicates(list(VALUE_COLUMNS))
    repeated = np.zeros(len(findings.table), dtype=bool)
    repeated[once.loc[once.duplicated(VALUE_KEY, keep=False), "record"].to_numpy(dtype="int64")] = True
    findings.mark(
        repeated,
        "school_id",
        message="The school has two values for one indicator and year.",
        remedy="Keep one row; give the group of students in a column subgroup if the rows are of groups.",
    )
    return once
