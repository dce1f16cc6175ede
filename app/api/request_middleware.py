"""Every request has an id, a line in the log and a count in the metrics; none says what was uploaded or sought."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.matched_routes import matched_route
from app.api.versions import INTERFACE_VERSION
from app.metrics import count_request
from app.telemetry import Span

logger = logging.getLogger("app.requests")

REQUEST_ID: ContextVar[str] = ContextVar("REQUEST_ID", default="")
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestMiddleware:
    """
    Gives each request an id, and notes how it was answered.

    Parameters
    ----------
    application
        The application behind it.
    spans
        Traces requests, as ``app.telemetry.request_spans`` does.
    """

    def __init__(self, application: ASGIApp, spans: Callable[[], AbstractContextManager[Span | None]]) -> None:
        self.application = application
        self.spans = spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        sent_id = Headers(scope=scope).get("x-request-id", "")
        request_id = sent_id if _WELL_FORMED.fullmatch(sent_id) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        token = REQUEST_ID.set(request_id)
        noted = _Noted(request_id)
        with self.spans() as name_span:
            try:
                await self.application(scope, noted.receiving(receive), noted.sending(scope, send))
            finally:
                facts = noted.write(scope)
                if name_span is not None:
                    name_span(f"{facts['method']} {facts['route']}", facts)
                REQUEST_ID.reset(token)


class _Noted:
    """What is noted of one request."""

    def __init__(self, request_id: str) -> None:
        self._request_id = request_id
        self._started = time.perf_counter()
        self._status = 500
        self._bytes_in = self._bytes_out = 0

    def receiving(self, receive: Receive) -> Receive:
        """Count the bytes of the request."""

        async def counted() -> Message:
            message = await receive()
            self._bytes_in += len(message.get("body", b""))
            return message

        return counted

    def sending(self, scope: Scope, send: Send) -> Send:
        """Note the status, count the bytes of the response, and put the id and the version into it."""

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = self._request_id
                headers["api-version"] = INTERFACE_VERSION
                for name, value in scope["state"].get("deprecation", {}).items():
                    headers.append(name, value)
            self._bytes_out += len(message.get("body", b""))
            await send(message)

        return counted

    def write(self, scope: Scope) -> dict[str, Any]:
        """Write the line and count the request: the route's template, never the address or its query."""
        duration_s = time.perf_counter() - self._started
        route, method = route_template(scope), scope["method"] if scope["method"] in _METHODS else "OTHER"
        count_request(method, route, self._status, duration_s)
        caller = scope["state"].get("caller")
        facts = {
            "method": method,
            "route": route,
            "status": self._status,
            "duration_ms": round(1_000 * duration_s, 1),
            "caller": getattr(caller, "name", None),
            "agency": getattr(caller, "agency_id", None),
            "bytes_in": self._bytes_in,
            "bytes_out": self._bytes_out,
        }
        logger.info("%s %s %d", method, route, self._status, extra={"facts": facts})
        return facts


def route_template(scope: Scope) -> str:
    """The path of a request's route with the names of its parameters; ``none`` if it has no route."""
    if noted := scope["state"].get("route") or getattr(scope.get("route"), "path_format", None):
        return str(noted)
    # It was answered before its route was reached, or what reached it had a scope of its own.
    matched = matched_route(scope) if "app" in scope else None
    return "none" if matched is None else matched.template
