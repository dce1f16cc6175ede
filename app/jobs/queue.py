"""Jobs from the table, a few at a time, each in its own process; any worker process of the service takes the next."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from app.errors import ServiceError
from app.jobs.engines import Engine
from app.jobs.isolated_process import ProcessLimits
from app.jobs.kinds import JobKind, work_on
from app.jobs.memory_budget import MemoryBudget, Reservation
from app.jobs.presence import Presence
from app.storage_errors import STORAGE_ERRORS, storage_error
from app.store import UNFINISHED, Job, Store

logger = logging.getLogger(__name__)

_LEASE_S = 60.0
_HEARTBEAT_S = 15.0
# How often notes are taken of running jobs, and how often the table is looked at when nothing wakes a worker.
_TICK_S = 0.25
_LOOK_EVERY_S = 1.0
# After failures in a row it is looked at less often.
_LONGEST_LOOK_S = 5.0
# Waiting times between attempts to keep a result that the database does not take (it is locked, or the disk is full).
_KEEP_AGAIN_AFTER_S = (0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 15.0)
_STOP_WITHIN_S = 5.0
# What the database answers for a while: it is locked, out of reach, or full.
_MAY_PASS = (503, 507)
# Status of a problem that is not the job's own: its cluster or its database was lost.
_DO_AGAIN = 503


@dataclass(frozen=True, kw_only=True)
class Lane:
    """
    Jobs that share slots.

    Parameters
    ----------
    kinds
        Of jobs.
    workers
        How many run at the same time, in all worker processes together.
    limits
        Time and memory of each.
    """

    kinds: Sequence[str]
    workers: int
    limits: ProcessLimits

    @property
    def most_of_a_caller(self) -> int:
        """All slots but one, so that nobody holds up everybody."""
        return max(1, self.workers - 1)


@dataclass
class _Running:
    """A job of this process."""

    cancelled: threading.Event = field(default_factory=threading.Event)
    noted: tuple[str, float] | None = None


class JobQueue:
    """
    Runs the jobs of a store.

    Parameters
    ----------
    store
        Where jobs and their results are kept.
    presence
        Of this worker process.
    kinds
        Of jobs, by name.
    lanes
        Which jobs run at the same time.
    engine
        Where they run.
    memory
        From which local work takes its part.
    keep_free_mb
        Memory that jobs leave for uploads.
    """

    def __init__(
        self,
        store: Store,
        *,
        presence: Presence,
        kinds: Mapping[str, JobKind],
        lanes: Sequence[Lane],
        engine: Engine,
        memory: MemoryBudget,
        keep_free_mb: int,
    ) -> None:
        self._store, self._leases, self._engine = store, store.leases, engine
        self._memory, self._keep_free_mb = memory, keep_free_mb
        self._kinds = kinds
        self._presence = presence
        self._running: dict[str, _Running] = {}
        # By job, what is still to be written: that it failed, or that it is to be done again.
        self._owed: dict[str, Callable[[], None]] = {}
        self._stopping = threading.Event()
        self._wake = threading.Condition()
        works: list[Callable[[], None]] = [
            partial(self._take_jobs, lane) for lane in lanes for _ in range(lane.workers)
        ]
        works.append(self._watch)
        self._threads = [threading.Thread(target=work, name="job", daemon=True) for work in works]

    def start(self) -> None:
        """Take up the jobs whose process ended, then take jobs."""
        self._leases.take_back_lapsed(self._presence.gone(self._leases.owners()))
        for thread in self._threads:
            thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it takes jobs and looks after their leases."""
        return not self._stopping.is_set() and all(each.is_alive() for each in self._threads)

    @property
    def engine_fault(self) -> str:
        """A sentence that says why no job starts; blank if they do."""
        return self._engine.fault

    def submit(self, _job_id: str) -> None:
        """Say that a job was added, so that it need not wait until somebody looks."""
        with self._wake:
            self._wake.notify_all()

    async def wait(self, job_id: str, seconds: float) -> None:
        """Wait until a job is done, wherever it runs, but no longer than this; return at once if it is done already."""
        deadline, pause = time.monotonic() + seconds, 0.02
        while await asyncio.to_thread(self._is_unfinished, job_id) and time.monotonic() < deadline:
            await asyncio.sleep(min(pause, max(0.0, deadline - time.monotonic())))
            pause = min(0.25, pause * 1.3)

    def cancel(self, job_id: str) -> None:
        """Stop a job, waiting or running, wherever it runs; one that is finished stays as it is."""
        self._store.end_job(
            job_id, "cancelled", ServiceError(409, "The job was cancelled.", type_name="cancelled").document()
        )
        if (running := self._running.get(job_id)) is not None:
            running.cancelled.set()

    def stop(self) -> None:
        """Stop all work within seconds; its leases are given back, so that others or the next start take it up."""
        self._stopping.set()
        for running in list(self._running.values()):
            running.cancelled.set()
        self.submit("")
        deadline = time.monotonic() + _STOP_WITHIN_S
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        try:
            self._leases.give_back(self._presence.owner)
        except SQLAlchemyError:  # then others see that this process is gone
            logger.warning("leases could not be given back", exc_info=True)
        self._presence.end()

    def _is_unfinished(self, job_id: str) -> bool:
        try:
            return self._store.job(job_id).status in UNFINISHED
        except ServiceError:
            return False

    def _take_jobs(self, lane: Lane) -> None:
        """Take jobs of a lane until the service stops."""
        failures = 0
        while not self._stopping.is_set():
            try:
                has_worked, failures = self._take_job(lane), 0
            except Exception as error:  # noqa: BLE001 - it is logged
                has_worked, failures = False, failures + 1
                # The database may be away for hours: that is said once.
                if failures == 1:
                    _log_failure("no job can be taken", error)
            if not has_worked:
                with self._wake:
                    self._wake.wait(min(_LOOK_EVERY_S * max(1, failures), _LONGEST_LOOK_S))

    def _take_job(self, lane: Lane) -> bool:
        # Jobs wait while no cluster answers: one that is claimed now would be lost at once.
        if self._engine.fault or not self._leases.waiting(lane.kinds):
            return False
        reservation = None
        if self._engine.is_local:
            reservation = self._memory.reserve(lane.limits.memory_mb, keep_free_mb=self._keep_free_mb)
            if reservation is None:
                return False
        try:
            shares = {"most_running": lane.workers, "most_of_a_caller": lane.most_of_a_caller}
            job = self._leases.claim(self._presence.owner, lane.kinds, **shares, seconds=_LEASE_S)
            if job is None:
                return False
            self._run(job, lane.limits)
        finally:
            _give_back(reservation)
        # Others may have waited for this job's memory, or for its share.
        self.submit("")
        return True

    def _run(self, job: Job, limits: ProcessLimits) -> None:
        running = self._running[job.id] = _Running()
        if self._stopping.is_set():
            running.cancelled.set()
        try:
            self._work(job, limits, running)
        except Exception as error:
            problem = _problem_of(error)
            if not isinstance(error, ServiceError):
                logger.exception("job %s failed", job.id)
            # A job that the service stopped with itself stays unfinished; a cancelled one is marked already.
            if not running.cancelled.is_set():
                self._end(job.id, problem)
        finally:
            # A job that was given back may run again already, in another thread.
            if self._running.get(job.id) is running:
                del self._running[job.id]

    def _work(self, job: Job, limits: ProcessLimits, running: _Running) -> None:
        def note(stage: str, fraction: float) -> None:
            running.noted = (stage, fraction)

        run = partial(self._engine.run, limits=limits, progress=note, cancelled=running.cancelled)
        self._keep(work_on(self._store, job, run, self._kinds, owner=self._presence.owner), running)

    def _keep(self, keep: Callable[[], str | None], running: _Running) -> None:
        """Keep a result; while the database does not take it, try again, as long as the lease is renewed."""
        for seconds in _KEEP_AGAIN_AFTER_S:
            try:
                keep()
            except (SQLAlchemyError, OSError, ServiceError) as error:
                if isinstance(error, ServiceError) and error.status not in _MAY_PASS:
                    raise
                logger.warning("a result could not be kept and is tried again: %s", error)
                if running.cancelled.wait(seconds):
                    return
            else:
                return
        keep()

    def _end(self, job_id: str, problem: ServiceError) -> None:
        """
        Mark a job failed, or give it back if the problem is not its own.

        While the database takes nothing, the watch tries again. If this process ends before, the lease lapses.
        """
        owner, document = self._presence.owner, problem.document()
        if problem.status == _DO_AGAIN:
            logger.warning("job %s is done again: %s", job_id, problem.detail)
            self._owed[job_id] = partial(self._leases.do_again, owner, job_id, document)
        else:
            self._owed[job_id] = partial(self._store.end_job, job_id, "failed", document, owner=owner)
        self._pay_owed()

    def _pay_owed(self) -> None:
        for job_id, pay in list(self._owed.items()):
            try:
                pay()
            except Exception:
                logger.exception("the end of job %s could not be written; this is tried again", job_id)
            else:
                self._owed.pop(job_id, None)

    def _watch(self) -> None:
        """Renew leases, keep notes of progress, see what was cancelled elsewhere, and take up what others lost."""
        renewed = looked = time.monotonic()
        is_failing = False
        while not self._stopping.wait(_LOOK_EVERY_S if is_failing else _TICK_S):
            now = time.monotonic()
            try:
                renewed = self._look_after_own(renewed, now)
                if now - looked >= _LOOK_EVERY_S:
                    looked = now
                    self._pay_owed()
                    self._leases.take_back_lapsed(self._presence.gone(self._leases.owners()))
                is_failing = False
            except Exception as error:  # noqa: BLE001 - it is logged
                if not is_failing:
                    _log_failure("the leases of jobs cannot be looked after", error)
                is_failing = True

    def _look_after_own(self, renewed: float, now: float) -> float:
        """Renew and note, if it is time to; answers when leases were renewed last."""
        own = dict(self._running)
        if not own and not self._owed:
            return renewed
        held = self._leases.owned(self._presence.owner) if own else set()
        for job_id, running in own.items():
            if job_id not in held:
                running.cancelled.set()
        noted = {job_id: running.noted for job_id, running in own.items() if running.noted and job_id in held}
        for job_id in noted:
            own[job_id].noted = None
        if not noted and now - renewed < _HEARTBEAT_S:
            return renewed
        self._leases.renew(self._presence.owner, noted, seconds=_LEASE_S)
        return now


def _give_back(reservation: Reservation | None) -> None:
    if reservation is not None:
        reservation.give_back()


def _problem_of(error: Exception) -> ServiceError:
    """What is said of a job that failed."""
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, STORAGE_ERRORS) and (problem := storage_error(error)) is not None:
        return problem
    return ServiceError(500, "Something went wrong. The service's log says what.")


def _log_failure(what: str, error: Exception) -> None:
    """Log that something fails and is tried again; where the database is away, in one line."""
    if isinstance(error, (*STORAGE_ERRORS, ServiceError)):
        logger.warning("%s, which is tried again: %s", what, type(error).__name__)
    else:
        logger.error("%s, which is tried again", what, exc_info=error)
