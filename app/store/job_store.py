"""Jobs in the database: added, noted, finished, with their result or their problem."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import ServiceError
from app.store.contents import UNFINISHED, Origin
from app.store.features import keep_zones
from app.store.job_inputs import starts_from_proposal, starts_from_result
from app.store.paging import Page, Rows, read_rows
from app.store.sessions import MAXIMUM_LISTED, TableAccess, found
from app.store.tables import Answer, CapacityResult, Dataset, Job, Proposal

Result = Proposal | CapacityResult | Answer
_UNKNOWN = Origin()


class JobTable(TableAccess):
    """Jobs and their results; what worker processes do with leases is in :class:`app.store.leases.Leases`."""

    def add_job(
        self,
        dataset_id: str,
        parameters: dict[str, Any],
        *,
        maximum_waiting: int,
        kind: str = "proposal",
        inputs: Mapping[str, str] | None = None,
        name: str = "",
        origin: Origin = _UNKNOWN,
    ) -> Job:
        """
        Queue a request, or find the job of the same request.

        Parameters
        ----------
        dataset_id, parameters
            Of the request.
        maximum_waiting
            Most jobs that may be unfinished.
        kind
            One of ``app.jobs.kinds.job_kinds``.
        inputs
            What else the job starts from: ids, such as ``register_id``.
        name
            Of the result, for lists; blank for none.
        origin
            The key of the request, and who started it.

        Returns
        -------
        job
            Waiting; or the job of a request with the same key that is unfinished, or whose result is still there.

        Raises
        ------
        ServiceError
            404 for an unknown dataset, 503 if too many wait already.
        """
        with self._writing() as session:
            found(session.get(Dataset, dataset_id), "dataset")
            if origin.request_key and (same := self._same_request(session, origin.request_key)) is not None:
                return same
            if self._count_unfinished() >= maximum_waiting:
                raise ServiceError(503, "Too many jobs are waiting.", headers={"Retry-After": "30"})
            own = {"kind": kind, "inputs": dict(inputs or {}), "name": name}
            job = Job(dataset_id=dataset_id, parameters=parameters, **own, **asdict(origin))
            session.add(job)
        return job

    def _count_unfinished(self) -> int:
        """Jobs of all agencies that wait or run: the queue is one."""
        with self._sessions_of_service() as session:
            return session.scalar(select(func.count(Job.id)).where(Job.status.in_(UNFINISHED))) or 0

    def _same_request(self, session: Session, request_key: str) -> Job | None:
        listed = select(Job).where(Job.request_key == request_key).order_by(Job.created_at.desc(), Job.id)
        for job in session.scalars(listed):
            if job.status in UNFINISHED or (job.status == "succeeded" and _has_result(session, job)):
                return job
        return None

    def job(self, job_id: str) -> Job:
        """One job; 404 if there is none, 403 for exact counts that may not be read."""
        with self._sessions() as session:
            return self._readable(session, found(session.get(Job, job_id), "job"))

    def jobs(self, dataset_id: str | None = None, page: Page | None = None, *, kind: str | None = None) -> Rows[Job]:
        """Jobs, newest first, of one dataset or of all, of one kind or of all."""
        listed = select(Job) if kind is None else select(Job).where(Job.kind == kind)
        if dataset_id is not None:
            listed = listed.where(Job.dataset_id == dataset_id)
        with self._sessions() as session:
            return read_rows(session, self._listable(listed, Job), Job, page, maximum=MAXIMUM_LISTED)

    def job_states(self) -> dict[str, int]:
        """How many jobs are in each state."""
        with self._sessions() as session:
            rows = session.execute(select(Job.status, func.count()).group_by(Job.status)).all()
        return {row[0]: row[1] for row in rows}

    def oldest_queued_s(self) -> float:
        """How long the job that waits longest has waited [s]; 0 if none waits."""
        with self._sessions() as session:
            since = session.scalar(select(func.min(Job.created_at)).where(Job.status == "queued"))
        return 0.0 if since is None else max(0.0, (datetime.now(UTC) - since).total_seconds())

    def unfinished_jobs(
        self,
        dataset_id: str | None = None,
        *,
        proposal_id: str | None = None,
        result_id: str | None = None,
    ) -> Sequence[str]:
        """
        Jobs that wait or run, or that ran when the service stopped.

        Parameters
        ----------
        dataset_id, proposal_id, result_id
            The dataset of the jobs; the proposal, and the match or year plan, that they start from. All jobs if none is
            given.

        Returns
        -------
        job_ids
            Oldest first.
        """
        listed = select(Job.id).where(Job.status.in_(UNFINISHED)).order_by(Job.created_at)
        if dataset_id is not None:
            listed = listed.where(Job.dataset_id == dataset_id)
        if proposal_id is not None:
            listed = listed.where(starts_from_proposal(proposal_id))
        if result_id is not None:
            listed = listed.where(starts_from_result(result_id))
        with self._sessions() as session:
            return session.scalars(listed).all()

    def note_progress(self, job_id: str, stage: str, progress: float) -> None:
        """Keep how far a job has come."""
        self._change_job(job_id, None, status="running", stage=stage, progress=progress)

    def finish_job(self, job_id: str, make_row: Callable[[Job], Result], *, owner: str | None = None) -> str | None:
        """
        Keep the result of a job and mark the job done, both or neither.

        Parameters
        ----------
        job_id
            The job.
        make_row
            Makes the row of the result.
        owner
            Who worked on it, if it was worked on under a lease.

        Returns
        -------
        result_id
            ``None`` if the job is not unfinished, no longer there, or leased to another: then nothing is kept.

        Raises
        ------
        ServiceError
            409 if what the result rests on was deleted meanwhile.
        """
        with self._writing() as session:
            job = session.get(Job, job_id, with_for_update=True)
            if job is None or job.status not in UNFINISHED or owner not in (None, job.lease_owner):
                return None
            row = make_row(job)
            if not isinstance(row, Answer):
                row.made_by = job.made_by
            session.add(row)
            try:
                session.flush()
            except IntegrityError:
                raise ServiceError(409, "The proposal or the register of this job was deleted meanwhile.") from None
            job.status, job.stage, job.progress, job.finished_at = "succeeded", "Done", 1.0, datetime.now(UTC)
            job.lease_owner = job.lease_until = None
            _note_result(job, row)
            if isinstance(row, Proposal):
                keep_zones(session, row)
            return row.id

    def end_job(self, job_id: str, status: str, problem: dict[str, Any], *, owner: str | None = None) -> None:
        """Mark a job ``failed`` or ``cancelled``, with its problem document; not one that is leased to another."""
        ended: dict[str, Any] = {"finished_at": datetime.now(UTC), "lease_owner": None, "lease_until": None}
        self._change_job(job_id, owner, status=status, stage=status.capitalize(), problem=problem, **ended)

    def _change_job(self, job_id: str, owner: str | None, **values: Any) -> None:
        changed = update(Job).where(Job.id == job_id, Job.status.in_(UNFINISHED))
        if owner is not None:
            changed = changed.where(Job.lease_owner == owner)
        with self._writing_little() as session:
            session.execute(changed.values(**values))


def _has_result(session: Session, job: Job) -> bool:
    """Whether what a job made is still there, as this version writes it; the id of what was deleted is null."""
    if job.answer_id is not None:
        return True
    row: Proposal | CapacityResult | None = None
    if job.proposal_id is not None:
        row = session.get(Proposal, job.proposal_id)
    elif job.capacity_result_id is not None:
        row = session.get(CapacityResult, job.capacity_result_id)
    return row is not None and not row.is_earlier


def _note_result(job: Job, row: Result) -> None:
    if isinstance(row, Proposal):
        job.proposal_id = row.id
    elif isinstance(row, CapacityResult):
        job.capacity_result_id = row.id
    else:
        job.answer_id = row.id
