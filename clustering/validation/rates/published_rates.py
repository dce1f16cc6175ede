"""Validate published rates: the notation of each column, and every cell that cannot be read."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from clustering.model.columns import POINT_MEASURES
from clustering.readers.published.edfacts import PublishedRates
from clustering.readers.published.rates import is_ambiguous_bound, lone_shares, parse_points, parse_rates
from clustering.readers.text.numbers import number_of, plain_signs
from clustering.readers.text.printed_marks import is_suppressed_count, most_students, status_of_mark
from clustering.readers.text.values import parse_unique
from clustering.validation.decimal_commas import ask_for_decimal
from clustering.validation.findings import Findings
from clustering.validation.rates.rounded_rates import with_rounding
from clustering.validation.rates.state_rates import STATE_LAYOUT
from clustering.validation.unreadable_cells import Wording, note_unreadable_cells
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
_FEW_STUDENTS = re.compile(r"(?P<sign><=?|≤)\s*(?P<bound>[0-9]{1,6})")
# "2018 Cohort" may have entered in 2018; the year of an "Adjusted Cohort Graduation Rate 2022" is that of graduation.
_OF_ENTRY = r"\d[\s_-]*cohort|cohort[\s_-]*(?:of)?[\s_-]*\d|enter"
_RATE_FORM = "a share (0.67), a percentage (67), a band (60-69, LT50, GE95), or PS if it is suppressed."
_RATE = "The rate cannot be read.", _RATE_FORM
_GRADUATION_RATE = "The graduation rate cannot be read.", _RATE_FORM
_POINTS = "The number of points cannot be read.", "a number, or PS if it is suppressed."
_COHORT = "The size of the cohort cannot be read.", "a whole number, or leave the cell blank."


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
    plain = findings.table.options.marks.plain
    rows = rows.assign(
        text=plain(rows["text"]),
        cohort=plain(rows["cohort"]),
        published=rows["text"].astype("str"),
        in_points=rows["measure"].isin(POINT_MEASURES),
    )
    found = _parse(findings, rows, is_state_list=is_state_list)
    for heading, of_points in rows[rows["in_points"]].groupby("heading", observed=True):
        ask_for_decimal(findings, str(heading), pd.Series(of_points["text"].unique()))
    for heading, of_heading in rows[~rows["in_points"]].groupby("heading", observed=True):
        _check_notation(findings, str(heading), of_heading, is_state_list=is_state_list)
    _note_rates(findings, rows, found["status"] == "unreadable", is_state_list=is_state_list)
    cohort, bad_cohort = parse_unique(rows["cohort"], _parse_cohort)
    _note_cells(findings, rows, bad_cohort, "cohort", _COHORT)
    is_empty = (cohort == 0).fillna(False).to_numpy(dtype=bool)
    _note_empty_cohorts(findings, rows, (found["high"] > 0) & (found["status"] != "suppressed") & is_empty)
    is_unknown = (found["status"] == "unreadable") | is_empty
    if is_unknown.any():
        found = found.mask(is_unknown, np.nan).assign(status=found["status"].mask(is_unknown, "missing"))
    year = _years(findings, rows)
    text = rows["published"].mask(is_unknown | (rows["published"] == ""))
    at_most = cohort
    for name, parse in (("cohort", _parse_bound), ("text", most_students)):
        if at_most.hasnans:
            at_most = at_most.fillna(parse_unique(rows[name], parse)[0])
    columns = {
        "year": year,
        "cohort_students": cohort,
        "cohort_at_most": at_most,
        "text": text,
    }
    names = ["measure", "subgroup", "grade"]
    table = pd.concat([rows[["record", *names]].astype(dict.fromkeys(names, "str")), found], axis=1)
    return with_rounding(table.assign(**columns), rows.get("numerator"))


def _parse(findings: Findings, rows: pd.DataFrame, *, is_state_list: bool) -> pd.DataFrame:
    """Rates and points; each column of a state's own list may be in shares or in percentages."""
    options = findings.table.options
    points, rates = rows[rows["in_points"]], rows[~rows["in_points"]]
    parts = [
        parse_points(texts, decimal=options.decimal) for _, texts in points.groupby("heading", observed=True)["text"]
    ]
    if is_state_list:
        parts += [
            parse_rates(texts, unit=options.rate_unit, decimal=options.decimal)[0]
            for _, texts in rates.groupby("heading", observed=True)["text"]
        ]
    else:
        parts.append(parse_rates(rates["text"], unit=options.rate_unit or "percent", decimal=options.decimal)[0])
    return pd.concat(parts).reindex(rows.index) if len(parts) > 1 else parts[0]


def _note_rates(findings: Findings, rows: pd.DataFrame, unreadable: pd.Series, *, is_state_list: bool) -> None:
    """Note the rates and points that cannot be read."""
    if not unreadable.any():
        return
    of_graduation = rows["measure"].str.startswith("graduation") & is_state_list
    for wording, of_kind in (
        (_GRADUATION_RATE, of_graduation),
        (_RATE, ~of_graduation & ~rows["in_points"]),
        (_POINTS, rows["in_points"]),
    ):
        _note_cells(findings, rows[of_kind], unreadable[of_kind], "text", wording)


def _note_cells(
    findings: Findings, rows: pd.DataFrame, unreadable: pd.Series, column: str, wording: tuple[str, str]
) -> None:
    """Note the unreadable cells of rates (``text``) or of cohorts, in the columns of the file that they come from."""
    if not unreadable.any():
        return
    message, form = wording
    names = {heading: canonical for canonical, heading in findings.headings.items()}
    shown = rows["published"] if column == "text" else rows[column].astype("str")
    for heading, of_heading in rows.groupby("heading" if column == "text" else "cohort_heading", observed=True):
        cells = shown[of_heading.index].set_axis(of_heading["record"])
        is_bad = unreadable[of_heading.index].to_numpy(dtype=bool)
        once = ~cells.index.duplicated()  # several rates of a record may have one cohort
        note_unreadable_cells(
            findings,
            names.get(str(heading), str(heading)),
            cells[is_bad & once],
            int((cells[once] != "").sum()),
            Wording(message=message, form=form, is_count=column == "cohort"),
        )


def _note_empty_cohorts(findings: Findings, rows: pd.DataFrame, marked: pd.Series) -> None:
    if marked.any():
        message = "The cohort has no students, so the rate counts as not known."
        _mark_cells(findings, rows[marked], "heading", message=message, remedy="Correct the rate or the cohort.")


def _check_notation(findings: Findings, heading: str, rows: pd.DataFrame, *, is_state_list: bool) -> None:
    """Note what is wrong with a column of rates as a whole, and rates under one among per cents."""
    options = findings.table.options
    distinct = pd.Series(rows["text"].unique()).astype("str")
    if bounds := sorted(filter(is_ambiguous_bound, distinct)):
        number = bounds[0].lstrip("< ")
        message = f"{bounds[0]} is read as a rate below {number} percent, not as a small number of students."
        remedy = f"Write N<10 if it is the number of students, or set suppressed={bounds[0]}."
        findings.note(message, remedy, column=heading)
    if options.rate_unit is not None:
        return
    units = parse_rates(rows["text"], decimal=options.decimal)[1]
    lone = lone_shares(rows["text"], decimal=options.decimal)
    if lone:
        message = "The rate is read as per cent, like the others of the column: less than one per cent."
        remedy = "Set rate_unit=percent if that is right. If the cell is a share, write it in per cent."
        _mark_cells(findings, rows[rows["text"].isin(lone)], "heading", message=message, remedy=remedy)
    elif len(units) > 1 or (not is_state_list and "share" in units):
        message = "The column has both shares such as 0.67 and percentages such as 67."
        remedy = "Write the whole column in one of the two ways, or set rate_unit=percent or rate_unit=share."
        findings.note(message, remedy, column=heading, is_error=True)
    elif is_state_list and not units and (distinct == "1").any():
        message = "Nothing in the column shows whether 1 is the whole cohort or one percent of it."
        remedy = "Set rate_unit=percent or rate_unit=share, or write percentages with a percent sign (1%, 100%)."
        findings.note(message, remedy, column=heading, is_error=True)


def marked_records(findings: Findings, rows: pd.DataFrame) -> np.ndarray:
    """Mark the records that rows came from."""
    marked = np.zeros(len(findings.table), dtype=bool)
    marked[rows["record"].to_numpy()] = True
    return marked


def _mark_cells(findings: Findings, rows: pd.DataFrame, column: str, *, message: str, remedy: str) -> None:
    """Warn of each row in the column of the file that it names."""
    names = {heading: canonical for canonical, heading in findings.headings.items()}
    for heading, of_heading in rows.groupby(column, observed=True):
        canonical = names.get(str(heading), str(heading))
        findings.mark(marked_records(findings, of_heading), canonical, message=message, remedy=remedy, is_error=False)


def _years(findings: Findings, rows: pd.DataFrame) -> pd.Series:
    """School years by their fall, from a column of the file or from its headings."""
    if findings.by_year or "year" not in findings.headings:
        if "year" in findings.headings:  # of columns without a year in their heading
            validate_years(findings)
        return years_of_headings(findings, rows["year"], of_graduation=_are_of_graduation(rows))
    years = pd.Series(validate_years(findings)[rows["record"].to_numpy()], index=rows.index, dtype="Int64")
    return years.mask(years == MISSING)


def _are_of_graduation(rows: pd.DataFrame) -> bool:
    """Whether the years of headings are those of graduation; that of a cohort may be the year in which it entered."""
    of_years = rows[rows["year"] != ""]
    may_be_entry = any(re.search(_OF_ENTRY, heading, re.IGNORECASE) for heading in of_years["heading"].unique())
    return not may_be_entry and all(each.startswith("graduation") for each in of_years["measure"].unique())


def _parse_cohort(text: str) -> int | None:
    plain = plain_signs(text)
    if status_of_mark(plain) is not None or is_suppressed_count(plain) or re.fullmatch(r"<=? *\d+|≤ *\d+|-\d+", plain):
        return None
    count = number_of(plain)
    if count is None or not 0 <= count <= MAXIMUM_COHORT_STUDENTS or count % 1:
        raise ValueError(f"not the size of a cohort: {text!r}")
    return int(count)


def _parse_bound(text: str) -> int | None:
    """Largest cohort by ``<10`` or ``N<10`` as its size: nine students."""
    match = _FEW_STUDENTS.fullmatch(text)
    if match is None:
        return most_students(text)
    return max(0, int(match["bound"]) - (match["sign"] == "<"))
