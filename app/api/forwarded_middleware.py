"""Who connects, and for whom: a proxy is known by its own address, which is kept before the client's is put there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware


class ForwardedMiddleware:
    """
    Keeps the address that connects as ``scope["state"]["peer"]``, and believes ``X-Forwarded-For`` of named proxies.

    Uvicorn would do the second before the application sees the first. A proxy that both forwards and signs users in
    would then no longer be known as that proxy.

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
        """Pass the request on as that of the client."""
        if scope["type"] == "http":
            client = scope.get("client")
            scope.setdefault("state", {})["peer"] = str(client[0]) if client else ""
        await self.application(scope, receive, send)
