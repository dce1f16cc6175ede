"""A service under a path of a proxy: requests come with or without the path, and every link has it."""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.addresses import PREFIX

# In pages, texts of users have no quotation marks: templates write them as &#34;.
_LINK = re.compile(rb'((?:href|src|action|formaction)=")/(?!/)')
_LEAST_ERROR = 400
_LINK_HEADERS = ("location", "content-location")


class PrefixMiddleware:
    """
    Takes requests with and without the path of the service.

    Parameters
    ----------
    application
        The application behind it.
    prefix
        Such as ``/zones``; blank for none.
    """

    def __init__(self, application: ASGIApp, prefix: str) -> None:
        self.application = application
        self.prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, its path whole."""
        if scope["type"] != "http" or not self.prefix:
            await self.application(scope, receive, send)
            return
        scope["root_path"] = self.prefix
        if not f"{scope['path']}/".startswith(f"{self.prefix}/"):  # the proxy took it off
            scope["path"] = self.prefix + scope["path"]
            scope["raw_path"] = self.prefix.encode() + (scope.get("raw_path") or b"")
        elif scope["path"] == self.prefix:  # the start page without its last slash
            scope["path"] += "/"
            scope["raw_path"] = scope["path"].encode()
        token = PREFIX.set(self.prefix)
        try:
            await self.application(scope, receive, send)
        finally:
            PREFIX.reset(token)


class LinkMiddleware:
    """
    Puts the path of the service before every link of a header or a page.

    Parameters
    ----------
    application
        The application behind it, whose answers are not compressed yet.
    prefix
        Such as ``/zones``; blank for none.
    """

    def __init__(self, application: ASGIApp, prefix: str) -> None:
        self.application = application
        self.prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http" and self.prefix:
            path = scope["path"].removeprefix(self.prefix)
            is_page = path in ("", "/", "/docs", "/sign-in") or path.startswith("/browse/")
            send = self._with_links(send, is_page=is_page)
        await self.application(scope, receive, send)

    def _with_links(self, send: Send, *, is_page: bool) -> Send:
        start: Message | None = None

        async def sending(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                self._mend(headers)
                if (is_page or message["status"] >= _LEAST_ERROR) and headers.get("content-type", "").startswith(
                    "text/html"
                ):
                    start = message
                    return
            elif start is not None:
                body = _LINK.sub(rb"\1%b/" % self.prefix.encode(), message.get("body", b""))
                message = {**message, "body": body}
                MutableHeaders(scope=start)["content-length"] = str(len(body))
                first, start = start, None
                await send(first)
            await send(message)

        return sending

    def _mend(self, headers: MutableHeaders) -> None:
        for name in _LINK_HEADERS:
            if (target := headers.get(name, "")).startswith("/"):
                headers[name] = f"{self.prefix}{target}"
        if "link" in headers:
            headers["link"] = headers["link"].replace("</", f"<{self.prefix}/")
