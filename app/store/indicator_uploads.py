"""Files of indicator sets, assessments and progress in the database: added and read, never changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.errors import ServiceError
from app.store.tables import Dataset, IndicatorUpload

MAXIMUM_REVISIONS = 200


@dataclass(frozen=True)
class IndicatorUploads:
    """
    The uploads of all datasets.

    Parameters
    ----------
    sessions
        For reading.
    writing
        Opens a session that holds the write lock.
    """

    sessions: sessionmaker[Session]
    writing: Callable[[], AbstractContextManager[Session]]

    def add(self, dataset_id: str, kind: str, summary: dict[str, Any], content: bytes) -> IndicatorUpload:
        """Keep a file as the next revision of its kind; 404 for an unknown dataset, 409 if there are too many."""
        with self.writing() as session:
            if session.get(Dataset, dataset_id) is None:
                raise ServiceError(404, "There is no such dataset.")
            newest = select(func.max(IndicatorUpload.revision)).where(
                IndicatorUpload.dataset_id == dataset_id, IndicatorUpload.kind == kind
            )
            revision = (session.execute(newest).scalar_one_or_none() or 0) + 1
            if revision > MAXIMUM_REVISIONS:
                raise ServiceError(
                    409, f"The dataset has {MAXIMUM_REVISIONS} files of this kind, the most it may have."
                )
            upload = IndicatorUpload(
                dataset_id=dataset_id, kind=kind, revision=revision, summary=summary, content=content
            )
            session.add(upload)
        return upload

    def history(self, dataset_id: str, kind: str) -> Sequence[IndicatorUpload]:
        """Every revision of a kind, newest first; 404 for an unknown dataset."""
        with self.sessions() as session:
            if session.get(Dataset, dataset_id) is None:
                raise ServiceError(404, "There is no such dataset.")
            return session.scalars(_of_kind(dataset_id, kind).order_by(IndicatorUpload.revision.desc())).all()

    def contents(self, dataset_id: str, kind: str) -> list[bytes]:
        """What every revision of a kind holds, oldest first."""
        held = select(IndicatorUpload.content).where(
            IndicatorUpload.dataset_id == dataset_id, IndicatorUpload.kind == kind
        )
        with self.sessions() as session:
            return [bytes(each) for each in session.scalars(held.order_by(IndicatorUpload.revision)).all()]


def _of_kind(dataset_id: str, kind: str) -> Any:
    return select(IndicatorUpload).where(IndicatorUpload.dataset_id == dataset_id, IndicatorUpload.kind == kind)
