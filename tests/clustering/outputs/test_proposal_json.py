"""The texts of a Proposal and of its Zones are those of the plain values, to the byte."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from clustering import (
    Proposal,
    json_bytes,
    parse_parameters,
    proposal_document,
    propose_zones,
    with_release_mark,
    zones_geojson,
    zones_geojson_bytes,
)
from clustering.outputs.proposal_json import document_and_zones_bytes
from tests.examples.toy_district import toy_scenario, toy_schools
from tests.faulty_files.hostile_names import hostile_state_flows, hostile_state_schools

INPUTS: dict[str, tuple[pd.DataFrame | None, pd.DataFrame | None, dict[str, object]]] = {
    "toy district": (None, None, {}),
    "no coordinates": (toy_schools().assign(lat="", lon=""), None, {}),
    "no Zone": (None, None, {"maximum_distance_km": 0.001}),
    "exact counts": (None, None, {"disclosure": "exact"}),
    "hostile names": (hostile_state_schools(), hostile_state_flows(), {}),
}


def propose(name: str) -> Proposal:
    schools, flows, more = INPUTS[name]
    parameters = parse_parameters({"identification": "official:designation=CSI", **more})
    return propose_zones(toy_scenario(schools, flows), parameters)


@pytest.mark.parametrize("name", INPUTS)
def test_the_texts_are_those_of_the_plain_values(name: str) -> None:
    proposal = propose(name)
    contents, disclosure = document_and_zones_bytes(proposal), proposal.parameters.disclosure
    assert {name: with_release_mark(name, data, disclosure) for name, data in contents.items()} == {
        "proposal.json": json_bytes(proposal_document(proposal)),
        "zones.geojson": json_bytes(zones_geojson(proposal)),
    }
    assert zones_geojson_bytes(proposal) == json_bytes(zones_geojson(proposal))


def test_the_document_says_what_the_parts_of_the_proposal_hold() -> None:
    proposal = propose("toy district")
    document = json.loads(document_and_zones_bytes(proposal)["proposal.json"])
    assert [zone["zone_id"] for zone in document["zones"]] == [zone.zone_id for zone in proposal.zones]
    for written, zone in zip(document["zones"], proposal.zones, strict=True):
        assert written["metrics"] == vars(zone.metrics)
        assert written["members"] == [vars(member) for member in zone.members]
        assert written["arrival_by_level"] == [vars(level) for level in zone.arrival_by_level]
    assert document["notes"] == list(proposal.notes)
