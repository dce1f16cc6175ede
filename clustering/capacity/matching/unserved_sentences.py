"""The sentences that say why a Zone has no partner."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from clustering.capacity.matching.obstacle_sentences import describe_partners, either_of, listed, plural
from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.matching.reasons import BlockedPartner, UnservedKind, UnservedZone
from clustering.capacity.matching.remedy_sentences import describe_remedies
from clustering.capacity.matching.units import UNITS, describe_need

_PARTNERS_NAMED = 3


def describe_unserved(
    zone: UnservedZone, names: pd.Series, *, zone_names: pd.Series, parameters: MatchParameters
) -> str:
    """
    Say why a Zone has no partner.

    Parameters
    ----------
    zone
        With its values; ``reason`` is not read.
    names
        Partner to name.
    zone_names
        Zone to name.
    parameters
        The request.

    Returns
    -------
    sentences
        What is in the way, what would have to change, and what that brings and costs.
    """
    unit, most_zones = UNITS[parameters.need], parameters.maximum_zones_per_partner
    describe: Mapping[UnservedKind, Callable[[], str]] = {
        "lock": lambda: "A lock keeps the Zone unserved.",
        "unknown need": lambda: (
            "Its need is unknown and counts as nothing. It can still be given a partner by a lock (force_served)."
        ),
        "no need": lambda: "Its need is 0. It can still be given a partner by a lock (force_served).",
        "no partner": lambda: _describe_no_partner(zone),
        "smaller variant": lambda: _describe_smaller(zone, names, zone_names=zone_names, parameters=parameters),
        "school taken": lambda: (
            f"It shares a school with {listed(list(zone_names[list(zone.taken_by)]))}, and no school can be in two"
            " Zones that are served."
        ),
        "partners full": lambda: _describe_partners(_able(zone), names, zone_names=zone_names, most_zones=most_zones),
        "budget": lambda: _describe_budget(zone, names),
        "not chosen": lambda: (
            "A partner could still take it on, and this match leaves it out: time ran out, a gap was left, or it is not"
            " the best match."
        ),
    }
    sentences = [describe[zone.kind](), *_describe_loss(zone, unit)]
    if zone.may_shrink:
        sentences.append(
            "A partner could take on a part of its schools. Whether a smaller Zone would do is not worked out:"
            " ask again with smaller Zones allowed (allow_smaller)."
        )
    return " ".join([*sentences, *describe_remedies(zone, names, zone_names, unit)])


def _describe_no_partner(zone: UnservedZone) -> str:
    if not zone.partners:
        return "No partner may run it: the register has none."
    several = " (some for several reasons)" * any(len(each.obstacles) > 1 for each in zone.partners)
    return f"No partner may run it: {describe_partners(zone.obstacle_counts)}{several}."


def _able(zone: UnservedZone) -> list[BlockedPartner]:
    return [each for each in zone.partners if not each.obstacles]


def _describe_smaller(
    zone: UnservedZone, names: pd.Series, *, zone_names: pd.Series, parameters: MatchParameters
) -> str:
    able, offer, why = _able(zone), zone.smaller, "No partner may run it whole."
    if able:
        why = _describe_partners(able, names, zone_names=zone_names, most_zones=parameters.maximum_zones_per_partner)
    if offer is None:
        return why
    return (
        f"{why} A smaller variant would fit: {names[offer.partner_id]} could run {offer.school_count:,} of its"
        f" {plural(zone.school_count, 'school')}, with {describe_need(offer.need, UNITS[parameters.need])}. Allow"
        " smaller Zones or parts to serve it so."
    )


def _describe_partners(
    able: list[BlockedPartner], names: pd.Series, *, zone_names: pd.Series, most_zones: int | None
) -> str:
    parts = []
    for each in able[:_PARTNERS_NAMED]:
        is_at_most = most_zones is not None and len(each.zone_ids) >= most_zones
        left = "as many Zones as allowed" if is_at_most else f"{plural(each.schools_left or 0, 'school')} left"
        zones = listed(list(zone_names[list(each.zone_ids)])) or "no Zone"
        parts.append(f"{names[each.partner_id]} runs {zones} ({left})")
    more = len(able) - _PARTNERS_NAMED
    tail = f"; and {plural(more, 'other partner')}" if more > 0 else ""
    return f"No partner that may run it has enough capacity left: {'; '.join(parts)}{tail}."


def _describe_budget(zone: UnservedZone, names: pd.Series) -> str:
    able = [str(names[each.partner_id]) for each in _able(zone)]
    short = "" if zone.dollars_short is None else f": {zone.dollars_short:,.0f} dollars a year are missing"
    return f"{either_of(able)} could run it, but the Zones that are served leave too little of the budget{short}."


def _describe_loss(zone: UnservedZone, unit: str) -> list[str]:
    loss = zone.if_served
    if loss.proof != "solved":
        return []
    if not loss.is_possible:
        return ["With the locks it cannot be served at all."]
    if loss.need_low:
        return [f"If it were served, {describe_need(loss.need_low, unit, 'fewer')} would be served in all."]
    return ["If it were served, another Zone with as much need would go unserved."]
