"""
HEAD for every GET, ETags for what has none, 304, and ranges of bytes (RFC 9110, 8.8, 13 and 14).

All of it looks at the whole answer of the route: what is deleted, made up or forbidden was refused by then, so a client
that knows an old ETag learns nothing from it.
"""

from __future__ import annotations

import hashlib
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.error_handlers import problem_response
from app.errors import ServiceError
from app.negotiation import quality

_FOUND_BY_ROUTER = ("route", "endpoint", "path_params")
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_KEPT_BY_304 = ("etag", "cache-control", "content-location", "date", "expires", "vary", "link")
# When it was compressed (RFC 1952, 2.3.1): no part of what was compressed.
_TIME_IN_GZIP = slice(4, 8)
# What differs with every answer has no version.
_WITHOUT_TAG = ("text/html", "text/event-stream", "text/plain")


class RepresentationMiddleware:
    """
    Answers for a representation as a whole: its head, its version, a part of it.

    Parameters
    ----------
    application
        The application behind it, which knows only GET.
    """

    def __init__(self, application: ASGIApp) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as GET, and shape the answer."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.application(scope, receive, send)
            return
        headers = Headers(scope=scope)
        inner = {**scope, "method": "GET"}
        if "range" in headers:  # a range is one of the bytes as they are, not of a compressed form
            inner["headers"] = [each for each in scope["headers"] if each[0] != b"accept-encoding"]
        answer = _Answer(scope, headers, receive, send)
        try:
            await self.application(inner, receive, answer.send)
        finally:
            scope.update({name: inner[name] for name in _FOUND_BY_ROUTER if name in inner})


class _Answer:
    """Holds the head of a response back until its body is known."""

    def __init__(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        self._scope, self._headers, self._receive, self._send = scope, headers, receive, send
        self._start: Message | None = None
        self._is_done = False

    async def send(self, message: Message) -> None:
        """Take a message of the application."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._is_done:
            return
        if self._start is None:  # a further part of a stream
            await self._send(message)
            return
        start, self._start = self._start, None
        if message.get("more_body", False):
            self._is_done = self._scope["method"] == "HEAD"
            await self._send(start)
            await self._send({"type": "http.response.body"} if self._is_done else message)
            return
        await self._whole(start, message.get("body", b""))

    async def _whole(self, start: Message, body: bytes) -> None:
        """Answer with a body that is known as a whole."""
        headers = MutableHeaders(scope=start)
        if start["status"] == 200 and (refusal := self._unacceptable(headers)) is not None:
            await problem_response(refusal)(self._scope, self._receive, self._send)
            return
        if start["status"] == 200:
            _set_tag(headers, body)
            if _is_known(self._headers, headers.get("etag")):
                kept = [(name, value) for name, value in headers.raw if name.decode().lower() in _KEPT_BY_304]
                start, body = {**start, "status": 304, "headers": kept}, b""
            elif "etag" in headers and "content-encoding" not in headers:
                headers.setdefault("accept-ranges", "bytes")
                if await self._part(start, headers, body):
                    return
        if self._scope["method"] == "HEAD":
            body = b""
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})

    def _unacceptable(self, headers: MutableHeaders) -> ServiceError | None:
        """406 if the client takes no form that there is; one that names a form in the address takes that."""
        kind = headers.get("content-type", "").partition(";")[0]
        names_form = b"f=" in self._scope["query_string"]
        if not kind or names_form or quality(self._headers.get("accept", ""), kind) > 0:
            return None
        return ServiceError(406, f"This is served as {kind}, which Accept leaves out.", headers={"Vary": "Accept"})

    async def _part(self, start: Message, headers: MutableHeaders, body: bytes) -> bool:
        """Answer with a range of the bytes, if one is wanted; whether it was."""
        wanted = _RANGE.fullmatch(self._headers.get("range", "").replace(" ", ""))
        condition = self._headers.get("if-range")
        if wanted is None or wanted[0] == "bytes=-" or (condition is not None and condition != headers["etag"]):
            return False
        first, last = _bounds(wanted[1], wanted[2], len(body))
        if first > last:
            error = ServiceError(416, "There are no such bytes.", headers={"Content-Range": f"bytes */{len(body)}"})
            await problem_response(error)(self._scope, self._receive, self._send)
            return True
        headers["content-range"] = f"bytes {first}-{last}/{len(body)}"
        headers["content-length"] = str(last + 1 - first)
        await self._send({**start, "status": 206})
        part = b"" if self._scope["method"] == "HEAD" else body[first : last + 1]
        await self._send({"type": "http.response.body", "body": part})
        return True


def _bounds(first: str, last: str, length: int) -> tuple[int, int]:
    """The first and the last byte of a range; the first is greater if there are none."""
    if first:
        return int(first), min(int(last) if last else length - 1, length - 1)
    return max(0, length - int(last)), length - 1 if int(last) else -1


def _set_tag(headers: MutableHeaders, body: bytes) -> None:
    """Name the version of a body by its bytes; a version of another form of the same content is a weak one."""
    tag, encoding = headers.get("etag"), headers.get("content-encoding")
    if tag is None:
        if headers.get("content-type", "text/html").startswith(_WITHOUT_TAG):
            return
        hashed = bytearray(body)
        if encoding == "gzip":
            del hashed[_TIME_IN_GZIP]
        tag = f'"{hashlib.blake2b(hashed, digest_size=16).hexdigest()}"'
    headers["etag"] = f"W/{tag}" if encoding is not None and not tag.startswith("W/") else tag


def _is_known(request: Headers, tag: str | None) -> bool:
    """Whether the client has this version already."""
    known = request.get("if-none-match")
    if known is None or tag is None:
        return False
    tags = {each.strip().removeprefix("W/") for each in known.split(",")}
    return "*" in tags or tag.removeprefix("W/") in tags
