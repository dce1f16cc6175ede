"""The one set of numbers: Proposals, reports and problems as JSON-ready values, shared by every way out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd
import shapely

from clustering.ingest.documents import _basis_document
from clustering.model.columns import LINK_COLUMNS
from clustering.model.grades import format_grades
from clustering.model.records import table_records
from clustering.zones.proposal import Proposal, Zone

COORDINATE_DIGITS = 6


def proposal_document(proposal: Proposal) -> dict[str, Any]:
    """
    Write a Proposal as plain values.

    Parameters
    ----------
    proposal
        As ``propose_zones`` answers.

    Returns
    -------
    document
        ``parameters``, ``zones`` (each with ``members`` and ``metrics``), ``anchors``, ``solution``,
        ``decision_counts``, ``notes``, ``provenance`` and ``flow_basis``. No geometry.
    """
    return {
        "parameters": proposal.parameters.as_dict(),
        "solution": asdict(proposal.solution),
        "decision_counts": dict(proposal.decision_counts),
        "zones": [_zone_document(zone, proposal) for zone in proposal.zones],
        "anchors": [asdict(anchor) for anchor in proposal.anchors],
        "notes": list(proposal.notes),
        "provenance": dict(proposal.provenance),
        "flow_basis": _basis_document(proposal.basis),
    }


def zones_geojson(proposal: Proposal) -> dict[str, Any]:
    """
    Write the Zones as a GeoJSON FeatureCollection (RFC 7946, longitude and latitude in WGS 84).

    Parameters
    ----------
    proposal
        As ``propose_zones`` answers.

    Returns
    -------
    collection
        A feature per Zone: its outline (``null`` without coordinates) and, as properties, what
        :func:`proposal_document` says of it. ``notes``, ``solution``, ``parameters`` and ``provenance`` stand beside
        the features.
    """
    features = [
        {
            "type": "Feature",
            "id": zone.zone_id,
            "geometry": None if zone.outline is None else shapely.geometry.mapping(zone.outline),
            "properties": _zone_document(zone, proposal),
        }
        for zone in proposal.zones
    ]
    whole = proposal_document(proposal)
    beside = {name: whole[name] for name in ("parameters", "solution", "anchors", "notes", "provenance", "flow_basis")}
    return {"type": "FeatureCollection", "features": features, **beside}


def schools_table(proposal: Proposal) -> pd.DataFrame:
    """
    Write the schools as a flat table.

    Parameters
    ----------
    proposal
        As ``propose_zones`` answers.

    Returns
    -------
    table
        A row per school, sorted by ``school_id``: ``name``, ``district_id``, ``district_name``, ``level``, ``grades``
        (text), ``status``, ``enrolment_students``, ``longitude``, ``latitude``, ``role``, ``zone_id``, ``reason``,
        ``feeder_pattern`` (see :func:`~clustering.describe_feeders`), ``dominant_destinations``, ``dominant_feeders``
        (ids parted by ``"; "``).
    """
    schools = proposal.schools
    masks = schools["grades_offered"]
    texts = {mask: format_grades(mask) for mask in masks.unique()}
    table = pd.DataFrame(schools[["name", "district_id", "district_name", "level"]])
    table["grades"] = masks.map(texts)
    table = table.join(pd.DataFrame(schools[["status", "enrolment_students"]]))
    table["longitude"] = schools.geometry.x.round(COORDINATE_DIGITS)
    table["latitude"] = schools.geometry.y.round(COORDINATE_DIGITS)
    marks = ["role", "zone_id", "reason", "feeder_pattern", "dominant_destinations", "dominant_feeders"]
    return table.join(pd.DataFrame(schools[marks])).rename_axis("school_id").reset_index()


def schools_geojson(proposal: Proposal) -> dict[str, Any]:
    """
    Write the schools as a GeoJSON FeatureCollection (RFC 7946, longitude and latitude in WGS 84).

    Parameters
    ----------
    proposal
        As ``propose_zones`` answers.

    Returns
    -------
    collection
        A feature per school with the columns of :func:`schools_table` as properties; missing is ``null``.
    """
    table = schools_table(proposal)
    points = table[["longitude", "latitude"]].to_numpy().tolist()
    plain = table.drop(columns=["longitude", "latitude"])
    records = table_records(plain)
    features = [
        {
            "type": "Feature",
            "id": record["school_id"],
            "geometry": None if point[0] != point[0] else {"type": "Point", "coordinates": point},
            "properties": record,
        }
        for record, point in zip(records, points, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def members_table(proposal: Proposal) -> pd.DataFrame:
    """
    Write the members of all Zones as a flat table.

    Parameters
    ----------
    proposal
        As ``propose_zones`` answers.

    Returns
    -------
    table
        ``zone_id``, ``zone_name``, ``anchor_id`` and the fields of ``model.Member``, in the order of the Zones.
    """
    rows = [
        {"zone_id": zone.zone_id, "zone_name": zone.name, "anchor_id": zone.anchor_id, **asdict(member)}
        for zone in proposal.zones
        for member in zone.members
    ]
    names = ["zone_id", "zone_name", "anchor_id", *_MEMBER_FIELDS]
    return pd.DataFrame(rows, columns=names).astype({"steps": "Int64"})


def links_table(proposal: Proposal) -> pd.DataFrame:
    """Write the feeder links (``columns.LINK_COLUMNS``, ``zone_id``, ``flow_basis``) as a flat table."""
    return proposal.links[[*LINK_COLUMNS, "zone_id"]].assign(flow_basis=proposal.basis.method)


def _zone_document(zone: Zone, proposal: Proposal) -> dict[str, Any]:
    return {
        "zone_id": zone.zone_id,
        "name": zone.name,
        "anchor_id": zone.anchor_id,
        "flow_basis": proposal.basis.method,
        "metrics": asdict(zone.metrics),
        "changes_at_low": zone.changes_at_low,
        "changes_at_high": zone.changes_at_high,
        "members": [asdict(member) for member in zone.members],
    }


_MEMBER_FIELDS = ("school_id", "name", "level", "role", "reason", "steps", "kept_share", "distance_km")
