"""What signing in has in common over HTTP and on the pages: refusals, and from which address somebody asks."""

from __future__ import annotations

import math

from starlette.datastructures import Headers
from starlette.types import Scope

from app.errors import ServiceError
from app.services.service import Service

FAILURES_WINDOW_S = 300
_MAXIMUM_ADDRESS = 64


def not_signed_in(*, has_credentials: bool) -> ServiceError:
    """401: nobody is signed in, or what was sent does not hold."""
    detail = "Sign in: send an API key as Authorization: Bearer (zones keys add makes one), or open /sign-in."
    challenge = 'Bearer realm="Feeder Zones"'
    if has_credentials:
        detail = "The key, token or session is not known, has expired or was revoked."
        challenge += ', error="invalid_token"'
    return ServiceError(401, detail, headers={"WWW-Authenticate": challenge})


def too_many(detail: str, wait: float) -> ServiceError:
    """429, with when to try again."""
    return ServiceError(429, f"{detail} Try again later.", headers={"Retry-After": str(max(1, math.ceil(wait)))})


def count_wrong_key(service: Service, scope: Scope) -> None:
    """Count a key that does not hold; 429 if too many came from its address. Those that hold are never refused."""
    address, limit = f"sign-in {client_of(service, scope)}", service.settings.failed_sign_ins
    wait = service.rates.is_spent(address, limit, window_s=FAILURES_WINDOW_S)
    if wait is None:
        wait = service.rates.take(address, limit, window_s=FAILURES_WINDOW_S)
    if wait is not None:
        raise too_many("Too many wrong keys came from this address.", wait)


def client_of(service: Service, scope: Scope) -> str:
    """The address from which somebody asks; behind a trusted proxy, the one that it saw."""
    client = client_address(scope)
    if client != peer_address(scope):
        return client
    if not (service.settings.proxy_user_header and service.authenticator.is_proxy(client)):
        return client
    forwarded = Headers(scope=scope).get("x-forwarded-for", "").rsplit(",", maxsplit=1)[-1].strip()
    return forwarded[:_MAXIMUM_ADDRESS] or client


def client_address(scope: Scope) -> str:
    """The address of the client, if need be as a trusted proxy forwarded it; blank for a socket that is a file."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def peer_address(scope: Scope) -> str:
    """The address that connects: that of the client, or of a proxy."""
    return str(scope.get("state", {}).get("peer", client_address(scope)))
