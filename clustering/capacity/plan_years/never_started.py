"""Which Zones never start, and why."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from clustering.capacity.matching.obstacle_sentences import plural
from clustering.capacity.matching.pairs import OBSTACLES
from clustering.capacity.plan_years.broken_rows import RowUse
from clustering.capacity.plan_years.limit_sentences import describe_limits, dollars
from clustering.capacity.plan_years.model import YearModel
from clustering.capacity.plan_years.options import fits_partner, options_of_pairs
from clustering.capacity.plan_years.request import YearRequest
from clustering.capacity.plan_years.rows import BUDGET, CAPACITY, CEILING, PARTNER_ZONES

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
    options_of = table.groupby("zone_id").indices
    reasons = [
        _outdone(plan, np.asarray(options_of[zone])) if zone in options_of else explain_no_option(plan.model, zone)
        for zone in zones
    ]
    proposed = needs.variants.loc[zones]
    return pd.DataFrame(
        {
            "zone_id": zones,
            "zone_name": needs.zones["name"].reindex(zones).to_numpy(),
            "school_count": proposed["school_count"].to_numpy("int64"),
            "students": proposed["students"].to_numpy("float64"),
            "need": request.need_of_variants.reindex(zones).to_numpy("float64"),
            "kind": [reason.kind for reason in reasons],
            "reason": [reason.sentence for reason in reasons],
        }
    ).astype(dict.fromkeys(["zone_id", "zone_name", "kind", "reason"], "str"))


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
    fits = fits_partner(options, request)
    if not fits.any():
        return NeverReason("size", _describe_size(request, pairs))
    cheapest = options.table.loc[fits, "cost_dollars"].min()
    return NeverReason("cost", f"It costs {dollars(cheapest)} a year or more. Even alone that exceeds the budget.")


def _describe_size(request: YearRequest, pairs: pd.DataFrame) -> str:
    """Compare the schools of the smallest variant with what the partners that may run it can take on."""
    least = pairs["school_count"].min()
    most = request.ceilings.where(request.growth_shares > 0, request.free_schools, axis=0)
    most_schools = most.loc[sorted(set(pairs["partner_id"]))].max().max()
    if np.isnan(most_schools):
        return "How many schools the partners that may run it can take on is unknown."
    if least <= most_schools:
        return "No partner that may run it has room for its schools in every year of a contract."
    return f"It has {plural(least, 'school')}. The partners that may run it can take on {most_schools:,.0f} at most."


def _describe_too_late(request: YearRequest, pairs: pd.DataFrame) -> str:
    zone = pairs["zone_id"].iloc[0]
    if zone in request.exits:
        return f"By its exit in fall {request.exits[zone]} no partner can have started it."
    return f"No partner that may run it can start it by fall {request.last_start}."


def _outdone(plan: RowUse, options: np.ndarray) -> NeverReason:
    """Options are there, and each breaks a limit beside what the plan has: say which, of the most valuable one."""
    values = plan.model.objectives[0][options]
    broken = {int(option): plan.broken_with(int(option)) for option in options}
    best = max(broken, key=lambda option: (values[options == option][0], -option))
    fitting = [option for option, limits in broken.items() if limits.empty]
    if fitting:
        return NeverReason("not chosen", "It would fit beside the others: this is not the best plan.")
    kinds = {kind for limits in broken.values() for kind in limits["kind"]}
    is_full = bool(kinds & {CAPACITY, CEILING, PARTNER_ZONES})
    found = [*["partners full"] * is_full, *["budget"] * (BUDGET in kinds)]
    kind = " and ".join(found) or "partners full"
    row = plan.model.options.table.iloc[best]
    partner = plan.model.request.register.partners["name"][row["partner_id"]]
    nearest = f"What would serve most is {partner} from fall {row['start_fall']}."
    return NeverReason(kind, f"No start fits beside the others. {nearest} {describe_limits(broken[best], plan, best)}")
