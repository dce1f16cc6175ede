"""Why partners have no Zone: the values, and the sentences written from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from clustering.capacity.matching.least_change import may_change, order_by_change
from clustering.capacity.matching.losses import SolvedMatch
from clustering.capacity.matching.obstacle_sentences import describe_changes, describe_obstacle, describe_zones, plural
from clustering.capacity.matching.obstacles import count_obstacles, describe_blocked
from clustering.capacity.matching.parameters import NeedMeasure
from clustering.capacity.matching.reasons import Remedy, UnservedKind, UnservedZone, UnusedKind, UnusedPartner
from clustering.capacity.matching.remedies import RemedySearch
from clustering.capacity.matching.remedy_sentences import describe_effect
from clustering.capacity.matching.units import UNITS

_MOST_ZONES_LISTED = 20
_ZONES_NAMED = 3
# Partners for which a change is solved again.
_PARTNERS_TRIED = 3
# Zones without a partner that a change of a partner can serve.
_OPEN: tuple[UnservedKind, ...] = ("no partner", "partners full", "budget", "smaller variant", "not chosen")
# Obstacles that a partner has with every Zone.
_OF_PARTNER: tuple[UnusedKind, ...] = ("supporting partner", "approval", "duties", "start")


def explain_unused(
    solved: SolvedMatch, search: RemedySearch, unserved: tuple[UnservedZone, ...]
) -> tuple[UnusedPartner, ...]:
    """
    Find why each partner without a Zone has none.

    Parameters
    ----------
    solved
        The match.
    search
        Of what would have to change, and what the match leaves.
    unserved
        Zones without a partner.

    Returns
    -------
    unused
        Sorted by partner.
    """
    instance, capacity_left = solved.instance, search.capacity_left
    partners = instance.register.partners
    missing = partners.index.difference(pd.Index(solved.chosen["partner_id"]))
    pairs = order_by_change(instance, instance.pairs[instance.pairs["partner_id"].isin(missing)], capacity_left)
    pairs = pairs.drop_duplicates(["partner_id", "zone_id"])
    of_partner = dict(iter(pairs.groupby("partner_id", sort=True)))
    options = instance.options.groupby("partner_id")["zone_id"].unique().to_dict()
    kinds = {zone.zone_id: zone.kind for zone in unserved}
    run_by = dict(zip(solved.chosen["zone_id"], solved.chosen["partner_id"], strict=True))
    is_open = pairs["zone_id"].map(kinds).isin(_OPEN)
    of_partner_open = pairs[is_open].drop_duplicates("partner_id").set_index("partner_id", drop=False)
    unused = []
    for partner in missing:
        nearest = of_partner.get(partner, pairs[:0])
        zones, free = sorted(options.get(partner, [])), instance.free[partner]
        best = of_partner_open.loc[[partner]] if partner in of_partner_open.index else nearest[:1]
        first = next(iter(best.to_dict("records")), None)
        unused.append(
            UnusedPartner(
                partner_id=str(partner),
                name=str(partners.loc[partner, "name"]),
                kind=_kind(nearest, free, zones, kinds),
                schools_free=None if pd.isna(free) else float(free),
                zone_count=len(zones),
                served_by=tuple((each, run_by[each]) for each in zones if each in run_by)[:_MOST_ZONES_LISTED],
                obstacle_counts=count_obstacles(nearest),
                nearest=None if first is None else describe_blocked(instance, first, capacity_left),
                nearest_zone_id=None if first is None else str(first["zone_id"]),
                reason="",
            )
        )
    records = of_partner_open[may_change(instance, of_partner_open)].to_dict("index")
    remedies = _find_remedies(search, unused, records)
    unused = [replace(each, remedy=remedies.get(each.partner_id)) for each in unused]
    names, zone_names = partners["name"], instance.needs.zones["name"]
    return tuple(
        replace(each, reason=describe_unused(each, names, zone_names=zone_names, measure=instance.parameters.need))
        for each in unused
    )


def _find_remedies(
    search: RemedySearch, unused: list[UnusedPartner], pairs: Mapping[Any, Mapping[Any, Any]]
) -> dict[str, Remedy | None]:
    """What would have to change for partners that may run no Zone; of the first ones solved again."""
    idle = [each.partner_id for each in unused if each.kind == "no Zone" and each.partner_id in pairs]
    tried = idle[: _PARTNERS_TRIED if search.is_measured else 0]
    found = search.measure([pairs[each] for each in tried])
    measured = {each: next(iter(remedies), None) for each, remedies in zip(tried, found, strict=True)}
    return measured | {each: search.describe(pairs[each]) for each in idle[len(tried) :]}


def describe_unused(partner: UnusedPartner, names: pd.Series, *, zone_names: pd.Series, measure: NeedMeasure) -> str:
    """
    Say why a partner has no Zone.

    Parameters
    ----------
    partner
        With its values; ``reason`` is not read.
    names
        Partner to name.
    zone_names
        Zone to name.
    measure
        Of the need.

    Returns
    -------
    sentences
        One to four.
    """
    zones = plural(partner.zone_count, "Zone")
    if partner.kind in _OF_PARTNER:
        return _describe_own_obstacle(partner)
    describe: Mapping[UnusedKind, Callable[[], str]] = {
        "capacity unknown": lambda: (
            "The register does not say how many schools it can run (maximum_schools) or runs now (schools_now)."
        ),
        "no capacity": lambda: "It can take on no school: it runs as many as it can.",
        "lock": lambda: "Locks keep it from every Zone that it may run.",
        "no Zone": lambda: _describe_no_zone(partner, zone_names, UNITS[measure]),
        "budget": lambda: f"It may run {zones}, and the budget does not reach for one more.",
        "Zones served by others": lambda: _describe_served(partner, names, zone_names),
        "not chosen": lambda: f"It may run {zones}, and the whole is as good without it.",
    }
    return describe[partner.kind]()


def _kind(nearest: pd.DataFrame, free: float, zones: list[str], kinds: Mapping[str, str]) -> UnusedKind:
    for name in _OF_PARTNER:
        if len(nearest) and all(name in each for each in nearest["obstacles"]):
            return name
    if pd.isna(free):
        return "capacity unknown"
    if free < 1:
        return "no capacity"
    if not zones:
        ways = list(zip(nearest["zone_id"], nearest["obstacles"], strict=True))
        is_forbidden = [each == ("forbidden",) for _, each in ways]
        is_locked = [kinds.get(zone) == "lock" for zone, each in ways if not each]
        return "lock" if any([*is_forbidden, *is_locked]) and all(is_locked) else "no Zone"
    open_zones = [zone for zone in zones if zone in kinds]
    if not open_zones:
        return "Zones served by others"
    return "budget" if all(kinds[zone] == "budget" for zone in open_zones) else "not chosen"


def _describe_own_obstacle(partner: UnusedPartner) -> str:
    obstacles = () if partner.nearest is None else partner.nearest.obstacles
    clauses = [describe_obstacle(each) for each in obstacles if each.obstacle == partner.kind]
    return f"It {' and '.join(clauses)}."


def _describe_no_zone(partner: UnusedPartner, zone_names: pd.Series, unit: str) -> str:
    if partner.nearest is None or partner.nearest_zone_id is None:
        return "There are no Zones."
    if not partner.nearest.obstacles:
        return "No Zone that it may run has a known need."
    obstacles = " and ".join(map(describe_obstacle, partner.nearest.obstacles))
    closest = f"It comes closest to running {zone_names[partner.nearest_zone_id]}: it {obstacles}."
    sentences = [f"It may run no Zone: {describe_zones(partner.obstacle_counts)}.", closest]
    if (remedy := partner.remedy) is not None:
        sentences.append(f"What would have to change: {describe_changes(remedy.changes, 'it')}.")
        if remedy.need_gained is not None:
            sentences.append(describe_effect(remedy, "", zone_names, unit))
    return " ".join(sentences)


def _describe_served(partner: UnusedPartner, names: pd.Series, zone_names: pd.Series) -> str:
    parts = [f"{zone_names[zone]} by {names[other]}" for zone, other in partner.served_by[:_ZONES_NAMED]]
    more = partner.zone_count - _ZONES_NAMED
    tail = f" and {more:,} more" if more > 0 else ""
    return f"Every Zone that it may run is served by others: {', '.join(parts)}{tail}."
