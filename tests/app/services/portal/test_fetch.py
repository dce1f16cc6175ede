"""Every page into a folder: interrupted runs go on, and pages that do not make up a table are refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

import httpx2
import pytest

from app.services.portal import PortalError, PortalRequest, PortalSettings, fetch_portal
from tests.examples.portal_server import (
    DIRECTORY,
    FIRST,
    FakeClock,
    Server,
    body,
    fetch,
    manifest,
    page,
    status,
    three_pages,
)


def test_pages_are_followed_and_saved_as_they_came(server: Server, tmp_path: Path) -> None:
    contents = three_pages(server)
    progress_shown: list[tuple[int, int]] = []
    paths = fetch_portal(
        DIRECTORY,
        tmp_path / "new" / "folder",
        settings=PortalSettings(address=server.address),
        clock=FakeClock().clock(),
        progress=lambda *records: progress_shown.append(records),
    )
    assert [path.name for path in paths] == ["page-0001.json", "page-0002.json", "page-0003.json"]
    assert [path.read_bytes() for path in paths] == contents
    assert progress_shown == [(2, 5), (4, 5), (5, 5)]
    state = manifest(tmp_path / "new" / "folder")
    assert state["complete"] is True
    assert (state["count"], state["request"]["endpoint"], state["request"]["year"]) == (5, DIRECTORY.endpoint, 2021)
    assert state["request"]["filters"] == {"fips": "37"}
    assert [entry["sha256"] for entry in state["pages"]] == [hashlib.sha256(text).hexdigest() for text in contents]
    assert all(agent.startswith("feeder-zones/") for agent in server.agents)


def test_a_second_run_asks_only_for_what_is_missing(server: Server, tmp_path: Path) -> None:
    contents = three_pages(server)
    server.answers[f"{FIRST}&page=3"] = [status(500)]
    with pytest.raises(PortalError, match=r"3 attempts \(last: status 500\).*go on from there"):
        fetch(server, tmp_path, maximum_attempts=3)
    assert server.requests[-3:] == [f"{FIRST}&page=3"] * 3
    assert manifest(tmp_path)["complete"] is False

    server.requests.clear()
    server.answers[f"{FIRST}&page=3"] = [body(contents[2])]
    paths = fetch(server, tmp_path)
    assert server.requests == [f"{FIRST}&page=3"]
    assert [path.read_bytes() for path in paths] == contents

    server.requests.clear()
    assert fetch(server, tmp_path) == paths
    assert server.requests == []


def test_a_page_that_was_changed_or_lost_is_asked_for_again_alone(server: Server, tmp_path: Path) -> None:
    contents = three_pages(server)
    paths = fetch(server, tmp_path)
    server.requests.clear()
    paths[1].write_bytes(contents[1] + b" ")
    fetch(server, tmp_path)
    paths[0].unlink()
    fetch(server, tmp_path)
    assert server.requests == [f"{FIRST}&page=2", FIRST]
    assert [path.read_bytes() for path in paths] == contents


def test_after_a_failure_in_the_middle_the_pages_behind_it_are_kept(server: Server, tmp_path: Path) -> None:
    contents = three_pages(server)
    paths = fetch(server, tmp_path)
    paths[1].unlink()
    server.answers[f"{FIRST}&page=2"] = [status(503), status(503), body(contents[1])]
    with pytest.raises(PortalError):
        fetch(server, tmp_path, maximum_attempts=2)
    server.requests.clear()
    fetch(server, tmp_path)
    assert server.requests == [f"{FIRST}&page=2"]


def test_what_a_killed_run_left_is_written_over(server: Server, tmp_path: Path) -> None:
    contents = three_pages(server)
    (tmp_path / "page-0001.json").write_bytes(b"half a pa")
    (tmp_path / "page-0002.json.part").write_bytes(b"half a pa")
    assert [path.read_bytes() for path in fetch(server, tmp_path)] == contents


def test_a_table_that_changed_between_the_runs_is_fetched_afresh(server: Server, tmp_path: Path) -> None:
    three_pages(server)
    server.answers[f"{FIRST}&page=2"] = [status(500)]
    with pytest.raises(PortalError):
        fetch(server, tmp_path, maximum_attempts=1)
    second = f"{server.address}schools/ccd/directory/2021/?fips=37&page=2"
    fresh = [page(3, second, "1", "2"), page(3, None, "9")]
    server.answers = {FIRST: [body(fresh[0])], f"{FIRST}&page=2": [body(fresh[1])]}
    assert [path.read_bytes() for path in fetch(server, tmp_path)] == fresh
    assert len(manifest(tmp_path)["pages"]) == 2


def test_a_folder_of_another_request_or_of_other_files_is_refused(server: Server, tmp_path: Path) -> None:
    three_pages(server)
    fetch(server, tmp_path / "a")
    server.requests.clear()
    with pytest.raises(PortalError, match="holds another request"):
        fetch(server, tmp_path / "a", request=PortalRequest(endpoint=DIRECTORY.endpoint, year=2021))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "thesis.docx").write_bytes(b"dear to me")
    with pytest.raises(PortalError, match=r"holds other files \(thesis\.docx\)"):
        fetch(server, tmp_path / "b")
    (tmp_path / "a" / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(PortalError, match="cannot be read"):
        fetch(server, tmp_path / "a")
    assert server.requests == []


def test_a_loop_of_pages_ends(server: Server, tmp_path: Path) -> None:
    server.answers[FIRST] = [body(page(100, f"{FIRST}&page=2", "1"))]
    server.answers[f"{FIRST}&page=2"] = [body(page(100, FIRST, "2"))]
    with pytest.raises(PortalError, match="leads back to a page"):
        fetch(server, tmp_path)
    assert server.requests == [FIRST, f"{FIRST}&page=2"]
    assert not (tmp_path / "manifest.json").exists()


def test_pages_without_end_stop_at_the_limit_or_at_the_count(tmp_path: Path) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        number = int(request.url.params.get("page", "1"))
        pages.append(number)
        return httpx2.Response(200, content=page(count, f"?page={number + 1}", "1"))

    count, pages = 10**6, list[int]()
    settings = PortalSettings(maximum_pages=20)
    with pytest.raises(PortalError, match="more than 20 pages"):
        fetch_portal(
            DIRECTORY,
            tmp_path,
            settings=settings,
            clock=FakeClock().clock(),
            transport=httpx2.MockTransport(answer),
        )
    assert len(pages) == 20
    count, pages = 3, list[int]()
    with pytest.raises(PortalError, match="announced 3 records and gave 4"):
        fetch_portal(DIRECTORY, tmp_path, clock=FakeClock().clock(), transport=httpx2.MockTransport(answer))
    assert len(pages) == 4


def test_an_empty_page_that_leads_on_is_refused(server: Server, tmp_path: Path) -> None:
    server.answers[FIRST] = [body(page(5, f"{FIRST}&page=2"))]
    with pytest.raises(PortalError, match="gave 0 before its last page"):
        fetch(server, tmp_path)


def test_a_wrong_count_is_told_and_the_next_run_starts_afresh(server: Server, tmp_path: Path) -> None:
    server.answers[FIRST] = [body(page(3, None, "1", "2"))]
    with pytest.raises(PortalError, match="announced 3 records and gave 2"):
        fetch(server, tmp_path)
    server.answers[FIRST] = [body(page(2, None, "1", "2"))]
    assert len(fetch(server, tmp_path)) == 1


def test_a_count_that_changes_on_the_way_is_refused(server: Server, tmp_path: Path) -> None:
    three_pages(server)
    server.answers[f"{FIRST}&page=2"] = [body(page(6, None, "3", "4"))]
    with pytest.raises(PortalError, match="announced 5 records and then 6"):
        fetch(server, tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"[1, 2]",
        b'"text"',
        b"null",
        b"[" * 100_000,
        b'{"count": 1, "next": null, "results": [NaN]}',
        b'{"count": NaN, "next": null, "results": []}',
        page(-1, None),
        page("5", None),
        page(True, None, "1"),
        page(1.0, None, "1"),
        page(None, None),
        page(1, 5, "1"),
        b'{"count": 1, "next": null, "results": [1]}',
        b'{"count": 0, "next": null, "results": {}}',
        b'{"count": 0, "next": null}',
        b'{"count": 0, "results": []}',
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_page_is_refused_and_not_kept(server: Server, tmp_path: Path, content: bytes) -> None:
    server.answers[FIRST] = [body(content)]
    with pytest.raises(PortalError, match=r"did not answer with JSON|no page of records"):
        fetch(server, tmp_path)
    assert list(tmp_path.iterdir()) == []
