"""Which high schools are low-performing: a graduation-rate rule, or an official list that wins over it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.errors import InputError, Problem
from clustering.grades import is_high_school
from clustering.model import Scenario
from clustering.rules import IdentificationRule


def identify_high_schools(scenario: Scenario, rule: IdentificationRule) -> pd.DataFrame:
    """
    Decide for every high school whether it is low-performing.

    Parameters
    ----------
    scenario
        Validated inputs.
    rule
        See :func:`parse_rule`.

    Returns
    -------
    decisions
        Index ``school_id`` of every open school that offers any of grades 9 to 12; ``certainty`` (``certain``,
        ``possible``, ``no``, ``unknown``), ``source`` (``official`` or ``computed``) and ``explanation`` (a sentence).
        A band that straddles the threshold is ``possible``; a suppressed or missing rate is ``unknown``, no number.

    Raises
    ------
    InputError
        The files have no such list column, or no entry of it reads as asked.
    """
    schools = scenario.schools
    high = schools[is_high_school(schools["grades_offered"]) & (schools["status"].fillna("open") != "closed")]
    performance = scenario.performance.reindex(high.index)
    computed = _by_rate(performance, rule)
    if rule.list_column is None:
        return computed
    listed = _by_list(scenario.performance, rule).reindex(high.index)
    # A boolean list decides every school: one that is not on it is not low-performing, whatever its rate.
    on_list = listed.isin([value.casefold() for value in rule.list_values])
    entry = performance[_list_heading(scenario.performance, rule)].astype("str").fillna("no entry")
    explanation = [
        f"{'On' if listed_now else 'Not on'} the official list ({rule.list_column}: {words}). {rate}"
        for listed_now, words, rate in zip(on_list, entry, computed["explanation"], strict=True)
    ]
    return pd.DataFrame(
        {"certainty": np.where(on_list, "certain", "no"), "source": "official", "explanation": explanation},
        index=high.index,
    )


def _by_rate(performance: pd.DataFrame, rule: IdentificationRule) -> pd.DataFrame:
    low, high = performance["graduation_rate_low"], performance["graduation_rate_high"]
    known = performance["graduation_rate_status"].isin(["exact", "range"])
    below = (high <= rule.threshold) if rule.inclusive else (high < rule.threshold)
    may_be_below = (low <= rule.threshold) if rule.inclusive else (low < rule.threshold)
    certainty = np.select([~known, below, may_be_below], ["unknown", "certain", "possible"], default="no")
    text = performance["graduation_rate_text"].fillna("not published")
    exact = pd.Series([f"{rate:.1%}" for rate in low], index=low.index, dtype="str")
    shown = text.where(performance["graduation_rate_status"] != "exact", exact)
    sign = "at or below" if rule.inclusive else "below"
    verdict = pd.Series(certainty, index=performance.index).map(
        {
            "certain": f"{sign} {rule.threshold:.1%}",
            "possible": f"a published range that straddles {rule.threshold:.1%}",
            "no": f"not {sign} {rule.threshold:.1%}",
            "unknown": f"so it is unknown whether it is {sign} {rule.threshold:.1%}",
        }
    )
    explanation = [f"Graduation rate {rate}, {words}." for rate, words in zip(shown, verdict, strict=True)]
    columns = {"certainty": certainty, "source": "computed", "explanation": explanation}
    return pd.DataFrame(columns, index=performance.index)


def _by_list(performance: pd.DataFrame, rule: IdentificationRule) -> pd.Series:
    entries = performance[_list_heading(performance, rule)].astype("str").str.casefold()
    if not entries.isin([value.casefold() for value in rule.list_values]).any():
        found = ", ".join(sorted(performance[_list_heading(performance, rule)].dropna().unique())[:20]) or "nothing"
        raise _no_list(rule, f"No school has this entry in the column; it has {found}.", "Use one of its entries.")
    return entries


def _list_heading(performance: pd.DataFrame, rule: IdentificationRule) -> str:
    wanted = (rule.list_column or "").casefold()
    names = [str(name) for name in performance.columns]
    for name in names:
        if name.casefold() == wanted:
            return name
    lists = ", ".join(name for name in names if not name.startswith("graduation_rate")) or "none"
    message = f"No school or performance file has this column as a list; columns that can serve: {lists}."
    raise _no_list(rule, message, "Name one of them, or give the list as a performance file.")


def _no_list(rule: IdentificationRule, message: str, remedy: str) -> InputError:
    value = f"official:{rule.list_column}={'|'.join(rule.list_values)}"
    problem = Problem(table="parameters", column="identification", value=value, message=message, remedy=remedy)
    return InputError([problem])
