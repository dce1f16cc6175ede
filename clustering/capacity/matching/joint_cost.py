"""What locks cost together that a budget does not allow, and why that is more than each of them costs alone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from clustering.capacity.matching.choice_model import COST, build_model
from clustering.capacity.matching.instance import MatchInstance, build_instance
from clustering.capacity.matching.obstacle_sentences import all_of, plural
from clustering.capacity.solver import solve_assignment

_LOCK_KINDS = ("force_match", "force_served", "forbid_match")


def describe_joint_cost(instance: MatchInstance, locks: Sequence[tuple[str, str]], *, deadline: float) -> list[str]:
    """
    Say what the cheapest way to keep locks costs, where the budget is too small for it.

    Parameters
    ----------
    instance
        A request with a budget, or without one.
    locks
        Kind and text of each.
    deadline
        Of ``time.monotonic``.

    Returns
    -------
    sentences
        The cheapest partners that can run the Zones together, their cost and the budget; then who has no room for what
        would be cheaper. ``[]`` without a budget, if the budget is enough, or if no budget would be.
    """
    budget, left = instance.parameters.budget_dollars, deadline - time.monotonic()
    if budget is None or left <= 0:
        return []
    unlimited = _without_budget(instance, locks)
    choice = build_model(unlimited)
    cheapest = replace(choice.model, values=choice.objectives[COST])
    solution = solve_assignment(cheapest, time_limit_s=left)
    together = unlimited.options[solution.chosen]
    if solution.status != "optimal" or together["cost_dollars"].sum() <= budget:
        return []
    names, zones = instance.register.partners["name"], instance.needs.zones["name"]
    pairs = zip(together["zone_id"], together["partner_id"], strict=True)
    cost = float(together["cost_dollars"].sum())
    sentence = (
        f"The cheapest way to keep them together costs {cost:,.0f} dollars a year, and the budget is {budget:,.0f}:"
        f" {'; '.join(f'{zones[zone]} by {names[partner]}' for zone, partner in pairs)}."
    )
    return [sentence, *_describe_crowding(unlimited, cost)]


def _without_budget(instance: MatchInstance, locks: Sequence[tuple[str, str]]) -> MatchInstance:
    """The request with these locks alone and no budget, of the Zones that they want served."""
    own = {kind: tuple(text for each, text in locks if each == kind) for kind in _LOCK_KINDS}
    parameters = instance.parameters.with_changes(budget_dollars=None, force_unserved=(), **own)
    unlimited = build_instance(instance.needs, instance.register, parameters)
    is_wanted = unlimited.options["zone_id"].isin(unlimited.locks.served_zones)
    return replace(unlimited, options=unlimited.options[is_wanted].reset_index(drop=True))


def _describe_crowding(instance: MatchInstance, cost: float) -> list[str]:
    """Who would have to run too much if every Zone had its cheapest partner."""
    options, locked = instance.options, dict(instance.locks.matched)
    is_split = len(locked) < len(instance.locks.matched)
    pairs = zip(options["zone_id"], options["partner_id"], strict=True)
    fits = [locked.get(zone, partner) == partner for zone, partner in pairs]
    alone = options[fits].sort_values(["cost_dollars", "position"]).drop_duplicates("zone_id")
    used, free = alone.groupby("partner_id")["school_count"].sum(), instance.free
    crowded = [str(partner) for partner, schools in used.items() if schools > free[str(partner)]]
    if is_split or not crowded or alone["cost_dollars"].sum() >= cost:
        return []
    names = instance.register.partners["name"]
    reasons = [f"{names[each]} can take on {plural(free[each], 'school')} and not {used[each]:,}" for each in crowded]
    cheaper = f"{alone['cost_dollars'].sum():,.0f} dollars"
    return [f"Each Zone with its cheapest partner would come to {cheaper}, but {all_of(reasons)}."]
