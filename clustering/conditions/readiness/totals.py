"""How many strengths and gaps a subject has, its total and band, and both in a sentence."""

from __future__ import annotations

from typing import Any

import pandas as pd

from clustering.conditions.readiness.indicator_sets import IndicatorSet
from clustering.conditions.readiness.weakest_schools import SCHOOL_COLUMNS
from clustering.model.records import table_records

_SUBJECT = ["subject_kind", "subject_id"]
_COLUMNS = (
    *("name", "zones", "indicators", "assessed", "strengths", "gaps", "not_assessed"),
    *(*SCHOOL_COLUMNS, "rose", "fell", "widest_spread"),
    *("date", "total", "total_least", "total_greatest", "band", "possible_bands", "sentence"),
)
_MAXIMUM_NAMED = 3
SHOWN_DIGITS = 1  # what is less has not changed


def add_totals(
    subjects: pd.DataFrame, indicators: pd.DataFrame, indicator_set: IndicatorSet, *, schools: pd.DataFrame
) -> pd.DataFrame:
    """
    Add up the indicators of every subject.

    Parameters
    ----------
    subjects
        ``subject_kind``, ``subject_id``, ``name``, ``zones``.
    indicators
        A row per subject and indicator, with ``state``, ``value``, ``least``, ``greatest``, ``change`` and ``date``.
    indicator_set
        The scale and the bands.
    schools
        As ``weakest_schools.weakest_schools`` returns them.

    Returns
    -------
    totals
        The subjects in their order, with the columns of ``Readiness.subjects``.
    """
    sums = _sums(indicators)
    sums["total_least"] = sums["total"].fillna(0) + sums["not_assessed"] * indicator_set.least
    sums["total_greatest"] = sums["total"].fillna(0) + sums["not_assessed"] * indicator_set.greatest
    totals = subjects.merge(sums, on=_SUBJECT, how="left").join(schools, on="subject_id")
    is_zone = totals["subject_kind"] == "zone"
    for name in SCHOOL_COLUMNS:
        totals[name] = totals[name].where(is_zone, None)
    ends = zip(totals["total_least"], totals["total_greatest"], strict=True)
    bands = [_bands_between(low, high, indicator_set) for low, high in ends]
    totals["possible_bands"] = [" or ".join(names) or None for names in bands]
    totals["band"] = [names[0] if len(names) == 1 else None for names in bands]
    gaps = indicators[indicators["state"] == "gap"].groupby(_SUBJECT)["title"].agg(list).to_dict()
    totals["sentence"] = [
        _sentence(row, gaps.get((row["subject_kind"], row["subject_id"]), []), indicator_set)
        for row in table_records(totals)
    ]
    return totals[[*_SUBJECT, *_COLUMNS]]


def _sums(indicators: pd.DataFrame) -> pd.DataFrame:
    """Counts and totals of every subject, a row each."""
    marked = indicators.assign(
        is_assessed=indicators["state"] != "not assessed",
        is_strength=indicators["state"] == "strength",
        is_gap=indicators["state"] == "gap",
        has_risen=indicators["change"].astype("float64").round(SHOWN_DIGITS) > 0,
        has_fallen=indicators["change"].astype("float64").round(SHOWN_DIGITS) < 0,
        spread=(indicators["greatest"] - indicators["least"]).astype("float64"),
        value=indicators["value"].astype("float64"),
    )
    grouped = marked.groupby(_SUBJECT, sort=False)
    sums = pd.DataFrame(
        {
            "indicators": grouped.size(),
            "assessed": grouped["is_assessed"].sum(),
            "strengths": grouped["is_strength"].sum(),
            "gaps": grouped["is_gap"].sum(),
            "rose": grouped["has_risen"].sum(),
            "fell": grouped["has_fallen"].sum(),
            "widest_spread": grouped["spread"].max(),
            "date": grouped["date"].max(),
            "total": grouped["value"].sum(min_count=1).round(4),
        }
    ).reset_index()
    sums["not_assessed"] = sums["indicators"] - sums["assessed"]
    return sums


def _bands_between(low: float, high: float, indicator_set: IndicatorSet) -> list[str]:
    """Bands in which a total from low to high can lie, best first."""
    labels, above = [], float("inf")
    for band in indicator_set.bands:
        if low < above and high >= band.least_total:
            labels.append(band.label)
        above = band.least_total
    return labels


def _sentence(row: dict[str, Any], gaps: list[str], indicator_set: IndicatorSet) -> str:
    count, assessed = row["indicators"], row["assessed"]
    if assessed == 0:
        return f"None of the {count} indicators is assessed."
    are, counted = "is" if assessed == 1 else "are", f"{assessed} of {count} indicators"
    strengths, gap_count = _number(row["strengths"], "strength"), _number(row["gaps"], "gap")
    parts = [f"{counted} {are} assessed: {strengths} and {gap_count}."]
    if gaps:
        more = len(gaps) - _MAXIMUM_NAMED
        tail = f"; and {more} more" if more > 0 else ""
        parts.append(f"Gaps: {'; '.join(gaps[:_MAXIMUM_NAMED])}{tail}.")
    if row["schools"]:
        parts.append(_schools_sentence(row))
    if row["rose"] or row["fell"]:
        parts.append(f"Since the last round, {row['rose']} rose and {row['fell']} fell.")
    if indicator_set.bands:
        greatest = indicator_set.greatest * count
        known = f"The total is {row['total']:g} of {greatest}" if assessed == count else "The total is not complete"
        parts.append(f"{known}: {row['possible_bands'] or 'below every band'}.")
    return " ".join(parts)


def _schools_sentence(row: dict[str, Any]) -> str:
    """How many schools of a Zone are behind its mean, and where its gaps are."""
    assessed = row["assessed_schools"]
    counted = f"{assessed} of its {_number(row['schools'], 'school')} {'is' if assessed == 1 else 'are'} assessed"
    if not row["schools_with_gaps"]:
        return f"{counted}."
    weakest = row["weakest_school"] or row["weakest_school_id"]
    have = "has gaps" if row["schools_with_gaps"] == 1 else "have gaps"
    return f"{counted}, and {row['schools_with_gaps']} {have}: {weakest} has the most, {row['weakest_gaps']}."


def _number(count: object, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
