"""A file of assessments, as a state's planning tool exports it, to Assessments, or every fault of it at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from clustering.conditions.readiness.assessments import ASSESSMENT_KEY, Assessments, sorted_rows
from clustering.conditions.readiness.indicator_sets import IndicatorSet, list_indicator_sets
from clustering.conditions.readiness.layout import cells_of
from clustering.conditions.readiness.subjects import subjects_of
from clustering.ingest.open_one_file import ReadOptions, open_one_file, refuse_errors
from clustering.model.arguments import of_type
from clustering.model.plain_text import plain_text
from clustering.model.scenario import Scenario
from clustering.readers.raw_table import Source
from clustering.readers.recognition.headings import heading_key
from clustering.readers.student_records.dates import NO_DATE, parse_date
from clustering.readers.text.values import parse_numbers
from clustering.validation.findings import Findings

MAXIMUM_COMMENT_CHARACTERS = 500
_MAXIMUM_RATER_CHARACTERS = 120
_COMMENTS = ("comment", "comments", "note", "notes", "evidence")
_NOT_APPLICABLE = frozenset({"n/a", "na", "not applicable", "not assessed", "-", "–"})


def read_assessments(
    source: Source,
    *,
    indicator_sets: Sequence[IndicatorSet] | None = None,
    scenario: Scenario | None = None,
    options: ReadOptions | None = None,
    encoding: str | None = None,
) -> Assessments:
    """
    Read assessments of readiness.

    Parameters
    ----------
    source
        A table (CSV, XLSX, JSON records, DataFrame) with a row per value: ``indicator`` and ``value``; or with a column
        per indicator, named by its identifier or title. Each row says who is assessed (``school_id``, ``district_id``
        or ``zone_id``; or ``subject_kind`` and ``subject_id``) and the ``date``; ``set``, ``rater`` and ``comment``
        where there are any. A value is a number of the scale or one of its labels; a blank one is not assessed.
        Comments of more than 500 characters are left out.
    indicator_sets
        Sets that the file may use; by default those of :func:`list_indicator_sets`.
    scenario
        Whose schools and districts may be assessed: others are set aside with a warning.
    options, encoding
        As for :func:`read_scenario`.

    Returns
    -------
    assessments
        Every value of the file.

    Raises
    ------
    InputError
        With every fault: file, row, column, value and remedy.
    """
    if scenario is not None:
        of_type("scenario", scenario, Scenario, "the Scenario that read_scenario answers")
    sets = tuple(list_indicator_sets() if indicator_sets is None else indicator_sets)
    findings = open_one_file(source, "assessments", options, encoding)
    subjects = subjects_of(findings, scenario)
    cells = cells_of(findings, sets)
    frame = subjects.assign(
        date=_dates(findings), rater=_raters(findings), comment=_comments(findings), is_used=findings.kept()
    )
    rows = cells.join(frame, on="record")
    by_name = {each.set_id: each for each in sets}
    rows["value"] = _values(findings, rows, by_name)
    _check_kinds(findings, rows, by_name)
    rows = rows[rows["is_used"].astype(bool) & rows["value"].notna()]
    rows = _without_repeats(findings, rows)
    if not len(rows) and not any(problem.is_error for problem in findings.problems):
        remedy = "Check the identifiers of schools and districts, and that there are values."
        findings.note("No row of the file can be used.", remedy, is_error=True)
    refuse_errors(findings)
    used_sets = set(rows["set_id"])
    return Assessments(
        rows=sorted_rows(rows),
        sets=tuple(each for each in sets if each.set_id in used_sets),
        files=(findings.source_file(unused=findings.unused_headings()),),
        warnings=tuple(findings.problems),
    )


def _dates(findings: Findings) -> pd.Series:
    """Day of each record as text, such as 2024-03-01; problems are added."""
    texts = findings.texts("date")
    days = [_day(text) for text in texts.distinct()]
    findings.mark_texts(
        pd.Series([day is None for day in days], dtype="bool"),
        "date",
        message="This is not a date.",
        remedy="Write the day of the assessment as 2024-03-01, or as 3/1/2024 with the month first.",
    )
    return pd.Series(texts.spread(np.array([day or "" for day in days], dtype=object)), dtype="str")


def _day(text: str) -> str | None:
    try:
        days = parse_date(text)
    except ValueError:
        return None
    return None if days == NO_DATE else str(np.datetime64(days, "D"))


def _raters(findings: Findings) -> pd.Series:
    raters = findings.column("rater")
    too_long = raters.str.len() > _MAXIMUM_RATER_CHARACTERS
    message = f"The name of the rater is longer than {_MAXIMUM_RATER_CHARACTERS} characters."
    findings.mark(too_long, "rater", message=message, remedy="Check that the right column names the raters.")
    return raters.map(plain_text).astype("str")


def _comments(findings: Findings) -> pd.Series:
    """Comments, which may be long and have line breaks: those that are too long are left out."""
    heading = next((each for each in findings.table.headings if heading_key(each) in _COMMENTS), None)
    if heading is None:
        return pd.Series("", index=range(len(findings.table)), dtype="str")
    texts = findings.table.column(heading).series().map(plain_text).astype("str")
    return texts.mask(texts.str.len() > MAXIMUM_COMMENT_CHARACTERS, "")


def _values(findings: Findings, rows: pd.DataFrame, sets: dict[str, IndicatorSet]) -> pd.Series:
    """The value of each cell on the scale of its set, missing where not assessed; problems are added."""
    values = pd.Series(np.nan, index=rows.index, dtype="float64")
    for (set_id, column), cells in rows.groupby(["set_id", "column"], sort=False):
        of_set = sets[str(set_id)]
        labels = {label.lower(): float(of_set.least + step) for step, label in enumerate(of_set.labels)}
        shown = findings.table.options.marks.plain(cells["text"])
        texts = shown.str.lower()
        labelled = texts.map(labels)
        none = texts.isin(_NOT_APPLICABLE) & labelled.isna()
        numbers, bad = parse_numbers(shown.mask(none | labelled.notna(), ""), decimal=findings.table.options.decimal)
        outside = (numbers < of_set.least) | (numbers > of_set.greatest)
        scale = f"from {of_set.least} to {of_set.greatest}"
        words = f", or one of: {', '.join(of_set.labels)}" if of_set.labels else ""
        for marked, message in ((bad, "This is no value of the scale."), (outside, "The value is not on the scale.")):
            findings.mark(
                _records(findings, cells.loc[marked, "record"]),
                str(column),
                message=message,
                remedy=f"Write a number {scale}{words}; leave it blank if it is not assessed.",
            )
        values[cells.index] = numbers.mask(outside).fillna(labelled)
    return values


def _records(findings: Findings, records: pd.Series) -> np.ndarray:
    marked = np.zeros(len(findings.table), dtype=bool)
    marked[records.to_numpy(dtype="int64")] = True
    return marked


def _check_kinds(findings: Findings, rows: pd.DataFrame, sets: dict[str, IndicatorSet]) -> None:
    """Note rows about a kind of subject that their set does not assess."""
    for set_id, cells in rows.groupby("set_id", sort=True):
        kinds = sets[str(set_id)].subject_kinds
        wrong = cells.loc[~cells["subject_kind"].isin([*kinds, ""]), "record"]
        findings.mark(
            _records(findings, wrong),
            "subject_kind" if "subject_kind" in findings.headings else "set",
            message=f"The set {set_id} does not assess such a subject.",
            remedy=f"It assesses: {', '.join(kinds)}. Correct the row, or give a set that says otherwise.",
        )


def _without_repeats(findings: Findings, rows: pd.DataFrame) -> pd.DataFrame:
    """Each assessment once; one that stands twice with another value is reported."""
    once = rows.drop_duplicates([*ASSESSMENT_KEY, "value"])
    for column, cells in once[once.duplicated(ASSESSMENT_KEY, keep=False)].groupby("column", sort=False):
        findings.mark(
            _records(findings, cells["record"]),
            str(column),
            message="The same rater has two values for this indicator on one day.",
            remedy="Keep one of them, or name the raters.",
        )
    return once
