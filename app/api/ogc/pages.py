"""Pages of the lists of collections and jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import Request, Response

from app.api.ogc.answers import HTML, JSON, Table, document_answer, link
from app.api.ogc.items import bad_parameter, read_limit
from app.api.paging import MAXIMUM_AFTER_CHARACTERS
from app.store import Page, Rows


def wanted_page(request: Request, maximum: int) -> Page:
    """
    Read ``limit`` and ``after``.

    Parameters
    ----------
    request
        Its query may have either.
    maximum
        Most entries of a page, and how many it has if no ``limit`` is given.

    Returns
    -------
    page
        Its ``after`` is not checked yet.

    Raises
    ------
    ServiceError
        400 if a value cannot be used.
    """
    after = request.query_params.get("after", "")
    if len(after) > MAXIMUM_AFTER_CHARACTERS:
        raise bad_parameter("after", "No list gave this.", "Follow the link next of the page before.")
    return Page(read_limit(request.query_params.get("limit"), default=maximum, maximum=maximum), after)


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
