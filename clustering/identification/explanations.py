"""The sentence an analyst needs beside each decision, with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from clustering.identification.cutoff import Cut
from clustering.identification.rules import Criterion, Rule
from clustering.identification.rules.vocabulary import POPULATION_WORDS, group_told, measures_told
from clustering.model.columns import POINT_MEASURES

_MOST_DECIMALS = 6


def tell_decisions(decisions: pd.DataFrame, rule: Rule, cuts: Sequence[Cut], *, is_protected: bool) -> pd.Series:
    """
    Say why each school is decided as it is.

    Parameters
    ----------
    decisions
        ``Identification.decisions``.
    rule
        The rule.
    cuts
        Of the criteria of the lowest; those of one criterion tell the same numbers of schools.
    is_protected
        Whether sizes of cohorts are rounded.

    Returns
    -------
    sentences
        On the same index.
    """
    plain = decisions.astype(object).where(decisions.notna(), None)
    names = plain.columns.to_list()
    rows = (dict(zip(names, row, strict=True)) for row in plain.itertuples(index=False, name=None))
    of_criterion = {cut.criterion: cut for cut in cuts}
    told = [_sentence(row, rule, of_criterion.get(row["criterion"]), is_protected=is_protected) for row in rows]
    return pd.Series(told, index=decisions.index, name="explanation", dtype="str")


def year_told(fall: int) -> str:
    """Name a school year: ``2014-15`` for the fall of 2014."""
    return f"{fall}-{(fall + 1) % 100:02d}"


def number_told(number: float, *, in_points: bool, beside: float | None = None) -> str:
    """A share as per cent, or points, with one decimal; with more where it would look equal to the number beside it."""
    scale, sign = (1.0, "") if in_points else (100.0, "%")
    digits = 1
    if beside is not None and number != beside:
        while digits < _MOST_DECIMALS and f"{number * scale:.{digits}f}" == f"{beside * scale:.{digits}f}":
            digits += 1
    return f"{number * scale:.{digits}f}{sign}"


def _sentence(row: dict[str, Any], rule: Rule, cut: Cut | None, *, is_protected: bool) -> str:
    criterion = rule.criteria[row["criterion"]]
    by_rate = f"{_number(row, is_protected=is_protected)}, {_verdict(row, criterion, cut)}."
    if row["excluded_because"] and row["source"] != "official":
        by_rate = f"{_left_out(row['excluded_because'], rule)} {by_rate}"
    if row["source"] == "official" and rule.official is not None:
        on_list = "On" if row["certainty"] == "certain" else "Not on"
        return f"{on_list} the official list ({rule.official.column}: {row['list_entry'] or 'no entry'}). {by_rate}"
    return by_rate


def _number(row: dict[str, Any], *, is_protected: bool) -> str:
    """What was measured, of whom, and when: ``Graduation rate of English learners 55.0% (2014-15, cohort of 60)``."""
    whose = "" if row["subgroup"] in (None, "all") else f" of {group_told(row['subgroup'])}"
    measure = measures_told(row["measure"])
    details = []
    if row["first_year"] is not None:
        years = sorted({int(row["first_year"]), int(row["last_year"])})
        details.append(" to ".join(map(year_told, years)))
    if row["students"] is not None:
        details.append(f"cohort of {'about ' * is_protected}{int(row['students']):,}")
    shown = f" ({', '.join(details)})" if details else ""
    return f"{measure[0].upper()}{measure[1:]}{whose} {_value(row)}{shown}"


def _value(row: dict[str, Any]) -> str:
    in_points = row["measure"] in POINT_MEASURES
    if row["low"] is None:
        words = row["text"] if row["reason"] == "suppressed" else None
        return str(words or _NO_VALUE.get(row["reason"], "not known"))
    if row["low"] == row["high"]:
        return number_told(row["low"], in_points=in_points, beside=row["cut_low"])
    if row["text"]:
        return str(row["text"])
    return " to ".join(number_told(row[end], in_points=in_points, beside=row["cut_low"]) for end in ("low", "high"))


_NO_VALUE = {"suppressed": "suppressed", "not published": "not published"}


def _verdict(row: dict[str, Any], criterion: Criterion, cut: Cut | None) -> str:
    answer, reason = row["computed_certainty"], row["reason"]
    tested = _years_tested(criterion)
    if cut is None:
        sign = "at or below" if criterion.or_equal else "below"
        threshold = number_told(criterion.threshold or 0.0, in_points=row["measure"] in POINT_MEASURES)
        published = "a published" if row["text"] else "a"  # a mean or a pooled rate is published nowhere
        test, straddles = f"{sign} {threshold}{tested}", f"{published} range that straddles {threshold}"
    else:
        schools = POPULATION_WORDS[criterion.cut_population or criterion.population]
        lowest = min(cut.lowest_schools, cut.ranked_schools)  # a count may ask for more than there are
        test = f"among the lowest {lowest:,} of {cut.ranked_schools:,} {schools}{_reach(row, criterion)}{tested}"
        straddles = f"possibly {test}, as not every number behind it is known exactly"
    if reason == "not of the population":
        return f"and the rule is for {POPULATION_WORDS[criterion.population]} only"
    if answer == "excluded":
        return f"of fewer than the {criterion.minimum_students:,} students that the rule asks for"
    small = f" (fewer than {criterion.minimum_students:,} students)" if reason == "few students" else ""
    plain = {"certain": test, "possible": straddles, "no": f"not {test}"}
    return (
        f"{plain[answer]}{small}" if answer in plain else f"so it is unknown whether it is {test}{_WHY.get(reason, '')}"
    )


def _reach(row: dict[str, Any], criterion: Criterion) -> str:
    """Up to which number the lowest reach in the year that is told: `` (up to 28.3)``."""
    if row["cut_low"] is None or row["cut_high"] is None or not criterion.include_ties:
        return ""
    in_points = row["measure"] in POINT_MEASURES
    ends = sorted({row["cut_low"], row["cut_high"]})
    return f" (up to {' or '.join(number_told(end, in_points=in_points, beside=row['low']) for end in ends)})"


def _years_tested(criterion: Criterion) -> str:
    """The number told is that of the year that decides, where each year is tested by itself."""
    words = {"every": "in each", "any": "in at least one"}
    if criterion.average not in words or criterion.years in (None, 1):
        return ""
    needed = criterion.minimum_years or criterion.years
    having = " that has a rate" if criterion.average == "every" and needed < criterion.years else ""
    return f" {words[criterion.average]} of {criterion.years} years{having}"


_WHY = {
    "no cohort": ": the sizes of its cohorts are not published",
    "few years": ": too few years have a rate",
    "no measure": ": not every measure has a rate",
    "cohort unknown": ": the size of its cohort is not published, and the rule asks for a number of students",
    "population unknown": ": the files do not say its Title I status",
    "no groups": ", or any group of its students: the files have no rates of groups",
}


def _left_out(because: str, rule: Rule) -> str:
    if because == "new":
        return f"Left out: open for less than {rule.minimum_years_open} years. Otherwise:"
    words = {"special education": "a special education school", "alternative": "an alternative school"}
    words |= {"career and technical": "a career and technical school", "virtual": "a virtual school"}
    return f"Left out: {words.get(because, because)}. Otherwise:"
