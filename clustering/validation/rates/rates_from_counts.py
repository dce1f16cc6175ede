"""Graduation rates computed from the number of graduates and the cohort, where a list has both."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.readers.published.rates import parse_rates
from clustering.readers.text.marks import status_of_mark, suppressed_counts
from clustering.readers.text.numbers import plain_signs
from clustering.readers.text.values import parse_numbers
from clustering.validation.findings import Findings
from clustering.validation.unreadable_cells import Wording, note_unreadable

_FEW = r"n?\s*(?:<|<=|≤)\s*[0-9]+|-1(?:\.0+)?"
_HIDDEN = "*"
_FORM = "a whole number, or * if it is suppressed."
_FLOATING_POINT = 1e-9
_NOTHING = ["missing", "not applicable"]


def with_counts(findings: Findings, column: str) -> pd.DataFrame:
    """
    Take the rates of a column, or compute them from counts.

    Parameters
    ----------
    findings
        A list with ``graduates`` and ``cohort``; problems are added.
    column
        The rate that the counts belong to; the file may lack it.

    Returns
    -------
    rates
        ``record``, ``text`` and ``heading`` of each record that has a rate or a count. The text is ``351 of 506`` if
        the counts agree with the published rate or there is none. If they contradict it, the published rate counts,
        with a warning.
    """
    published = findings.texts(column).series()
    options = findings.table.options
    rates, units = parse_rates(options.marks.plain(published), unit=options.rate_unit, decimal=options.decimal)
    in_shares = options.rate_unit == "share" or (options.rate_unit is None and units == ["share"])
    graduates, cohort = _counts(findings, "graduates"), _counts(findings, "cohort")
    more = graduates["number"] > cohort["number"]
    counted = graduates["number"].notna() & (cohort["number"] > 0) & ~more
    hidden = graduates["is_hidden"] | (graduates["number"].notna() & cohort["is_hidden"])
    is_published = ~rates["status"].isin(_NOTHING)
    agrees = _agrees(published, rates, graduates["number"] / cohort["number"], in_shares=in_shares)
    _note_contradictions(findings, column, more=more, differs=counted & is_published & ~agrees)
    of_students = _as_text(graduates["number"]) + " of " + _as_text(cohort["number"])
    text = published.mask(counted & (~is_published | agrees), of_students).mask(hidden & ~is_published, _HIDDEN)
    is_blank = published == ""
    table = pd.DataFrame({"record": np.arange(len(text)), "text": text, "heading": findings.headings["graduates"]})
    if column in findings.headings:
        table["heading"] = table["heading"].where(is_blank, findings.headings[column])
    return table[~is_blank | graduates["is_filled"]].reset_index(drop=True)


def _note_contradictions(findings: Findings, column: str, *, more: pd.Series, differs: pd.Series) -> None:
    # Neither problem shows its cell: counts and the rate of a small cohort must not appear in a report.
    findings.mark(
        more,
        "graduates",
        message="There are more graduates than students in the cohort.",
        remedy="Correct one of the two numbers.",
        show_value=False,
    )
    findings.mark(
        differs,
        column,
        message="The rate differs from graduates divided by cohort; the published rate counts.",
        remedy="Check which of the two is right.",
        is_error=False,
        show_value=False,
    )


def _counts(findings: Findings, column: str) -> pd.DataFrame:
    """Whole numbers of a column, whether each is suppressed, and whether its cell is filled."""
    texts = findings.texts(column)
    distinct = findings.table.options.marks.plain(texts.distinct())
    status = pd.Series([status_of_mark(plain_signs(text)) for text in distinct], dtype="object")
    is_hidden = (status == "suppressed") | suppressed_counts(distinct) | distinct.str.lower().str.fullmatch(_FEW)
    number, _ = parse_numbers(distinct.mask(is_hidden | status.notna(), ""), decimal=findings.table.options.decimal)
    bad = ~is_hidden & status.isna() & (number.isna() | (number < 0) | (number % 1 != 0))
    if column == "graduates":  # faults of the cohort are noted with those of other rates
        wording = Wording(message="The number of graduates cannot be read.", form=_FORM)
        note_unreadable(findings, column, bad, wording)
    return pd.DataFrame(
        {
            "number": texts.spread(number.mask(bad)),
            "is_hidden": texts.spread(is_hidden),
            "is_filled": texts.spread(distinct != ""),
        }
    )


def _agrees(texts: pd.Series, rates: pd.DataFrame, share: pd.Series, *, in_shares: bool) -> pd.Series:
    """Whether a share lies within the published rate, to as many digits as were published."""
    digits = texts.str.extract(r"[.,](\d+)", expand=False).str.len().fillna(0).astype("float64")
    # A share without decimals is one that lost its zeros.
    decimals = (digits.clip(lower=2) if in_shares else digits + 2).mask(texts.str.contains("%"), digits + 2)
    half = 0.5 * 10.0**-decimals + _FLOATING_POINT
    return (rates["low"] - half <= share) & (share <= rates["high"] + half)


def _as_text(numbers: pd.Series) -> pd.Series:
    return numbers.fillna(0).astype("int64").astype("str")
