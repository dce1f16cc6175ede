"""The schools and names of Zones, from whatever says them: a proposal, its document, or a plain mapping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from clustering.errors import InputError, Problem
from clustering.zones.proposal import Proposal

ZoneSchools = Mapping[str, Any] | Proposal


def zone_schools_of(zones: ZoneSchools) -> dict[str, tuple[str, ...]]:
    """
    Take the schools of each Zone.

    Parameters
    ----------
    zones
        A Proposal, its document (``proposal_document``), or a mapping of Zone to school ids.

    Returns
    -------
    zone_schools
        Zone to its schools, both sorted.

    Raises
    ------
    InputError
        A Zone has no schools, or they are no texts.
    """
    if isinstance(zones, Proposal):
        members: Mapping[Any, Any] = {
            zone.zone_id: [member.school_id for member in zone.members] for zone in zones.zones
        }
    elif isinstance(zones.get("zones"), list):
        members = {zone["zone_id"]: [member["school_id"] for member in zone["members"]] for zone in zones["zones"]}
    else:
        members = zones
    for zone, schools in members.items():
        is_list = isinstance(schools, Iterable) and not isinstance(schools, str | bytes)
        if not isinstance(zone, str) or not is_list or not all(isinstance(each, str) for each in schools):
            raise _no_zones(str(zone), "The Zone has no list of school ids.")
    listed = {zone: tuple(sorted(set(schools))) for zone, schools in sorted(members.items())}
    if empty := [zone for zone, schools in listed.items() if not schools]:
        raise _no_zones(empty[0], "The Zone has no schools.")
    return listed


def zone_names_of(zones: ZoneSchools) -> dict[str, str]:
    """
    Take the name of each Zone.

    Parameters
    ----------
    zones
        As for :func:`zone_schools_of`.

    Returns
    -------
    zone_names
        Zone to its name; a mapping of Zone to school ids has none.
    """
    if isinstance(zones, Proposal):
        return {zone.zone_id: zone.name for zone in zones.zones}
    if isinstance(zones.get("zones"), list):
        return {zone["zone_id"]: zone["name"] for zone in zones["zones"] if zone.get("name")}
    return {}


def _no_zones(value: str | None, message: str) -> InputError:
    remedy = "Give a Proposal, its document, or a dictionary of Zone and list of school ids, as texts."
    return InputError([Problem(table="zone_schools", value=value, message=message, remedy=remedy)])
