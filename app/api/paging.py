"""Pages of lists: ``limit`` and ``after`` in, ``Link`` and ``X-Total-Count`` out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Query, Request, Response
from starlette._utils import get_route_path

from app.services.dependencies import WantsCsv
from app.store import Page, Rows, page_of

MAXIMUM_LIMIT, MAXIMUM_AFTER_CHARACTERS = 1_000, 1_000
WHOLE = 2**31  # more entries than any list has
_LIMIT = 200
Row = TypeVar("Row")
_After = Annotated[
    str, Query(max_length=MAXIMUM_AFTER_CHARACTERS, description="Where the page before ended: follow its header Link.")
]


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

    def with_headers(self, rows: Rows[Row]) -> Rows[Row]:
        """Set the headers for the length of the whole list and the next page; return the rows."""
        self.response.headers.update(self.headers_of(rows))
        return rows

    def headers_of(self, rows: Rows[Any]) -> dict[str, str]:
        """Return these headers, for a route that makes its own response."""
        headers = {"X-Total-Count": str(rows.total)}
        if rows.after:
            query = [each for each in parse_qsl(self.request.url.query, keep_blank_values=True) if each[0] != "after"]
            address = f"{get_route_path(self.request.scope)}?{urlencode([*query, ('after', rows.after)])}"
            headers["Link"] = f'<{address}>; rel="next"'
        return headers

    def cut(self, items: Sequence[Row], name: Callable[[Row], Any], *, is_sorted: bool = False) -> Rows[Row]:
        """Cut the page out of a list in memory, as :func:`app.store.page_of` does, and set the headers."""
        return self.with_headers(page_of(items, self.page, name, is_sorted=is_sorted))


def _list_request(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=MAXIMUM_LIMIT, description="Most entries of the page.")] = _LIMIT,
    after: _After = "",
) -> ListRequest:
    return ListRequest(Page(limit, after), request, response)


def _table_request(
    request: Request,
    response: Response,
    wants_csv: WantsCsv,
    limit: Annotated[
        int | None,
        Query(ge=1, le=MAXIMUM_LIMIT, description="Most entries of the page: as JSON 200, as CSV all if left out."),
    ] = None,
    after: _After = "",
) -> ListRequest:
    return ListRequest(Page(limit or (WHOLE if wants_csv else _LIMIT), after), request, response)


ListRequestHere = Annotated[ListRequest, Depends(_list_request)]
# For a list that is a table too: whoever downloads a table wants all of it.
TableRequestHere = Annotated[ListRequest, Depends(_table_request)]
