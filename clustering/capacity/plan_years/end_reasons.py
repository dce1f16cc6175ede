"""Why a contract that ends within the plan is not renewed."""

from __future__ import annotations

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
    table, request = plan.model.options.table, plan.model.request
    position = {key: number for number, key in enumerate(table[_KEY].itertuples(index=False, name=None))}
    reasons = []
    for option in np.flatnonzero(plan.chosen):
        row = table.iloc[option]
        *ids, renewals = row[_KEY]
        ends = row["exit_fall"] <= request.falls[-1]
        reasons.append(_explain(plan, int(option), position.get((*ids, renewals + 1))) if ends else None)
    return pd.Series(reasons, name="end_reason", dtype="str")


def _explain(plan: RowUse, option: int, renewed: int | None) -> str:
    request, row = plan.model.request, plan.model.options.table.iloc[option]
    if row["exit_fall"] == request.exits.get(row["zone_id"]):
        return f"The request names its exit in fall {row['exit_fall']}."
    if row["renewals"] >= request.parameters.renewals:
        return f"The request allows {plural(row['renewals'], 'renewal') if row['renewals'] else 'no renewal'}."
    name = request.register.partners["name"][row["partner_id"]]
    if renewed is None:
        return f"Even without other Zones, {name} could not run it in a further contract, or the budget not pay for it."
    broken = plan.broken_with(renewed, instead_of=option)
    if len(broken):
        return f"It is not renewed. {describe_limits(broken, plan, renewed)}"
    if not row["need"] > 0:
        return "It has no need by the measure of the request, so a renewal would serve no more."
    return "A renewal would fit and serve more need: this is not the best plan."
