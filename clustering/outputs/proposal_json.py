"""
A Proposal as JSON and its Zones as GeoJSON.

Both hold the same text for each Zone, so it is written once. The files are, to the byte, the documents of
``zones.documents``. The encoder asks for one part of the Proposal after the other, so that plain values of the whole
Proposal never take memory at the same time.
"""

from __future__ import annotations

import json

from clustering.outputs.release_mark import with_release_mark
from clustering.zones.documents import outline_geometry, part_document
from clustering.zones.proposal import Proposal, Zone

# Whatever the encoder does not know is a part of the Proposal.
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=part_document).encode


def document_and_zones_bytes(proposal: Proposal) -> dict[str, bytes]:
    """
    Write the document of a Proposal and its Zones.

    Parameters
    ----------
    proposal
        As ``propose_zones`` answers.

    Returns
    -------
    contents
        UTF-8 of ``proposal.json``, as :func:`~clustering.proposal_document` says, and of ``zones.geojson``, as
        :func:`~clustering.zones_geojson` says.
    """
    zones = [_encode(zone) for zone in proposal.zones]
    return {"proposal.json": _write_document(proposal, zones), "zones.geojson": _write_features(proposal, zones)}


def zones_geojson_bytes(proposal: Proposal) -> bytes:
    """
    Write the Zones of a Proposal.

    Parameters
    ----------
    proposal
        As ``propose_zones`` answers.

    Returns
    -------
    collection
        UTF-8 of what :func:`~clustering.zones_geojson` returns; marked if counts are exact.
    """
    data = _write_features(proposal, [_encode(zone) for zone in proposal.zones])
    return with_release_mark("zones.geojson", data, proposal.parameters.disclosure)


def _write_document(proposal: Proposal, zones: list[str]) -> bytes:
    """Write all parts of a Proposal; the texts of its Zones are given."""
    parts = [
        f"{_encode(name)}:{_array(zones) if name == 'zones' else _encode(part)}"
        for name, part in part_document(proposal).items()
    ]
    return f"{{{','.join(parts)}}}".encode()


def _write_features(proposal: Proposal, zones: list[str]) -> bytes:
    """Write a feature per Zone, whose text is given, and as foreign members the parts that hold for all Zones."""
    features = [_write_feature(zone, text) for zone, text in zip(proposal.zones, zones, strict=True)]
    foreign_members = _encode(part_document(proposal, only="is_beside_features")).removeprefix("{")
    return f'{{"type":"FeatureCollection","features":{_array(features)},{foreign_members}'.encode()


def _write_feature(zone: Zone, text: str) -> str:
    geometry = _encode(outline_geometry(zone))
    return f'{{"type":"Feature","id":{_encode(zone.zone_id)},"geometry":{geometry},"properties":{text}}}'


def _array(texts: list[str]) -> str:
    return f"[{','.join(texts)}]"
