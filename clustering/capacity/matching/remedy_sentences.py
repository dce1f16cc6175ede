"""The sentences that say what would have to change, and what that brings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from clustering.capacity.matching.obstacle_sentences import describe_obstacle, describe_remedy, listed
from clustering.capacity.matching.reasons import Remedy, UnservedZone
from clustering.capacity.matching.units import describe_need


def describe_remedies(zone: UnservedZone, names: pd.Series, zone_names: pd.Series, unit: str) -> Iterator[str]:
    """
    Say what would have to change for a Zone to have a partner.

    Parameters
    ----------
    zone
        With its remedies.
    names
        Partner to name.
    zone_names
        Zone to name.
    unit
        Of need.

    Yields
    ------
    sentence
        Two for each remedy; one if no change that was tried helps.
    """
    if zone.tried_count and not zone.remedies:
        partners = f"the {zone.tried_count} partners" if zone.tried_count > 1 else "the partner"
        yield f"Changes for {partners} nearest to running it were tried, and none would serve more in all."
    for number, remedy in enumerate(zone.remedies):
        name, changes = names[remedy.partner_id], " and ".join(map(describe_remedy, remedy.changes))
        beginning = "The least would have to change for" if number == 0 else "As little would have to change for"
        if not remedy.is_least:
            beginning = "The most would be gained by a change for"
        yield f"{beginning} {name}{_why(zone, remedy)}. What would have to change: {changes}."
        if remedy.need_gained is None:
            yield "What other Zones would lose by it was not measured."
        else:
            yield describe_effect(remedy, zone.zone_id, zone_names, unit)


def describe_effect(remedy: Remedy, zone_id: str, zone_names: pd.Series, unit: str) -> str:
    """
    Say what a change brings to the whole match.

    Parameters
    ----------
    remedy
        Measured.
    zone_id
        The Zone that it is for, which is not named again; empty: all are named.
    zone_names
        Zone to name.
    unit
        Of need.

    Returns
    -------
    sentence
        ``Then 400 students more would be served in all, and no Zone would lose its partner.``
    """
    others = [str(zone_names[each]) for each in remedy.zones_gained if each != zone_id]
    lost = [str(zone_names[each]) for each in remedy.zones_lost]
    also = f" ({_all_of(others)}{' too' if zone_id else ''})" if others else ""
    whose = "its partner" if len(lost) == 1 else "their partners"
    end = f", but {_all_of(lost)} would lose {whose}" if lost else ", and no Zone would lose its partner"
    return f"Then {describe_need(remedy.need_gained or 0.0, unit)} more would be served in all{also}{end}."


def _why(zone: UnservedZone, remedy: Remedy) -> str:
    """What stands in the way of the partner, where anything does but the Zones that it runs."""
    obstacles = [
        each for partner in zone.partners if partner.partner_id == remedy.partner_id for each in partner.obstacles
    ]
    return f": it {' and '.join(map(describe_obstacle, obstacles))}" if obstacles else ""


def _all_of(names: Sequence[str]) -> str:
    return listed(names) if len(names) != 2 else " and ".join(names)
