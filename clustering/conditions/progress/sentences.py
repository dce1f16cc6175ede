"""Values and benchmarks of Zones in sentences, for people who read no tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from clustering.conditions.progress.evidence import NO_EVIDENCE, WEAK_EVIDENCE
from clustering.model.plain_text import school_year_text
from clustering.model.records import table_records


def value_sentences(values: pd.DataFrame, entry_falls: Mapping[str, int]) -> list[str]:
    """
    Say each row of values.

    Parameters
    ----------
    values
        With the columns of ``Progress.zone_values``, but for the sentence.
    entry_falls
        Zone to the fall of its first year.

    Returns
    -------
    sentences
        One per row.
    """
    return [_value_sentence(row, entry_falls[row["zone_id"]]) for row in table_records(values)]


def _value_sentence(row: dict[str, Any], entry_fall: int) -> str:
    year = school_year_text(row["year"])
    if row["value"] is None:
        return f"{row['title']} in {year} is not known."
    parts = [f"{row['title']} was {_amount(row['value'], row['unit'])} in {year}{_of_schools(row)}."]
    if row["year"] == entry_fall - 1:
        parts.append("This is the entry value.")
    if row["year"] >= entry_fall:
        if row["change"] is None:
            parts.append("There is no entry value to compare it with.")
        else:
            parts.append(f"Since the year before the entry it {_change(row['change'], row['unit'], row['better'])}.")
            parts.append(_comparison(row))
    return " ".join(part for part in parts if part)


def _of_schools(row: dict[str, Any]) -> str:
    count = row["schools"]
    text = f", over {count} school{'' if count == 1 else 's'}"
    hidden = row["schools_suppressed"] + row["schools_without"]
    return f"{text}; {hidden} more {'is' if hidden == 1 else 'are'} suppressed or missing" if hidden else text


def _comparison(row: dict[str, Any]) -> str:
    if row["difference"] is None:
        return "No comparison school has values for both years."
    count, size = row["compared_schools"], _points(abs(row["difference"]), row["unit"])
    whose = f"Over the {count} school{'' if count == 1 else 's'} with comparison schools"
    if _is_hardly_any(row["difference"], row["unit"]):
        return f"{whose}, the change was {'' if row['difference'] == 0 else 'almost '}the same as theirs."
    is_better = (row["difference"] > 0) == (row["better"] == "higher")
    return f"{whose}, the change was {size} {'better' if is_better else 'worse'} than theirs."


def benchmark_sentences(benchmarks: pd.DataFrame) -> list[str]:
    """
    Say each row of benchmarks.

    Parameters
    ----------
    benchmarks
        With the columns of ``Progress.benchmarks``, ``unit`` and ``better``, but for the sentence.

    Returns
    -------
    sentences
        One per row.
    """
    return [_benchmark_sentence(row) for row in table_records(benchmarks)]


def _benchmark_sentence(row: dict[str, Any]) -> str:
    noun = "benchmark at 18 months" if row["months"] == 18 else "outcome at 36 months"
    year = school_year_text(row["year"])
    goal = _goal(row)
    if row["verdict"] == "too early":
        return f"The {noun} ({goal}) is looked up in {year}: it is too early to say."
    if row["verdict"] == "unknown":
        return f"Whether the {noun} ({goal}) is met cannot be told: a value of {year} or of the entry is missing."
    reached = _amount(row["value"], row["unit"])
    certainty = "" if row["is_certain"] else " The protected numbers leave room for doubt."
    sentence = f"The {noun} ({goal}) is {row['verdict']}: {reached} in {year}.{certainty}"
    if row["evidence"] == NO_EVIDENCE:
        return f"{sentence} It is no evidence without persistence."
    left = f"{row['persistence']:.0%} of the students were still in the Zone after {row['persistence_years']} years."
    weak = " Most had left, so it is weak evidence." if row["evidence"] == WEAK_EVIDENCE else ""
    return f"{sentence} {left}{weak}"


def _goal(row: dict[str, Any]) -> str:
    title = f"{row['title'][0].lower()}{row['title'][1:]}"
    if row["kind"] == "value":
        bound = "at least" if row["better"] == "higher" else "at most"
        return f"{title} {bound} {_amount(row['target'], row['unit'])}"
    if row["target"] == 0:
        return f"{title} better than at the entry"
    return f"{title} better than at the entry by {_points(row['target'], row['unit'])}"


def _change(change: float, unit: str, better: str) -> str:
    if _is_hardly_any(change, unit):
        return "did not change" if change == 0 else "hardly changed"
    direction = "rose" if change > 0 else "fell"
    is_better = (change > 0) == (better == "higher")
    return f"{direction} by {_points(abs(change), unit)}, which is {'better' if is_better else 'worse'}"


def _amount(value: float, unit: str) -> str:
    return f"{100 * value:.1f}%" if unit == "share" else f"{value:.1f} points"


def _is_hardly_any(value: float, unit: str) -> bool:
    """Whether it would be written as 0.0."""
    return round(100 * abs(value) if unit == "share" else abs(value), 1) == 0


def _points(value: float, unit: str) -> str:
    return f"{100 * value:.1f} percentage points" if unit == "share" else f"{value:.1f} points"
