"""One polite request after another: paths, pauses, retries, links that may be followed, limits."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest

from app.services.portal import PortalError, PortalRequest, PortalSettings, fetch_portal
from tests.examples.portal_server import (
    DIRECTORY,
    FIRST,
    Answer,
    FakeClock,
    Server,
    body,
    cut,
    fetch,
    page,
    status,
    three_pages,
)


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
    assert server.requests in ([f"/api/v1/{path}"], [f"/api/v1/{path.replace('+', '%20')}"])


def test_requests_keep_their_distance(server: Server, tmp_path: Path) -> None:
    three_pages(server)
    clock = FakeClock()
    fetch(server, tmp_path, clock, requests_per_second=0.5)
    assert clock.waits == [2.0, 2.0]


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
    assert len(server.requests) == 2


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
    assert (server.requests, canary) == ([FIRST], [])
    # The page that said so is not trusted either: a portal that has recovered is read from the start.
    contents = three_pages(server)
    assert [path.read_bytes() for path in fetch(server, tmp_path)] == contents


def test_a_link_without_the_host_is_followed_on_the_same_one(server: Server, tmp_path: Path) -> None:
    server.answers[FIRST] = [body(page(2, f"{FIRST}&page=2", "1"))]
    server.answers[f"{FIRST}&page=2"] = [body(page(2, None, "2"))]
    assert len(fetch(server, tmp_path)) == 2


def test_a_link_that_forgot_the_encryption_is_followed_with_it(tmp_path: Path) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        addresses.append(str(request.url))
        following = None if len(addresses) == 2 else "http://portal.invalid/api/v1/schools/?page=2"
        return httpx2.Response(200, content=page(2, following, str(len(addresses))))

    addresses: list[str] = []
    settings = PortalSettings(address="https://portal.invalid/api/v1/")
    fetch_portal(
        DIRECTORY,
        tmp_path,
        settings=settings,
        clock=FakeClock().clock(),
        transport=httpx2.MockTransport(answer),
    )
    assert addresses == [
        "https://portal.invalid/api/v1/schools/ccd/directory/2021/?fips=37",
        "https://portal.invalid/api/v1/schools/?page=2",
    ]


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(server: Server, tmp_path: Path, code: int) -> None:
    server.answers[FIRST] = [status(code, Location="/api/v1/elsewhere")]
    with pytest.raises(PortalError, match="leads elsewhere"):
        fetch(server, tmp_path)
    assert server.requests == [FIRST]


@pytest.mark.parametrize(("code", "message"), [(400, "status 400"), (403, "status 403"), (404, "does not exist")])
def test_a_refusal_is_final(server: Server, tmp_path: Path, code: int, message: str) -> None:
    server.answers[FIRST] = [status(code)]
    with pytest.raises(PortalError, match=message):
        fetch(server, tmp_path)
    assert server.requests == [FIRST]


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
    assert server.requests == []


@pytest.mark.parametrize("address", ["", "ftp://a.invalid/", "file:///etc/", "http://u:p@a.invalid/", "a.invalid"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(PortalError, match="no address of a portal"):
        fetch_portal(DIRECTORY, tmp_path, settings=PortalSettings(address=address))


def test_no_server_at_all_is_told(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = PortalSettings(address=f"http://127.0.0.1:{port}/", maximum_attempts=2)
    with pytest.raises(PortalError, match="ConnectError"):
        fetch_portal(DIRECTORY, tmp_path, settings=settings, clock=FakeClock().clock())
