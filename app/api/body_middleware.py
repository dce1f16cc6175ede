"""Bodies: how large they may be, that they are whole, and that their texts and numbers can be kept."""

from __future__ import annotations

import re
from typing import Protocol

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.error_handlers import problem_response
from app.errors import ServiceError
from app.odd_values import odd_form, refuse_odd_json
from app.settings import Settings

_MAXIMUM_PLAIN_BYTES = 1024 * 1024
_BOUNDARY = re.compile(r"""(?:^|;)\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))""", re.IGNORECASE)


class _Watch(Protocol):
    """Looks at the chunks of a body as they arrive."""

    def refuse(self, chunk: bytes, *, is_last: bool) -> ServiceError | None:
        """Say what is wrong so far."""


class BodyMiddleware:
    """
    Refuses bodies that are too large, that end too early, or whose texts cannot be kept.

    Parameters
    ----------
    application
        The application behind it.
    settings
        ``maximum_upload_mb``.
    """

    def __init__(self, application: ASGIApp, settings: Settings) -> None:
        self.application = application
        self.settings = settings
        self.maximum_bytes = settings.maximum_upload_mb * 1024 * 1024

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer with a problem document."""
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        headers = Headers(scope=scope)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > 15 or int(length) > self._limit(headers):
            await problem_response(self._too_large())(scope, receive, send)
            return
        await self._answer(scope, receive, send, self._watches(headers))

    def _limit(self, headers: Headers) -> int:
        """Bytes that a body may have: files may be large; anything else is parsed in this process and may not."""
        is_upload = _media_type(headers) == "multipart/form-data"
        return self.maximum_bytes if is_upload else min(_MAXIMUM_PLAIN_BYTES, self.maximum_bytes)

    def _watches(self, headers: Headers) -> list[_Watch]:
        watches: list[_Watch] = [_Size(self._limit(headers), self._too_large())]
        kind = _media_type(headers)
        if kind == "multipart/form-data":
            found = _BOUNDARY.search(headers.get("content-type", ""))
            if found is not None:
                watches.append(_Closing((found[1] or found[2]).encode("latin-1")))
        else:
            watches.append(_Texts(kind))
        return watches

    async def _answer(self, scope: Scope, receive: Receive, send: Send, watches: list[_Watch]) -> None:
        """Let the application answer, unless something is wrong with the body that it reads."""
        refusal: ServiceError | None = None
        has_started = False

        async def watched() -> Message:
            nonlocal refusal
            message = await receive()
            if message["type"] == "http.request":
                chunk, is_last = message.get("body", b""), not message.get("more_body", False)
                refusals = (each.refuse(chunk, is_last=is_last) for each in watches)
                refusal = refusal or next(filter(None, refusals), None)
            if refusal is not None:
                raise refusal
            return message

        async def sent(message: Message) -> None:
            nonlocal has_started
            # Parsers take the interruption for a bad body: their response is replaced.
            if has_started or refusal is None:
                has_started = True
                await send(message)

        try:
            await self.application(scope, watched, sent)
        except ServiceError:
            if refusal is None:
                raise
        if refusal is not None and not has_started:
            await problem_response(refusal)(scope, receive, send)

    def _too_large(self) -> ServiceError:
        uploads = f"{self.settings.maximum_upload_mb} MB of files"
        return ServiceError(413, f"A request may hold at most {uploads}, or 1 MB of anything else.")


class _Size:
    """Counts bytes: a body may be longer than its length says, or say none."""

    def __init__(self, limit: int, error: ServiceError) -> None:
        self._left = limit
        self._error = error

    def refuse(self, chunk: bytes, *, is_last: bool) -> ServiceError | None:  # noqa: ARG002
        """413 once there are too many."""
        self._left -= len(chunk)
        return self._error if self._left < 0 else None


class _Closing:
    """Looks for the closing boundary of a multipart body: without it the body ended too early, and rows are missing."""

    def __init__(self, boundary: bytes) -> None:
        self._closing = b"--" + boundary + b"--"
        self._end = b""
        self._is_closed = False

    def refuse(self, chunk: bytes, *, is_last: bool) -> ServiceError | None:
        """400 at the end if it was not there."""
        if not self._is_closed:
            self._is_closed = self._closing in self._end + chunk[: len(self._closing)] or self._closing in chunk
            self._end = (
                (self._end + chunk)[-len(self._closing) :]
                if len(chunk) < len(self._closing)
                else chunk[-len(self._closing) :]
            )
        if not is_last or self._is_closed:
            return None
        detail = "The form ends before its last boundary: something of it is missing. Nothing was stored."
        return ServiceError(400, detail)


class _Texts:
    """Collects a small body and looks at its texts and numbers."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._body = bytearray()

    def refuse(self, chunk: bytes, *, is_last: bool) -> ServiceError | None:
        """422 or 400 at the end, with each field whose value cannot be kept."""
        if self._kind != "application/x-www-form-urlencoded" and not self._kind.endswith("json"):
            return None
        self._body += chunk
        if not is_last:
            return None
        if self._kind == "application/x-www-form-urlencoded":
            return odd_form(bytes(self._body))
        try:
            refuse_odd_json(bytes(self._body))
        except ServiceError as error:
            return error
        return None


def _media_type(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()
