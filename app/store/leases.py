"""Leases: by these, worker processes take jobs from the table, and lose them when they no longer live."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, update

from app.errors import ServiceError
from app.store.sessions import TableAccess
from app.store.tables import Job, time_now

MAXIMUM_ATTEMPTS = 3


class Leases(TableAccess):
    """The jobs of all agencies as worker processes see them."""

    def waiting(self, kinds: Collection[str]) -> bool:
        """Whether a job of these kinds waits; read without the write lock, for it is asked often."""
        with self._sessions() as session:
            return (
                session.scalar(select(Job.id).where(Job.status == "queued", Job.kind.in_(kinds)).limit(1)) is not None
            )

    def claim(
        self, owner: str, kinds: Collection[str], *, most_running: int, most_of_a_caller: int, seconds: float
    ) -> Job | None:
        """
        Lease the next job that waits.

        Parameters
        ----------
        owner
            Who takes it.
        kinds
            Of which kinds.
        most_running
            Jobs of these kinds that may run at the same time, in all worker processes.
        most_of_a_caller
            How many of them may be of one caller that has a name.
        seconds
            Length of the lease.

        Returns
        -------
        job
            Of the caller with the fewest running jobs, the oldest; ``None`` if none waits or enough run.
        """
        with self._writing() as session:
            running = select(func.count()).where(Job.status == "running", Job.kind.in_(kinds))
            if (session.scalar(running) or 0) >= most_running:
                return None
            job: Job | None = session.scalars(_next(kinds, most_of_a_caller)).first()
            if job is None:
                return None
            now = datetime.now(UTC)
            leased = {"lease_owner": owner, "lease_until": now + timedelta(seconds=seconds), "heartbeat_at": now}
            taken = update(Job).where(Job.id == job.id, Job.status == "queued")
            own = taken.values(status="running", stage="Starting", attempts=Job.attempts + 1, **leased)
            # Another worker process may have been faster, where the write lock is not one for all.
            if session.execute(own).rowcount == 0:  # type: ignore[attr-defined]
                return None
            session.refresh(job)
            return job

    def owned(self, owner: str) -> set[str]:
        """The jobs that run under a lease of an owner; others were cancelled, deleted, or taken by somebody else."""
        with self._sessions() as session:
            listed = select(Job.id).where(Job.status == "running", Job.lease_owner == owner)
            return set(session.scalars(listed))

    def renew(self, owner: str, noted: Mapping[str, tuple[str, float]], *, seconds: float) -> None:
        """Renew the leases of an owner, and keep how far its jobs have come (stage, and fraction done)."""
        now = datetime.now(UTC)
        mine = update(Job).where(Job.status == "running", Job.lease_owner == owner)
        with self._writing() as session:
            session.execute(mine.values(lease_until=now + timedelta(seconds=seconds), heartbeat_at=now))
            for job_id, (stage, fraction) in noted.items():
                session.execute(mine.where(Job.id == job_id).values(stage=stage, progress=fraction))

    def give_back(self, owner: str) -> None:
        """Let others take the jobs of an owner that stops; this is no failed attempt."""
        mine = update(Job).where(Job.status == "running", Job.lease_owner == owner)
        with self._writing() as session:
            session.execute(mine.values(attempts=Job.attempts - 1, **_WAITING))

    def do_again(self, owner: str, job_id: str, problem: Mapping[str, Any]) -> None:
        """
        Put a job back into the queue whose owner could not finish it; the attempt counts.

        Parameters
        ----------
        owner
            Who had the lease; nothing happens if another has it now.
        job_id
            The job.
        problem
            The problem document with which the job fails if this was its last attempt.
        """
        mine = update(Job).where(Job.id == job_id, Job.status == "running", Job.lease_owner == owner)
        failed = {"status": "failed", "stage": "Failed", "finished_at": time_now(), "problem": dict(problem)}
        with self._writing() as session:
            session.execute(mine.where(Job.attempts >= MAXIMUM_ATTEMPTS).values(**failed))
            session.execute(mine.values(**_WAITING))

    def owners(self) -> Sequence[str]:
        """Whoever has a lease."""
        with self._sessions() as session:
            listed = select(Job.lease_owner).where(Job.status == "running", Job.lease_owner.is_not(None)).distinct()
            return [each for each in session.scalars(listed) if each is not None]

    def take_back_lapsed(self, gone: Collection[str] = ()) -> None:
        """
        Let others take the jobs whose lease lapsed or whose owner is gone; a job that was lost too often fails.

        Parameters
        ----------
        gone
            Owners that no longer live.
        """
        # A job without a lease ran in an earlier version, which had none.
        lost = or_(Job.lease_until.is_(None), Job.lease_until < time_now(), Job.lease_owner.in_(gone))
        lapsed = Job.status == "running", lost
        with self._sessions() as session:
            if session.scalar(select(Job.id).where(*lapsed).limit(1)) is None:
                return
        with self._writing() as session:
            often = update(Job).where(*lapsed, Job.attempts >= MAXIMUM_ATTEMPTS)
            session.execute(often.values(status="failed", stage="Failed", finished_at=time_now(), problem=_LOST))
            session.execute(update(Job).where(*lapsed).values(**_WAITING))


_WAITING: dict[str, Any] = {
    "status": "queued",
    "stage": "Waiting",
    "progress": 0.0,
    "lease_owner": None,
    "lease_until": None,
}
_LOST = ServiceError(
    500,
    f"The process that worked on this ended {MAXIMUM_ATTEMPTS} times before it was done, so it is not tried again."
    " The service's log may say why; ask for less, or for it once more.",
).document()


# Callers without a name count as one.
_CALLER = func.coalesce(Job.made_by, "")


def _next(kinds: Collection[str], most_of_a_caller: int) -> Select[Any]:
    """The waiting job whose caller has the fewest running ones, the oldest first."""
    running = (
        select(Job.agency_id, _CALLER.label("caller"), func.count().label("running"))
        .where(Job.status == "running", Job.kind.in_(kinds))
        .group_by(Job.agency_id, _CALLER)
        .subquery()
    )
    share = func.coalesce(running.c.running, 0)
    return (
        select(Job)
        .outerjoin(running, and_(running.c.agency_id == Job.agency_id, running.c.caller == _CALLER))
        .where(Job.status == "queued", Job.kind.in_(kinds))
        .where(or_(_CALLER == "", share < most_of_a_caller))
        .order_by(share, Job.created_at, Job.id)
        .limit(1)
    )
