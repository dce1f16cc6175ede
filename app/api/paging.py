"""Pages of lists: ``limit`` and ``after`` in, ``Link`` and ``X-Total-Count`` out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Query, Request, Response
from starlette._utils import get_route_path

from app.store import Page, Rows

MAXIMUM_LIMIT = 1_000


@dataclass(frozen=True)
class ListRequest:
    """
    A request for a page of a list.

    Parameters
    ----------
    page
        Which rows.
    request, response
        The request, and the headers of its answer.
    """

    page: Page
    request: Request
    response: Response

    def with_headers(self, rows: Rows[Any]) -> Rows[Any]:
        """Say in headers how long the whole list is and where it goes on; give the rows back."""
        self.response.headers["X-Total-Count"] = str(rows.total)
        if rows.after:
            query = [each for each in parse_qsl(self.request.url.query, keep_blank_values=True) if each[0] != "after"]
            address = f"{get_route_path(self.request.scope)}?{urlencode([*query, ('after', rows.after)])}"
            self.response.headers["Link"] = f'<{address}>; rel="next"'
        return rows


def _list_request(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT, description="Most entries of the page.")] = 200,
    after: Annotated[
        str, Query(max_length=200, description="Where the page before ended: follow its header Link.")
    ] = "",
) -> ListRequest:
    return ListRequest(Page(limit, after), request, response)


ListRequestHere = Annotated[ListRequest, Depends(_list_request)]
