"""What to know of the result of an analysis as a whole, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def describe_missing_plans(found: int, *, count: int, minimum_difference: int) -> str | None:
    """
    Say why there are fewer plans than were asked for.

    Parameters
    ----------
    found, count
        Plans found, and asked for.
    minimum_difference
        In how many schools each had to differ from those before it.

    Returns
    -------
    statement
        ``None`` if there are as many as were asked for.
    """
    if found >= count:
        return None
    plans = "1 plan" if found == 1 else f"{found} plans"
    schools = "1 school" if minimum_difference == 1 else f"{minimum_difference:,} schools"
    return (
        f"There {'is' if found == 1 else 'are'} only {plans} of the {count} asked for: no other plan that keeps all"
        f" limits and locks differs from {'it' if found == 1 else 'each of them'} in at least {schools}."
    )


def describe_lone_plans(rows: Sequence[Mapping[str, object]], *, within_share: float) -> str | None:
    """
    Say in how many areas the selection frequency rests on one plan.

    Parameters
    ----------
    rows
        ``area_id`` and ``plans`` of each row of ``measure_selection_frequency``.
    within_share
        What a plan could lose.

    Returns
    -------
    statement
        ``None`` if there is no such area.
    """
    areas = {row["area_id"]: row["plans"] for row in rows}
    lone = sum(plans == 1 for plans in areas.values())
    if lone == 0:
        return None
    where = f"In {lone} of {len(areas)} areas" if len(areas) > 1 else "In the only area"
    return (
        f"{where} one plan is counted: no other loses at most {within_share:.12g} of the best score there. Its shares"
        " are all 0% or 100%, and say nothing of how close the next plan is: count plans that may lose more."
    )
