"""The performance table of a Scenario given back without its rates: a graduation rate for each school."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from clustering.readers.published.edfacts_vocabulary import ALL_GRADES, ALL_STUDENTS
from clustering.readers.published.rates import parse_rates
from clustering.readers.recognition.headings import heading_key
from clustering.readers.text.values import parse_numbers
from clustering.validation.findings import Findings

RATE_COLUMNS = ("graduation_rate_low", "graduation_rate_high", "graduation_rate_status", "graduation_rate_text")
_MEASURE = "graduation_4year"
_STATUSES = ("exact", "range", "suppressed", "missing", "not applicable", "")


def with_own_performance(files: Sequence[Findings], rates: pd.DataFrame) -> pd.DataFrame:
    """
    Add the graduation rates that stand in ``RATE_COLUMNS``, for schools of which no file has one.

    Parameters
    ----------
    files
        Every file of rates or schools; the columns that are read are added to its headings, and faults to its problems.
    rates
        Rates of all files, with ``file``, the number of the file.

    Returns
    -------
    rates
        The same, and rows without a year. The published text tells the rate itself where its two ends differ.
    """
    known: set[str] | None = None
    parts = [rates]
    for number, findings in enumerate(files):
        by_name = {heading_key(heading): heading for heading in findings.table.headings}
        if not set(RATE_COLUMNS[:3]) <= by_name.keys():
            continue
        findings.headings.update({name: by_name[name] for name in RATE_COLUMNS if name in by_name})
        found = _read(findings)
        is_empty = found["status"].isin(["missing", ""]) & found["text"].isna()
        known = _schools_with_rate(rates) if known is None else known
        found = found[~found["school_id"].isin(known) & ~is_empty]
        known |= set(found["school_id"])
        parts.append(found.assign(file=number))
    if len(parts) == 1:
        return rates
    return pd.concat([part.astype(rates.dtypes.to_dict()) for part in parts], ignore_index=True)


def _schools_with_rate(rates: pd.DataFrame) -> set[str]:
    is_rate = (rates["measure"] == _MEASURE) & (rates["subgroup"] == ALL_STUDENTS) & (rates["grade"] == ALL_GRADES)
    return set(rates.loc[is_rate, "school_id"])


def _read(findings: Findings) -> pd.DataFrame:
    ends = [_end(findings, name) for name in RATE_COLUMNS[:2]]
    status = findings.texts("graduation_rate_status")
    message, remedy = "There is no such status.", f"Write one of {', '.join(_STATUSES[:-1])}."
    findings.mark_texts(~status.distinct().isin(_STATUSES), "graduation_rate_status", message=message, remedy=remedy)
    text = findings.texts("graduation_rate_text").series()
    exact = np.where(ends[0] == ends[1], ends[0], _published(text, *ends))
    table = pd.DataFrame(dict.fromkeys(("year", "cohort_students", "cohort_at_most"), pd.NA), index=text.index)
    return table.assign(
        record=np.arange(len(text)),
        school_id=findings.column("school_id"),
        measure=_MEASURE,
        subgroup=ALL_STUDENTS,
        grade=ALL_GRADES,
        low=ends[0],
        high=ends[1],
        exact=np.where(status.series() == "exact", exact, np.nan),
        status=status.series(),
        text=text.where(text != ""),
    )[findings.kept() & (findings.column("school_id") != "").to_numpy()]


def _end(findings: Findings, name: str) -> np.ndarray:
    column = findings.texts(name)
    numbers, bad = parse_numbers(column.distinct())
    bad |= (numbers < 0) | (numbers > 1)
    findings.mark_texts(bad, name, message="This is no share.", remedy="Write a number from 0 to 1, or leave it blank.")
    return column.spread(numbers.mask(bad).to_numpy(dtype="float64"))


def _published(text: pd.Series, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Rates as published, where they lie between their ends."""
    as_percent, as_share = (parse_rates(text, unit=unit)[0]["exact"].to_numpy() for unit in ("percent", "share"))
    published = np.where((low <= as_percent) & (as_percent <= high), as_percent, as_share)
    return np.where((low <= published) & (published <= high), published, np.nan)
