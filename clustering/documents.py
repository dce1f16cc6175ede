"""The one set of numbers: Proposals, reports and problems as JSON-ready values, shared by every way out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import pandas as pd
import shapely

from clustering.columns import LINK_COLUMNS
from clustering.disclosure import coarse_students
from clustering.errors import Problem
from clustering.grades import format_grades
from clustering.ingest_report import FlowBasis, IngestReport
from clustering.model import Proposal, Zone

COORDINATE_DIGITS = 6
MAXIMUM_SET_ASIDE_SHOWN = 1_000


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


def table_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Write a table as plain values, a mapping per row; missing is ``None``."""
    plain = table.astype("object")
    return [
        {str(name): value for name, value in row.items()} for row in plain.where(table.notna(), None).to_dict("records")
    ]


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


def report_document(report: IngestReport) -> dict[str, Any]:
    """
    Write an ingest report as plain values.

    Parameters
    ----------
    report
        Of a scenario.

    Returns
    -------
    document
        The fields of ``model.IngestReport``. Nothing in it reveals a small number of students: no hash of flow files,
        rows of student records in hundreds (missing below one hundred), and of the rows set aside the first 1,000,
        without those of students; :func:`set_aside_table` has all.
    """
    document = asdict(report)
    document["warnings"] = problem_documents(report.warnings)
    for file in document["files"]:
        file["unused_columns"] = list(file["unused_columns"])
        if file["role"] in ("flows", "students"):
            # A hash of exact counts would let a guess at a small one be tested.
            del file["sha256"]
        if file["role"] == "students":  # where a row is a student, or nearly
            for name in ("rows_read", "rows_used", "rows_set_aside"):
                file[name] = _rounded(file[name])
            reasons = file["set_aside_reasons"]
            file["set_aside_reasons"] = {reason: _rounded(count) for reason, count in reasons.items()}
    document["files"] = list(document["files"])
    document["basis"] = _basis_document(report.basis)
    shown = set_aside_table(report, with_students=False).head(MAXIMUM_SET_ASIDE_SHOWN)
    document["set_aside"] = shown.to_dict("records")
    document["crosswalk"] = list(document["crosswalk"])
    return document


def set_aside_table(report: IngestReport, *, with_students: bool) -> pd.DataFrame:
    """
    Write the rows that were read and not used as a flat table.

    Parameters
    ----------
    report
        Of a scenario.
    with_students
        Whether rows of student records are among them: their number can be a small number of students.

    Returns
    -------
    table
        ``file``, ``row``, ``reason``.
    """
    students = {file.name for file in report.files if file.role == "students"}
    rows = [asdict(row) for row in report.set_aside if with_students or row.file not in students]
    return pd.DataFrame(rows, columns=["file", "row", "reason"])


def _rounded(count: int) -> int | None:
    """A number of student records in hundreds, missing below one: finer totals would narrow small flows."""
    return coarse_students(count) if count else 0


def crosswalk_table(report: IngestReport) -> pd.DataFrame:
    """Write the crosswalk proposed as a flat table, to be confirmed row by row and given back as a file."""
    rows = [dict(row) for row in report.crosswalk]
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=["confirmed", "old_id", "new_id", "share"])


def problem_documents(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Write problems as plain values, one mapping each, without the fields that say nothing."""
    return [{name: value for name, value in asdict(problem).items() if value is not None} for problem in problems]


def _basis_document(basis: FlowBasis) -> dict[str, Any]:
    return {**asdict(basis), "details": list(basis.details), "is_estimated": basis.is_estimated}


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
