"""The Zone of a proposal as the Zone of a record: a copy that stays when the proposal is gone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from clustering.conditions.record.record import RecordedZone, ZoneOrigin
from clustering.errors import InputError, Problem
from clustering.model.validation_errors import shown_value


def zone_of_proposal(
    proposal: bytes, zone_id: str, *, zones: bytes | None = None, proposal_id: str | None = None
) -> RecordedZone:
    """
    Take a Zone out of a proposal, to begin a record with it.

    Parameters
    ----------
    proposal
        Bytes of ``proposal.json``.
    zone_id
        Of one of its Zones.
    zones
        Bytes of ``zones.geojson`` of the same proposal, for the outline.
    proposal_id
        What the proposal is called where it is kept.

    Returns
    -------
    zone
        With the proposal's parameters, provenance and SHA-256; without the hashes if its counts are exact. No counts of
        students are copied.

    Raises
    ------
    InputError
        The proposal has no such Zone.
    """
    found = zones_of_proposal(proposal, [zone_id], zones=zones, proposal_id=proposal_id)
    if zone_id not in found:
        message = "The proposal has no Zone with this identifier."
        remedy = "Give the zone_id of one of its Zones."
        raise InputError(
            [Problem(table="zone", column="zone_id", value=shown_value(zone_id), message=message, remedy=remedy)]
        )
    return found[zone_id]


def zones_of_proposal(
    proposal: bytes,
    zone_ids: Iterable[str] | None = None,
    *,
    zones: bytes | None = None,
    proposal_id: str | None = None,
) -> dict[str, RecordedZone]:
    """
    Take several Zones out of a proposal, which is read once.

    Parameters
    ----------
    proposal
        As for :func:`zone_of_proposal`.
    zone_ids
        Those that are wanted; ``None`` for all. Others than those of the proposal are left out.
    zones, proposal_id
        As for :func:`zone_of_proposal`.

    Returns
    -------
    recorded
        By ``zone_id``, in the order of the proposal.
    """
    document = json.loads(proposal)
    wanted = None if zone_ids is None else set(zone_ids)
    features = [] if zones is None else json.loads(zones)["features"]
    outlines = {each["id"]: each["geometry"] for each in features}
    origin = _origin_of(proposal, document, proposal_id)
    return {
        zone["zone_id"]: _recorded(zone, outlines.get(zone["zone_id"]), origin)
        for zone in document["zones"]
        if wanted is None or zone["zone_id"] in wanted
    }


def _recorded(zone: Mapping[str, Any], outline: Any, origin: ZoneOrigin) -> RecordedZone:
    members = zone["members"]
    return RecordedZone(
        zone_id=zone["zone_id"],
        name=zone["name"],
        school_ids=tuple(member["school_id"] for member in members),
        anchor_ids=tuple(member["school_id"] for member in members if member["role"] == "anchor"),
        school_names={member["school_id"]: member["name"] for member in members if member["name"]},
        outline=outline,
        origin=origin,
    )


def _origin_of(proposal: bytes, document: Mapping[str, Any], proposal_id: str | None) -> ZoneOrigin:
    # A record may be read by more people than an exact proposal: with a hash of exact counts a guess could be tested.
    is_exact = document["parameters"]["disclosure"] == "exact"
    hashes = ("tables_sha256",) if is_exact else ()
    return ZoneOrigin(
        basis="proposal",
        proposal_id=proposal_id,
        proposal_sha256=None if is_exact else hashlib.sha256(proposal).hexdigest(),
        parameters=document["parameters"],
        provenance={name: value for name, value in document["provenance"].items() if name not in hashes},
    )
