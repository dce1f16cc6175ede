"""The best matches or plans, and what one more would bring, as flat tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from clustering.capacity.matching.match import Match
from clustering.capacity.plan_years.year_plan import YearPlan

_MATCH_COLUMNS = (
    "rank zones_served need_served need_loss preferences_met cost_dollars status ties_status gap changes"
).split()
_PLAN_COLUMNS = ("rank", "zones_started", "need", "need_loss", "preferences_met", "cost_dollars", "changes")


def best_matches_table(matches: Sequence[Match]) -> pd.DataFrame:
    """
    Write the best matches as a flat table.

    Parameters
    ----------
    matches
        As ``find_best_matches`` answers.

    Returns
    -------
    table
        One row per match: ``rank`` (from 1), ``zones_served``, ``need_served``, ``need_loss`` (less than the best),
        ``preferences_met``, ``cost_dollars`` of a year, ``status``, ``ties_status`` and ``gap`` (how far it is proved
        to be the next best), ``changes`` (Zones whose partner or variant is not that of the best match, in words;
        missing for the best).
    """
    rows = [
        (
            rank,
            match.solution.zones_served,
            match.solution.need_served,
            matches[0].solution.need_served - match.solution.need_served,
            match.solution.preferences_met,
            match.solution.cost_dollars,
            match.solution.status,
            match.solution.ties_status,
            match.solution.gap,
            _changes(matches[0].matches, match.matches),
        )
        for rank, match in enumerate(matches, start=1)
    ]
    texts = dict.fromkeys(["status", "ties_status", "changes"], "str")
    return pd.DataFrame(rows, columns=_MATCH_COLUMNS).astype(texts)


def best_year_plans_table(plans: Sequence[YearPlan]) -> pd.DataFrame:
    """
    Write the best year plans as a flat table.

    Parameters
    ----------
    plans
        As ``find_best_year_plans`` answers.

    Returns
    -------
    table
        One row per plan: ``rank`` (from 1), ``zones_started``, ``need`` (as the request counts it), ``need_loss`` (less
        than the best), ``preferences_met``, ``cost_dollars`` of all years, ``changes`` (Zones whose partner, start or
        variant is not that of the best plan, in words; missing for the best).
    """
    rows = [
        (
            rank,
            plan.starts["zone_id"].nunique(),
            plan.solution.need,
            plans[0].solution.need - plan.solution.need,
            plan.solution.preferences,
            plan.solution.cost_dollars,
            _changes(plans[0].starts, plan.starts),
        )
        for rank, plan in enumerate(plans, start=1)
    ]
    return pd.DataFrame(rows, columns=_PLAN_COLUMNS).astype({"changes": "str"})


def one_more_table(changes: pd.DataFrame) -> pd.DataFrame:
    """
    Write what one more would bring as a flat table.

    Parameters
    ----------
    changes
        As ``measure_one_more`` answers.

    Returns
    -------
    table
        The same rows and columns; the ids and the names of Zones separated by ``"; "``, missing where there are none.
    """
    zones = ("zones_gained", "zones_lost", "zone_names_gained", "zone_names_lost")
    joined = {name: changes[name].map(lambda each: "; ".join(each) or None).astype("str") for name in zones}
    return changes.assign(**joined)


def _changes(best: pd.DataFrame, other: pd.DataFrame) -> str | None:
    """The Zones that are run otherwise than in the best answer, in words."""
    names = {**_zone_names(best), **_zone_names(other)}
    before, after = _who_runs_each_zone(best), _who_runs_each_zone(other)
    changes = [
        f"{names[zone]} ({zone}): {after.get(zone, 'no partner')} instead of {before.get(zone, 'no partner')}"
        for zone in sorted(before.keys() | after.keys())
        if before.get(zone) != after.get(zone)
    ]
    return "; ".join(changes) or None


def _zone_names(chosen: pd.DataFrame) -> dict[str, str]:
    return {str(zone): str(name) for zone, name in zip(chosen["zone_id"], chosen["zone_name"], strict=True)}


def _who_runs_each_zone(chosen: pd.DataFrame) -> dict[str, str]:
    partners: dict[str, list[str]] = {}
    for row in chosen.to_dict("records"):
        partners.setdefault(str(row["zone_id"]), []).append(_who_runs_it({str(name): row[name] for name in row}))
    return {zone: " and ".join(sorted(each)) for zone, each in partners.items()}


def _who_runs_it(row: Mapping[str, object]) -> str:
    """The partner; with the start of a plan, and with the variant where the Zone is not served as proposed."""
    start = f" from fall {row['start_fall']}" if "start_fall" in row else ""
    variant = "" if row["variant"] == "as proposed" else f" (variant {row['variant_id']})"
    return f"{row['partner_name']}{start}{variant}"
