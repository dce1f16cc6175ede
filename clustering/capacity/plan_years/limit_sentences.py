"""Sentences on the limits that stand in the way of an option."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from clustering.capacity.matching.obstacle_sentences import plural
from clustering.capacity.plan_years.broken_rows import RowUse
from clustering.capacity.plan_years.options import uses_capacity
from clustering.capacity.plan_years.rows import BUDGET, LOCK, ONCE, PARTNER_ZONES
from clustering.capacity.plan_years.tolerances import DOLLARS_PER_UNIT, SCHOOLS

_MOST_NAMED = 5


def describe_limits(broken: pd.DataFrame, plan: RowUse, option: int) -> str:
    """
    Say which limits an option would break.

    Parameters
    ----------
    broken
        Of :meth:`RowUse.broken_with`, one row or more.
    plan
        The plan.
    option
        Position of the option.

    Returns
    -------
    sentences
        One for each kind of limit, of its first fall; it says whether there are further ones. For example "North
        Partners has no room for 4 more schools in fall 2027: of the 6 that it can take on, Zone A and Zone B take 6."
    """
    sentences = []
    is_partner = ~broken["kind"].isin([BUDGET, ONCE, LOCK])
    kinds = broken["kind"].where(~is_partner | (broken["kind"] == PARTNER_ZONES), "capacity")
    for _, limits in broken.groupby(kinds, sort=False):
        falls = sorted(set(limits["fall"].dropna()))
        sentence = _describe(limits.iloc[0], plan, option)
        if len(falls) > 1:
            sentence = f"{sentence.removesuffix('.')}, and likewise in fall {named([str(fall) for fall in falls[1:]])}."
        sentences.append(sentence)
    return " ".join(sentences)


def named(names: Sequence[str]) -> str:
    """List names in a sentence; of many, the first and how many more."""
    shown, more = list(names[:_MOST_NAMED]), len(names) - _MOST_NAMED
    if more > 0:
        return f"{', '.join(shown)} and {more:,} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))


def dollars(amount: float) -> str:
    """Write an amount in whole dollars."""
    return f"{amount:,.0f} dollars"


def _describe(limit: pd.Series, plan: RowUse, option: int) -> str:
    if limit["kind"] == BUDGET:
        return _describe_budget(limit, plan)
    if limit["kind"] == LOCK:
        return f"The lock {limit['lock']} could not be kept."
    if limit["kind"] == ONCE:
        return "A partner runs its schools, or some of them, already."
    return _describe_partner(limit, plan, option)


def _describe_budget(limit: pd.Series, plan: RowUse) -> str:
    request = plan.model.request
    missing, column = limit["missing"] * DOLLARS_PER_UNIT, request.falls == limit["fall"]
    if request.parameters.carry_over:
        return f"The budgets until fall {limit['fall']} would be exceeded by {dollars(missing)}."
    budget = request.budgets[column][0]
    return f"The budget of fall {limit['fall']}, {dollars(budget)}, would be exceeded by {dollars(missing)}."


def _describe_partner(limit: pd.Series, plan: RowUse, option: int) -> str:
    """Name the partner, what it can take on and which Zones take it."""
    request, options, row = plan.model.request, plan.model.options, plan.model.options.table.iloc[option]
    partner, fall = limit["partner"], int(limit["fall"])
    column = int(np.flatnonzero(request.falls == fall)[0])
    is_other = (
        (options.table["partner_id"] == partner) & (options.table["variant_id"] != row["variant_id"]) & plan.chosen
    )
    users = options.table[uses_capacity(options, request)[:, column] & is_other]
    name = request.register.partners["name"][partner]
    zones = named([request.needs.zones["name"][zone] for zone in dict.fromkeys(users["zone_id"])])
    takes = "take" if len(set(users["zone_id"])) > 1 else "takes"
    if limit["kind"] == PARTNER_ZONES:
        return f"{name} runs as many Zones as it may in fall {fall}: {zones}."
    grown = options.table["school_count"][options.calendar.has_grown[:, column] & is_other].sum()
    grown = np.floor(grown * request.growth_shares[partner] + SCHOOLS)
    there = min(request.free_schools.loc[partner, fall] + grown, request.ceilings.loc[partner, fall])
    wanted = f"{name} has no room for {plural(row['school_count'], 'more school')} in fall {fall}"
    growth = f", {grown:,.0f} of them by growth" if grown else ""
    if users.empty or row["school_count"] > there:
        return f"{wanted}: it can take on {there:,.0f} then{growth}."
    return (
        f"{wanted}: of the {there:,.0f} that it can take on{growth}, {zones} {takes} {users['school_count'].sum():,}."
    )
