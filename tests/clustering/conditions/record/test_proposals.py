"""The Zone of a proposal as the Zone of a record."""

from __future__ import annotations

import hashlib
import json

import pytest

from clustering import InputError, json_bytes, propose_zones, render_proposal, zone_of_proposal
from tests.examples.toy_district import toy_planner


def rendered(disclosure: str) -> dict[str, bytes]:
    parameters = {"identification": "official:designation=CSI", "disclosure": disclosure}
    return render_proposal(propose_zones(toy_planner(), parameters))


def test_the_zone_is_copied_with_where_it_came_from() -> None:
    files = rendered("protected")
    document = json.loads(files["proposal.json"])
    wanted = document["zones"][0]
    zone = zone_of_proposal(files["proposal.json"], wanted["zone_id"], zones=files["zones.geojson"], proposal_id="p-1")
    assert zone.name == wanted["name"]
    assert list(zone.school_ids) == [member["school_id"] for member in wanted["members"]]
    assert zone.anchor_ids == (wanted["anchor_id"],)
    assert zone.outline == json.loads(files["zones.geojson"])["features"][0]["geometry"]
    assert zone.origin.proposal_id == "p-1"
    assert zone.origin.proposal_sha256 == hashlib.sha256(files["proposal.json"]).hexdigest()
    assert zone.origin.parameters == document["parameters"]
    assert zone.origin.provenance == document["provenance"]


def test_no_count_of_students_and_no_hash_of_exact_counts_is_copied() -> None:
    files = rendered("exact")
    document = files["proposal-exact-not-for-release.json"]
    zone = zone_of_proposal(document, json.loads(document)["zones"][0]["zone_id"])
    assert zone.origin.proposal_sha256 is None
    assert "tables_sha256" not in zone.origin.provenance
    assert b"students" not in json_bytes(zone.model_dump(mode="json", exclude={"origin"}))


def test_a_zone_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="no Zone with this identifier"):
        zone_of_proposal(rendered("protected")["proposal.json"], "zone-9999")
