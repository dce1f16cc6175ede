"""Why a contract that ends within the plan is not renewed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from clustering.capacity.matching.obstacle_sentences import plural
from clustering.capacity.plan_years.broken_rows import RowUse
from clustering.capacity.plan_years.limit_sentences import describe_limits

_KEY = ["variant_id", "partner_id", "start_fall", "renewals"]


def explain_ends(plan: RowUse) -> pd.Series:
    """
    Say of each start whose last contract ends within the plan why that is not renewed.

    Parameters
    ----------
    plan
        The options chosen and what they use.

    Returns
    -------
    end_reason
        A sentence or two, in the order of the options chosen; missing where service lasts through the plan.
    """
    table, falls = plan.model.options.table, plan.model.request.falls
    position = {key: number for number, key in enumerate(table[_KEY].itertuples(index=False, name=None))}
    chosen = table.iloc[np.flatnonzero(plan.chosen)]
    ending = chosen[chosen["exit_fall"] <= falls[-1]]
    keys = zip(ending.index.tolist(), ending[_KEY].itertuples(index=False, name=None), strict=True)
    renewed = {option: position.get((*ids, renewals + 1)) for option, (*ids, renewals) in keys}
    possible = {option: new for option, new in renewed.items() if new is not None}
    limits = plan.limits_broken_by(
        np.array(list(possible.values()), dtype=int), instead_of=np.array(list(possible), dtype=int)
    )
    reasons = {
        option: _explain(plan, option, is_possible=option in possible, limits=limits.get(possible.get(option, -1), []))
        for option in renewed
    }
    return pd.Series([reasons.get(option) for option in chosen.index], name="end_reason", dtype="str")


def _explain(plan: RowUse, option: int, *, is_possible: bool, limits: Sequence[Mapping[Any, Any]]) -> str:
    request, row = plan.model.request, plan.model.options.table.iloc[option]
    if row["exit_fall"] == request.exits.get(row["zone_id"]):
        return f"The request names its exit in fall {row['exit_fall']}."
    if row["renewals"] >= request.parameters.renewals:
        return f"The request allows {plural(row['renewals'], 'renewal') if row['renewals'] else 'no renewal'}."
    name = request.register.partners["name"][row["partner_id"]]
    if not is_possible:
        return f"Even without other Zones, {name} could not run it in a further contract, or the budget not pay for it."
    if limits:
        return f"It is not renewed. {describe_limits(limits, plan)}"
    if not row["need"] > 0:
        return "It has no need by the measure of the request, so a renewal would serve no more."
    return "A renewal would fit and serve more need: this is not the best plan."
