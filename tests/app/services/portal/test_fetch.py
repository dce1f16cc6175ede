"""The paging client against a real server on loopback that is slow, busy, broken or hostile."""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.services.portal import Clock, PortalError, PortalRequest, PortalSettings, fetch_portal

DIRECTORY = PortalRequest(endpoint="schools/ccd/directory", year=2021, filters={"fips": "37"})
FIRST = "/api/v1/schools/ccd/directory/2021/?fips=37"
Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """A server that gives the answers it was told, in order, for each path; the last one again and again."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    address: str = ""

    def take(self, path: str) -> Answer:
        self.asked.append(path)
        left = self.answers.get(path, [status(404)])
        return left.pop(0) if len(left) > 1 else left[0]


@pytest.fixture
def server() -> Iterator[Server]:
    scripted = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            scripted.agents.append(self.headers["User-Agent"])
            scripted.take(self.path)(self)

        def log_message(self, *details: object) -> None:
            """Be silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        scripted.address = f"http://127.0.0.1:{listening.server_address[1]}/api/v1/"
        threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield scripted
        listening.shutdown()


@dataclass
class FakeClock:
    """A clock whose hands move only when something waits."""

    time: float = 1_000.0
    waits: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds

    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.time, now=lambda: self.time, sleep=self.sleep)


def body(content: bytes, code: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def status(code: int, **headers: str) -> Answer:
    return body(b"", code, **headers)


def cut(handler: BaseHTTPRequestHandler) -> None:
    """Promise a thousand bytes, give ten, and hang up."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"count": ')
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


def page(count: object, following: object, *ids: str) -> bytes:
    results = [{"ncessch": name, "year": 2021} for name in ids]
    return json.dumps({"count": count, "next": following, "previous": None, "results": results}).encode()


def three_pages(server: Server) -> list[bytes]:
    """Five records on three pages."""
    second, third = (f"{server.address}schools/ccd/directory/2021/?fips=37&page={number}" for number in (2, 3))
    contents = [page(5, second, "1", "2"), page(5, third, "3", "4"), page(5, None, "5")]
    for path, content in zip((FIRST, f"{FIRST}&page=2", f"{FIRST}&page=3"), contents, strict=True):
        server.answers[path] = [body(content)]
    return contents


def fetch(
    server: Server, folder: Path, clock: FakeClock | None = None, request: PortalRequest = DIRECTORY, **settings: Any
) -> list[Path]:
    asked = PortalSettings(address=server.address, timeout_s=5, **settings)
    return fetch_portal(request, folder, settings=asked, clock=(clock or FakeClock()).clock())


def manifest(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "manifest.json").read_bytes()))


def test_pages_are_followed_and_saved_as_they_came(server: Server, tmp_path: Path) -> None:
    contents = three_pages(server)
    told: list[tuple[int, int]] = []
    paths = fetch_portal(
        DIRECTORY,
        tmp_path / "new" / "folder",
        settings=PortalSettings(address=server.address),
        clock=FakeClock().clock(),
        progress=lambda *records: told.append(records),
    )
    assert [path.name for path in paths] == ["page-0001.json", "page-0002.json", "page-0003.json"]
    assert [path.read_bytes() for path in paths] == contents
    assert told == [(2, 5), (4, 5), (5, 5)]
    state = manifest(tmp_path / "new" / "folder")
    assert state["complete"] is True
    assert (state["count"], state["request"]["endpoint"], state["request"]["year"]) == (5, DIRECTORY.endpoint, 2021)
    assert state["request"]["filters"] == {"fips": "37"}
    assert [entry["sha256"] for entry in state["pages"]] == [hashlib.sha256(text).hexdigest() for text in contents]
    assert all(agent.startswith("feeder-zones/") for agent in server.agents)


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        (PortalRequest(endpoint="schools/edfacts/grad-rates", year=2018), "schools/edfacts/grad-rates/2018/"),
        (PortalRequest(endpoint="schools/ccd/enrollment", year=2020), "schools/ccd/enrollment/2020/grade-99/"),
        (
            PortalRequest(endpoint="schools/edfacts/assessments", year=2018, grade="8", filters={"b": "x y", "a": "1"}),
            "schools/edfacts/assessments/2018/grade-8/?a=1&b=x+y",
        ),
    ],
)
def test_each_endpoint_has_its_path(server: Server, tmp_path: Path, request_: PortalRequest, path: str) -> None:
    server.answers[f"/api/v1/{path}"] = server.answers[f"/api/v1/{path.replace('+', '%20')}"] = [body(page(0, None))]
    assert len(fetch(server, tmp_path, request=request_)) == 1
    assert server.asked in ([f"/api/v1/{path}"], [f"/api/v1/{path.replace('+', '%20')}"])


def test_requests_keep_their_distance(server: Server, tmp_path: Path) -> None:
    three_pages(server)
    clock = FakeClock()
    fetch(server, tmp_path, clock, requests_per_second=0.5)
    assert clock.waits == [2.0, 2.0]


def test_a_second_run_asks_only_for_what_is_missing(server: Server, tmp_path: Path) -> None:
    contents = three_pages(server)
    server.answers[f"{FIRST}&page=3"] = [status(500)]
    with pytest.raises(PortalError, match=r"3 attempts \(last: status 500\).*go on from there"):
        fetch(server, tmp_path, maximum_attempts=3)
    assert server.asked[-3:] == [f"{FIRST}&page=3"] * 3
    assert manifest(tmp_path)["complete"] is False

    server.asked.clear()
    server.answers[f"{FIRST}&page=3"] = [body(contents[2])]
    paths = fetch(server, tmp_path)
    assert server.asked == [f"{FIRST}&page=3"]
    assert [path.read_bytes() for path in paths] == contents

    server.asked.clear()
    assert fetch(server, tmp_path) == paths
    assert server.asked == []


def test_a_page_that_was_changed_or_lost_is_asked_for_again_alone(server: Server, tmp_path: Path) -> None:
    contents = three_pages(server)
    paths = fetch(server, tmp_path)
    server.asked.clear()
    paths[1].write_bytes(contents[1] + b" ")
    fetch(server, tmp_path)
    paths[0].unlink()
    fetch(server, tmp_path)
    assert server.asked == [f"{FIRST}&page=2", FIRST]
    assert [path.read_bytes() for path in paths] == contents


def test_after_a_failure_in_the_middle_the_pages_behind_it_are_kept(server: Server, tmp_path: Path) -> None:
    contents = three_pages(server)
    paths = fetch(server, tmp_path)
    paths[1].unlink()
    server.answers[f"{FIRST}&page=2"] = [status(503), status(503), body(contents[1])]
    with pytest.raises(PortalError):
        fetch(server, tmp_path, maximum_attempts=2)
    server.asked.clear()
    fetch(server, tmp_path)
    assert server.asked == [f"{FIRST}&page=2"]


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
    server.asked.clear()
    with pytest.raises(PortalError, match="holds another request"):
        fetch(server, tmp_path / "a", request=PortalRequest(endpoint=DIRECTORY.endpoint, year=2021))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "thesis.docx").write_bytes(b"dear to me")
    with pytest.raises(PortalError, match=r"holds other files \(thesis\.docx\)"):
        fetch(server, tmp_path / "b")
    (tmp_path / "a" / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(PortalError, match="cannot be read"):
        fetch(server, tmp_path / "a")
    assert server.asked == []


@pytest.mark.parametrize("failure", [status(500), status(502), status(503), status(504), cut])
def test_failures_that_pass_are_tried_again_with_growing_waits(server: Server, tmp_path: Path, failure: Answer) -> None:
    contents = three_pages(server)
    server.answers[FIRST] = [failure, failure, failure, body(contents[0])]
    clock = FakeClock()
    assert [path.read_bytes() for path in fetch(server, tmp_path, clock, requests_per_second=1e6)] == contents
    assert clock.waits[:3] == [1.0, 2.0, 4.0]


def test_a_connection_that_is_never_whole_ends_and_leaves_no_page(server: Server, tmp_path: Path) -> None:
    server.answers[FIRST] = [cut]
    with pytest.raises(PortalError, match="RemoteProtocolError|ReadError"):
        fetch(server, tmp_path, maximum_attempts=2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("headers", "wait"), [({"Retry_After": "7"}, 7.0), ({"Retry_After": "soon"}, 1.0), ({}, 1.0), ({"date": ""}, 90.0)]
)
def test_a_busy_portal_is_given_the_time_it_asks_for(
    server: Server, tmp_path: Path, headers: dict[str, str], wait: float
) -> None:
    contents = three_pages(server)
    clock = FakeClock(time=1_700_000_000.0)
    if "date" in headers:
        headers = {"Retry_After": formatdate(clock.time + 90, usegmt=True)}
    server.answers[FIRST] = [status(429, **headers), body(contents[0])]
    fetch(server, tmp_path, clock, requests_per_second=1e6)
    assert clock.waits[0] == wait


def test_a_wait_too_long_is_told_and_not_sat_through(server: Server, tmp_path: Path) -> None:
    server.answers[FIRST] = [status(429, Retry_After="86400")]
    clock = FakeClock()
    with pytest.raises(PortalError, match=r"asks to wait 86,400 s"):
        fetch(server, tmp_path, clock)
    assert clock.waits == []


def test_silence_is_given_up(server: Server, tmp_path: Path) -> None:
    woken = threading.Event()
    server.answers[FIRST] = [lambda handler: (woken.wait(5), None)[1]]
    with pytest.raises(PortalError, match="ReadTimeout"):
        fetch_portal(
            DIRECTORY,
            tmp_path,
            settings=PortalSettings(address=server.address, timeout_s=0.1, maximum_attempts=2),
            clock=FakeClock().clock(),
        )
    woken.set()
    assert len(server.asked) == 2


def test_a_page_that_trickles_for_ever_is_given_up(tmp_path: Path) -> None:
    clock = FakeClock()

    class Trickle(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                clock.time += 50
                yield b" " * 65_536

    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, stream=Trickle()))
    settings = PortalSettings(maximum_page_bytes=10**12, page_time_s=600)
    with pytest.raises(PortalError, match="took more than 600 s"):
        fetch_portal(DIRECTORY, tmp_path, settings=settings, clock=clock.clock(), transport=transport)


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1:{other}/api/v1/schools/ccd/directory/2021/?page=2",
        "http://localhost:{port}/api/v1/schools/ccd/directory/2021/?page=2",
        "https://127.0.0.1:{port}/api/v1/schools/ccd/directory/2021/?page=2",
        "http://user:word@127.0.0.1:{port}/api/v1/?page=2",
        "http://127.0.0.1:{port}/admin",
        "http://127.0.0.1:{port}/api/v1/../../admin",
        "http://127.0.0.1:{port}/api/v1/%2e%2e/%2e%2e/admin",
        "http://127.0.0.1:{port}/api/v1/..%2f..%2fadmin",
        "http://127.0.0.1:{port}/api/v1/..\\..\\admin",
        "//127.0.0.1:{other}/api/v1/",
        "/admin",
        "../../../../../admin",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://[",
        "\u0000",
        "http://127.0.0.1:{port}@evil.invalid/api/v1/",
    ],
)
def test_a_link_that_leads_elsewhere_is_never_asked_for(server: Server, tmp_path: Path, link: str) -> None:
    class Canary(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            canary.append(self.path)

    canary: list[str] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Canary) as other:
        threading.Thread(target=other.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        port = server.address.split(":")[2].split("/")[0]
        server.answers[FIRST] = [body(page(4, link.format(port=port, other=other.server_address[1]), "1", "2"))]
        with pytest.raises(PortalError, match="names a next page outside"):
            fetch(server, tmp_path)
        other.shutdown()
    assert (server.asked, canary) == ([FIRST], [])
    # The page that said so is not trusted either: a portal that has recovered is read from the start.
    contents = three_pages(server)
    assert [path.read_bytes() for path in fetch(server, tmp_path)] == contents


def test_a_link_without_the_host_is_followed_on_the_same_one(server: Server, tmp_path: Path) -> None:
    server.answers[FIRST] = [body(page(2, f"{FIRST}&page=2", "1"))]
    server.answers[f"{FIRST}&page=2"] = [body(page(2, None, "2"))]
    assert len(fetch(server, tmp_path)) == 2


def test_a_link_that_forgot_the_encryption_is_followed_with_it(tmp_path: Path) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        following = None if len(asked) == 2 else "http://portal.invalid/api/v1/schools/?page=2"
        return httpx2.Response(200, content=page(2, following, str(len(asked))))

    asked: list[str] = []
    settings = PortalSettings(address="https://portal.invalid/api/v1/")
    fetch_portal(
        DIRECTORY,
        tmp_path,
        settings=settings,
        clock=FakeClock().clock(),
        transport=httpx2.MockTransport(answer),
    )
    assert asked == [
        "https://portal.invalid/api/v1/schools/ccd/directory/2021/?fips=37",
        "https://portal.invalid/api/v1/schools/?page=2",
    ]


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(server: Server, tmp_path: Path, code: int) -> None:
    server.answers[FIRST] = [status(code, Location="/api/v1/elsewhere")]
    with pytest.raises(PortalError, match="leads elsewhere"):
        fetch(server, tmp_path)
    assert server.asked == [FIRST]


@pytest.mark.parametrize(("code", "message"), [(400, "status 400"), (403, "status 403"), (404, "does not exist")])
def test_a_refusal_is_final(server: Server, tmp_path: Path, code: int, message: str) -> None:
    server.answers[FIRST] = [status(code)]
    with pytest.raises(PortalError, match=message):
        fetch(server, tmp_path)
    assert server.asked == [FIRST]


def test_a_loop_of_pages_ends(server: Server, tmp_path: Path) -> None:
    server.answers[FIRST] = [body(page(100, f"{FIRST}&page=2", "1"))]
    server.answers[f"{FIRST}&page=2"] = [body(page(100, FIRST, "2"))]
    with pytest.raises(PortalError, match="leads back to a page"):
        fetch(server, tmp_path)
    assert server.asked == [FIRST, f"{FIRST}&page=2"]
    assert not (tmp_path / "manifest.json").exists()


def test_pages_without_end_stop_at_the_limit_or_at_the_count(tmp_path: Path) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        number = int(request.url.params.get("page", "1"))
        asked.append(number)
        return httpx2.Response(200, content=page(count, f"?page={number + 1}", "1"))

    count, asked = 10**6, list[int]()
    settings = PortalSettings(maximum_pages=20)
    with pytest.raises(PortalError, match="more than 20 pages"):
        fetch_portal(
            DIRECTORY,
            tmp_path,
            settings=settings,
            clock=FakeClock().clock(),
            transport=httpx2.MockTransport(answer),
        )
    assert len(asked) == 20
    count, asked = 3, list[int]()
    with pytest.raises(PortalError, match="announced 3 records and gave 4"):
        fetch_portal(DIRECTORY, tmp_path, clock=FakeClock().clock(), transport=httpx2.MockTransport(answer))
    assert len(asked) == 4


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


@pytest.mark.parametrize("packed", [False, True])
def test_a_huge_page_is_cut_off_and_not_kept(server: Server, tmp_path: Path, packed: bool) -> None:
    content = page(10**5, None, *(["010000500871"] * 10**5))
    sent = gzip.compress(content) if packed else content
    headers = {"Content_Encoding": "gzip"} if packed else {}
    assert len(content) > 10**6
    server.answers[FIRST] = [body(sent, **headers)]
    with pytest.raises(PortalError, match="more than 1,000,000 bytes"):
        fetch(server, tmp_path, maximum_page_bytes=10**6)
    assert list(tmp_path.iterdir()) == []
    # The control: the limit alone stood in the way.
    (path,) = fetch(server, tmp_path)
    assert path.read_bytes() == content


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


@pytest.mark.parametrize(
    "request_",
    [
        PortalRequest(endpoint="schools/../admin", year=2021),
        PortalRequest(endpoint="college-university/ipeds/directory", year=2021),
        PortalRequest(endpoint="schools/ccd/directory", year=21),
        PortalRequest(endpoint="schools/ccd/enrollment", year=2021, grade="../9"),
        PortalRequest(endpoint="schools/ccd/directory", year=2021, filters={"fips&page": "2"}),
    ],
)
def test_a_request_that_cannot_be_meant_is_never_sent(server: Server, tmp_path: Path, request_: PortalRequest) -> None:
    with pytest.raises(PortalError):
        fetch(server, tmp_path, request=request_)
    assert server.asked == []


@pytest.mark.parametrize("address", ["", "ftp://a.invalid/", "file:///etc/", "http://u:p@a.invalid/", "a.invalid"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(PortalError, match="no address of a portal"):
        fetch_portal(DIRECTORY, tmp_path, settings=PortalSettings(address=address))


def test_settings_that_cannot_work_are_refused() -> None:
    with pytest.raises(PortalError):
        PortalSettings(requests_per_second=0)
    with pytest.raises(PortalError):
        PortalSettings(maximum_attempts=0)


def test_no_server_at_all_is_told(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = PortalSettings(address=f"http://127.0.0.1:{port}/", maximum_attempts=2)
    with pytest.raises(PortalError, match="ConnectError"):
        fetch_portal(DIRECTORY, tmp_path, settings=settings, clock=FakeClock().clock())
