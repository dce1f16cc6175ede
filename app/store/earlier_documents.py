"""Documents that an earlier version wrote: which they are, what is refused, and how they are written anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from app.errors import ServiceError
from app.store.contents import DATASET, DOCUMENT_FORMATS, REGISTER
from app.store.sessions import TableAccess
from app.store.tables import Dataset, Register, WithDocument

_TABLES: dict[str, type[Dataset | Register]] = {DATASET: Dataset, REGISTER: Register}


class EarlierDocuments(TableAccess):
    """Documents of datasets and registers, which can be made again from what is stored beside them."""

    def of(self, kind: str) -> Sequence[str]:
        """Datasets or registers (``DATASET``, ``REGISTER``) whose documents another version wrote, oldest first."""
        table = _TABLES[kind]
        earlier = select(table.id).where(table.document_format != DOCUMENT_FORMATS[kind])
        with self._sessions() as session:
            return session.scalars(earlier.order_by(table.created_at, table.id)).all()

    def replace(self, kind: str, identifier: str, report: dict[str, Any], summary: dict[str, Any]) -> None:
        """Keep a document and a summary in the place of earlier ones."""
        table = _TABLES[kind]
        written = {"report": report, "summary": summary, "document_format": DOCUMENT_FORMATS[kind]}
        with self._writing() as session:
            session.execute(update(table).where(table.id == identifier).values(**written))


def refuse_earlier(row: WithDocument) -> None:
    """Refuse further work on a document that an earlier version wrote: 409, with what to do."""
    if row.is_earlier:
        is_upload = row.document_kind in _TABLES
        what_to_do = "Upload its files again." if is_upload else "Ask for it again with the same parameters."
        detail = f"This {row.document_kind} is of an earlier version of the service, which the present one cannot read."
        raise ServiceError(409, f"{detail} {what_to_do}", type_name="earlier-version")
