"""What may be read of a stored proposal."""

from __future__ import annotations

from pathlib import Path

from tests.examples.service_requests import ask_for_zones, running_service, toy_uploads


def test_exact_proposals_are_not_given_out_once_that_is_forbidden(tmp_path: Path) -> None:
    with running_service(tmp_path, allow_exact=True) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        links = ask_for_zones(client, dataset["id"], disclosure="exact")["links"]
        assert client.get(links["map"]).status_code == 200
    with running_service(tmp_path) as client:
        for part, address in links.items():
            assert client.get(address).status_code == (200 if part == "dataset" else 403), part
