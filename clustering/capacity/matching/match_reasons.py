"""Why a Zone has its partner: the values, and the sentences written from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from clustering.capacity.matching.instance import MatchInstance
from clustering.capacity.matching.losses import SolvedMatch, loss_without_pair
from clustering.capacity.matching.obstacle_sentences import listed, plural
from clustering.capacity.matching.parameters import NeedMeasure
from clustering.capacity.matching.reasons import Loss, MatchKind, MatchReason
from clustering.capacity.matching.units import UNITS, describe_need


def explain_match(solved: SolvedMatch, option: Mapping[Any, Any]) -> MatchReason:
    """
    Find why a Zone has its partner.

    Parameters
    ----------
    solved
        The match.
    option
        A row of ``solved.chosen``.

    Returns
    -------
    reason
        Its values.
    """
    zone, partner = str(option["zone_id"]), str(option["partner_id"])
    instance = solved.instance
    admissible = solved.options_of(zone)["partner_id"].nunique()
    is_locked = any(pair == (zone, partner) for pair in instance.locks.matched)
    kind: MatchKind = "lock" if is_locked else "only partner" if admissible == 1 else "best"
    return MatchReason(
        zone_id=zone,
        variant_id=str(option["variant_id"]),
        partner_id=partner,
        kind=kind,
        partner_count=int(admissible),
        without_pair=Loss() if is_locked else loss_without_pair(solved, zone, partner),
        unchecked=_unchecked(instance, option),
    )


def describe_match(reason: MatchReason, names: pd.Series, measure: NeedMeasure) -> str:
    """
    Say why a Zone has its partner.

    Parameters
    ----------
    reason
        Its values.
    names
        Partner to name.
    measure
        Of the need.

    Returns
    -------
    sentences
        Two or three.
    """
    partner = names[reason.partner_id]
    if reason.kind == "lock":
        first = f"A lock gives the Zone to {partner}."
    elif reason.kind == "only partner":
        first = f"{partner} is the only partner that may run it."
    else:
        first = f"{partner} is one of {reason.partner_count} partners that may run it."
    sentences = [first]
    if reason.kind != "lock":
        sentences.append(_describe_loss(reason, names, UNITS[measure]))
    if reason.unchecked:
        sentences.append(
            f"Not known, and so not checked: {listed([each.replace('_', ' ') for each in reason.unchecked])}."
        )
    return " ".join(each for each in sentences if each)


def _unchecked(instance: MatchInstance, option: Mapping[Any, Any]) -> tuple[str, ...]:
    partner = instance.partner_records[option["partner_id"]]
    states = instance.duties.loc[option["partner_id"]]
    is_far = pd.notna(partner["reach_km"]) and pd.isna(option["distance_km"])
    is_early = pd.notna(partner["earliest_start"]) and instance.fall is None
    return (*["distance"] * is_far, *["start"] * is_early, *map(str, states.index[states == "unknown"]))


def _describe_loss(reason: MatchReason, names: pd.Series, unit: str) -> str:
    loss = reason.without_pair
    if loss.proof == "not measured":
        return ""
    if loss.proof == "bounds":
        return _describe_bounds(loss, unit)
    if not loss.is_possible:
        return "Without this pair the locks could not be kept."
    then = listed([str(names[each]) for each in loss.partner_ids])
    if loss.need_low:
        instead = f"with {then} instead" if then else "and the Zone would have no partner"
        return f"Without this pair {describe_need(loss.need_low, unit, 'fewer')} would be served in all, {instead}."
    instead = f"{then} could run it instead" if then else "It could go without a partner"
    return f"{instead}, and as much need would be served in all{_describe_ties(loss)}."


def _describe_ties(loss: Loss) -> str:
    """What is lost and saved where no need is."""
    dollars, preferences = loss.cost_dollars or 0.0, loss.preferences or 0
    parts = [f"for {abs(dollars):,.0f} dollars a year {'less' if dollars < 0 else 'more'}"] * bool(dollars)
    # No preference is won where no need is lost: the match meets as many as can be met.
    parts += [f"with {plural(preferences, 'fewer preference')} met"] * (preferences > 0)
    return f", {' and '.join(parts)}" if parts else ": all else is equal, and the order of ids decided"


def _describe_bounds(loss: Loss, unit: str) -> str:
    if loss.need_high is None:
        return (
            f"Without this pair at least {describe_need(loss.need_low or 0.0, unit, 'fewer')} would be served in all."
        )
    if not loss.need_low:
        return f"Without this pair at most {describe_need(loss.need_high, unit, 'fewer')} would be served in all."
    return (
        f"Without this pair {describe_need(loss.need_low, unit)} to {describe_need(loss.need_high, unit, 'fewer')}"
        " would be served in all."
    )
