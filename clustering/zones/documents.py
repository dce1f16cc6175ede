"""
The one set of numbers: a Proposal as JSON-ready values and flat tables, shared by every way out.

What is written is what the classes of ``zones.proposal`` have: a field that is added there appears here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

import pandas as pd
import shapely

from clustering.ingest.documents import basis_document
from clustering.model.columns import LINK_COLUMNS
from clustering.model.grades import format_grades
from clustering.model.ingest_report import FlowBasis
from clustering.model.records import table_records
from clustering.zones.parameters import ProposalParameters
from clustering.zones.proposal import Member, Proposal, Zone
from clustering.zones.school_table import SCHOOL_COLUMNS

# The number of the document's shape. Raise it when a key is added, renamed or dropped: stored documents keep theirs.
PROPOSAL_FORMAT = 1

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
    document: dict[str, Any] = _document_of(proposal)
    return document


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
        :func:`proposal_document` says of it. The parts of the document that hold for all Zones, such as ``notes`` and
        ``provenance``, stand beside the features (foreign members).
    """
    features = [
        {
            "type": "Feature",
            "id": zone.zone_id,
            "geometry": outline_geometry(zone),
            "properties": _document_of(zone),
        }
        for zone in proposal.zones
    ]
    foreign_members = _document_of(proposal, only="is_beside_features")
    return {"type": "FeatureCollection", "features": features, **foreign_members}


def outline_geometry(zone: Zone) -> dict[str, Any] | None:
    """The outline of a Zone as a geometry of GeoJSON; ``None`` if it has none."""
    return None if zone.outline is None else shapely.geometry.mapping(zone.outline)


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
        (text), ``status``, ``enrolment_students``, ``longitude``, ``latitude`` and what the Proposal adds,
        ``school_table.SCHOOL_COLUMNS``.
    """
    schools = proposal.schools
    masks = schools["grades_offered"]
    texts = {mask: format_grades(mask) for mask in masks.unique()}
    table = pd.DataFrame(schools[["name", "district_id", "district_name", "level"]])
    table["grades"] = masks.map(texts)
    table = table.join(pd.DataFrame(schools[["status", "enrolment_students"]]))
    table["longitude"] = schools.geometry.x.round(COORDINATE_DIGITS)
    table["latitude"] = schools.geometry.y.round(COORDINATE_DIGITS)
    return table.join(pd.DataFrame(schools[list(SCHOOL_COLUMNS)])).rename_axis("school_id").reset_index()


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
        ``zone_id``, ``zone_name``, ``anchor_id`` and the fields of :class:`~clustering.Member`, in the order of Zones.
    """
    zones = [zone for zone in proposal.zones for _ in zone.members]
    members = [member for zone in proposal.zones for member in zone.members]
    columns = {
        "zone_id": [zone.zone_id for zone in zones],
        "zone_name": [zone.name for zone in zones],
        "anchor_id": [zone.anchor_id for zone in zones],
        **{each.name: [getattr(member, each.name) for member in members] for each in fields(Member)},
    }
    return pd.DataFrame(columns).astype({"steps": "Int64"})


def links_table(proposal: Proposal) -> pd.DataFrame:
    """Write the feeder links (``columns.LINK_COLUMNS``, ``zone_id``, ``flow_basis``) as a flat table."""
    return proposal.links[[*LINK_COLUMNS, "zone_id"]].assign(flow_basis=proposal.basis.method)


def part_document(part: Any, *, only: str | None = None) -> dict[str, Any]:
    """
    Write one part of a Proposal; what is inside it stays as it is.

    Parameters
    ----------
    part
        The Proposal, a Zone, a Member, its parameters ... or a mapping.
    only
        Name of the metadata that marks the fields to write; ``None``: those of the document.

    Returns
    -------
    document
        Its fields by name, in their order.

    Raises
    ------
    TypeError
        It is no part of a Proposal.
    """
    if isinstance(part, ProposalParameters):
        return part.as_dict()
    if isinstance(part, FlowBasis):
        return basis_document(part)
    if is_dataclass(part):
        kind: Any = type(part)
        return {name: getattr(part, attribute) for name, attribute in _written(kind, only)}
    if isinstance(part, Mapping):
        return dict(part)
    raise TypeError(f"A value of type {type(part).__name__} is no part of a Proposal.")


def _document_of(value: Any, *, only: str | None = None) -> Any:
    """Plain values of a part of a Proposal and of all that is inside it."""
    if value is None or isinstance(value, (str, int, float, list)):
        return value
    if isinstance(value, tuple):
        return [_document_of(each) for each in value]
    return {name: _document_of(each) for name, each in part_document(value, only=only).items()}


@cache
def _written(part: type, only: str | None) -> tuple[tuple[str, str], ...]:
    """Fields of a part of a Proposal that are written, with the names under which they are; looked up once."""
    return tuple(
        (each.metadata.get("document_name", each.name), each.name)
        for each in fields(part)
        if (each.metadata.get("is_in_document", True) if only is None else each.metadata.get(only, False))
    )
