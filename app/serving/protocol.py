"""
HTTP/1.1 on one connection: uvicorn's protocol, with what a service on the open net needs besides.

uvicorn waits for ever for the rest of a head or a body, and its ``limit_concurrency`` answers 503 to everybody once
idle connections have used it up.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from app.errors import ServiceError
from app.jobs.stopping import STOPPING
from app.serving.connection_limits import ConnectionLimits
from app.serving.silent_connections import SilentConnections

_TICK_S = 1.0


class LimitedProtocol(HttpToolsProtocol):
    """A connection with limits of time, size and number; :func:`limit_connections` sets them for the process."""

    limits: ClassVar[ConnectionLimits] = ConnectionLimits()
    silent: ClassVar[SilentConnections] = SilentConnections(limits.maximum_silent, limits.grace_s)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._address = ""
        self._is_silent = False
        self._head_bytes: int | None = 0  # of a head that is not whole yet; None outside a head
        self._body_timer: asyncio.TimerHandle | None = None
        self._head_timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None
        self._body_bytes, self._body_seconds = 0, 0.0

    # The connection.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection, and wait for its first request for some time only."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self._is_silent = True
        self.silent.add(self._address, self)
        if len(self.connections) > self.limits.maximum_connections and not self.silent.make_room():
            self._refuse(ServiceError(503, "The service has too many connections.", headers={"Retry-After": "5"}))
            return
        self._head_timer = self.loop.call_later(self.limits.headers_s, self._head_is_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_timers()
        self._no_longer_silent()
        super().connection_lost(exc)

    def give_way(self) -> None:
        """Close a connection that has sent nothing whole: others need the room."""
        self._no_longer_silent()
        self.transport.abort()

    def shutdown(self) -> None:
        """Stop with the server; whatever waits for long work learns it."""
        STOPPING.set()
        cycle = self._present_cycle()
        if cycle is None or cycle.response_complete or self._body_timer is not None:
            self._stop_timers()
            self.transport.close()  # nothing that is on its way is awaited
            return
        super().shutdown()

    # What arrives.

    def data_received(self, data: bytes) -> None:
        """Parse, unless a head is too large."""
        if self.transport.is_closing():
            return
        if self._head_bytes is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes is not None and self._head_bytes > self.limits.maximum_head_bytes:
            self._refuse_head()

    def on_message_begin(self) -> None:
        """Start the time of a head."""
        super().on_message_begin()
        self._head_bytes = self._head_bytes or 0
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.limits.headers_s, self._head_is_late)

    def on_headers_complete(self) -> None:
        """End the time of the head and start that of the body; refuse what two readers would read differently."""
        self._head_bytes = None
        self._no_longer_silent()
        self._cancel("_head_timer")
        # A head that arrived at once was never seen unfinished.
        if self._size_of_head() > self.limits.maximum_head_bytes:
            self._refuse_head()
            raise ValueError("The head is too large")  # ends the parsing
        names = [name for name, _ in self.headers]
        if b"content-length" in names and b"transfer-encoding" in names:
            # The parser turns this into 400 and the connection is closed (RFC 9112, 6.3).
            raise ValueError("Content-Length and Transfer-Encoding together")
        super().on_headers_complete()
        self._body_bytes, self._body_seconds = 0, 0.0
        self._body_timer = self.loop.call_later(_TICK_S, self._look_at_body)

    def on_body(self, body: bytes) -> None:
        """Count what arrived."""
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End the time of the body."""
        self._cancel("_body_timer")
        self._head_bytes = 0
        super().on_message_complete()

    def _size_of_head(self) -> int:
        """Bytes of the address and the headers, with what HTTP puts around them."""
        first = len(self.parser.get_method()) + len(self.url) + len(b"  HTTP/1.1\r\n")
        return first + sum(len(name) + len(value) + len(b": \r\n") for name, value in self.headers) + len(b"\r\n")

    def _refuse_head(self) -> None:
        """414 if the address is the larger part, else 431."""
        kilobytes = self.limits.maximum_head_bytes // 1024
        detail = f"The address and the headers have more than {kilobytes} KB."
        is_address = len(self.url) > self.limits.maximum_head_bytes // 2
        self._refuse(ServiceError(414, detail) if is_address else ServiceError(431, detail))

    # What is late.

    def _head_is_late(self) -> None:
        self._head_timer = None
        if self._is_silent and not self._head_bytes:
            self.transport.close()  # nothing was sent: there is nothing to answer
            return
        self._refuse(ServiceError(408, f"The headers did not arrive within {self.limits.headers_s:g} seconds."))

    def _look_at_body(self) -> None:
        """Once a second: a body that is not read at the moment is not late."""
        if not self.flow.read_paused:
            self._body_seconds += _TICK_S
        due = self._body_seconds * self.limits.minimum_rate
        if self._body_seconds >= self.limits.body_s and self._body_bytes < due:
            detail = f"The body arrived at less than {self.limits.minimum_rate:g} bytes a second. Nothing was stored."
            self._refuse(ServiceError(408, detail))
            return
        self._body_timer = self.loop.call_later(_TICK_S, self._look_at_body)

    def pause_writing(self) -> None:
        """Wait for a client that reads too slowly, for some time only."""
        super().pause_writing()
        self._cancel("_write_timer")
        self._write_timer = self.loop.call_later(self.limits.response_s, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on writing."""
        self._cancel("_write_timer")
        super().resume_writing()

    # What is answered.

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Answer what is no HTTP with a problem document."""
        self._refuse(ServiceError(400, "This is not a request that HTTP allows."))

    def _refuse(self, error: ServiceError) -> None:
        """Answer, if no response has begun, and close."""
        self._stop_timers()
        if self.transport.is_closing():
            return
        cycle = self._present_cycle()
        if cycle is None or cycle.response_complete or not cycle.response_started:
            self.transport.write(_response(error))
        if cycle is not None:
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.close()

    def _present_cycle(self) -> RequestResponseCycle | None:
        """The last request with its response; there is none before the first, whatever its annotation says."""
        return self.cycle

    def _no_longer_silent(self) -> None:
        if self._is_silent:
            self._is_silent = False
            self.silent.remove(self._address, self)

    def _stop_timers(self) -> None:
        for name in ("_head_timer", "_body_timer", "_write_timer"):
            self._cancel(name)

    def _cancel(self, name: str) -> None:
        timer = getattr(self, name)
        if timer is not None:
            timer.cancel()
            setattr(self, name, None)


def limit_connections(limits: ConnectionLimits) -> None:
    """
    Set the limits of this process.

    Parameters
    ----------
    limits
        Of all its connections together.
    """
    LimitedProtocol.limits = limits
    LimitedProtocol.silent = SilentConnections(limits.maximum_silent, limits.grace_s)


def _response(error: ServiceError) -> bytes:
    body = json.dumps(error.document(), ensure_ascii=False).encode()
    headers = {
        **error.headers,
        "Content-Type": "application/problem+json",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Connection": "close",
    }
    lines = b"".join(f"{name}: {value}\r\n".encode("latin-1") for name, value in headers.items())
    return STATUS_LINE[error.status] + lines + b"\r\n" + body
