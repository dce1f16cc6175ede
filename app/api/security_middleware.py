"""What holds for every request and every response, whatever the route."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.error_handlers import problem_response
from app.errors import ServiceError
from app.services.other_sites import refuse_other_sites
from app.settings import Settings

PAGE_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_MAXIMUM_PLAIN_BYTES = 1024 * 1024
_HOST = re.compile(r"(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::\d{1,5})?")


class SecurityMiddleware:
    """
    Only known host names, nothing for other sites' pages, a limit on bodies, security headers.

    Parameters
    ----------
    application
        The application behind it.
    settings
        ``allowed_hosts`` and ``maximum_upload_mb``.
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
        refusal = self._refuse(scope["method"], headers)
        if refusal is not None:
            await problem_response(refusal)(scope, receive, _with_headers(send))
            return
        await self._answer(scope, receive, _with_headers(send))

    def _refuse(self, method: str, headers: Headers) -> ServiceError | None:
        host = _host_name(headers.get("host", ""))
        if host not in self.settings.allowed_hosts:
            return ServiceError(
                400, "The service does not answer under this host name (see the setting allowed_hosts)."
            )
        if (foreign := refuse_other_sites(method, headers)) is not None:
            return foreign
        length = headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > 15 or int(length) > self._limit(headers):
            return self._too_large()
        return None

    def _limit(self, headers: Headers) -> int:
        """Bytes that a body may have: files may be large; anything else is parsed in this process and may not."""
        is_upload = headers.get("content-type", "").lower().startswith("multipart/form-data")
        return self.maximum_bytes if is_upload else min(_MAXIMUM_PLAIN_BYTES, self.maximum_bytes)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, unless the body is longer than its length says or than is allowed."""
        total, has_started = 0, False
        limit = self._limit(Headers(scope=scope))

        async def counted() -> Message:
            nonlocal total
            message = await receive()
            total += len(message.get("body", b""))
            if total > limit:
                raise self._too_large()
            return message

        async def sent(message: Message) -> None:
            nonlocal has_started
            # The parser takes the interruption for a bad body: its response is replaced.
            if has_started or total <= limit:
                has_started = True
                await send(message)

        await self.application(scope, counted, sent)
        if not has_started and total > limit:
            await problem_response(self._too_large())(scope, receive, send)

    def _too_large(self) -> ServiceError:
        uploads = f"{self.settings.maximum_upload_mb} MB of files"
        return ServiceError(413, f"A request may hold at most {uploads}, or 1 MB of anything else.")


def _host_name(host: str) -> str:
    """Name without port and brackets; blank if no client would send such a header."""
    match = _HOST.fullmatch(host)
    return match.group(1).strip("[]").lower() if match else ""


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("content-security-policy", PAGE_CONTENT_SECURITY_POLICY)
            headers.setdefault("x-content-type-options", "nosniff")
            headers.setdefault("referrer-policy", "same-origin")
            headers.setdefault("cross-origin-resource-policy", "same-origin")
            headers.setdefault("cache-control", "no-store")
        await send(message)

    return sending
