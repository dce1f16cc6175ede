"""The sentences that say what would have to change, and what that brings."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from clustering.capacity.matching.obstacle_sentences import all_of, describe_changes, plural
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
        Two for each remedy; two if no change that was tried helps, one if no partner can change.
    """
    if zone.tried_count == 0:
        yield "No change of a partner in the register would serve it. It needs a new one."
    elif zone.tried_count and not zone.remedies:
        partners = plural(zone.tried_count, "partner") if zone.tried_count > 1 else "the partner"
        yield f"Changes for {partners} closest to running it were tried, and none would bring this Zone a partner."
        yield "What they add, if anything, serves more need in other Zones."
    for number, remedy in enumerate(zone.remedies):
        changes = describe_changes(remedy.changes, str(names[remedy.partner_id]))
        beginning = "The smallest change that would serve it:" if number == 0 else "Or"
        if not remedy.is_least:
            beginning = "The change that would bring the most:"
        yield f"{beginning} {changes}."
        if remedy.need_gained is None:
            yield "What that would bring in all, and which Zones would lose their partner, is not worked out."
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
        ``Then 400 more students would be served in all, and no Zone would lose its partner.``
    """
    others = [str(zone_names[each]) for each in remedy.zones_gained if each != zone_id]
    lost = [str(zone_names[each]) for each in remedy.zones_lost]
    also = f" ({all_of(others)}{' too' if zone_id else ''})" if others else ""
    whose = "its partner" if len(lost) == 1 else "their partners"
    end = f", but {all_of(lost)} would lose {whose}" if lost else ", and no Zone would lose its partner"
    return f"Then {describe_need(remedy.need_gained or 0.0, unit, 'more')} would be served in all{also}{end}."
