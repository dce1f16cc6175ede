"""Releases: added, read and withdrawn. Adding and withdrawing write a row of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.errors import ServiceError
from app.store.contents import PUBLIC, StoredProtection
from app.store.ledger import RELEASED, WITHDRAWN, note
from app.store.paging import Page, Rows, read_rows
from app.store.registrations import add_protection
from app.store.release_tables import BaseProtection, Registration, Release, ReleasedFile
from app.store.sessions import MAXIMUM_LISTED, TableAccess, found


@dataclass(frozen=True, kw_only=True)
class MadeRelease:
    """
    A release before it is stored.

    Parameters
    ----------
    title
        Its title for readers.
    protection
        How its base is made.
    public_report, report
        The report for its readers, and the one for those who may release.
    files
        By the number of the proposal and the name of the file.
    """

    title: str
    protection: StoredProtection
    public_report: dict[str, Any]
    report: dict[str, Any]
    files: Mapping[tuple[int, str], bytes]


class ReleaseStore(TableAccess):
    """The releases of all datasets."""

    def add(self, dataset_id: str, made: MadeRelease, *, by: str, why: str, content: dict[str, Any]) -> Release:
        """
        Keep a release and its row of the ledger, both or neither.

        Parameters
        ----------
        dataset_id
            Whose base it is of.
        made
            The release.
        by, why
            Who releases it, and for which reason.
        content
            For the ledger: the policy, and the hash of each file.

        Returns
        -------
        release
            As stored.

        Raises
        ------
        ServiceError
            404 if the dataset is gone, 409 if it was released on another base: two bases would be two cuts.
        """
        with self._writing() as session:
            registration = found(session.get(Registration, dataset_id), "dataset")
            if registration.ended_at is not None:
                raise ServiceError(404, "There is no such dataset.")
            known = session.get(BaseProtection, (dataset_id, PUBLIC))
            if known is None:
                add_protection(session, dataset_id, PUBLIC, made.protection)
            elif bytes(known.key) != made.protection.key or known.policy != made.protection.policy:
                raise ServiceError(409, "The dataset was released on another base meanwhile. Ask again.")
            own = {"title": made.title, "public_report": made.public_report, "report": made.report}
            release = Release(dataset_id=dataset_id, **own)
            session.add(release)
            session.flush()
            session.add_all(
                ReleasedFile(release_id=release.id, number=number, name=name, content=data)
                for (number, name), data in made.files.items()
            )
            noted: dict[str, Any] = {"dataset_id": dataset_id, "release_id": release.id, "content": content}
            note(session, RELEASED, by=by, why=why, **noted)
        return release

    def releases(
        self, dataset_id: str | None = None, page: Page | None = None, *, with_withdrawn: bool = False
    ) -> Rows[Release]:
        """Releases, newest first, of one dataset or of all."""
        listed = select(Release)
        if dataset_id is not None:
            listed = listed.where(Release.dataset_id == dataset_id)
        if not with_withdrawn:
            listed = listed.where(Release.withdrawn_at.is_(None))
        with self._sessions() as session:
            return read_rows(session, listed, Release, page, maximum=MAXIMUM_LISTED)

    def release(self, release_id: str) -> Release:
        """One release, withdrawn or not; 404 if there is none."""
        with self._sessions() as session:
            return found(session.get(Release, release_id), "release")

    def file(self, release_id: str, number: int, name: str) -> bytes:
        """One file of a release; 404 if there is none, 410 if the release was withdrawn."""
        with self._sessions() as session:
            release = found(session.get(Release, release_id), "release")
            if release.withdrawn_at is not None:
                raise withdrawn_error(release)
            return bytes(found(session.get(ReleasedFile, (release_id, number, name)), "file of this release").content)

    def withdraw(self, release_id: str, *, by: str, why: str) -> Release:
        """Withdraw a release: its files are deleted, and the ledger says why; 404 if there is none, 410 if it was."""
        with self._writing_little() as session:
            release = found(session.get(Release, release_id), "release")
            if release.withdrawn_at is not None:
                raise withdrawn_error(release)
            _withdraw(session, release, by=by, why=why)
        self._wipe()
        return release


def withdraw_releases_of(session: Session, dataset_id: str, *, by: str, why: str) -> None:
    """Withdraw all releases of a dataset."""
    listed = select(Release).where(Release.dataset_id == dataset_id, Release.withdrawn_at.is_(None))
    for release in session.scalars(listed).all():
        _withdraw(session, release, by=by, why=why)


def withdrawn_error(release: Release) -> ServiceError:
    """410: the release was withdrawn."""
    return ServiceError(410, f"This release was withdrawn on {release.withdrawn_at:%Y-%m-%d}.")


def _withdraw(session: Session, release: Release, *, by: str, why: str) -> None:
    release.withdrawn_at = datetime.now(UTC)
    session.execute(delete(ReleasedFile).where(ReleasedFile.release_id == release.id))
    note(session, WITHDRAWN, by=by, why=why, dataset_id=release.dataset_id, release_id=release.id)
