"""Tables of the database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, LargeBinary, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from app.store.agency_scope import MadeBy, OfAgency
from app.store.contents import DOCUMENT_FORMATS
from app.store.document_hashes import WithHashes


class UtcDateTime(TypeDecorator[datetime]):
    """Times in UTC; SQLite does not keep the time zone, so it is added when a time is read."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store without zone."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read as UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


def time_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def new_identifier() -> str:
    """A new identifier."""
    return str(uuid4())


class Base(DeclarativeBase):
    """Base of the tables."""


class WithDocument:
    """A row with a document. It keeps the number of the format in which the document was written."""

    __tablename__: str
    document_format: Mapped[int] = mapped_column(server_default="1")

    @property
    def document_kind(self) -> str:
        """What the document is of; one of ``DOCUMENT_FORMATS``."""
        return self.__tablename__

    @property
    def is_earlier(self) -> bool:
        """Whether another version wrote the document, so that only what never changes may be read of it."""
        return self.document_format != DOCUMENT_FORMATS[self.document_kind]


class Dataset(OfAgency, MadeBy, WithDocument, Base):
    """Validated inputs; the files named by ``scenario_hash`` hold exact counts and never leave the service."""

    __tablename__ = "dataset"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now)
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    summary: Mapped[dict[str, Any]] = mapped_column(JSON)
    scenario_hash: Mapped[str] = mapped_column(index=True, server_default="")
    proposals: Mapped[list[Proposal]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, back_populates="dataset"
    )
    jobs: Mapped[list[Job]] = relationship(cascade="all, delete-orphan", passive_deletes=True, back_populates="dataset")


class Proposal(OfAgency, MadeBy, WithDocument, WithHashes, Base):
    """A proposal in every form in which it is served."""

    __tablename__ = "proposal"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now)
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    summary: Mapped[dict[str, Any]] = mapped_column(JSON)
    document: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    zones: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    schools: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    schools_csv: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    members_csv: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    links_csv: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    map: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    dataset: Mapped[Dataset] = relationship(back_populates="proposals")


class Register(OfAgency, MadeBy, WithDocument, WithHashes, Base):
    """A register of Lead Partners; ``report`` is its document, ``content`` what matching reads."""

    __tablename__ = "register"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now)
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    summary: Mapped[dict[str, Any]] = mapped_column(JSON)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class CapacityResult(OfAgency, MadeBy, WithDocument, Base):
    """A match or a year plan, with the name that was asked for. Its register cannot be deleted before it is."""

    __tablename__ = "capacity_result"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    kind: Mapped[str] = mapped_column(index=True)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"), index=True)
    proposal_id: Mapped[str] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"), index=True)
    register_id: Mapped[str] = mapped_column(ForeignKey("register.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now)
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    summary: Mapped[dict[str, Any]] = mapped_column(JSON)
    parts: Mapped[list[CapacityPart]] = relationship(cascade="all, delete-orphan", passive_deletes=True)

    @property
    def document_kind(self) -> str:
        """Match or year plan."""
        return self.kind

    @property
    def inputs(self) -> dict[str, str]:
        """What it was made of, as in its job."""
        return {"proposal_id": self.proposal_id, "register_id": self.register_id}


class CapacityPart(OfAgency, WithHashes, Base):
    """A match or a year plan in one of the forms in which it is served, by the name of its file."""

    __tablename__ = "capacity_part"

    result_id: Mapped[str] = mapped_column(ForeignKey("capacity_result.id", ondelete="CASCADE"), primary_key=True)
    file: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Job(OfAgency, MadeBy, Base):
    """A request for a proposal, a match, a year plan or an answer, and how far it has come."""

    __tablename__ = "job"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(default="proposal", server_default="proposal")
    inputs: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    name: Mapped[str] = mapped_column(default="", server_default="")
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(default="queued", index=True)
    stage: Mapped[str] = mapped_column(default="Waiting")
    progress: Mapped[float] = mapped_column(default=0.0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)
    proposal_id: Mapped[str | None] = mapped_column(ForeignKey("proposal.id", ondelete="SET NULL"), default=None)
    capacity_result_id: Mapped[str | None] = mapped_column(
        ForeignKey("capacity_result.id", ondelete="SET NULL", name="job_capacity_result"), default=None
    )
    answer_id: Mapped[str | None] = mapped_column(
        ForeignKey("answer.id", ondelete="SET NULL", name="job_answer"), default=None
    )
    # Equal for requests that have the same answer; blank if there is no such request.
    request_key: Mapped[str] = mapped_column(default="", server_default="", index=True)
    # Who works on it, and until when nobody else may.
    lease_owner: Mapped[str | None] = mapped_column(default=None)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    heartbeat_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    dataset: Mapped[Dataset] = relationship(back_populates="jobs")

    @property
    def result_id(self) -> str | None:
        """The proposal, match, year plan or answer that it made."""
        return self.proposal_id or self.capacity_result_id or self.answer_id


class Answer(OfAgency, Base):
    """
    What was computed about stored data: an analysis, a comparison, readiness.

    It is found by its key, which is of everything that it rests on, and goes when what it is about is deleted.
    """

    __tablename__ = "answer"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    key: Mapped[str] = mapped_column(index=True)
    question: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"), index=True)
    proposal_id: Mapped[str | None] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), index=True, default=None
    )
    other_proposal_id: Mapped[str | None] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), index=True, default=None
    )
    capacity_result_id: Mapped[str | None] = mapped_column(
        ForeignKey("capacity_result.id", ondelete="CASCADE"), index=True, default=None
    )
    forms: Mapped[list[AnswerForm]] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class AnswerForm(OfAgency, Base):
    """An answer in one of the forms in which it is served: ``json``, or a table of it as CSV by name."""

    __tablename__ = "answer_form"

    answer_id: Mapped[str] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class IndicatorUpload(OfAgency, MadeBy, WithHashes, Base):
    """
    A file of indicator sets, assessments or progress of a dataset, as it was read; ``content`` may hold exact counts.

    Nothing is overwritten: a further file is the next revision of its kind.
    """

    __tablename__ = "indicator_upload"
    __table_args__ = (UniqueConstraint("dataset_id", "kind", "revision"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    revision: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now)
    summary: Mapped[dict[str, Any]] = mapped_column(JSON)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class ZoneRecordRow(OfAgency, Base):
    """A record of a Zone: the result of its changes. It keeps its own copy of the Zone, whatever else is deleted."""

    __tablename__ = "zone_record"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now, index=True)
    revision: Mapped[int]
    # Not foreign keys: the record stays when the proposal or the dataset is deleted.
    proposal_id: Mapped[str | None] = mapped_column(default=None, index=True)
    dataset_id: Mapped[str | None] = mapped_column(default=None, index=True)


class ZoneRecordChange(OfAgency, Base):
    """A change of a record; changes are only added."""

    __tablename__ = "zone_record_change"
    __table_args__ = (UniqueConstraint("record_id", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("zone_record.id"))
    revision: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str]
    why: Mapped[str]
    kind: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class KeptChecklist(OfAgency, Base):
    """A checklist of the state's own; it never changes."""

    __tablename__ = "checklist"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=time_now)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
