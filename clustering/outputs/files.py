"""A Proposal, a Comparison or a report as files: JSON, GeoJSON and CSV, the same bytes for the same thing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clustering.analysis.comparison import Comparison, comparison_document
from clustering.ingest.documents import crosswalk_table, report_document, set_aside_table
from clustering.model.gc_paused import paused_garbage_collection
from clustering.model.ingest_report import IngestReport
from clustering.outputs.data_package import with_data_package
from clustering.outputs.maps import draw_map
from clustering.outputs.proposal_json import document_and_zones_bytes
from clustering.outputs.release_mark import marked_files, with_release_mark
from clustering.outputs.tables import points_geojson_bytes, table_bytes, with_written_numbers
from clustering.outputs.write_files import write_files
from clustering.zones.documents import (
    links_table,
    members_table,
    schools_table,
)
from clustering.zones.proposal import Proposal


def json_bytes(document: dict[str, Any]) -> bytes:
    """
    Write a document as UTF-8 JSON.

    Parameters
    ----------
    document
        Plain values. NaN and infinity are refused, since JSON has none.

    Returns
    -------
    data
        With the mark of :func:`~clustering.with_release_mark` if the document says that its counts are exact; so has
        each feature of GeoJSON.
    """
    data = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    name = "a.geojson" if document.get("type") == "FeatureCollection" else "a.json"
    return with_release_mark(name, data, _disclosure_of(document))


def _disclosure_of(document: Mapping[str, Any]) -> str:
    """The disclosure that a document, its parameters or its provenance name."""
    parts = [document, *(document.get(name) for name in ("parameters", "provenance"))]
    named = [part.get("disclosure") for part in parts if isinstance(part, Mapping)]
    return "exact" if "exact" in named else "protected"


def write_proposal(proposal: Proposal, directory: str | Path) -> tuple[Path, ...]:
    """
    Write a Proposal into a folder.

    Parameters
    ----------
    proposal
        As ``propose_zones`` answers.
    directory
        Made if it does not exist; files of the same names are replaced.

    Returns
    -------
    paths
        ``proposal.json``, ``zones.geojson``, ``schools.geojson``, ``schools.csv``, ``members.csv``, ``links.csv``,
        ``map.html`` and ``datapackage.json``, which says what is in them (Data Package 2.0). With exact counts each
        is called such as ``zones-exact-not-for-release.geojson``, and says so inside.
    """
    return write_files(with_package_of_proposal(render_proposal(proposal), proposal), directory)


def write_comparison(comparison: Comparison, directory: str | Path) -> tuple[Path, ...]:
    """
    Write a Comparison into a folder.

    Parameters
    ----------
    comparison
        As ``compare_proposals`` answers.
    directory
        Made if it does not exist; files of the same names are replaced.

    Returns
    -------
    paths
        ``comparison.json``, ``moves.csv`` (schools that move), ``zones_side_by_side.csv`` and
        ``datapackage.json``; marked as for :func:`write_proposal`.
    """
    contents = with_data_package(render_comparison(comparison), name="comparison", title="Two sets of Zones compared")
    return write_files(contents, directory)


def write_report(report: IngestReport, directory: str | Path) -> tuple[Path, ...]:
    """
    Write an ingest report into a folder.

    Parameters
    ----------
    report
        Of a scenario.
    directory
        Made if it does not exist; files of the same names are replaced.

    Returns
    -------
    paths
        ``report.json``, ``set_aside.csv`` (the rows left out, with the reason; with those of student records, and then
        called ``set_aside-exact-not-for-release.csv``), ``crosswalk.csv`` (schools of earlier years that may be schools
        of today, to be confirmed and given back) and ``datapackage.json``.
    """
    rendered = render_report(report, with_students=True)
    contents = with_data_package(
        rendered,
        name="report",
        title="How the files were read",
        sources=[file.name for file in report.files],
        confidential=[name for name in rendered if name.startswith("set_aside")],  # its rows may be of students
    )
    return write_files(contents, directory)


def with_package_of_proposal(contents: Mapping[str, bytes], proposal: Proposal) -> dict[str, bytes]:
    """
    Add ``datapackage.json`` to the files of a Proposal.

    Parameters
    ----------
    contents
        As :func:`render_proposal` writes them.
    proposal
        That they are of.

    Returns
    -------
    contents
        The same files, and last the description (see ``data_package.with_data_package``).
    """
    return with_package_of_document(
        contents, {"provenance": proposal.provenance, "parameters": proposal.parameters.as_dict()}
    )


def with_package_of_document(contents: Mapping[str, bytes], document: Mapping[str, Any]) -> dict[str, bytes]:
    """
    Add ``datapackage.json`` to files that were written of a Proposal, whose document is all that is left of it.

    Parameters
    ----------
    contents
        File name to bytes.
    document
        Of the Proposal, of which ``provenance`` and ``parameters`` are read.

    Returns
    -------
    contents
        The same files, and last the description (see ``data_package.with_data_package``).
    """
    made = document["provenance"]
    return with_data_package(
        contents,
        name="proposal",
        title="Protected Zones as proposed",
        sources=[str(file["name"]) for file in made["files"]],
        made={
            **{name: value for name, value in made.items() if name != "files"},
            "parameters": document["parameters"],
        },
    )


def render_report(report: IngestReport, *, with_students: bool = False) -> dict[str, bytes]:
    """
    Write an ingest report in every form.

    Parameters
    ----------
    report
        Of a scenario.
    with_students
        As for :func:`~clustering.set_aside_table`.

    Returns
    -------
    contents
        File name to bytes, as :func:`write_report` names them.
    """
    table = set_aside_table(report, with_students=with_students)
    of_students = {file.name for file in report.files if file.role == "students"}
    set_aside = {"set_aside.csv": table_bytes(table)}
    return {
        "report.json": json_bytes(report_document(report)),
        **marked_files(set_aside, "exact" if table["file"].isin(of_students).any() else "protected"),
        "crosswalk.csv": table_bytes(crosswalk_table(report)),
    }


def render_proposal(proposal: Proposal, *, title: str | None = None) -> dict[str, bytes]:
    """
    Write a Proposal in every form.

    Parameters
    ----------
    proposal
        As ``propose_zones`` answers.
    title
        Heading of the map.

    Returns
    -------
    contents
        File name to bytes, as ``write_proposal`` names them; the same bytes for the same Proposal.
    """
    with paused_garbage_collection():
        schools = with_written_numbers(schools_table(proposal))
        contents = {
            **document_and_zones_bytes(proposal),
            "schools.geojson": points_geojson_bytes(schools),
            "schools.csv": table_bytes(schools),
            "members.csv": table_bytes(members_table(proposal)),
            "links.csv": table_bytes(links_table(proposal)),
            "map.html": draw_map(proposal, title=title).encode(),
        }
        return marked_files(contents, proposal.parameters.disclosure)


def render_comparison(comparison: Comparison) -> dict[str, bytes]:
    """
    Write a Comparison in every form.

    Parameters
    ----------
    comparison
        As ``compare_proposals`` answers.

    Returns
    -------
    contents
        File name to bytes, as :func:`write_comparison` names them; the same bytes for the same two proposals.
    """
    contents = {
        "comparison.json": json_bytes(comparison_document(comparison)),
        "moves.csv": table_bytes(comparison.moves),
        "zones_side_by_side.csv": table_bytes(comparison.zones),
    }
    return marked_files(contents, comparison.disclosure)
