"""Answers that are kept by the key of their request for a day: what is sent twice does its work once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, LargeBinary, delete, event, update
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column

from app.errors import ServiceError
from app.store.agency_scope import AgencySession, MadeBy, OfAgency
from app.store.dataset_scope import WHOLE_AGENCY
from app.store.sessions import TableAccess
from app.store.tables import Base, UtcDateTime, time_now

KEPT = timedelta(hours=24)
# A request that was under way when its process was killed: its key is free again then.
_GIVEN_UP = timedelta(minutes=20)


class KeyedAnswer(OfAgency, Base):
    """An answer, or that its request is under way (no status)."""

    __tablename__ = "keyed_answer"

    # The agency, the caller, the method, the path and the key.
    id: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now, index=True)
    request_hash: Mapped[str] = mapped_column(default="")
    status: Mapped[int | None] = mapped_column(default=None)
    headers: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    body: Mapped[bytes] = deferred(mapped_column(LargeBinary, default=b""))


@dataclass(frozen=True)
class SentAnswer:
    """
    An answer as it was sent.

    Parameters
    ----------
    request_hash
        Of the request that it was the answer to.
    status, headers, body
        Of the response.
    """

    request_hash: str
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class KeyedAnswers(TableAccess):
    """Answers of an agency by the keys of their requests."""

    def begin(self, identifier: str) -> SentAnswer | None:
        """
        Begin a request.

        Parameters
        ----------
        identifier
            Of the request: who sends it, where to, under which key.

        Returns
        -------
        answer
            That was given before; ``None`` for a request that is new, which is under way from now on.

        Raises
        ------
        ServiceError
            409 if it is under way already.
        """
        with self._writing() as session:
            now = time_now()
            is_old = KeyedAnswer.created_at < now - KEPT
            is_given_up = (KeyedAnswer.created_at < now - _GIVEN_UP) & KeyedAnswer.status.is_(None)
            session.execute(delete(KeyedAnswer).where(is_old | is_given_up))
            row = session.get(KeyedAnswer, identifier)
            if row is not None and row.status is not None:
                headers = [(name, value) for name, value in row.headers]
                return SentAnswer(row.request_hash, row.status, headers, row.body)
            if row is None:
                session.add(KeyedAnswer(id=identifier, created_at=now))
                session.flush()  # the lock of writers keeps others out, or the table does
                return None
        raise _under_way()

    def keep(self, identifier: str, answer: SentAnswer) -> None:
        """Keep the answer of a request that was under way."""
        values = {"request_hash": answer.request_hash, "status": answer.status, "body": answer.body}
        headers = [list(each) for each in answer.headers]
        with self._writing() as session:
            session.execute(update(KeyedAnswer).where(KeyedAnswer.id == identifier).values(headers=headers, **values))

    def forget(self, identifier: str) -> None:
        """Forget a request, so that it can be sent again."""
        with self._writing() as session:
            session.execute(delete(KeyedAnswer).where(KeyedAnswer.id == identifier))


@event.listens_for(AgencySession, "after_flush")
def _forget_what_was_deleted(session: Session, _context: Any) -> None:
    """Forget every answer of an agency with what it deletes, by whichever way: answers may speak of it."""
    agency_ids = {row.agency_id for row in session.deleted if isinstance(row, MadeBy) and isinstance(row, OfAgency)}
    if agency_ids:
        forgotten = delete(KeyedAnswer).where(KeyedAnswer.agency_id.in_(agency_ids))
        with session.no_autoflush:
            session.execute(forgotten.execution_options(synchronize_session=False, **WHOLE_AGENCY))


def _under_way() -> ServiceError:
    detail = "A request with this Idempotency-Key is under way. Try again soon."
    return ServiceError(409, detail, headers={"Retry-After": "2"})
