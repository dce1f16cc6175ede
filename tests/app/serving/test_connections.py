"""Connections byte by byte, against a real server: what is late, what is doubtful, and who has to give way."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.serving.silent_connections import SilentConnections
from tests.examples.running_server import RunningServer, read_all, running_server

HOST = b"Host: 127.0.0.1\r\n"
FORM = b"POST /checks HTTP/1.1\r\n" + HOST + b"Content-Type: multipart/form-data; boundary=X\r\n"
FILE = b'--X\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\nschool_id,name\n1,A\n'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    short = {
        "header_timeout_s": 1.5,
        "body_timeout_s": 1.5,
        "keep_alive_timeout_s": 1,
        "maximum_silent_connections": 20,
    }
    with running_server(tmp_path_factory.mktemp("server"), **short) as running:
        yield running


def problem_of(response: bytes) -> dict[str, object]:
    head, _, body = response.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    return dict(json.loads(body))


def test_half_a_head_is_answered_with_408_and_closed(server: RunningServer) -> None:
    response = server.exchange(b"GET /datasets HTTP/1.1\r\nHost: 127")
    assert response.startswith(b"HTTP/1.1 408 ")
    assert problem_of(response)["type"] == "urn:feeder-zones:problem:time-out"


def test_a_connection_that_sends_nothing_is_closed_without_a_word(server: RunningServer) -> None:
    assert server.exchange(b"") == b""


def test_a_head_that_comes_byte_by_byte_has_no_more_time(server: RunningServer) -> None:
    with server.connect(b"GET /healthz HTTP/1.1\r\n" + HOST) as connection:
        connection.settimeout(0.2)
        received = b""
        for _ in range(50):
            try:
                connection.sendall(b"X-A: b\r\n")
                received = connection.recv(1_000)
                break
            except TimeoutError:
                continue
        assert received.startswith(b"HTTP/1.1 408 ")


def test_a_body_that_stops_is_given_up_and_nothing_is_kept(server: RunningServer) -> None:
    sent = FORM.replace(b"/checks", b"/datasets") + b"Content-Length: 100000\r\n\r\n" + FILE
    response = server.exchange(sent)
    assert response.startswith(b"HTTP/1.1 408 ")
    assert server.get("/datasets").endswith(b"[]")


def test_an_idle_connection_is_closed(server: RunningServer) -> None:
    with server.connect(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n") as connection:
        assert read_all(connection).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("both lengths", FORM + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("both, the other way", FORM + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
        ("two lengths", FORM + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n12345"),
        ("a length that is none", FORM + b"Content-Length: +5\r\n\r\n12345"),
        ("another encoding", FORM + b"Transfer-Encoding: gzip\r\n\r\n12345"),
        ("a blank before the colon", b"GET / HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n"),
        ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00"),
    ],
)
def test_what_two_readers_would_read_differently_is_refused(server: RunningServer, name: str, sent: bytes) -> None:
    response = server.exchange(sent)
    assert response.startswith(b"HTTP/1.1 400 "), (name, response)
    assert response.count(b"HTTP/1.1 ") == 1
    assert problem_of(response)["status"] == 400


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\n" + HOST + b"X-A: " + b"a" * 100_000, 431),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-A: " + b"a" * 70_000 + b"\r\n\r\n", 431),
        (b"GET /healthz?a=" + b"a" * 66_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (b"GET /healthz?a=" + b"a" * 200_000, 414),
    ],
)
def test_a_head_that_is_too_large_is_refused(server: RunningServer, sent: bytes, status: int) -> None:
    response = server.exchange(sent)
    assert response.startswith(b"HTTP/1.1 %d " % status)
    assert response.count(b"HTTP/1.1 ") == 1
    assert problem_of(response)["detail"] == "The address and the headers have more than 64 KB."


def test_a_head_just_below_the_limit_is_answered(server: RunningServer) -> None:
    head = b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\nX-A: \r\n\r\n"
    full = head.replace(b"X-A: ", b"X-A: " + b"a" * (64 * 1024 - len(head)))
    assert server.exchange(full).startswith(b"HTTP/1.1 200 ")
    assert server.exchange(full.replace(b"aa", b"aaa", 1)).startswith(b"HTTP/1.1 431 ")


def test_a_form_that_ends_too_early_is_refused(server: RunningServer) -> None:
    response = server.exchange(FORM + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(FILE) + FILE)
    assert response.startswith(b"HTTP/1.1 400 ")
    assert "last boundary" in str(problem_of(response)["detail"])
    chunked = b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(FILE), FILE)
    assert server.exchange(FORM + chunked).startswith(b"HTTP/1.1 400 ")


def test_two_requests_at_once_are_answered_in_turn(server: RunningServer) -> None:
    one = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
    assert server.exchange(one * 3).count(b"HTTP/1.1 200 ") == 3


def test_idle_attackers_shut_nobody_out(server: RunningServer) -> None:
    idle = [server.connect() for _ in range(200)]
    try:
        for _ in range(20):
            assert server.get("/healthz").startswith(b"HTTP/1.1 200 ")
    finally:
        for connection in idle:
            connection.close()


class _Connection:
    def __init__(self, silent: SilentConnections) -> None:
        self.silent, self.is_closed = silent, False

    def give_way(self) -> None:
        self.is_closed = True
        self.silent.remove("a", self)


def test_the_oldest_of_an_address_gives_way_once_there_are_too_many() -> None:
    now = 0.0
    silent = SilentConnections(2, 1, clock=lambda: now)
    first, second, third, fourth = (_Connection(silent) for _ in range(4))
    silent.add("a", first)
    silent.add("a", second)
    silent.add("a", third)  # all three came at once: each has its second
    assert [each.is_closed for each in (first, second, third)] == [False, False, False]
    silent.add("b", _Connection(silent))
    now = 2.0
    silent.add("a", fourth)
    assert [each.is_closed for each in (first, second, third, fourth)] == [True, False, False, False]
    assert silent.make_room()
    assert second.is_closed
    silent.remove("a", third)
    silent.remove("a", fourth)
    assert len(silent) == 1


def test_it_stops_at_once_though_connections_are_open(tmp_path: Path) -> None:
    with running_server(tmp_path, stop_timeout_s=2) as running:
        half = running.connect(b"GET / HTTP/1.1\r\n")
        idle = running.connect()
        body = running.connect(FORM + b"Content-Length: 100000\r\n\r\n" + FILE)
        time.sleep(0.3)
        assert running.stop() < 30  # bounded: it used to wait for as long as they stayed
        assert running.process.returncode in (0, -15)
        for connection in (half, idle, body):
            connection.close()
