"""Tables of what was registered and released: facts of datasets, protections of bases, releases, and the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.store.agency_scope import OfAgency
from app.store.document_hashes import WithHashes
from app.store.tables import Base, UtcDateTime, new_identifier, time_now


class Secret(Base):
    """A secret of the service that never leaves it, such as the key of hashes."""

    __tablename__ = "secret"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)


class Registration(OfAgency, Base):
    """
    That a dataset was registered; it stays when the dataset is deleted, since what was seen was seen.

    ``id`` is that of the dataset. ``content_tag`` is a keyed hash of its inputs.
    """

    __tablename__ = "registration"

    id: Mapped[str] = mapped_column(primary_key=True)
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now)
    content_tag: Mapped[str] = mapped_column(index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    is_replaced: Mapped[bool] = mapped_column(default=False, server_default="0")
    facts: Mapped[list[RegisteredFact]] = relationship()
    protections: Mapped[list[BaseProtection]] = relationship()


class RegisteredFact(OfAgency, Base):
    """The schools of which a dataset holds counts of one kind in one year: packed identifiers and keyed hashes."""

    __tablename__ = "registered_fact"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), index=True)
    kind: Mapped[str] = mapped_column(index=True)
    year: Mapped[int | None]
    schools: Mapped[bytes] = mapped_column(LargeBinary)
    tags: Mapped[bytes] = mapped_column(LargeBinary)


class BaseProtection(OfAgency, Base):
    """How the base of one audience is made of a dataset; chosen once, since a second one would be a second cut."""

    __tablename__ = "base_protection"

    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    audience: Mapped[str] = mapped_column(primary_key=True)
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now)
    policy: Mapped[dict[str, Any]] = mapped_column(JSON)
    method: Mapped[str]
    key: Mapped[bytes] = mapped_column(LargeBinary)
    audit: Mapped[dict[str, Any]] = mapped_column(JSON)


class Release(OfAgency, Base):
    """
    A release to the public. It stays when it is withdrawn; its files do not.

    ``public_report`` is what its readers see, ``report`` what those see who may release.
    """

    __tablename__ = "release"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("registration.id"), index=True)
    title: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    public_report: Mapped[dict[str, Any]] = mapped_column(JSON)
    report: Mapped[dict[str, Any]] = mapped_column(JSON)


class ReleasedFile(OfAgency, WithHashes, Base):
    """A file of a release, by the number of the proposal that it is of and its name."""

    __tablename__ = "released_file"

    release_id: Mapped[str] = mapped_column(ForeignKey("release.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerRow(OfAgency, Base):
    """Who did what with the counts of a dataset, when and why; rows are only added."""

    __tablename__ = "ledger"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now)
    act: Mapped[str]
    by: Mapped[str]
    why: Mapped[str]
    dataset_id: Mapped[str | None] = mapped_column(index=True)
    release_id: Mapped[str | None] = mapped_column(default=None)
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
