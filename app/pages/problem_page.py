"""Errors as pages, for people whose link is stale or who may not do what they tried."""

from __future__ import annotations

from fastapi import Request, Response
from starlette._utils import get_route_path

from app.errors import ServiceError
from app.negotiation import quality
from app.pages.templating import render_page

_PROBLEM = "application/problem+json"


def problem_page(request: Request, error: ServiceError) -> Response | None:
    """
    Write an error as a page.

    Parameters
    ----------
    request
        Which failed.
    error
        Why.

    Returns
    -------
    page
        With the status and the headers of the error; ``None`` where the address is not one of a page, or the client
        does not take HTML more readily than JSON.
    """
    accept = request.headers.get("accept", "")
    if "text/html" not in accept.lower() or quality(accept, "text/html") < quality(accept, _PROBLEM):
        return None
    path = get_route_path(request.scope)
    is_unknown = error.status == 404 and "route" not in request.scope and request.method in ("GET", "HEAD")
    if not (is_unknown or path in ("/", "/sign-in", "/sign-out") or path.startswith("/browse/")):
        return None
    page = render_page(request, "problem.html", error=error, title=error.document()["title"])
    page.headers.update(error.headers)
    return page
