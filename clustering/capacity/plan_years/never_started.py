"""Which Zones never start, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from clustering.capacity.matching.pairs import OBSTACLES
from clustering.capacity.plan_years.broken_rows import RowUse
from clustering.capacity.plan_years.limit_sentences import describe_limits, dollars
from clustering.capacity.plan_years.model import YearModel
from clustering.capacity.plan_years.options import options_of_pairs
from clustering.capacity.plan_years.possible_sizes import could_be_run
from clustering.capacity.plan_years.request import YearRequest
from clustering.capacity.plan_years.rows import BUDGET, CAPACITY, CEILING, PARTNER_ZONES
from clustering.capacity.plan_years.size_sentences import describe_sizes
from clustering.capacity.plan_years.tolerances import DOLLARS_PER_UNIT

# Why a Zone never starts, in the order in which it is looked at.
KINDS = (
    "lock",  # force_unserved
    "unknown need",
    "no need",
    "no partner",  # something stands in the way of every partner, in every year
    "too late",  # no partner that may run it can start within the plan
    "size",  # no partner that may run it can ever run so many schools
    "cost",  # it costs more than there is, alone
    "partners full",  # every partner that may run it runs others
    "budget",  # the money serves others
    "partners full and budget",
    "not chosen",  # it would fit: time ran out, or a better plan is known
)

OBSTACLE_WORDS = {
    "supporting partner": "only supporting others",
    "approval": "without the approval asked for",
    "duties": "without the duties asked for",
    "excluded": "excluded by the register",
    "forbidden": "forbidden by a lock",
    "levels": "not for all of its levels",
    "reach": "out of reach",
}


class NeverReason(NamedTuple):
    """One of :data:`KINDS`, and the sentence."""

    kind: str
    sentence: str


def explain_never_started(plan: RowUse) -> pd.DataFrame:
    """
    Say of each Zone that does not start why it does not.

    Parameters
    ----------
    plan
        The options chosen and what they use.

    Returns
    -------
    never_started
        ``YearPlan.never_started``.
    """
    request, table = plan.model.request, plan.model.options.table
    needs = request.needs
    started = set(table["zone_id"][plan.chosen])
    zones = [zone for zone in sorted(needs.zones.index) if zone not in started]
    with_options = set(table["zone_id"])
    without = [zone for zone in zones if zone not in with_options]
    reason_of = _outdone(plan, sorted(with_options - started)) | explain_no_option(plan.model, without)
    reasons = [reason_of[zone] for zone in zones]
    proposed = needs.variants.loc[zones]
    table = pd.DataFrame(
        {
            "zone_id": zones,
            "zone_name": needs.zones["name"].reindex(zones).to_numpy(),
            "school_count": proposed["school_count"].to_numpy("int64"),
            "students": proposed["students"].to_numpy("float64"),
            "need": request.need_of_variants.reindex(zones).to_numpy("float64"),
            "kind": [reason.kind for reason in reasons],
            "first_fall": int(request.falls[0]),
            "last_fall": int(request.falls[-1]),
            "reason": [reason.sentence for reason in reasons],
        }
    )
    types = dict.fromkeys(["zone_id", "zone_name", "kind", "reason"], "str")
    return table.astype({**types, "first_fall": "int64", "last_fall": "int64"})


def explain_no_option(model: YearModel, zones: Sequence[str]) -> dict[str, NeverReason]:
    """
    Say why Zones have no option at all.

    Parameters
    ----------
    model
        The model.
    zones
        Their ids.

    Returns
    -------
    reasons
        By Zone: what rules it out whatever else is in the plan.
    """
    request = model.request
    pairs = request.pairs[request.pairs["zone_id"].isin(zones)]
    positions = pairs.groupby("zone_id").indices
    none = np.zeros(0, dtype="int64")
    reasons = {zone: _ruled_out(request, zone, pairs.iloc[positions.get(zone, none)]) for zone in zones}
    unfit = [zone for zone, reason in reasons.items() if reason is None]
    is_open = pairs["zone_id"].isin(unfit) & (pairs["obstacles"].map(len) == 0)
    fitted = _unfit(request, pairs[is_open]) if unfit else {}
    return {zone: reason or fitted[zone] for zone, reason in reasons.items()}


def _ruled_out(request: YearRequest, zone: str, pairs: pd.DataFrame) -> NeverReason | None:
    """What rules out a Zone in every year; ``None`` if some partner might run it."""
    if zone in request.parameters.force_unserved:
        return NeverReason("lock", "The lock force_unserved keeps it without a partner.")
    if pairs["need"].isna().all() and len(pairs):
        return NeverReason(
            "unknown need", "Its need is unknown, so it counts as nothing. Ask by another measure, or by a lock."
        )
    if not (pairs["need"] > 0).any() and len(pairs):
        return NeverReason(
            "no need", "It has no need by the measure of the request. Ask by another measure, or by a lock."
        )
    if (pairs["obstacles"].map(len) > 0).all():
        return NeverReason("no partner", _describe_obstacles(pairs))
    return None


def _describe_obstacles(pairs: pd.DataFrame) -> str:
    """Count the partners by the first thing that stands in their way with the variant that comes nearest."""
    if pairs.empty:
        return "There is no partner in the register."
    first = pairs["obstacles"].map(lambda obstacles: OBSTACLES.index(obstacles[0]))
    nearest = first.groupby(pairs["partner_id"]).max()
    counts = nearest.value_counts().sort_index()
    parts = [f"{count:,} {OBSTACLE_WORDS[OBSTACLES[int(str(number))]]}" for number, count in counts.items()]
    return f"No partner may run it. Of {len(nearest):,} in the register: {', '.join(parts)}."


def _unfit(request: YearRequest, pairs: pd.DataFrame) -> dict[str, NeverReason]:
    """Pairs without a lasting obstacle, of which no start fits even alone."""
    options = options_of_pairs(request, pairs)
    cheapest = options.table[could_be_run(options, request)].groupby("zone_id")["cost_dollars"].min().to_dict()
    has_start = set(options.table["zone_id"])
    sizes = explain_too_large(request, sorted(has_start - set(cheapest)))
    reasons = {}
    for zone in sorted(set(pairs["zone_id"])):
        if zone not in has_start:
            reasons[zone] = NeverReason("too late", _describe_too_late(request, zone))
        elif zone in cheapest:
            sentence = f"It costs {dollars(cheapest[zone])} a year or more. Even alone that exceeds the budget."
            reasons[zone] = NeverReason("cost", sentence)
    return reasons | sizes


def _describe_too_late(request: YearRequest, zone: str) -> str:
    if zone in request.exits:
        return f"By its exit in fall {request.exits[zone]} no partner can have started it."
    return f"No partner that may run it can start it by fall {request.last_start}."


def possible_options(model: YearModel, zones: Sequence[str]) -> np.ndarray:
    """
    Find the options of Zones that may fit beside others.

    Parameters
    ----------
    model
        The model.
    zones
        Their ids.

    Returns
    -------
    options
        Their positions; those are left out for which no growth can ever make the room.
    """
    options = np.flatnonzero(model.options.table["zone_id"].isin(zones))
    return np.asarray(options[could_be_run(model.options.only(options), model.request)])


def explain_too_large(request: YearRequest, zones: Sequence[str]) -> dict[str, NeverReason]:
    """
    Say that no partner that may run these Zones can ever take on so many schools.

    Parameters
    ----------
    request
        The request.
    zones
        Their ids.

    Returns
    -------
    reasons
        By Zone, of kind ``size``.
    """
    of_zones = request.pairs[request.pairs["zone_id"].isin(zones)]
    sentences = describe_sizes(request, of_zones[of_zones["obstacles"].map(len) == 0]) if len(zones) else {}
    return {zone: NeverReason("size", sentence) for zone, sentence in sentences.items()}


def _outdone(plan: RowUse, zones: Sequence[str]) -> dict[str, NeverReason]:
    """Options are there, and each breaks a limit beside what the plan has: say which, of the most valuable one."""
    model = plan.model
    options = possible_options(model, zones)
    zone_of = model.options.table["zone_id"].iloc[options]
    best = pd.Series(model.objectives[0][options], index=options).groupby(zone_of.to_numpy()).idxmax()
    broken = plan.broken_by(options)
    fitting = set(zone_of[~np.isin(options, broken["option"])])
    limits = plan.limits_broken_by(best.to_numpy(dtype=int))
    reasons = explain_too_large(model.request, sorted(set(zones) - set(best.index)))
    money = _least_money(plan, broken)
    for zone, option in zip(best.index, best, strict=True):
        if zone in fitting:
            reasons[zone] = NeverReason("not chosen", "It would fit with the others: this is not the best plan.")
        else:
            reasons[zone] = _without_room(plan, option, limits[option], money.get(zone))
    return reasons


def _least_money(plan: RowUse, broken: pd.DataFrame) -> dict[str, tuple[int, float]]:
    """
    Find the option of each Zone that fits beside the others with the least money more in every year.

    Options that break another limit too are left out. Budgets that carry over add up, so nothing is said of them.
    """
    if plan.model.request.parameters.carry_over or broken.empty:
        return {}
    only_money = (broken["kind"] == BUDGET).groupby(broken["option"]).transform("all")
    short = broken[only_money].groupby("option")["missing"].max() * DOLLARS_PER_UNIT
    zone_of = plan.model.options.table["zone_id"].iloc[short.index].to_numpy()
    least = short.groupby(zone_of).idxmin()
    return {str(zone): (int(option), float(short[option])) for zone, option in least.items()}


def _without_room(
    plan: RowUse, option: int, limits: list[dict[Any, Any]], money: tuple[int, float] | None
) -> NeverReason:
    """Say which limits the most valuable option of a Zone breaks, and what money alone would do."""
    kinds = {limit["kind"] for limit in limits}
    is_full = bool(kinds & {CAPACITY, CEILING, PARTNER_ZONES})
    causes = [*["partners full"] * is_full, *["budget"] * (BUDGET in kinds)]
    kind = " and ".join(causes) or "partners full"
    row = plan.model.options.table.iloc[option]
    partner = plan.model.request.register.partners["name"][row["partner_id"]]
    nearest = f"The best start would be with {partner} in fall {row['start_fall']}. It does not fit beside the others."
    sentences = [nearest, describe_limits(limits, plan)]
    if money is not None:
        sentences.append(_describe_money(plan, *money, nearest=option))
    return NeverReason(kind, " ".join(sentences))


def _describe_money(plan: RowUse, option: int, amount: float, *, nearest: int) -> str:
    """Say what money more a year would do, and who starts it when, if that is not the start named before."""
    starts = plan.model.options.table[["partner_id", "start_fall"]]
    own, before = (tuple(starts.iloc[position]) for position in (option, nearest))
    start = "" if own == before else f" with {plan.model.request.register.partners['name'][own[0]]} in fall {own[1]}"
    return f"With {dollars(amount)} more a year it could start{start} beside the others."
