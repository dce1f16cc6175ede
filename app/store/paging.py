"""Lists page by page: a page begins after the last row of the one before, so that new rows move nothing."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.errors import request_error

Row = TypeVar("Row")


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


def read_rows(session: Session, listed: Select[Any], table: Any, page: Page | None, *, maximum: int) -> Rows[Any]:
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


def _end(row: Any) -> str:
    text = f"{row.created_at.astimezone(UTC).isoformat()} {row.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _begin(after: str) -> tuple[datetime, str]:
    try:
        text = base64.b64decode(after + "=" * (-len(after) % 4), altchars=b"-_", validate=True).decode()
        at, _, identifier = text.partition(" ")
        return datetime.fromisoformat(at).astimezone(UTC), identifier
    except (ValueError, OverflowError, binascii.Error):
        problem = ("after", "No list gave this.", "Follow the header Link of the page before.")
        raise request_error(422, "The page cannot be found.", [problem]) from None
