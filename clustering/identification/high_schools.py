"""Which high schools are low-performing, so that each becomes the anchor of a Zone."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from clustering.identification.identify import identify_schools
from clustering.identification.result import Identification
from clustering.identification.rules import Rule
from clustering.model.disclosure_setting import Disclosure
from clustering.model.scenario import Scenario


def identify_high_schools(scenario: Scenario, rule: Rule, *, disclosure: Disclosure = "protected") -> pd.DataFrame:
    """
    Decide for every high school whether it is low-performing.

    Parameters
    ----------
    scenario
        Validated inputs.
    rule
        See :func:`~clustering.parse_rule`.
    disclosure
        As for :func:`~clustering.identify_schools`.

    Returns
    -------
    decisions
        Index ``school_id`` of every open school that offers a grade of the rule, 9 to 12 unless it says others;
        ``certainty`` (``certain``, ``possible``, ``no``, ``unknown``, or ``excluded`` by the rule), ``identified``
        (whether it counts as low-performing, as the rule treats ranges), ``source`` (``official`` or ``computed``) and
        ``explanation`` (a sentence). A range that straddles the threshold is ``possible``; a suppressed or missing
        rate is ``unknown``.

    Raises
    ------
    InputError
        The files have no column of the official list, or none of its entries is one that the rule names.
    """
    found = decide_high_schools(scenario, rule, disclosure=disclosure)
    return found.decisions[["certainty", "identified", "source"]].assign(explanation=found.explanations)


def decide_high_schools(scenario: Scenario, rule: Rule, *, disclosure: Disclosure = "protected") -> Identification:
    """
    Decide for every open high school whether it is low-performing, and write no sentences yet.

    Parameters
    ----------
    scenario, rule, disclosure
        As for :func:`identify_high_schools`.

    Returns
    -------
    identification
        Its decisions are those on open schools.

    Raises
    ------
    InputError
        As :func:`identify_high_schools`.
    """
    found = identify_schools(scenario, rule, disclosure=disclosure)
    is_closed = (scenario.schools["status"].reindex(found.decisions.index) == "closed").fillna(value=False)
    return replace(found, decisions=found.decisions[~is_closed.to_numpy(dtype=bool)])


def flagged_schools(decisions: pd.DataFrame, *, include_possible: bool) -> pd.Index:
    """High schools that need a Zone: those identified and, on request, those that may be low-performing."""
    is_possible = (decisions["certainty"] == "possible") & include_possible
    return decisions.index[decisions["identified"] | is_possible]
