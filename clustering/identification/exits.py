"""Which schools pass the exit criteria of a rule, so that they are no longer low-performing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from clustering.disclosure.protected_base import rates_base
from clustering.errors import InputError
from clustering.identification.identify import check_year, identify_from_arrays
from clustering.identification.rate_arrays import RateArrays, build_rate_arrays
from clustering.identification.result import Identification
from clustering.identification.rules import Rule, read_rule
from clustering.identification.rules.checks import rule_problem
from clustering.model.disclosure_setting import Disclosure
from clustering.model.scenario import Scenario

_OPPOSITE = {"certain": "no", "possible": "possible", "no": "certain", "unknown": "unknown", "excluded": "excluded"}


def passes_exit(
    scenario: Scenario,
    rule: Rule | str | dict[str, Any],
    year: int,
    *,
    entry_year: int | None = None,
    disclosure: Disclosure = "protected",
) -> pd.Series:
    """
    Find the schools that would leave.

    Parameters
    ----------
    scenario
        Validated inputs.
    rule
        With its ``exit``.
    year
        Fall of the rates that decide.
    entry_year
        Fall in which the schools entered, for an exit that asks for a gain since then.
    disclosure
        As for :func:`~clustering.identify_schools`.

    Returns
    -------
    passes
        Index ``school_id``; ``certain``, ``possible``, ``no``, ``unknown`` or ``excluded``.

    Raises
    ------
    InputError
        The rule cannot be read, no rate is of the year, or a gain is asked for and no ``entry_year`` given.
    """
    read = rule if isinstance(rule, Rule) else read_rule(rule)
    read = read.with_changes(official=None)
    base = rates_base(scenario, disclosure)
    rate_arrays = build_rate_arrays(base)
    check_year(rate_arrays, read, year)
    at_entry = None
    if read.exit.minimum_gain_of_gap is not None:
        if entry_year is None:
            message, remedy = "The exit asks for a gain since entry.", "Say in which year the schools entered."
            raise InputError([rule_problem("entry_year", None, message, remedy)])
        check_year(rate_arrays, for_all_students(read), entry_year)
        entered = identify_from_arrays(
            base, rate_arrays, for_all_students(read), year=entry_year, disclosure=disclosure
        )
        at_entry = rate_intervals(entered)
    return evaluate_exit(base, rate_arrays, read, year, disclosure, at_entry=at_entry)


@dataclass(frozen=True, kw_only=True)
class RateIntervals:
    """Ends of the number tested [share, or points], a value per decision; NaN where no number is known."""

    low: np.ndarray
    high: np.ndarray


def evaluate_exit(
    base: Scenario,
    rate_arrays: RateArrays,
    rule: Rule,
    year: int,
    disclosure: Disclosure,
    *,
    at_entry: RateIntervals | None,
) -> pd.Series:
    """
    Evaluate the exit criteria of a rule: the threshold to reach, and the gain since entry if one is required.

    Parameters
    ----------
    base, rate_arrays
        The schools, and their rates in arrays.
    rule, year, disclosure
        As for :func:`passes_exit`.
    at_entry
        The numbers with which the schools entered; ``None`` if no gain is required.

    Returns
    -------
    passes
        As :func:`passes_exit` returns it.
    """
    decisions = identify_from_arrays(base, rate_arrays, _staying_rule(rule), year=year, disclosure=disclosure).decisions
    passes = decisions["certainty"].map(_OPPOSITE)
    share = rule.exit.minimum_gain_of_gap
    if share is None or at_entry is None:
        return passes.rename("passes_exit")
    now = rate_intervals(
        identify_from_arrays(base, rate_arrays, for_all_students(rule), year=year, disclosure=disclosure)
    )
    surely = np.round(now.low - at_entry.high - share * (1 - at_entry.high), 12) >= 0
    maybe = np.round(now.high - at_entry.low - share * (1 - at_entry.low), 12) >= 0
    known = ~np.isnan(now.low) & ~np.isnan(at_entry.low)
    gains = np.select([~known, surely, maybe], ["unknown", "certain", "possible"], default="no")
    return _weakest(passes, pd.Series(gains, index=passes.index, dtype="str")).rename("passes_exit")


def _staying_rule(rule: Rule) -> Rule:
    """The rule that identifies the schools that do not pass the exit threshold."""
    leaving = rule.exit
    if leaving.threshold is None:
        return rule
    criteria = tuple(
        each.with_changes(
            threshold=leaving.threshold, or_equal=not leaving.or_equal, bottom_share=None, bottom_count=None
        )
        for each in rule.criteria
    )
    return rule.with_changes(criteria=criteria)


def _weakest(first: pd.Series, second: pd.Series) -> pd.Series:
    """Both must hold, so the lesser certainty counts."""
    order = {"excluded": 0, "no": 1, "unknown": 2, "possible": 3, "certain": 4}
    return first.where(first.map(order) <= second.map(order), second)


def for_all_students(rule: Rule) -> Rule:
    """The rule with its first criterion only, for all students; a gain is measured by it."""
    return rule.with_changes(criteria=(rule.criteria[0].with_changes(subgroups=("all",)),))


def rate_intervals(identification: Identification) -> RateIntervals:
    """The number that an identification tested for each school."""
    numbers = identification.decisions[["low", "high"]].astype("float64")
    return RateIntervals(low=numbers["low"].to_numpy(), high=numbers["high"].to_numpy())
