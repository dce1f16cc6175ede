"""Jobs in the order they came, a few at a time, each in its own process; a restart starts unfinished jobs again."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from app.errors import ServiceError
from app.jobs.isolated_process import ProcessLimits, run_isolated
from app.jobs.kinds import run_job
from app.store import UNFINISHED, Store

logger = logging.getLogger(__name__)

_NOTE_EVERY_S = 0.5
_TRY_AGAIN_S = 5.0


class JobQueue:
    """
    Runs the jobs of a store.

    Parameters
    ----------
    store
        Where jobs and their results are kept.
    workers
        Jobs at the same time.
    limits
        Time and memory of each.
    """

    def __init__(self, store: Store, *, workers: int, limits: ProcessLimits) -> None:
        self._store = store
        self._limits = limits
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="job")
        self._cancelled: dict[str, threading.Event] = {}
        self._futures: dict[str, Future[None]] = {}

    def start(self) -> None:
        """Start the jobs that were unfinished when the service last stopped."""
        for job_id in self._store.unfinished_jobs():
            self.submit(job_id)

    def submit(self, job_id: str) -> Future[None]:
        """Run a job when a worker is free; the future is done when the job is."""
        self._cancelled[job_id] = threading.Event()
        future = self._threads.submit(self._run, job_id)
        self._futures[job_id] = future
        future.add_done_callback(lambda _: (self._futures.pop(job_id, None), self._cancelled.pop(job_id, None)))
        return future

    async def wait(self, job_id: str, seconds: float) -> None:
        """Wait until a job is done, but no longer than this; return at once if it is done already."""
        future = self._futures.get(job_id)
        if future is not None:
            await asyncio.wait([asyncio.wrap_future(future)], timeout=seconds)

    def cancel(self, job_id: str) -> None:
        """Stop a job, waiting or running; one that is finished stays as it is."""
        self._store.end_job(
            job_id, "cancelled", ServiceError(409, "The job was cancelled.", type_name="cancelled").document()
        )
        if (event := self._cancelled.get(job_id)) is not None:
            event.set()

    def stop(self) -> None:
        """Stop all work; unfinished jobs stay in the store, and the next start runs them."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for event in list(self._cancelled.values()):
            event.set()
        self._threads.shutdown(wait=True)

    def _run(self, job_id: str) -> None:
        try:
            self._work(job_id)
        except ServiceError as error:
            # A job that the service stopped with itself stays unfinished; a cancelled job is marked already.
            if not self._cancelled[job_id].is_set():
                self._mark_failed(job_id, error)
        except Exception:
            logger.exception("job %s failed", job_id)
            self._mark_failed(job_id, ServiceError(500, "Something went wrong. The service's log says what."))

    def _mark_failed(self, job_id: str, problem: ServiceError) -> None:
        """Mark a job failed. While the database takes nothing (the disk is full), try again: else it seems to run."""
        while True:
            try:
                self._store.end_job(job_id, "failed", problem.document())
            except Exception:
                logger.exception("job %s could not be marked as failed", job_id)
                if self._cancelled[job_id].wait(_TRY_AGAIN_S):
                    return
            else:
                return

    def _work(self, job_id: str) -> None:
        job = self._store.job(job_id)
        if job.status not in UNFINISHED:
            return
        last = 0.0

        def note(stage: str, fraction: float) -> None:
            nonlocal last
            if time.monotonic() - last > _NOTE_EVERY_S:
                last = time.monotonic()
                self._store.note_progress(job_id, stage, fraction)

        run = partial(run_isolated, limits=self._limits, progress=note, cancelled=self._cancelled[job_id])
        run_job(self._store, job, run)
