"""The service: its settings and everything it holds while it runs."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.jobs import (
    JobQueue,
    Lane,
    MemoryBudget,
    Presence,
    ProcessLimits,
    default_budget_mb,
    job_kinds,
    open_engine,
    start_server_process,
)
from app.queries.analysis import Analysis
from app.services.concurrency import ConcurrencyLimit
from app.services.kept_answers import KeptAnswers
from app.services.registration import register_earlier
from app.services.renew_documents import renew_documents
from app.services.uploads import sweep_uploads
from app.settings import Settings
from app.store import ANALYSIS, MATCH, PROPOSAL, YEAR_PLAN, Store, open_store


@dataclass(frozen=True, kw_only=True)
class Service:
    """
    What every function of ``app.services`` needs.

    Parameters
    ----------
    settings
        Everything that can be set.
    store
        Datasets, jobs and proposals.
    queue
        Runs the jobs.
    uploads
        Limits how many uploads are read at the same time.
    reads
        Limits what else is computed while requests wait.
    memory
        That isolated processes may use together.
    analyses
        The analyses that are offered for a proposal.
    kept_answers
        Readiness and progress that were asked for last.
    started_by
        The caller's name, for the jobs that it starts; blank where callers have none.
    """

    settings: Settings
    store: Store
    queue: JobQueue
    uploads: ConcurrencyLimit
    reads: ConcurrencyLimit
    memory: MemoryBudget
    analyses: Sequence[Analysis]
    kept_answers: KeptAnswers = field(default_factory=KeptAnswers)
    started_by: str = ""

    @property
    def job_limits(self) -> ProcessLimits:
        """Time and memory of a job, or of an answer that a request waits for."""
        return job_limits(self.settings)

    @property
    def upload_limits(self) -> ProcessLimits:
        """Time and memory for reading an upload."""
        return ProcessLimits(
            time_limit_s=self.settings.upload_time_limit_s, memory_mb=shares_of(self.settings).of_upload
        )


@dataclass(frozen=True)
class MemoryShares:
    """
    How the budget is shared.

    Parameters
    ----------
    whole
        The budget [MB].
    of_job, of_upload
        What a process of either kind may have [MB]; both fit into the budget together, if it is not tiny.
    """

    whole: int
    of_job: int
    of_upload: int


def shares_of(settings: Settings) -> MemoryShares:
    """
    Share the memory of the service.

    Parameters
    ----------
    settings
        ``memory_mb``, and ``job_memory_mb``, which a job gets unless the budget is smaller.

    Returns
    -------
    shares
        An upload gets as much as a job does where there is room for both, else half of the budget.
    """
    whole = settings.memory_mb or default_budget_mb()
    of_upload = min(settings.job_memory_mb, whole // 2)
    return MemoryShares(whole, min(settings.job_memory_mb, whole - of_upload), of_upload)


def job_limits(settings: Settings) -> ProcessLimits:
    """Time and memory of a job."""
    return ProcessLimits(time_limit_s=settings.job_time_limit_s, memory_mb=shares_of(settings).of_job)


@contextmanager
def run_service(settings: Settings, analyses: Sequence[Analysis]) -> Iterator[Service]:
    """
    Open the store, bring it up to date and start unfinished jobs; at the end stop the jobs and close the store.

    Parameters
    ----------
    settings
        Everything that can be set.
    analyses
        The analyses that are offered for a proposal.

    Yields
    ------
    service
        While it runs.
    """
    start_server_process()
    engine = open_engine(settings.engine)
    settings.data_directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    shares = shares_of(settings)
    memory = MemoryBudget(settings.data_directory, shares.whole)
    with _starting_alone(settings):
        store = open_store(settings.data_directory, with_exact=settings.allow_exact)
        presence = Presence(settings.data_directory)
        if not presence.others():
            sweep_uploads(settings)
        with memory.waited_for(shares.of_job):
            renew_documents(store, job_limits(settings))
            register_earlier(store, settings, job_limits(settings))
    queue = JobQueue(
        store,
        presence=presence,
        kinds=job_kinds(analyses),
        lanes=_lanes(settings),
        engine=engine,
        memory=memory,
        keep_free_mb=shares.of_upload,
    )
    queue.start()
    try:
        yield Service(
            settings=settings,
            store=store,
            queue=queue,
            uploads=ConcurrencyLimit(settings.maximum_uploads, memory, shares.of_upload),
            reads=ConcurrencyLimit(settings.maximum_reads, memory, shares.of_job, keep_free_mb=shares.of_upload),
            memory=memory,
            analyses=analyses,
        )
    finally:
        queue.stop()
        engine.close()
        store.close()


def _lanes(settings: Settings) -> tuple[Lane, ...]:
    """Analyses do not wait for proposals: somebody looks at a page meanwhile."""
    limits = job_limits(settings)
    return (
        Lane(kinds=(PROPOSAL, MATCH, YEAR_PLAN), workers=settings.workers, limits=limits),
        Lane(kinds=(ANALYSIS,), workers=settings.analysis_workers, limits=limits),
    )


@contextmanager
def _starting_alone(settings: Settings) -> Iterator[None]:
    """Let one worker process after the other upgrade the database and write documents anew."""
    file = os.open(settings.data_directory / "start.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
