"""Answers from memory, before any route is looked for, what was answered before and is still stored."""

from __future__ import annotations

from collections.abc import Hashable, MutableMapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.services.kept_responses import KeptResponse, key_of
from app.services.service import Service

# One response may take this part of the memory for all of them.
_LARGEST_SHARE = 8
# Browsers take the headers of a 304 for those of what they have, so its policies must be among them.
_OF_BODY = {b"content-length", b"content-type", b"content-encoding", b"content-disposition"}


class KeptResponseMiddleware:
    """
    Gives kept responses again (see ``app.services.kept_responses``), and keeps those that a route says may be kept.

    It is the innermost middleware: whoever may not ask at all is refused before, and what is added to every response
    is added afterwards.

    Parameters
    ----------
    application
        The routes.
    """

    def __init__(self, application: ASGIApp) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or let the route answer and keep what it says."""
        key = key_of(scope) if scope["type"] == "http" else None
        if key is None:
            await self.application(scope, receive, send)
            return
        service: Service = scope["app"].state.service
        kept: KeptResponse | None = service.kept_responses.find(key)
        there = None if kept is None else await service.existence.has(kept.row)
        if kept is not None and there:
            await _answer(kept, scope, send)
            return
        if there is False:
            service.kept_responses.forget(key)
        await self._ask_route(service, key, scope, receive, send)

    async def _ask_route(self, service: Service, key: Hashable, scope: Scope, receive: Receive, send: Send) -> None:
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        caller, largest = state.get("caller"), service.settings.kept_responses_mb * 1024 * 1024 // _LARGEST_SHARE
        start: Message | None = None

        async def sending(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                # What is added to the headers on their way out belongs to this request alone.
                start = {**message, "headers": list(message["headers"])} if message["status"] == 200 else None
            elif start is not None:
                body = message.get("body", b"")
                is_whole = not message.get("more_body", False) and len(body) <= largest
                # A caller who became known on the way is not in the key.
                if is_whole and "kept_row" in state and state.get("caller") is caller:
                    route, row = str(state.get("route", "")), state["kept_row"]
                    kept = KeptResponse(row=row, headers=start["headers"], body=body, route=route)
                    service.kept_responses.keep(key, kept, kept.size)
                start = None
            await send(message)

        await self.application(scope, receive, sending)


async def _answer(kept: KeptResponse, scope: Scope, send: Send) -> None:
    """Send a kept response, or 304 to a client that has it."""
    scope.setdefault("state", {})["route"] = kept.route
    headers = kept.headers
    body, status = kept.body, 200
    if _has_it(kept, scope):
        status, body = 304, b""
        headers = [each for each in headers if each[0] not in _OF_BODY]
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})


def _has_it(kept: KeptResponse, scope: Scope) -> bool:
    """Whether the client has the response already; tags are compared weakly (RFC 9110, 13.1.2)."""
    known = [value for name, value in scope["headers"] if name == b"if-none-match"]
    if not known:
        return False
    tag = next((value for name, value in kept.headers if name == b"etag"), b"").removeprefix(b"W/")
    return any(each.strip().removeprefix(b"W/") == tag for value in known for each in value.split(b","))
