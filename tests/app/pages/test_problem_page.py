"""Errors as pages: where a browser opens a page, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.store import KeyRequest
from tests.examples.two_agencies import bearer

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(data_directory=tmp_path_factory.mktemp("pages"), root_path="/zones")
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as made:
        yield made


@pytest.mark.parametrize(
    "path", ["/browse/datasets/never", "/browse/never", "/never", "/proposals/never/map", "/datasets/never"]
)
def test_a_browser_with_a_stale_link_gets_a_page(client: TestClient, path: str) -> None:
    page = client.get(path, headers=BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "<h1>There is no such thing</h1>" in page.text
    assert 'href="/zones/"' in page.text  # with the path of the service
    assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/browse/never", "application/json"),
        ("/browse/never", "*/*"),
        ("/never", "application/problem+json, text/html;q=0.5"),
        ("/proposals/never/map", "*/*"),
    ],
)
def test_programs_get_problem_documents(client: TestClient, path: str, accept: str) -> None:
    answer = client.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_an_address_is_text_on_the_page_of_its_error(client: TestClient) -> None:
    page = client.get('/browse/<script>alert("1")</script>', headers=BROWSER)
    assert "<script" not in page.text
    assert "/browse/&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;" in page.text


def test_the_form_to_sign_in_works_under_a_path(client: TestClient) -> None:
    page = client.get("/sign-in", headers=BROWSER).text
    assert 'action="/zones/sign-in"' in page
    assert re.findall('<a [^>]*href="([^"]*)"', page) == ["#main"]  # nothing else can be opened yet


def test_a_viewer_who_uploads_reads_which_right_is_missing(client: TestClient) -> None:
    access = client.app.state.service.authenticator.access  # type: ignore[attr-defined]
    key = access.add_key(KeyRequest(agency_id="local", name="Ben", roles=["viewer"]))
    refused = client.post("/browse/registers", headers={**BROWSER, **bearer(key)})
    assert (refused.status_code, refused.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert "This needs the right analyst" in refused.text
    assert 'href="/zones/static/pages.css"' in refused.text


def test_whoever_is_not_signed_in_any_more_is_led_to_sign_in_and_back(tmp_path: Path) -> None:
    with TestClient(create_app(Settings(data_directory=tmp_path)), base_url="http://127.0.0.1") as client:
        access = client.app.state.service.authenticator.access  # type: ignore[attr-defined]
        access.add_key(KeyRequest(agency_id="local", name="Ann", roles=["analyst"]))
        opened = client.get("/proposals/p-1/map", headers=BROWSER, follow_redirects=False)
        assert (opened.status_code, opened.headers["location"]) == (303, "/sign-in?next=%2Fproposals%2Fp-1%2Fmap")
        assert client.get("/proposals/p-1/map", headers={"Accept": "*/*"}).status_code == 401
        sent = client.post("/browse/datasets/d-1/proposals", headers=BROWSER, data={"maximum_schools": "8"})
        assert (sent.status_code, sent.headers["content-type"]) == (401, "text/html; charset=utf-8")
        assert 'href="/sign-in?next=%2Fbrowse%2Fdatasets%2Fd-1"' in sent.text
        upload = client.post("/browse/datasets", headers=BROWSER)
        assert 'href="/sign-in?next=%2F"' in upload.text
