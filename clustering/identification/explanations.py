"""The sentence that explains each decision, with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from clustering.identification.cutoff import Cutoff
from clustering.identification.rules import Criterion, Rule
from clustering.identification.rules.vocabulary import POPULATION_WORDS, name_group, name_measures
from clustering.model.columns import POINT_MEASURES
from clustering.model.plain_text import school_year_text
from clustering.readers.published.rates import parse_rate

_MOST_DECIMALS = 6
_EXACT_DIGITS = 12
_DIGITS_OF_A_QUOTIENT = 8  # two thirds have more decimals than any half of a rounded rate


def explain_decisions(decisions: pd.DataFrame, rule: Rule, cutoffs: Sequence[Cutoff]) -> pd.Series:
    """
    Explain each decision in a sentence.

    Parameters
    ----------
    decisions
        ``Identification.decisions``.
    rule
        The rule.
    cutoffs
        Of the criteria of the lowest. All cutoffs of one criterion have the same numbers of schools.

    Returns
    -------
    sentences
        On the same index.
    """
    columns = {str(name): _plain_values(column) for name, column in decisions.items()}
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    of_criterion = {cutoff.criterion: cutoff for cutoff in cutoffs}
    texts = [_sentence(row, rule, of_criterion.get(row["criterion"])) for row in rows]
    return pd.Series(texts, index=decisions.index, name="explanation", dtype="str")


def _plain_values(column: pd.Series) -> list[Any]:
    """The values of a column; ``None`` where one is missing."""
    values = column.to_numpy("object", copy=True)
    values[column.isna().to_numpy()] = None
    return list(values)


def number_text(number: float, *, in_points: bool, compared_with: float | None = None) -> str:
    """A share as per cent, or points, with one decimal; with more if two numbers compared would look equal."""
    scale, sign = (1.0, "") if in_points else (100.0, "%")
    digits = 1
    if compared_with is not None and number != compared_with:
        while digits < _MOST_DECIMALS and f"{number * scale:.{digits}f}" == f"{compared_with * scale:.{digits}f}":
            digits += 1
    return f"{number * scale:.{digits}f}{sign}"


def size_text(least: float | None, most: float | None) -> str:
    """
    Write the size of a cohort, or what is known of it, in words.

    Parameters
    ----------
    least, most
        Students; ``None`` where nothing is known.

    Returns
    -------
    words
        ``60``, ``20 to 39``, ``300 or more``, ``fewer than 10``; blank where nothing is known.
    """
    if least is None:
        return ""
    if most is None:
        return f"{int(least):,} or more"
    if least == most:
        return f"{int(least):,}"
    return f"fewer than {int(most) + 1:,}" if least <= 1 else f"{int(least):,} to {int(most):,}"


@lru_cache(maxsize=1 << 12)
def band_text(published: str) -> str:
    """
    Write a published band of rates in words.

    Parameters
    ----------
    published
        As :func:`~clustering.readers.published.rates.parse_rate` reads it: ``LT50``, ``<=5%``, ``GE80``, ``60-69``.

    Returns
    -------
    words
        ``under 50%``, ``5% or less``, ``80% or more``, ``60% to 69%``; other text stays as it is.
    """
    rate = parse_rate(published)
    if rate.status != "range":
        return published
    low, high = rate.low, rate.high
    # The end of "under 50%" is not in the band, which therefore ends just below a round number.
    low_text, high_text = (f"{100 * share:.6g}%" for share in (low, high))
    if high == 1.0:
        return f"{low_text} or more" if low == np.round(low, _EXACT_DIGITS) else f"over {low_text}"
    if low == 0.0:
        return f"{high_text} or less" if high == np.round(high, _EXACT_DIGITS) else f"under {high_text}"
    return f"{low_text} to {high_text}"


def _sentence(row: dict[str, Any], rule: Rule, cutoff: Cutoff | None) -> str:
    criterion = rule.criteria[row["criterion"]]
    by_rate = f"{_number(row, criterion)}, {_verdict(row, criterion, cutoff)}."
    if row["excluded_because"] and row["source"] != "official":
        by_rate = f"{_left_out(row['excluded_because'], rule)} {by_rate}"
    if row["source"] == "official" and rule.official is not None:
        on_list = "On" if row["certainty"] == "certain" else "Not on"
        return f"{on_list} the official list ({rule.official.column}: {row['list_entry'] or 'no entry'}). {by_rate}"
    return by_rate


def _number(row: dict[str, Any], criterion: Criterion) -> str:
    """What was measured, of whom, and when: ``Graduation rate of English learners 55.0% (2014-15, cohort of 60)``."""
    whose = "" if row["subgroup"] in (None, "all") else f" of {name_group(row['subgroup'])}"
    measure = name_measures(row["measure"])
    details = []
    if row["first_year"] is not None:
        years = sorted({int(row["first_year"]), int(row["last_year"])})
        details.append(" to ".join(map(school_year_text, years)))
    if size := size_text(row["students_at_least"], row["students_at_most"]):
        details.append(f"cohort of {size}")
    shown = f" ({', '.join(details)})" if details else ""
    return f"{measure[0].upper()}{measure[1:]}{whose} {_value(row, criterion)}{shown}"


def _value(row: dict[str, Any], criterion: Criterion) -> str:
    in_points = row["measure"] in POINT_MEASURES
    if row["low"] is None:
        return row["reason"] if row["reason"] in ("suppressed", "not published") else "not known"
    published = _published_rate(row)
    if published is not None and not (criterion.decimals is not None and row["low"] == row["high"]):
        return _stands_for(published, row)
    if row["text"] and row["low"] != row["high"]:
        return band_text(str(row["text"]))
    if not in_points and _is_open(row["low"], row["high"]):
        low, high = (number_text(float(np.round(row[end], _EXACT_DIGITS)), in_points=False) for end in ("low", "high"))
        return f"{low} to under {high}" if row["low"] > 0 else f"under {high}"
    ends = dict.fromkeys((row["low"], row["high"]))
    return " to ".join(number_text(end, in_points=in_points, compared_with=row["cut_low"]) for end in ends)


def _is_open(low: float, high: float) -> bool:
    """Whether a range ends just below a round number, as bands do."""
    return bool(low < high and high == np.nextafter(np.round(high, _EXACT_DIGITS), -1))


def _published_rate(row: dict[str, Any]) -> float | None:
    """The rate as published, if it is a number that stands for others; the ends tell per cents from shares."""
    number = None if row["measure"] in POINT_MEASURES else _percent(str(row["text"] or ""))
    if number is None or row["low"] is None or not np.isfinite(row["low"]):
        return None
    middle = (row["low"] + row["high"]) / 2
    published = min((number, round(100 * number, _EXACT_DIGITS)), key=lambda rate: abs(rate - middle))
    return None if row["low"] == row["high"] == published else published


@lru_cache(maxsize=1 << 12)
def _percent(text: str) -> float | None:
    """A published number taken as per cent, as a share; ``None`` for a band, counts and words."""
    rate = parse_rate(text, unit="percent")
    return None if rate.status != "exact" or " of " in text else rate.exact


def _stands_for(published: float, row: dict[str, Any]) -> str:
    """A rounded rate and what it can be: ``published as 67%, which stands for 66.5% to 67.5%``."""
    ends = [float(np.round(row[end], _EXACT_DIGITS)) for end in ("low", "high")]
    written = [f"{100 * end:.12g}" for end in ends]
    if all(len(each.partition(".")[2]) < _DIGITS_OF_A_QUOTIENT for each in written):
        words = [f"{each}%" for each in written]
    else:
        words = [number_text(end, in_points=False, compared_with=row["cut_low"]) for end in ends]
    words = list(dict.fromkeys(words))
    if words == [number_text(published, in_points=False, compared_with=row["cut_low"])]:
        return words[0]  # rounded so finely that nobody sees a range
    return f"published as {100 * published:.8g}%, which stands for {' to '.join(words)}"


def _verdict(row: dict[str, Any], criterion: Criterion, cutoff: Cutoff | None) -> str:
    certainty, reason = row["computed_certainty"], row["reason"]
    tested = _years_tested(criterion)
    if cutoff is None:
        sign = "at or below" if criterion.or_equal else "below"
        threshold = number_text(criterion.threshold or 0.0, in_points=row["measure"] in POINT_MEASURES)
        # A mean, a pooled rate and what a rounded number stands for are published nowhere.
        published = "a published" if row["text"] and _published_rate(row) is None else "a"
        test, straddles = f"{sign} {threshold}{tested}", f"{published} range that straddles {threshold}"
    else:
        schools = POPULATION_WORDS[criterion.cut_population or criterion.population]
        lowest = min(cutoff.lowest_schools, cutoff.ranked_schools)  # a count may ask for more than there are
        test = f"among the lowest {lowest:,} of {cutoff.ranked_schools:,} {schools}{_reach(row, criterion)}{tested}"
        straddles = f"possibly {test}, as not every number behind it is known exactly"
    if reason == "not of the population":
        return f"and the rule is for {POPULATION_WORDS[criterion.population]} only"
    if certainty == "excluded":
        return f"from fewer than the {criterion.minimum_students:,} students that the rule requires"
    small = f" (fewer than {criterion.minimum_students:,} students)" if reason == "few students" else ""
    if reason == "no groups":
        return f"so it is unknown whether it, or a group of its students, is {test}: the files have no rates of groups"
    plain = {"certain": test, "possible": straddles, "no": f"not {test}"}
    if certainty in plain:
        return f"{plain[certainty]}{small}"
    return f"so it is unknown whether it is {test}{_WHY_UNKNOWN.get(reason, '')}"


def _reach(row: dict[str, Any], criterion: Criterion) -> str:
    """The highest number among the lowest in the year of the sentence: `` (up to 28.3)``."""
    if row["cut_low"] is None or row["cut_high"] is None or not criterion.include_ties:
        return ""
    in_points = row["measure"] in POINT_MEASURES
    ends = sorted({row["cut_low"], row["cut_high"]})
    return f" (up to {' or '.join(number_text(end, in_points=in_points, compared_with=row['low']) for end in ends)})"


def _years_tested(criterion: Criterion) -> str:
    """How many years are tested, if each is tested by itself; the number in the sentence is of the deciding year."""
    words = {"every": "in each", "any": "in at least one"}
    if criterion.average not in words or criterion.years in (None, 1):
        return ""
    needed = criterion.minimum_years or criterion.years
    having = " that has a rate" if criterion.average == "every" and needed < criterion.years else ""
    return f" {words[criterion.average]} of {criterion.years} years{having}"


_WHY_UNKNOWN = {
    "no cohort": ": the sizes of its cohorts are not published",
    "few years": ": too few years have a rate",
    "no measure": ": not every measure has a rate",
    "cohort unknown": ": the rule requires a number of students, and the size of its cohort is not known well enough",
    "population unknown": ": the files do not say its Title I status",
}


def _left_out(because: str, rule: Rule) -> str:
    if because == "new":
        return f"Left out: open for less than {rule.minimum_years_open} years. Otherwise:"
    words = {"special education": "a special education school", "alternative": "an alternative school"}
    words |= {"career and technical": "a career and technical school", "virtual": "a virtual school"}
    return f"Left out: {words.get(because, because)}. Otherwise:"
