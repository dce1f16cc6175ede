"""Which Zones never start, and why."""

from __future__ import annotations

from typing import NamedTuple

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
from clustering.capacity.plan_years.size_sentences import describe_size

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
    reasons = [_outdone(plan, zone) if zone in with_options else explain_no_option(plan.model, zone) for zone in zones]
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


def explain_no_option(model: YearModel, zone: str) -> NeverReason:
    """
    Say why a Zone has no option at all.

    Parameters
    ----------
    model
        The model.
    zone
        Its id.

    Returns
    -------
    reason
        What rules it out whatever else is in the plan.
    """
    request = model.request
    if zone in request.parameters.force_unserved:
        return NeverReason("lock", "The lock force_unserved keeps it without a partner.")
    pairs = request.pairs[request.pairs["zone_id"] == zone]
    if pairs["need"].isna().all() and len(pairs):
        return NeverReason(
            "unknown need", "Its need is unknown, so it counts as nothing. Ask by another measure, or by a lock."
        )
    if not (pairs["need"] > 0).any() and len(pairs):
        return NeverReason(
            "no need", "It has no need by the measure of the request. Ask by another measure, or by a lock."
        )
    free = pairs[pairs["obstacles"].map(len) == 0]
    if free.empty:
        return NeverReason("no partner", _describe_obstacles(pairs))
    return _unfit(request, free)


def _describe_obstacles(pairs: pd.DataFrame) -> str:
    """Count the partners by the first thing that stands in their way with the variant that comes nearest."""
    if pairs.empty:
        return "There is no partner in the register."
    first = pairs["obstacles"].map(lambda found: OBSTACLES.index(found[0]))
    nearest = first.groupby(pairs["partner_id"]).max()
    counts = nearest.value_counts().sort_index()
    parts = [f"{count:,} {OBSTACLE_WORDS[OBSTACLES[int(str(number))]]}" for number, count in counts.items()]
    return f"No partner may run it. Of {len(nearest):,} in the register: {', '.join(parts)}."


def _unfit(request: YearRequest, pairs: pd.DataFrame) -> NeverReason:
    """Pairs without a lasting obstacle, of which no start fits even alone."""
    options = options_of_pairs(request, pairs)
    if options.table.empty:
        return NeverReason("too late", _describe_too_late(request, pairs))
    fits = could_be_run(options, request, str(pairs["zone_id"].iloc[0]))
    if not fits.any():
        return NeverReason("size", describe_size(request, pairs))
    cheapest = options.table.loc[fits, "cost_dollars"].min()
    return NeverReason("cost", f"It costs {dollars(cheapest)} a year or more. Even alone that exceeds the budget.")


def _describe_too_late(request: YearRequest, pairs: pd.DataFrame) -> str:
    zone = pairs["zone_id"].iloc[0]
    if zone in request.exits:
        return f"By its exit in fall {request.exits[zone]} no partner can have started it."
    return f"No partner that may run it can start it by fall {request.last_start}."


def possible_options(model: YearModel, zone: str) -> np.ndarray:
    """
    Find the options of a Zone that may fit beside others.

    Parameters
    ----------
    model
        The model.
    zone
        Its id.

    Returns
    -------
    options
        Their positions; those are left out for which no growth can ever make the room.
    """
    options = np.flatnonzero((model.options.table["zone_id"] == zone).to_numpy())
    return np.asarray(options[could_be_run(model.options.only(options), model.request, zone)])


def explain_too_large(request: YearRequest, zone: str) -> NeverReason:
    """
    Say that no partner that may run a Zone can ever take on so many schools.

    Parameters
    ----------
    request
        The request.
    zone
        Its id.

    Returns
    -------
    reason
        Of kind ``size``.
    """
    is_open = (request.pairs["zone_id"] == zone) & (request.pairs["obstacles"].map(len) == 0)
    return NeverReason("size", describe_size(request, request.pairs[is_open]))


def _outdone(plan: RowUse, zone: str) -> NeverReason:
    """Options are there, and each breaks a limit beside what the plan has: say which, of the most valuable one."""
    options = possible_options(plan.model, zone)
    if not len(options):
        return explain_too_large(plan.model.request, zone)
    values = plan.model.objectives[0][options]
    broken = {int(option): plan.broken_with(int(option)) for option in options}
    best = max(broken, key=lambda option: (values[options == option][0], -option))
    fitting = [option for option, limits in broken.items() if limits.empty]
    if fitting:
        return NeverReason("not chosen", "It would fit with the others: this is not the best plan.")
    kinds = {kind for limits in broken.values() for kind in limits["kind"]}
    is_full = bool(kinds & {CAPACITY, CEILING, PARTNER_ZONES})
    found = [*["partners full"] * is_full, *["budget"] * (BUDGET in kinds)]
    kind = " and ".join(found) or "partners full"
    row = plan.model.options.table.iloc[best]
    partner = plan.model.request.register.partners["name"][row["partner_id"]]
    nearest = f"What would serve most is {partner} from fall {row['start_fall']}."
    return NeverReason(kind, f"No start fits with the others. {nearest} {describe_limits(broken[best], plan, best)}")
