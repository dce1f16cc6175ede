"""Why a Zone starts when it does, and not a year earlier with the same partner."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from clustering.capacity.matching.obstacle_sentences import plural
from clustering.capacity.plan_years.broken_rows import RowUse
from clustering.capacity.plan_years.limit_sentences import describe_limits, dollars
from clustering.capacity.plan_years.model import YearModel
from clustering.capacity.plan_years.options import fits_partner, options_of_pairs
from clustering.capacity.plan_years.rows import BUDGET
from clustering.model.plain_text import school_year_text

# Why not a year earlier, in the order in which it is looked at.
KINDS = ("first fall", "earliest start", "alone", "capacity", "budget", "not chosen")
_IDS = ["variant_id", "partner_id"]
_KEYS = [*_IDS, "renewals", "start_fall"]


class StartReason(NamedTuple):
    """One of :data:`KINDS`, and the sentence."""

    kind: str
    sentence: str


def explain_starts(plan: RowUse) -> pd.DataFrame:
    """
    Say of each start why it is not a year earlier.

    Parameters
    ----------
    plan
        The options chosen and what they use.

    Returns
    -------
    reasons
        ``reason_kind`` and ``reason``, in the order of the options chosen.
    """
    options = np.flatnonzero(plan.chosen)
    earlier = _a_year_earlier(plan.model, options)
    with_option, without = earlier >= 0, earlier < 0
    reasons = _with_option(plan, options[with_option], earlier[with_option])
    reasons |= _without_option(plan.model, options[without])
    in_order = [reasons[option] for option in options.tolist()]
    return pd.DataFrame(in_order, columns=["reason_kind", "reason"]).astype("str")


def _a_year_earlier(model: YearModel, options: np.ndarray) -> np.ndarray:
    """Position of the same variant and partner with a start a year earlier; -1 where that is no option."""
    keys = [model.options.table[name].to_numpy() for name in _KEYS]
    position = {key: number for number, key in enumerate(zip(*keys, strict=True))}
    keys_of_options = zip(*(key[options] for key in keys), strict=True)
    return np.array([position.get((*others, fall - 1), -1) for *others, fall in keys_of_options], dtype=int)


def _without_option(model: YearModel, options: np.ndarray) -> dict[int, StartReason]:
    """A year earlier is not even an option: what rules it out by itself."""
    request, table = model.request, model.options.table.iloc[options]
    planning, first = request.parameters.planning_years, int(request.falls[0])
    partners = request.register.partners[["name", "earliest_start"]].to_dict("index")
    reasons: dict[int, StartReason] = {}
    for option, partner_id, fall in zip(options.tolist(), table["partner_id"], table["start_fall"], strict=True):
        partner = partners[partner_id]
        if fall - planning <= first:
            year = school_year_text(first)
            sentence = (
                f"{year}, the first year of the plan, is its planning year."
                if planning
                else (f"The plan begins in {year}.")
            )
            reasons[option] = StartReason("first fall", sentence)
        elif pd.notna(partner["earliest_start"]) and fall <= partner["earliest_start"]:
            sentence = f"{partner['name']} can start in fall {partner['earliest_start']} at the earliest."
            reasons[option] = StartReason("earliest start", sentence)
    alone = table[~np.isin(options, list(reasons))]
    return reasons | _alone(model, alone) if len(alone) else reasons


def _alone(model: YearModel, table: pd.DataFrame) -> dict[int, StartReason]:
    """A year earlier, the partner could not run it or the budget not pay for it, without any other Zone."""
    request = model.request
    options = options_of_pairs(request, request.pairs.merge(table[_IDS]))
    fits = pd.Series(fits_partner(options, request), pd.MultiIndex.from_frame(options.table[_KEYS]))
    reasons = {}
    for option, row in zip(table.index.tolist(), table.to_dict("records"), strict=True):
        before = row["start_fall"] - 1
        if fits.get((row["variant_id"], row["partner_id"], row["renewals"], before), True):
            sentence = f"the budget would not pay for it ({dollars(row['cost_dollars'])} a year)"
        else:
            count = plural(row["school_count"], "school")
            sentence = f"{request.register.partners['name'][row['partner_id']]} could not run {count} all through"
        reasons[option] = StartReason("alone", f"With a start in fall {before}, {sentence}, even without other Zones.")
    return reasons


def _with_option(plan: RowUse, options: np.ndarray, earlier: np.ndarray) -> dict[int, StartReason]:
    limits = plan.limits_broken_by(earlier, instead_of=options)
    reasons = {}
    for option, before in zip(options.tolist(), earlier.tolist(), strict=True):
        if broken := limits.get(before):
            kind = "budget" if all(limit["kind"] == BUDGET for limit in broken) else "capacity"
            reason = StartReason(kind, f"Not a year earlier. {describe_limits(broken, plan)}")
        else:
            sentence = "A year earlier would fit and serve as much or more: this is not the best plan."
            reason = StartReason("not chosen", sentence)
        reasons[option] = reason
    return reasons
