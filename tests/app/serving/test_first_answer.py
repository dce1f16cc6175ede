"""Whoever starts the service hears of its address when it answers, and not before."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.serving import call_when_answered
from app.settings import Settings


class _Busy(BaseHTTPRequestHandler):
    """Answers 503 twice, then 200."""

    seen = 0

    def do_GET(self) -> None:
        type(self).seen += 1
        self.send_response(200 if type(self).seen > 2 else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def busy() -> Iterator[ThreadingHTTPServer]:
    _Busy.seen = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Busy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_call_comes_with_the_first_good_answer(busy: ThreadingHTTPServer) -> None:
    called = threading.Event()
    call_when_answered(Settings(port=busy.server_port), called.set)
    assert called.wait(10)
    assert _Busy.seen == 3


def test_another_service_at_the_port_is_not_taken_for_ours(busy: ThreadingHTTPServer) -> None:
    _Busy.seen = 2  # it answers already
    called = threading.Event()
    call_when_answered(Settings(port=busy.server_port), called.set)
    assert not called.wait(0.5)
    assert _Busy.seen == 3
