"""
What a browser tells of the page that a request comes from, and what other sites' pages may not do.

Browsers say it in ``Sec-Fetch-Site``, ``Sec-Fetch-Mode`` and ``Sec-Fetch-Dest`` (W3C, Fetch Metadata Request Headers),
over HTTPS and on the loopback address. Programs send none of them and are answered.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import Headers

from app.errors import ServiceError

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_OWN_SITES = (None, "same-origin", "none")


def refuse_other_sites(method: str, headers: Headers) -> ServiceError | None:
    """
    Refuse what no page of another site may ask for.

    Parameters
    ----------
    method
        Of the request.
    headers
        Of the request.

    Returns
    -------
    refusal
        403 for a request that changes something, and for one that would put an answer inside the other page: as an
        image, a frame, a script or data. ``None`` where nothing is wrong; a link that somebody follows is in order.
    """
    if method not in SAFE_METHODS:
        if _is_write_from_elsewhere(headers):
            return ServiceError(
                403, "Requests that change something are not taken from other sites.", type_name="other-site"
            )
    elif _is_from_elsewhere(headers) and not _opens_a_page(headers):
        return ServiceError(
            403,
            "Pages of other sites cannot use this service's answers. Open the address itself in the browser.",
            type_name="other-site",
        )
    return None


def _refuse_computing(request: Request) -> None:
    if _is_from_elsewhere(request.headers):
        raise ServiceError(
            403,
            "This would be computed anew, which is not done for links on other sites. Open it from a page of this"
            " service, or type its address into the browser.",
            type_name="other-site",
        )


def _is_from_elsewhere(headers: Headers) -> bool:
    return headers.get("sec-fetch-site") not in _OWN_SITES


def _opens_a_page(headers: Headers) -> bool:
    """Whether somebody follows a link: the answer takes the place of the other page."""
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"


def _is_write_from_elsewhere(headers: Headers) -> bool:
    origin = headers.get("origin")
    if _is_from_elsewhere(headers):
        return True
    if origin == "null":  # a page that hides its origin: it is ours only if the browser says so
        return headers.get("sec-fetch-site") is None
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


# For routes that compute while the request waits: not even a link of another site starts that.
OWN_PAGES_ONLY = Depends(_refuse_computing)
