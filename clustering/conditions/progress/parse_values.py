"""Texts of one indicator to values, with their counts where the file gives them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.conditions.progress.catalogue import ProgressIndicator
from clustering.model.suppression import SUPPRESSED_HIGH, SUPPRESSED_LOW
from clustering.readers.published.rates import is_ambiguous_bound, is_date, lone_shares, parse_points, parse_rates
from clustering.readers.text.values import parse_students
from clustering.validation.findings import Findings

_NO_COUNT = frozenset({"", ".", "-", "–", "—", "n/a", "na", "not applicable", "missing", "not reported"})
_FEW = frozenset({"<10", "< 10", "n<10", "1-9"})
_AGREEMENT = 0.0051  # a rate written in whole per cents agrees with its counts


def parse_values(
    findings: Findings, cells: pd.DataFrame, indicator: ProgressIndicator, minimum_students: int
) -> pd.DataFrame:
    """
    Parse the cells of one indicator.

    Parameters
    ----------
    findings
        The file; problems are added.
    cells
        As ``layout.cells_of`` yields them.
    indicator
        What the cells are values of.
    minimum_students
        Of the policy: no warning tells anything of fewer.

    Returns
    -------
    rows
        ``record``, ``indicator_id``, ``status``, ``value``, ``low``, ``high``, ``numerator``, ``denominator``; the
        status is ``blank`` where the file has nothing in all three cells.
    """
    rates = _parse_rates(findings, cells, indicator)
    numerator, denominator = (_parse_counts(findings, cells, part) for part in ("numerator", "denominator"))
    is_counted = numerator["is_given"] & denominator["is_given"] & (indicator.unit == "share")
    over = is_counted & (numerator["count"] > denominator["count"])
    _mark(
        findings,
        cells,
        over,
        "numerator",
        _Fault(
            message="The numerator is greater than the denominator.",
            remedy="Check both columns: the numerator counts a part of the denominator.",
            show_value=False,
        ),
    )
    rows = pd.DataFrame({"record": cells["record"], "indicator_id": indicator.indicator_id})
    rows["denominator"], rows["numerator"] = denominator["count"], numerator["count"].where(is_counted & ~over)
    by_counts = _values_of_counts(numerator, denominator)
    for name in ("status", "value", "low", "high"):
        rows[name] = by_counts[name].where(is_counted, rates[name])
    others = denominator["count"] - numerator["count"]
    few = [part.between(1, minimum_students - 1) for part in (numerator["count"], others)]
    # Who may see the warnings may not see small counts: whether one of these agrees with its rate tells which it is.
    _warn_of_disagreement(findings, cells, rates, by_counts, is_counted & ~few[0] & ~few[1])
    is_suppressed_group = denominator["is_hidden"] & ~is_counted
    rows["status"] = rows["status"].mask(is_suppressed_group, "suppressed")
    rows.loc[rows["status"] == "suppressed", "value"] = np.nan
    if indicator.unit == "share":
        rows.loc[is_suppressed_group, ["low", "high"]] = [0.0, 1.0]
    else:
        rows.loc[is_suppressed_group, ["low", "high"]] = np.nan
    blank = (cells["value"] == "") & ~numerator["is_given"] & (cells["numerator"] == "")
    rows["status"] = rows["status"].mask(blank & ~is_suppressed_group, "blank")
    return rows


def _parse_rates(findings: Findings, cells: pd.DataFrame, indicator: ProgressIndicator) -> pd.DataFrame:
    options = findings.table.options
    texts = options.marks.plain(cells["value"])
    has_both = False
    if indicator.unit == "points":
        parsed = parse_points(texts, decimal=options.decimal)
        remedy = "Write a number of points, or s for a suppressed one."
    else:
        parsed, units = parse_rates(texts, unit=options.rate_unit, decimal=options.decimal)
        has_both = len(units) > 1 or bool(lone_shares(texts, decimal=options.decimal))
        remedy = "Write 93, 93%, 0.93, a band such as 60-69, or s for a suppressed one."
    if has_both and options.rate_unit is None:
        _ask_for_unit(findings, cells, indicator)
    unreadable = parsed["status"] == "unreadable"
    dates = texts.map(is_date).astype("bool")
    ambiguous = texts.map(is_ambiguous_bound).astype("bool") & (indicator.unit == "share")
    _mark(
        findings,
        cells,
        unreadable & dates,
        "value",
        _Fault(
            message="A spreadsheet has turned the band into a date.",
            remedy="Format the column as text and write the band again, such as 10-14.",
        ),
    )
    message = f"This is no value of {indicator.indicator_id}."
    _mark(findings, cells, unreadable & ~dates, "value", _Fault(message=message, remedy=remedy))
    _mark(
        findings,
        cells,
        ambiguous & ~unreadable,
        "value",
        _Fault(
            message="This may be a rate, or a group of few students.",
            remedy="Write <10% for a rate, or N<10 for fewer than ten students.",
        ),
    )
    status = parsed["status"].mask(unreadable, "missing")
    is_hidden = status == "suppressed"
    least, greatest = (0.0, 1.0) if indicator.unit == "share" else (np.nan, np.nan)
    return pd.DataFrame(
        {
            "status": status,
            "value": parsed["exact"],
            "low": parsed["low"].mask(is_hidden, least),
            "high": parsed["high"].mask(is_hidden, greatest),
        }
    )


def _ask_for_unit(findings: Findings, cells: pd.DataFrame, indicator: ProgressIndicator) -> None:
    findings.note(
        f"Some values of {indicator.indicator_id} are shares and some are per cents.",
        "Write all of them as per cents, such as 93.4, or all as shares, such as 0.934; or set rate_unit=percent or"
        " rate_unit=share.",
        column=findings.headings.get(str(cells["value_column"].iloc[0])),
        is_error=True,
    )


def _parse_counts(findings: Findings, cells: pd.DataFrame, part: str) -> pd.DataFrame:
    """``count`` (missing where none or suppressed), ``is_given``, ``is_hidden``, ``is_few`` (1 to 9 for certain)."""
    texts = findings.table.options.marks.plain(cells[part])
    is_none = texts.str.lower().isin(_NO_COUNT)
    counts, bad = parse_students(texts.mask(is_none, "0"), decimal=findings.table.options.decimal)
    fraction = counts["students"].notna() & (counts["students"] % 1 != 0)
    _mark(
        findings,
        cells,
        (bad | fraction) & ~is_none,
        part,
        _Fault(
            message="This is not a count.",
            remedy="Write a whole number, or * for a suppressed one.",
        ),
    )
    is_hidden = ~is_none & ~bad & counts["students"].isna()
    return pd.DataFrame(
        {
            "count": counts["students"].mask(is_none | bad),
            "is_given": ~is_none & ~bad,
            "is_hidden": is_hidden,
            "is_few": texts.str.lower().isin(_FEW),
        }
    )


def _values_of_counts(numerator: pd.DataFrame, denominator: pd.DataFrame) -> pd.DataFrame:
    """Values of rows that give both counts."""
    students, part = denominator["count"], numerator["count"]
    is_nobody = students == 0
    value = (part / students.mask(is_nobody)).clip(upper=1)
    few = numerator["is_few"] & students.notna() & (students > 0)
    low = value.mask(few, (SUPPRESSED_LOW / students).clip(upper=1)).fillna(0.0)
    high = value.mask(few, (SUPPRESSED_HIGH / students).clip(upper=1)).fillna(1.0)
    conditions = [is_nobody, value.notna()]
    status = pd.Series(np.select(conditions, ["not applicable", "exact"], default="suppressed"), index=value.index)
    return pd.DataFrame({"status": status, "value": value, "low": low.mask(is_nobody), "high": high.mask(is_nobody)})


def _warn_of_disagreement(
    findings: Findings, cells: pd.DataFrame, rates: pd.DataFrame, counts: pd.DataFrame, is_counted: pd.Series
) -> None:
    differs = is_counted & ((rates["value"] - counts["value"]).abs() > _AGREEMENT)
    _mark(
        findings,
        cells,
        differs,
        "value",
        _Fault(
            message="The rate does not agree with the counts beside it; the counts are used.",
            remedy="Check the three columns.",
            is_error=False,
            show_value=False,
        ),
    )


@dataclass(frozen=True, kw_only=True)
class _Fault:
    message: str
    remedy: str
    is_error: bool = True
    show_value: bool = True


def _mark(findings: Findings, cells: pd.DataFrame, marked: pd.Series, part: str, fault: _Fault) -> None:
    if not marked.any():
        return
    rows = np.zeros(len(findings.table), dtype=bool)
    rows[cells.loc[marked.to_numpy(dtype=bool), "record"].to_numpy(dtype="int64")] = True
    findings.mark(rows, str(cells[f"{part}_column"].iloc[0]), **vars(fault))
