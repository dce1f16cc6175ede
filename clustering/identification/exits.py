"""Which schools pass the exit of a rule, and leave."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from clustering.disclosure.protected_base import with_protected_rates
from clustering.errors import InputError
from clustering.identification.identify import check_year, identify_coded
from clustering.identification.rate_arrays import CodedRates, code_rates
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
    Tell which schools would leave.

    Parameters
    ----------
    scenario
        Validated inputs.
    rule
        With its ``exit``.
    year
        Fall of the rates looked at.
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
    base = with_protected_rates(scenario, disclosure)
    coded = code_rates(base)
    check_year(coded, read, year)
    then = None
    if read.exit.minimum_gain_of_gap is not None:
        if entry_year is None:
            message, remedy = "The exit asks for a gain since entry.", "Say in which year the schools entered."
            raise InputError([rule_problem("entry_year", None, message, remedy)])
        check_year(coded, of_all_students(read), entry_year)
        then = ends_of(identify_coded(base, coded, of_all_students(read), year=entry_year, disclosure=disclosure))
    return exit_answers(base, coded, read, year, disclosure, then=then)


def exit_answers(
    base: Scenario,
    coded: CodedRates,
    rule: Rule,
    year: int,
    disclosure: Disclosure,
    *,
    then: tuple[np.ndarray, np.ndarray] | None,
) -> pd.Series:
    """What fails the threshold of the exit does not leave; the other way round it is the same rule."""
    leaving = rule.exit
    kept = rule
    if leaving.threshold is not None:
        tests = tuple(
            each.with_changes(
                threshold=leaving.threshold, or_equal=not leaving.or_equal, bottom_share=None, bottom_count=None
            )
            for each in rule.criteria
        )
        kept = rule.with_changes(criteria=tests)
    found = identify_coded(base, coded, kept, year=year, disclosure=disclosure).decisions
    passes = found["certainty"].map(_OPPOSITE)
    if leaving.minimum_gain_of_gap is None or then is None:
        return passes.rename("passes_exit")
    now_low, now_high = ends_of(identify_coded(base, coded, of_all_students(rule), year=year, disclosure=disclosure))
    then_low, then_high = then
    share = leaving.minimum_gain_of_gap
    surely = np.round(now_low - then_high - share * (1 - then_high), 12) >= 0
    maybe = np.round(now_high - then_low - share * (1 - then_low), 12) >= 0
    known = ~np.isnan(now_low) & ~np.isnan(then_low)
    gains = np.select([~known, surely, maybe], ["unknown", "certain", "possible"], default="no")
    return _weakest(passes, pd.Series(gains, index=passes.index, dtype="str")).rename("passes_exit")


def _weakest(first: pd.Series, second: pd.Series) -> pd.Series:
    """Both must hold: the lesser answer."""
    order = {"excluded": 0, "no": 1, "unknown": 2, "possible": 3, "certain": 4}
    return first.where(first.map(order) <= second.map(order), second)


def of_all_students(rule: Rule) -> Rule:
    """The first criterion for all students, by which a gain is measured."""
    return rule.with_changes(criteria=(rule.criteria[0].with_changes(subgroups=("all",)),))


def ends_of(found: Identification) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the number tested of each school; NaN where none is published."""
    return found.decisions["low"].to_numpy(dtype="float64"), found.decisions["high"].to_numpy(dtype="float64")
