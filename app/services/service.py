"""The service: its settings and everything it holds while it runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.jobs import JobQueue, ProcessLimits, start_server_process
from app.queries.analysis import Analysis
from app.services.concurrency import ConcurrencyLimit
from app.services.kept_answers import KeptAnswers
from app.services.registration import register_earlier
from app.services.renew_documents import renew_documents
from app.services.uploads import sweep_uploads
from app.settings import Settings
from app.store import Store, open_store

# A proposal for a whole country (250,000 links) has layers of about 300 MB, one for a state of about 3 MB.
MAXIMUM_LAYER_BYTES = 512 * 1024 * 1024
MAXIMUM_PAGE_BYTES = 32 * 1024 * 1024


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
    concurrency
        Limits what is read and computed while requests wait.
    analyses
        The analyses that are offered for a proposal.
    kept_answers
        Readiness and progress that were asked for last.
    kept_layers
        Layers of proposals and datasets that were read last, by the id of what never changes.
    kept_pages
        Pages of features that were read last.
    """

    settings: Settings
    store: Store
    queue: JobQueue
    concurrency: ConcurrencyLimit
    analyses: Sequence[Analysis]
    kept_answers: KeptAnswers = field(default_factory=KeptAnswers)
    kept_layers: KeptAnswers = field(default_factory=lambda: KeptAnswers(MAXIMUM_LAYER_BYTES))
    kept_pages: KeptAnswers = field(default_factory=lambda: KeptAnswers(MAXIMUM_PAGE_BYTES))

    @property
    def job_limits(self) -> ProcessLimits:
        """Time and memory of a job, or of an answer that a request waits for."""
        return job_limits(self.settings)

    @property
    def upload_limits(self) -> ProcessLimits:
        """Time and memory for reading an upload."""
        return ProcessLimits(time_limit_s=self.settings.upload_time_limit_s, memory_mb=self.settings.job_memory_mb)


def job_limits(settings: Settings) -> ProcessLimits:
    """Time and memory of a job."""
    return ProcessLimits(time_limit_s=settings.job_time_limit_s, memory_mb=settings.job_memory_mb)


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
    store = open_store(settings.data_directory, with_exact=settings.allow_exact)
    renew_documents(store, job_limits(settings))
    register_earlier(store, settings, job_limits(settings))
    sweep_uploads(settings)
    queue = JobQueue(store, workers=settings.workers, limits=job_limits(settings))
    concurrency = ConcurrencyLimit(settings.maximum_uploads)
    queue.start()
    yield Service(settings=settings, store=store, queue=queue, concurrency=concurrency, analyses=analyses)
    queue.stop()
    store.close()
