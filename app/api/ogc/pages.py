"""Pages of the lists of collections and jobs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from fastapi import Request, Response

from app.api.ogc.answers import HTML, JSON, Table, document_answer, link
from app.api.ogc.items import bad_parameter, read_limit
from app.api.paging import MAXIMUM_AFTER_CHARACTERS
from app.errors import ServiceError
from app.store import Page, Rows

Row = TypeVar("Row")


def read_page(request: Request, maximum: int, read: Callable[[Page], Rows[Row]]) -> Rows[Row]:
    """
    Read the page that ``limit`` and ``after`` of a request name.

    Parameters
    ----------
    request
        Its query may have either.
    maximum
        Most entries of a page, and how many it has if no ``limit`` is given.
    read
        Reads a page; a ServiceError of the status 422 if no list gave its ``after``.

    Returns
    -------
    rows
        What is on the page.

    Raises
    ------
    ServiceError
        400 if a value cannot be used.
    """
    limit, after = (request.query_params.get(name) for name in ("limit", "after"))
    page = Page(read_limit(limit, default=maximum, maximum=maximum), after or "")
    if len(page.after) > MAXIMUM_AFTER_CHARACTERS:
        raise _no_page()
    try:
        return read(page)
    except ServiceError as error:
        raise (_no_page() if error.status == 422 else error) from None


def _no_page() -> ServiceError:
    return bad_parameter("after", "No list gave this.", "Follow the link next of the page before.")


def page_answer(
    request: Request, document: dict[str, Any], rows: Rows[Any], *, form: str, tables: Sequence[Table]
) -> Response:
    """
    Answer with a page of a list.

    Parameters
    ----------
    request
        The request.
    document
        The page, with its ``links``.
    rows
        What is on it.
    form, tables
        As for :func:`document_answer`.

    Returns
    -------
    response
        The number of all rows and a link to the next page are in the document and in the headers.
    """
    headers, links = {"X-Total-Count": str(rows.total)}, list(document["links"])
    if rows.after:
        following = str(request.url.include_query_params(after=rows.after))
        links.append(link("next", following, JSON if form == "json" else HTML, "Next page"))
        headers["Link"] = f'<{following}>; rel="next"'
    counted = {"numberMatched": rows.total, "numberReturned": len(rows), "links": links}
    return document_answer(request, {**document, **counted}, form=form, tables=tables, headers=headers)
