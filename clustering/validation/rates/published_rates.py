"""Validate published rates: the notation of each column, and every cell that cannot be read."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from clustering.model.columns import POINT_MEASURES
from clustering.readers.published.edfacts import PublishedRates
from clustering.readers.published.rates import is_ambiguous_bound, is_date, parse_points, parse_rates
from clustering.readers.text.values import parse_unique
from clustering.validation.findings import Findings
from clustering.validation.rates.rounded_rates import with_rounding
from clustering.validation.rates.state_rates import STATE_LAYOUT
from clustering.validation.years import MISSING, validate_years, years_of_headings

MAXIMUM_COHORT_STUDENTS = 100_000
_TYPES = {
    "record": "int64",
    "measure": "str",
    "subgroup": "str",
    "grade": "str",
    "low": "float64",
    "high": "float64",
    "exact": "float64",
    "status": "str",
    "year": "Int64",
    "cohort_students": "Int64",
    "cohort_at_most": "Int64",
    "text": "str",
    "school_id": "str",
}
_FEW_STUDENTS = re.compile(r"n?\s*(?P<sign><=?|≤)\s*(?P<bound>\d{1,6})", re.IGNORECASE)
_NO_COHORT = re.compile(r"|\.|-|–|--|\*|ps|s|ds|n/a|na|missing|not applicable|n?\s*<=?\s*\d+|-\d+", re.IGNORECASE)


def no_rates() -> pd.DataFrame:
    """Make an empty table of rates: the columns of :func:`validate_rates`, and ``school_id``."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _TYPES.items()})


def validate_rates(findings: Findings, published: PublishedRates) -> pd.DataFrame:
    """
    Read rates, years and cohort sizes; each cell that cannot be read is a problem.

    Parameters
    ----------
    findings
        The file; problems are added.
    published
        Its rates as text.

    Returns
    -------
    rates
        ``record``, ``measure``, ``subgroup``, ``grade``, ``low``, ``high``, ``exact`` [shares, or points],
        ``status``, ``year`` (fall), ``cohort_students``, ``cohort_at_most`` and ``text``, on the index of
        ``published.rows``; without any rows, :func:`no_rates`. ``low`` and ``high`` of a rounded rate are the ends of
        what it can be.
    """
    rows, is_state_list = published.rows, published.layout == STATE_LAYOUT
    if rows.empty:
        if "year" in findings.headings:
            validate_years(findings)
        return no_rates()
    in_points = rows["measure"].isin(POINT_MEASURES)
    found = _parse(rows, in_points, is_state_list=is_state_list)
    _mark_unreadable(
        findings, rows.assign(in_points=in_points)[found["status"] == "unreadable"], is_state_list=is_state_list
    )
    for heading, texts in rows[~in_points].groupby("heading", observed=True)["text"]:
        _check_notation(findings, str(heading), texts, is_state_list=is_state_list)
    cohort, bad_cohort = parse_unique(rows["cohort"], _parse_cohort)
    message, remedy = "The size of the cohort cannot be read.", "Correct the cell, or leave it blank."
    _mark_cells(findings, rows[bad_cohort], "cohort_heading", message=message, remedy=remedy)
    year = _years(findings, rows)
    text = rows["text"].astype("str")
    bounds = [parse_unique(cells, _parse_bound)[0] for cells in (rows["cohort"], rows["text"])]
    columns = {
        "year": year,
        "cohort_students": cohort,
        "cohort_at_most": cohort.fillna(bounds[0]).fillna(bounds[1]),
        "text": text.where(text != ""),
    }
    names = ["measure", "subgroup", "grade"]
    table = pd.concat([rows[["record", *names]].astype(dict.fromkeys(names, "str")), found], axis=1)
    return with_rounding(table.assign(**columns), rows.get("numerator"))


def _parse(rows: pd.DataFrame, in_points: pd.Series, *, is_state_list: bool) -> pd.DataFrame:
    """Rates and points; each column of a state's own list may be in shares or in percentages."""
    points, rates = rows[in_points], rows[~in_points]
    parts = [parse_points(points["text"])] if len(points) else []
    if is_state_list:
        parts += [parse_rates(texts)[0] for _, texts in rates.groupby("heading", observed=True)["text"]]
    else:
        parts.append(parse_rates(rates["text"], unit="percent")[0])
    return pd.concat(parts).reindex(rows.index) if len(parts) > 1 else parts[0]


def _mark_unreadable(findings: Findings, rows: pd.DataFrame, *, is_state_list: bool) -> None:
    of_graduation = rows["measure"].str.startswith("graduation") & is_state_list
    rate = "Write a share (0.67), a percentage (67), a band (60-69, LT50, GE95), or PS if it is suppressed."
    for name, marked, remedy in (
        ("graduation rate", of_graduation, rate),
        ("rate", ~of_graduation & ~rows["in_points"], rate),
        ("number of points", rows["in_points"], "Write a number, or PS if it is suppressed."),
    ):
        _mark_cells(findings, rows[marked], "heading", message=f"The {name} cannot be read.", remedy=remedy)


def _check_notation(findings: Findings, heading: str, texts: pd.Series, *, is_state_list: bool) -> None:
    """Note what is wrong with a column of rates as a whole."""
    distinct = pd.Series(texts.unique()).astype("str")
    units = parse_rates(distinct)[1]
    dates, bounds = sorted(filter(is_date, distinct)), sorted(filter(is_ambiguous_bound, distinct))
    if len(units) > 1 or (not is_state_list and "share" in units):
        message = "The column has both shares such as 0.67 and percentages such as 67."
        findings.note(message, "Write the whole column in one of the two ways.", column=heading, is_error=True)
    elif is_state_list and not units and (distinct == "1").any():
        message = "Nothing in the column shows whether 1 is the whole cohort or one percent of it."
        findings.note(message, "Write percentages with a percent sign (1%, 100%).", column=heading, is_error=True)
    if dates:
        message = f"A spreadsheet has turned bands such as 10-14 into dates: {', '.join(dates[:5])}."
        remedy = "Use the file as published, or format the column as text and write the bands again."
        findings.note(message, remedy, column=heading, is_error=True)
    if bounds:
        message = (
            f"{bounds[0]} is read as a rate below {bounds[0].lstrip('< ')} percent, not as a small number of students."
        )
        findings.note(message, "Write N<10 if it is the number of students.", column=heading)


def marked_records(findings: Findings, rows: pd.DataFrame) -> np.ndarray:
    """Mark the records that rows came from."""
    marked = np.zeros(len(findings.table), dtype=bool)
    marked[rows["record"].to_numpy()] = True
    return marked


def _mark_cells(findings: Findings, rows: pd.DataFrame, column: str, *, message: str, remedy: str) -> None:
    """Note a problem for each row in the column of the file that it names."""
    if rows.empty:
        return
    names = {heading: canonical for canonical, heading in findings.headings.items()}
    for heading, of_heading in rows.groupby(column, observed=True):
        canonical = names.get(str(heading), str(heading))
        findings.mark(marked_records(findings, of_heading), canonical, message=message, remedy=remedy)


def _years(findings: Findings, rows: pd.DataFrame) -> pd.Series:
    """School years by their fall, from a column of the file or from its headings."""
    if findings.by_year or "year" not in findings.headings:
        if "year" in findings.headings:  # of columns without a year in their heading
            validate_years(findings)
        return years_of_headings(findings, rows["year"])
    years = pd.Series(validate_years(findings)[rows["record"].to_numpy()], index=rows.index, dtype="Int64")
    return years.mask(years == MISSING)


def _parse_cohort(text: str) -> int | None:
    if _NO_COHORT.fullmatch(text):
        return None
    match = re.fullmatch(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?", text)
    if match is None or (count := int(match.group(1).replace(",", ""))) > MAXIMUM_COHORT_STUDENTS:
        raise ValueError(f"not the size of a cohort: {text!r}")
    return count


def _parse_bound(text: str) -> int | None:
    """Largest cohort by ``<10`` as its size, or by ``N<10`` instead of its rate: nine students."""
    match = _FEW_STUDENTS.fullmatch(text)
    if match is None:
        return None
    return max(0, int(match["bound"]) - (match["sign"] == "<"))
