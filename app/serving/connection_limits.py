"""How long a connection may take, and how many there may be."""

from __future__ import annotations

from dataclasses import dataclass

from app.settings import Settings


@dataclass(frozen=True, kw_only=True)
class ConnectionLimits:
    """
    Limits of connections.

    Parameters
    ----------
    headers_s
        Seconds in which the head of a request has to arrive, from the first connection or the request's first byte.
    body_s
        Seconds after which a body must have arrived at ``minimum_rate`` on average.
    minimum_rate
        Bytes a second of a body.
    response_s
        Seconds that a client may read nothing of a response that waits for it.
    keep_alive_s
        Seconds that a connection may be idle between requests.
    maximum_head_bytes
        Of the address and the headers of a request.
    maximum_connections
        In all, of this process.
    maximum_silent
        Of one address, that have not sent a whole head yet.
    grace_s
        Seconds for which a connection may be silent whatever the others of its address do.
    """

    headers_s: float = 10
    body_s: float = 30
    minimum_rate: float = 500
    response_s: float = 60
    keep_alive_s: float = 15
    maximum_head_bytes: int = 64 * 1024
    maximum_connections: int = 2_000
    maximum_silent: int = 100
    grace_s: float = 1


def limits_of(settings: Settings) -> ConnectionLimits:
    """Take the limits from the settings."""
    return ConnectionLimits(
        headers_s=settings.header_timeout_s,
        body_s=settings.body_timeout_s,
        keep_alive_s=settings.keep_alive_timeout_s,
        maximum_connections=settings.maximum_connections,
        maximum_silent=settings.maximum_silent_connections,
    )
