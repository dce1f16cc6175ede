"""Sentences on the limits that stand in the way of an option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from clustering.capacity.matching.obstacle_sentences import all_of, plural
from clustering.capacity.plan_years.broken_rows import RowUse
from clustering.capacity.plan_years.rows import BUDGET, LOCK, ONCE, PARTNER_ZONES
from clustering.capacity.plan_years.tolerances import DOLLARS_PER_UNIT, SCHOOLS


def describe_limits(broken: Sequence[Mapping[Any, Any]], plan: RowUse) -> str:
    """
    Say which limits an option would break.

    Parameters
    ----------
    broken
        Rows of :meth:`RowUse.broken_by` of one option, at least one.
    plan
        The plan.

    Returns
    -------
    sentences
        One for each kind of limit, of its first fall; it says whether there are further ones. For example "North
        Partners has no room for 4 more schools in fall 2027: of the 6 that it can take on, Zone A and Zone B take 6."
    """
    by_kind: dict[str, list[Mapping[Any, Any]]] = {}
    for limit in broken:
        kind = limit["kind"] if limit["kind"] in (BUDGET, ONCE, LOCK, PARTNER_ZONES) else "capacity"
        by_kind.setdefault(kind, []).append(limit)
    sentences = []
    for limits in by_kind.values():
        falls = sorted({limit["fall"] for limit in limits if pd.notna(limit["fall"])})
        sentence = _describe(limits[0], plan)
        if len(falls) > 1:
            sentence = f"{sentence.removesuffix('.')}, and likewise {_in_falls(falls[1:])}."
        sentences.append(sentence)
    return " ".join(sentences)


def _in_falls(falls: Sequence[int]) -> str:
    if len(falls) > 2 and falls[-1] - falls[0] == len(falls) - 1:
        return f"in every fall from {falls[0]} to {falls[-1]}"
    return f"in fall {all_of([str(fall) for fall in falls])}"


def dollars(amount: float) -> str:
    """Write an amount in whole dollars: ``$1,250,000``."""
    return f"${amount:,.0f}"


def _describe(limit: Mapping[Any, Any], plan: RowUse) -> str:
    if limit["kind"] == BUDGET:
        return _describe_budget(limit, plan)
    if limit["kind"] == LOCK:
        return f"The lock {limit['lock']} could not be kept."
    if limit["kind"] == ONCE:
        return "A partner runs its schools, or some of them, already."
    return _describe_partner(limit, plan)


def _describe_budget(limit: Mapping[Any, Any], plan: RowUse) -> str:
    request = plan.model.request
    missing, column = limit["missing"] * DOLLARS_PER_UNIT, request.falls == limit["fall"]
    if request.parameters.carry_over:
        return f"The budgets until fall {limit['fall']} would be exceeded by {dollars(missing)}."
    budget = request.budgets[column][0]
    return f"The budget of fall {limit['fall']}, {dollars(budget)}, would be exceeded by {dollars(missing)}."


def _describe_partner(limit: Mapping[Any, Any], plan: RowUse) -> str:
    """Name the partner, what it can take on and which Zones take it."""
    request, row = plan.model.request, plan.model.options.table.iloc[limit["option"]]
    partner, fall = limit["partner"], int(limit["fall"])
    column = int(np.flatnonzero(request.falls == fall)[0])
    others = [each for each in plan.chosen_of_partner.get(partner, []) if each["variant_id"] != row["variant_id"]]
    users = [each for each in others if each["uses_capacity"][column]]
    name, names = request.register.partners["name"][partner], request.needs.zones["name"]
    users_once = dict.fromkeys(each["zone_id"] for each in users)
    zones, takes = all_of([names[zone] for zone in users_once]), "take" if len(users_once) > 1 else "takes"
    if limit["kind"] == PARTNER_ZONES:
        return f"{name} runs as many Zones as it may in fall {fall}: {zones}."
    grown = sum(each["school_count"] for each in others if each["has_grown"][column])
    grown = np.floor(grown * request.growth_shares[partner] + SCHOOLS)
    there = min(request.free_schools.loc[partner, fall] + grown, request.ceilings.loc[partner, fall])
    wanted = f"{name} has no room for {plural(row['school_count'], 'more school')} in fall {fall}"
    growth = f", {grown:,.0f} of them by growth" if grown else ""
    if not users or row["school_count"] > there:
        return f"{wanted}: it can take on {there:,.0f} then{growth}."
    taken = sum(each["school_count"] for each in users)
    return f"{wanted}: of the {there:,.0f} that it can take on{growth}, {zones} {takes} {taken:,}."
