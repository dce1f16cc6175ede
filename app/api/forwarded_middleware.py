"""Who connects, and for whom: keeps the address of a proxy before that of its client replaces it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware


class ForwardedMiddleware:
    """
    Keep the address that connects as ``scope["state"]["peer"]``, and believe ``X-Forwarded-For`` of named proxies.

    Uvicorn would replace the address before the application sees it. A proxy that forwards and signs users in would
    then not be recognised.

    Parameters
    ----------
    application
        The application behind it.
    trusted
        Addresses and networks of proxies whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed.
    """

    def __init__(self, application: ASGIApp, trusted: Sequence[str] = ()) -> None:
        forwarded: Any = ProxyHeadersMiddleware(cast("Any", application), list(trusted))
        self.application: ASGIApp = forwarded if trusted else application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with the address of the client."""
        if scope["type"] == "http":
            client = scope.get("client")
            scope.setdefault("state", {})["peer"] = str(client[0]) if client else ""
        await self.application(scope, receive, send)
