"""How much each school needs: the share of its students below the mark, or whether a rule calls it low-performing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.identification import identify_schools
from clustering.identification.rules import parse_rule
from clustering.model.columns import POINT_MEASURES
from clustering.model.disclosure_setting import Disclosure
from clustering.model.scenario import Scenario
from clustering.zones.parameters import ProposalParameters


def measure_need(base: Scenario, parameters: ProposalParameters) -> pd.Series:
    """
    Measure the need of every school.

    Parameters
    ----------
    base
        The scenario computed on: protected, unless the request is for exact counts.
    parameters
        ``need_rule``, or else ``need_measure``.

    Returns
    -------
    need
        Index ``school_id``, every school; 0 to 1, missing where nothing tells. By a rule 1 for a school that it
        identifies and 0 for one that it surely does not; by a measure 1 less the mean of its newest rates, bands by
        their middle.

    Raises
    ------
    InputError
        The rule's official list is not in the files.
    """
    if parameters.need_rule is not None:
        return _need_by_rule(base, parameters.need_rule, parameters.disclosure)
    return 1 - _newest_rates(base, parameters)["middle"].reindex(base.schools.index).astype("float64")


def measure_share_below(base: Scenario, parameters: ProposalParameters) -> pd.DataFrame:
    """
    Measure which share of every school's students is below the mark, and how far that can be off.

    Parameters
    ----------
    base
        The scenario computed on: protected, unless the request is for exact counts.
    parameters
        ``need_measure``; a ``need_rule`` tells no share and is left aside.

    Returns
    -------
    shares
        Index ``school_id``, every school; ``share``, ``share_low`` and ``share_high`` [0 to 1], missing where no rate
        is published. 1 less the mean of the newest rates; the ends take every rate at an end of its band, or of what
        the number published was rounded from.
    """
    rates = _newest_rates(base, parameters)
    ends = pd.DataFrame({"share": 1 - rates["middle"], "share_low": 1 - rates["high"], "share_high": 1 - rates["low"]})
    return ends.reindex(base.schools.index).astype("float64")


def _newest_rates(base: Scenario, parameters: ProposalParameters) -> pd.DataFrame:
    """``low``, ``middle`` and ``high``: mean of each school's newest rates of the measure; only schools with one."""
    rates, measure = base.rates, parameters.need_measure
    wanted = (rates["measure"] == measure) | rates["measure"].str.startswith(f"{measure}_")
    wanted &= ~rates["measure"].isin(POINT_MEASURES)
    of_all = rates[wanted & (rates["subgroup"] == "all") & (rates["grade"] == "all") & rates["low"].notna()]
    of_all = of_all[of_all["status"].isin(["exact", "range"])].sort_values("year", kind="stable")
    newest = of_all.drop_duplicates(["school_id", "measure"], keep="last").set_index("school_id")
    # A rounded rate is the number as published; the middle of its ends is off in the last digits, or by a half at 100%.
    middle = newest["exact"].fillna((newest["low"] + newest["high"]) / 2)
    return newest[["low", "high"]].assign(middle=middle).groupby(level=0).mean()


def fill_unknown_need(need: pd.Series, parameters: ProposalParameters) -> pd.Series:
    """Give schools of which nothing tells the need that of the middle one; by a rule, that of the mean."""
    return need.fillna(need.median() if parameters.need_rule is None else need.mean())


def _need_by_rule(base: Scenario, text: str, disclosure: Disclosure) -> pd.Series:
    """The rule put to schools of all grades; one that is only possibly low-performing, or unknown, tells nothing."""
    rule = parse_rule(text).with_changes(grades=())
    decisions = identify_schools(base, rule, disclosure=disclosure).decisions
    surely_not = decisions["certainty"] == "no"
    need = np.select([decisions["identified"], surely_not], [1.0, 0.0], default=np.nan)
    return pd.Series(need, index=decisions.index).reindex(base.schools.index)
