"""Lists page by page: a page begins after the last row of the one before, so that new rows move nothing."""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.errors import ServiceError, request_error

Row = TypeVar("Row")

_MAXIMUM_DIGITS = 19  # fewer than the greatest whole number of a column has


@dataclass(frozen=True)
class Page:
    """
    Which rows of a list are wanted.

    Parameters
    ----------
    limit
        At most so many.
    after
        Where the page before ended, as :attr:`Rows.after` gave it; blank for the first.
    """

    limit: int
    after: str = ""


class Rows(list[Row]):
    """
    The rows of a page.

    Attributes
    ----------
    total
        Of the whole list.
    after
        Where the next page begins; blank if there is none.
    """

    total: int = 0
    after: str = ""


def read_rows(
    session: Session, listed: Select[Any], table: Any, page: Page | None, *, maximum: int | None
) -> Rows[Any]:
    """
    Read the newest rows of a list, or one of its pages.

    Parameters
    ----------
    session
        That reads.
    listed
        Without an order.
    table
        With ``created_at`` and ``id``.
    page
        ``None`` for the newest alone.
    maximum
        Of rows where no page is wanted.

    Returns
    -------
    rows
        Newest first; of rows of the same time, by their identifiers.

    Raises
    ------
    ServiceError
        422 for an ``after`` that no list gave.
    """
    ordered = listed.order_by(table.created_at.desc(), table.id)
    if page is None:
        return Rows(session.scalars(ordered.limit(maximum)).all())
    if page.after:
        at, identifier = _begin(page.after)
        is_later = (table.created_at == at) & (table.id > identifier)
        ordered = ordered.where((table.created_at < at) | is_later)
    rows: Rows[Any] = Rows(session.scalars(ordered.limit(page.limit + 1)).all())
    rows.total = session.scalar(select(func.count()).select_from(listed.with_only_columns(table.id).subquery())) or 0
    if len(rows) > page.limit:
        del rows[page.limit :]
        rows.after = _end(rows[-1])
    return rows


def read_numbered(session: Session, listed: Select[Any], table: Any, page: Page | None, *, maximum: int) -> Rows[Any]:
    """As :func:`read_rows`, for a table that numbers its rows as they are added."""
    ordered = listed.order_by(table.id.desc())
    if page is None:
        return Rows(session.scalars(ordered.limit(maximum)).all())
    if page.after:
        ordered = ordered.where(table.id < _number(page.after))
    rows: Rows[Any] = Rows(session.scalars(ordered.limit(page.limit + 1)).all())
    rows.total = session.scalar(select(func.count()).select_from(listed.with_only_columns(table.id).subquery())) or 0
    if len(rows) > page.limit:
        del rows[page.limit :]
        rows.after = _encoded(str(rows[-1].id))
    return rows


def page_of(items: Sequence[Row], page: Page, name: Callable[[Row], Any], *, is_sorted: bool = False) -> Rows[Row]:
    """
    Cut a page out of a list that is in memory.

    Parameters
    ----------
    items
        The whole list, in order.
    page
        Which part of it.
    name
        Identifies an item of the list: a text, a number, or a list of them.
    is_sorted
        Whether the list is in the order of these names. Then a page is found although the row before it is gone.

    Returns
    -------
    rows
        In the same order.

    Raises
    ------
    ServiceError
        422 for an ``after`` that this list did not give, or whose item is gone from a list that is not sorted.
    """
    names = [name(each) for each in items]
    start = 0
    if page.after:
        last = _named(page.after)
        try:
            start = bisect_right(names, last) if is_sorted else names.index(last) + 1
        except (TypeError, ValueError):
            raise _no_page() from None
    rows: Rows[Row] = Rows(items[start : start + page.limit])
    rows.total = len(items)
    if rows and start + len(rows) < len(items):
        rows.after = _encoded(json.dumps(names[start + len(rows) - 1]))
    return rows


def _end(row: Any) -> str:
    return _encoded(f"{row.created_at.astimezone(UTC).isoformat()} {row.id}")


def _begin(after: str) -> tuple[datetime, str]:
    at, _, identifier = _decoded(after).partition(" ")
    try:
        return datetime.fromisoformat(at).astimezone(UTC), identifier
    except (ValueError, OverflowError):
        raise _no_page() from None


def _number(after: str) -> int:
    text = _decoded(after)
    if not (text.isascii() and text.isdecimal() and len(text) < _MAXIMUM_DIGITS):
        raise _no_page()
    return int(text)


def _named(after: str) -> Any:
    try:
        return json.loads(_decoded(after))
    except (ValueError, RecursionError):
        raise _no_page() from None


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(after: str) -> str:
    try:
        return base64.b64decode(after + "=" * (-len(after) % 4), altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error):
        raise _no_page() from None


def _no_page() -> ServiceError:
    problem = ("after", "No list gave this, or what it names is gone.", "Follow the header Link of the page before.")
    return request_error(422, "The page cannot be found.", [problem])
