"""Tables of who may do what: agencies, API keys, sessions of pages, people whom a proxy names, the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.store.agency_scope import OfAgency
from app.store.tables import Base, UtcDateTime, time_now


class Agency(Base):
    """An agency, such as a state's department of education; its data is seen by nobody else."""

    __tablename__ = "agency"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now)


class ApiKey(OfAgency, Base):
    """
    A key of a person or program. Of its secret only a hash is kept.

    The secret has 256 random bits, so a plain SHA-256 cannot be searched backwards; a slow hash would only cost time.
    """

    __tablename__ = "api_key"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    roles: Mapped[list[Any]] = mapped_column(JSON)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    requests_per_minute: Mapped[int | None] = mapped_column(default=None)
    # The datasets that it opens; null for all that the agency has.
    dataset_ids: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True), default=None)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class PageSession(OfAgency, Base):
    """That somebody signed in to the pages with a key; ``id`` is the SHA-256 of what the cookie holds."""

    __tablename__ = "page_session"

    id: Mapped[str] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now)


class Person(OfAgency, Base):
    """Somebody whom a trusted proxy or an identity provider names, with the roles that the service gives."""

    __tablename__ = "person"

    name: Mapped[str] = mapped_column(primary_key=True)
    roles: Mapped[list[Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now)


class AuditEntry(OfAgency, Base):
    """
    Who saw, changed or released what; no counts, no cells, no identifiers of students.

    Rows are only added. Triggers of the database refuse to change them, and to delete those that are not older than the
    latest :class:`AuditPruning` allows.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index("audit_entry_of_agency", "agency_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now)
    caller: Mapped[str]
    key_id: Mapped[str | None] = mapped_column(default=None)
    act: Mapped[str]
    object_kind: Mapped[str] = mapped_column(default="")
    object_id: Mapped[str] = mapped_column(default="")
    request_id: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="done")
    times: Mapped[int] = mapped_column(default=1, server_default="1")


class AuditPruning(Base):
    """A note that entries of the audit trail before a time were removed, for all agencies. Rows are only added."""

    __tablename__ = "audit_pruning"
    __table_args__ = (CheckConstraint("before <= at", name="audit_pruning_of_the_past"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now)
    before: Mapped[datetime] = mapped_column(UtcDateTime)
    entries: Mapped[int]
