"""
The version of the HTTP interface, and which of its routes are deprecated.

The version is semantic: a major version only gains operations, optional parameters and members of answers. A route that
the next one removes is marked first, by ``deprecated``, and its answers say so (RFC 9745, RFC 8594).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import Any

INTERFACE_VERSION = "1.0.0"
MINIMUM_NOTICE_DAYS = 180
_EXTRA = "x-deprecated"


def deprecated(*, since: date, sunset: date, instead: str) -> dict[str, Any]:
    """
    Mark a route that is going to be removed.

    Parameters
    ----------
    since
        When it was marked.
    sunset
        The first day on which it may be removed, at least :data:`MINIMUM_NOTICE_DAYS` later.
    instead
        Address of its successor.

    Returns
    -------
    options
        For the decorator of the route.

    Raises
    ------
    ValueError
        The notice is too short.
    """
    if (sunset - since).days < MINIMUM_NOTICE_DAYS:
        raise ValueError(f"a route is kept for {MINIMUM_NOTICE_DAYS} days after it is marked")
    dates = {"since": since.isoformat(), "sunset": sunset.isoformat(), "instead": instead}
    return {"deprecated": True, "openapi_extra": {_EXTRA: dates}}


def deprecation_headers(route: Any) -> dict[str, str]:
    """
    Say in headers that a route is deprecated.

    Parameters
    ----------
    route
        Of the request.

    Returns
    -------
    headers
        ``Deprecation``, ``Sunset`` and a link to its successor; none for a route that is not deprecated.
    """
    dates = (getattr(route, "openapi_extra", None) or {}).get(_EXTRA)
    if dates is None:
        return {}
    since, sunset = (datetime.combine(date.fromisoformat(dates[name]), time(), UTC) for name in ("since", "sunset"))
    return {
        "Deprecation": f"@{int(since.timestamp())}",
        "Sunset": format_datetime(sunset, usegmt=True),
        "Link": f'<{dates["instead"]}>; rel="successor-version"',
    }
