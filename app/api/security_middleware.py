"""What holds for every request and every response, whatever the route."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.error_handlers import problem_response
from app.errors import ServiceError
from app.odd_values import odd_address
from app.services.other_sites import refuse_other_sites
from app.settings import Settings

PAGE_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_HOST = re.compile(r"(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::\d{1,5})?")


class SecurityMiddleware:
    """
    Only known host names and readable addresses, nothing for other sites' pages, security headers.

    Parameters
    ----------
    application
        The application behind it.
    settings
        ``allowed_hosts``.
    """

    def __init__(self, application: ASGIApp, settings: Settings) -> None:
        self.application = application
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer with a problem document."""
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refuse(scope, headers)
        if refusal is not None:
            await problem_response(refusal)(scope, receive, _with_headers(send))
            return
        await self.application(scope, receive, _with_headers(send))

    def _refuse(self, scope: Scope, headers: Headers) -> ServiceError | None:
        host = _host_name(headers.get("host", ""))
        if host not in self.settings.allowed_hosts:
            return ServiceError(
                400, "The service does not answer under this host name (see the setting FEEDER_ZONES_ALLOWED_HOSTS)."
            )
        is_allowed = headers.get("origin") in self.settings.cors_origins
        if not is_allowed and (foreign := refuse_other_sites(scope["method"], headers)) is not None:
            return foreign
        return odd_address(scope.get("raw_path") or scope["path"].encode("utf-8", "replace"), scope["query_string"])


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
