"""The ledger: who did what with the counts of a dataset, when and why. Rows are added, never changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store.paging import Page, Rows, read_numbered
from app.store.release_tables import LedgerRow
from app.store.sessions import TableAccess

MAXIMUM_LEDGER_ROWS = 1_000

# The acts, in the words of the ledger.
REPLACED, RELEASED_CUT, EXACT_CROSSWALK = "dataset replaced", "second cut released", "crosswalk on exact counts"
RELEASED, WITHDRAWN = "released", "release withdrawn"


class Ledger(TableAccess):
    """Reads the ledger; :func:`note` writes a row in the session of its act."""

    def rows(self, dataset_id: str | None = None, page: Page | None = None) -> Rows[LedgerRow]:
        """Rows, newest first, of one dataset or of all."""
        listed = select(LedgerRow)
        if dataset_id is not None:
            listed = listed.where(LedgerRow.dataset_id == dataset_id)
        with self._sessions() as session:
            return read_numbered(session, listed, LedgerRow, page, maximum=MAXIMUM_LEDGER_ROWS)


def note(
    session: Session,
    act: str,
    *,
    by: str,
    why: str,
    dataset_id: str | None,
    release_id: str | None = None,
    content: dict[str, Any] | None = None,
) -> None:
    """
    Add a row in the session of its act, so that both are kept, or neither.

    Parameters
    ----------
    session
        That holds the write lock.
    act
        What is done.
    by, why
        Who does it, and for which reason.
    dataset_id, release_id
        The dataset or release in question.
    content
        Further facts; no counts of students.
    """
    session.add(LedgerRow(act=act, by=by, why=why, dataset_id=dataset_id, release_id=release_id, content=content or {}))
