"""Values and benchmarks of Zones in sentences, for people who read no tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from clustering.conditions.progress.benchmarks import NOT_YET_DUE, UNKNOWN
from clustering.conditions.progress.evidence import NO_EVIDENCE, WEAK_EVIDENCE
from clustering.conditions.progress.precision import NO_CHANGE, shown_number
from clustering.model.plain_text import school_year_text
from clustering.model.records import table_records


def value_sentences(values: pd.DataFrame, entry_falls: Mapping[str, int | None]) -> list[str]:
    """
    Say each row of values.

    Parameters
    ----------
    values
        With the columns of ``Progress.zone_values``, but for the sentence.
    entry_falls
        Zone to the fall of its first year; ``None`` if it has not started.

    Returns
    -------
    sentences
        One per row.
    """
    return [_value_sentence(row, entry_falls[row["zone_id"]]) for row in table_records(values)]


def _value_sentence(row: dict[str, Any], entry_fall: int | None) -> str:
    year = school_year_text(row["year"])
    if row["value"] is None:
        return f"{row['title']} in {year} is not known."
    parts = [f"{row['title']} was {_amount(row['value'], row['unit'])} in {year}{_of_schools(row)}."]
    if entry_fall is not None and row["year"] == entry_fall - 1:
        parts.append("This is the entry value.")
    if entry_fall is not None and row["year"] >= entry_fall:
        if row["change"] is None:
            parts.append("There is no entry value to compare it with.")
        else:
            since = school_year_text(entry_fall - 1)
            parts.append(f"Since {since}, the year before the entry, it {_change(row)}.")
            parts.append(_comparison(row))
    return " ".join(part for part in parts if part)


def _of_schools(row: dict[str, Any]) -> str:
    count = row["schools"]
    text = f", over {count} school{'' if count == 1 else 's'}"
    hidden = row["schools_suppressed"] + row["schools_without"]
    return f"{text} ({hidden} more {'is' if hidden == 1 else 'are'} suppressed or missing)" if hidden else text


def _comparison(row: dict[str, Any]) -> str:
    if row["difference"] is None:
        return "No comparison school has values for both years."
    count, unit = row["compared_schools"], row["unit"]
    whose = f"Over the {count} school{'' if count == 1 else 's'} with comparison schools"
    ends = _ends(row["difference_low"], row["difference_high"], unit)
    shown = shown_number(row["difference"], unit)
    if shown == 0:
        return f"{whose}, the change was the same as theirs{ends}."
    is_better = (shown > 0) == (row["better"] == "higher")
    seems = "was" if _has_one_sign(row["difference_low"], row["difference_high"], unit) else "looks"
    word = "better" if is_better else "worse"
    return f"{whose}, the change {seems} {_points(abs(shown), unit)} {word} than theirs{ends}."


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
    if row["verdict"] == NOT_YET_DUE:
        return f"The {noun} ({goal}) is not yet due: it is looked up in {year}."
    if row["verdict"] == UNKNOWN:
        return f"Whether the {noun} ({goal}) is met is unknown: a value of {year} or of the entry is missing."
    reached = f"{_amount(row['value'], row['unit'])} in {year}"
    if row["kind"] == "improvement":
        reached = f"by {year} it {_change(row)}"
    verdict = row["verdict"] if row["is_certain"] else f"too close to call, leaning towards {row['verdict']}"
    sentence = f"The {noun} ({goal}) is {verdict}: {reached}."
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
    return f"{title} better than at the entry by {_points(shown_number(row['target'], row['unit']), row['unit'])}"


def _change(row: dict[str, Any]) -> str:
    """What became of a value since the entry, at the precision that is shown."""
    unit, direction = row["unit"], row["direction"]
    ends = _ends(row["change_low"], row["change_high"], unit)
    if direction == NO_CHANGE:
        return f"did not change{ends}"
    shown = shown_number(row["change"], unit)
    seems = "is" if _has_one_sign(row["change_low"], row["change_high"], unit) else "looks"
    return f"{'rose' if shown > 0 else 'fell'} by {_points(abs(shown), unit)}{ends}, which {seems} {direction}"


def _amount(value: float, unit: str) -> str:
    return f"{shown_number(value, unit):.1f}{'%' if unit == 'share' else ' points'}"


def _ends(low: float | None, high: float | None, unit: str) -> str:
    """What a change can be, where protected values leave more than one possibility."""
    if low is None or high is None:
        return ""
    least, most = shown_number(low, unit), shown_number(high, unit)
    return "" if least == most else f" (from {least:+.1f} to {most:+.1f})"


def _has_one_sign(low: float | None, high: float | None, unit: str) -> bool:
    """Whether all that a change can be is a rise, or all of it is a fall."""
    return low is None or high is None or shown_number(low, unit) * shown_number(high, unit) > 0


def _points(shown: float, unit: str) -> str:
    return f"{shown:.1f} {'percentage points' if unit == 'share' else 'points'}"
