"""Files of a proposal by their addresses."""

from __future__ import annotations

import hashlib

from starlette.testclient import TestClient


def test_the_package_has_every_file_as_it_is_served(client: TestClient, proposal_id: str) -> None:
    own = f"/proposals/{proposal_id}/files"
    package = client.get(own)
    assert package.content == client.get(f"{own}/datapackage.json").content
    resources = {each["path"]: each for each in package.json()["resources"]}
    assert {"zones.csv", "proposal.gpkg", "zones.parquet", "proposal.xlsx", "map.html"} <= set(resources)
    for path, resource in resources.items():
        answer = client.get(f"{own}/{path}")
        assert answer.status_code == 200
        assert resource["hash"] == f"sha256:{hashlib.sha256(answer.content).hexdigest()}"
        assert answer.headers["content-type"].split(";")[0] == resource["mediatype"]
        assert client.get(f"{own}/{path}", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    fields = {each["name"]: each for each in resources["zones.csv"]["schema"]["fields"]}
    assert (fields["school_count"]["type"], fields["retention"]["unit"]) == ("integer", "share, 0 to 1")


def test_what_is_not_there_is_404(client: TestClient, proposal_id: str) -> None:
    assert client.get(f"/proposals/{proposal_id}/files/zones.exe").status_code == 404
    assert client.get("/proposals/none/files/zones.csv").status_code == 404
