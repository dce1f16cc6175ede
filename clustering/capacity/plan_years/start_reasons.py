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

# Why not a year earlier, in the order in which it is looked at.
KINDS = ("first fall", "earliest start", "alone", "capacity", "budget", "not chosen")


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
    table = plan.model.options.table
    keys = [table[name] for name in ("variant_id", "partner_id", "renewals", "start_fall")]
    position = {key: number for number, key in enumerate(zip(*keys, strict=True))}
    reasons = []
    for option in np.flatnonzero(plan.chosen):
        *ids, fall = (column.iloc[option] for column in keys)
        earlier = position.get((*ids, fall - 1))
        if earlier is None:
            reasons.append(_without_option(plan.model, int(option)))
        else:
            reasons.append(_with_option(plan, int(option), earlier))
    return pd.DataFrame(reasons, columns=["reason_kind", "reason"]).astype("str")


def _without_option(model: YearModel, option: int) -> StartReason:
    """A year earlier is not even an option: what rules it out by itself."""
    request, row = model.request, model.options.table.iloc[option]
    fall, planning = int(row["start_fall"]), request.parameters.planning_years
    partner = request.register.partners.loc[row["partner_id"]]
    first = int(request.falls[0])
    if fall - planning <= first:
        before = f"The plan begins in fall {first}"
        tail = ", which goes into planning" if planning else ""
        return StartReason("first fall", f"It cannot start earlier. {before}{tail}.")
    if pd.notna(partner["earliest_start"]) and fall <= partner["earliest_start"]:
        sentence = f"{partner['name']} can start in fall {partner['earliest_start']} at the earliest."
        return StartReason("earliest start", sentence)
    return StartReason("alone", _describe_alone(model, row))


def _describe_alone(model: YearModel, row: pd.Series) -> str:
    """A year earlier, the partner could not run it or the budget not pay for it, without any other Zone."""
    request, fall = model.request, int(row["start_fall"]) - 1
    is_pair = (request.pairs["variant_id"] == row["variant_id"]) & (request.pairs["partner_id"] == row["partner_id"])
    options = options_of_pairs(request, request.pairs[is_pair])
    is_earlier = (options.table["start_fall"] == fall) & (options.table["renewals"] == row["renewals"])
    earlier = options.only(is_earlier.to_numpy())
    if not fits_partner(earlier, request).all():
        name, count = request.register.partners["name"][row["partner_id"]], plural(row["school_count"], "school")
        return f"With a start in fall {fall}, {name} could not run {count} all through, even without other Zones."
    cost = dollars(row["cost_dollars"])
    return f"With a start in fall {fall}, the budget would not pay for it ({cost} a year), even without other Zones."


def _with_option(plan: RowUse, option: int, earlier: int) -> StartReason:
    broken = plan.broken_with(earlier, instead_of=option)
    if len(broken):
        kind = "budget" if (broken["kind"] == BUDGET).all() else "capacity"
        return StartReason(kind, f"Not a year earlier. {describe_limits(broken, plan, earlier)}")
    return StartReason("not chosen", "A year earlier would fit and serve as much or more: this is not the best plan.")
