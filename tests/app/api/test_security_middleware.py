"""What every request passes: host names, origins, sizes, headers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.api.security_middleware import PAGE_CONTENT_SECURITY_POLICY
from tests.examples.service_requests import toy_uploads, upload


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "[::1", "a@127.0.0.1", "127.0.0.1/x"]
)
def test_unknown_host_names_are_refused_so_that_dns_rebinding_finds_nothing(client: TestClient, host: str) -> None:
    response = client.get("/datasets", headers={"Host": host})
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8000", "[::1]:8000", "LOCALHOST"])
def test_own_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"},
    ],
)
@pytest.mark.parametrize("path", ["/datasets", "/zones", "/proposals", "/browse/datasets"])
def test_other_sites_cannot_write(client: TestClient, path: str, headers: dict[str, str]) -> None:
    assert client.post(path, files=toy_uploads(), headers=headers).status_code == 403


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": "http://127.0.0.1"}]
)
def test_own_pages_and_programs_can(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/zones", files=toy_uploads(), headers=headers).status_code == 200


def _link(site: str) -> dict[str, str]:
    """The headers of a browser in which somebody follows a link."""
    return {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", ["/", "/datasets", "/browse/proposals/{}", "/proposals/{}/map", "/proposals/{}/plans"])
@pytest.mark.parametrize(
    "use",
    [
        {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
        {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
        {},
    ],
)
def test_other_sites_can_put_nothing_into_their_pages(
    client: TestClient, proposal_id: str, path: str, site: str, use: dict[str, str]
) -> None:
    response = client.get(path.format(proposal_id), headers={"Sec-Fetch-Site": site, **use})
    assert response.status_code == 403
    assert response.headers["content-type"] == "application/problem+json"
    assert "Open the address itself" in response.json()["detail"]


@pytest.mark.parametrize("path", ["/", "/datasets", "/browse/proposals/{}", "/proposals/{}/map", "/docs"])
def test_links_on_other_sites_lead_to_pages(client: TestClient, proposal_id: str, path: str) -> None:
    assert client.get(path.format(proposal_id), headers=_link("cross-site")).status_code == 200


@pytest.mark.parametrize("path", ["/proposals/{}/readiness", "/browse/proposals/{}/progress"])
def test_links_on_other_sites_compute_nothing(client: TestClient, proposal_id: str, path: str) -> None:
    address = path.format(proposal_id)
    response = client.get(address, headers=_link("cross-site"))
    assert response.status_code == 403
    assert "would be computed anew" in response.json()["detail"]
    for own in (_link("same-origin"), _link("none"), {}):
        assert client.get(address, headers=own).status_code != 403


@pytest.mark.parametrize("path", ["/proposals/{}/stability?seed=77", "/browse/proposals/{}/stability"])
def test_other_sites_start_no_analysis(client: TestClient, proposal_id: str, path: str) -> None:
    address, before = path.format(proposal_id), client.get("/jobs").json()
    client.get(address, headers=_link("cross-site"))
    assert client.post(address, headers=_link("cross-site")).status_code == 403
    assert client.get("/jobs").json() == before


def test_no_page_of_another_site_may_read(client: TestClient, proposal_id: str) -> None:
    response = client.get(f"/proposals/{proposal_id}", headers={"Origin": "http://evil.example"})
    assert "access-control-allow-origin" not in response.headers
    assert response.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    "path", ["/", "/datasets", "/healthz", "/nothing", "/docs", "/openapi.json", "/static/pages.css"]
)
def test_every_response_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "cache-control" in headers
    if path == "/":
        assert headers["content-security-policy"] == PAGE_CONTENT_SECURITY_POLICY
        assert "script-src" not in PAGE_CONTENT_SECURITY_POLICY


def test_a_body_that_says_it_is_too_large_is_refused_unread(client: TestClient) -> None:
    response = client.post("/datasets", content=b"x", headers={"Content-Length": str(3 * 2**20)})
    assert response.status_code == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "9" * 400, "abc"])
def test_a_length_that_is_none_is_refused(client: TestClient, length: str) -> None:
    assert client.post("/datasets", content=b"x", headers={"Content-Length": length}).status_code == 413


def test_a_body_that_does_not_say_its_length_is_cut(client: TestClient) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield b'--part\r\nContent-Disposition: form-data; name="schools"; filename="a.csv"\r\n\r\n'
        for _ in range(64):
            sent += 2**16
            yield b"x" * 2**16

    response = client.post(
        "/datasets", content=endless(), headers={"Content-Type": "multipart/form-data; boundary=part"}
    )
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"


def test_too_many_files_are_refused(client: TestClient) -> None:
    files = [upload("schools", b"school_id\n1\n", f"{number}.csv") for number in range(6)]
    assert client.post("/datasets", files=[*files, toy_uploads()[1]]).status_code == 413


def test_json_is_small_whatever_files_may_be(client: TestClient) -> None:
    body = b'{"dataset_id": "' + b"x" * 1_100_000 + b'"}'
    response = client.post("/proposals", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 413


def test_fields_that_the_form_does_not_have_are_named(client: TestClient) -> None:
    response = client.post("/zones", files=toy_uploads(), data={"maximum_schools": "8"})
    assert response.status_code == 422
    assert [problem["column"] for problem in response.json()["problems"]] == ["maximum_schools"]
