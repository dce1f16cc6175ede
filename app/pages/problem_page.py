"""Errors as pages, for people whose link is stale or who may not do what they tried."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request, Response
from starlette._utils import get_route_path

from app.errors import ServiceError
from app.negotiation import prefers_page
from app.pages.templating import render_page


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
        With the status and the headers of the error; ``None`` where the client does not take HTML as readily as JSON,
        and for what is sent to the HTTP interface.
    """
    path, is_reading = get_route_path(request.scope), request.method in ("GET", "HEAD")
    is_of_page = path in ("/", "/sign-in", "/sign-out") or path.startswith("/browse/")
    if not (is_reading or is_of_page) or not prefers_page(request.headers.get("accept", "")):
        return None
    values = {"title": error.document()["title"], "sign_in": None}
    if error.status == 401 and path != "/sign-in":
        values["sign_in"] = f"/sign-in?next={quote(path if is_reading else _page_of_form(path), safe='')}"
    page = render_page(request, "problem.html", error=error, **values)
    page.headers.update(error.headers)
    return page


def _page_of_form(path: str) -> str:
    """The page on which a form stood: most are sent to an address below it."""
    above = path.rpartition("/")[0]
    return "/" if above in ("", "/browse") else above
