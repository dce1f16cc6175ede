"""A match as files: JSON, CSV, the state's picture and a map, the same bytes for the same match."""

from __future__ import annotations

from pathlib import Path

from clustering.capacity.matching.documents import (
    capacity_table,
    match_document,
    matches_table,
    unserved_table,
    unused_table,
)
from clustering.capacity.matching.match import Match
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.picture.documents import picture_document
from clustering.capacity.picture.draw_picture import state_picture
from clustering.capacity.register.register import Register
from clustering.outputs.capacity.picture_page import draw_picture
from clustering.outputs.data_package import with_data_package
from clustering.outputs.files import json_bytes
from clustering.outputs.maps.capacity.zone_map import Geometry, draw_zone_map
from clustering.outputs.release_mark import marked_files
from clustering.outputs.tables import table_bytes
from clustering.outputs.write_files import write_files


def render_match(
    match: Match,
    needs: ZoneNeeds,
    register: Register,
    *,
    title: str | None = None,
    geometry: Geometry | None = None,
) -> dict[str, bytes]:
    """
    Write a match in every form.

    Parameters
    ----------
    match
        As ``match_zones`` answers.
    needs, register
        That it is of.
    title
        Heading of the picture and the map.
    geometry
        Outlines of the Zones: a polygon by ``zone_id``, or the GeoJSON of ``zones_geojson``. ``None``: drawn around
        the schools.

    Returns
    -------
    contents
        File name to bytes, as :func:`write_match` names them.

    Raises
    ------
    SolverError
        The match is not of these needs: the sums of the picture differ.
    """
    picture = state_picture(needs, match, register)
    contents = {
        "match.json": json_bytes(match_document(match)),
        "picture.json": json_bytes(picture_document(picture)),
        "matches.csv": table_bytes(matches_table(match), whole_numbers=True),
        "unserved.csv": table_bytes(unserved_table(match), whole_numbers=True),
        "unused_partners.csv": table_bytes(unused_table(match), whole_numbers=True),
        "capacity.csv": table_bytes(capacity_table(match), whole_numbers=True),
        "picture.html": draw_picture(picture, title=title).encode(),
        "map.html": draw_zone_map(needs, match, register, title=title, geometry=geometry).encode(),
    }
    return marked_files(contents, needs.disclosure)


def write_match(
    match: Match,
    needs: ZoneNeeds,
    register: Register,
    directory: str | Path,
    *,
    title: str | None = None,
    geometry: Geometry | None = None,
) -> tuple[Path, ...]:
    """
    Write a match into a folder.

    Parameters
    ----------
    match, needs, register
        As for :func:`render_match`.
    directory
        Made if it does not exist; files of the same names are replaced.
    title, geometry
        As for :func:`render_match`.

    Returns
    -------
    paths
        ``match.json``, ``picture.json``, ``matches.csv``, ``unserved.csv`` (Zones without a partner),
        ``unused_partners.csv``, ``capacity.csv``, ``picture.html`` (one page, without scripts), ``map.html`` and
        ``datapackage.json``; marked as for :func:`~clustering.write_proposal`.
    """
    contents = render_match(match, needs, register, title=title, geometry=geometry)
    described = with_data_package(contents, name="match", title=title or "Lead Partners matched to Zones")
    return write_files(described, directory)
