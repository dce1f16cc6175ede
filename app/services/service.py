"""The service: its settings and everything it holds while it runs."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from app.jobs import (
    JobQueue,
    Lane,
    MemoryBudget,
    Presence,
    ProcessLimits,
    job_kinds,
    open_engine,
    start_server_process,
)
from app.queries.analysis import Analysis
from app.services.audit import AuditRecorder
from app.services.authentication import Authenticator
from app.services.concurrency import ConcurrencyLimit
from app.services.file_check import FileCheck
from app.services.kept_answers import KeptAnswers
from app.services.memory_shares import job_limits, shares_of
from app.services.rates import SharedRates
from app.services.registration import register_earlier
from app.services.renew_documents import locate_schools, renew_documents
from app.services.uploads import MAXIMUM_WHO_CHARACTERS, sweep_uploads
from app.settings import Settings
from app.store import (
    ADMIN,
    ANALYSIS,
    EXACT,
    LOCAL_CALLER,
    MATCH,
    PROPOSAL,
    YEAR_PLAN,
    Caller,
    Existence,
    Store,
    open_settings_store,
)

_MAXIMUM_VIEWS = 1_000

logger = logging.getLogger(__name__)


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
    authenticator, rates, audit
        Who asks, how often they may, and the audit trail.
    kept_answers
        Readiness and progress that were asked for last.
    kept_layers
        Layers of proposals and datasets that were read last, by the id of what never changes.
    caller
        Who asks; :meth:`of` sets it.
    views
        The service as callers see it, for those who asked last.
    kept_responses
        Responses about stored rows that were read last, with all headers.
    existence
        Tells whether the row of a kept response is still there.
    """

    settings: Settings
    store: Store
    queue: JobQueue
    uploads: ConcurrencyLimit
    reads: ConcurrencyLimit
    memory: MemoryBudget
    analyses: Sequence[Analysis]
    authenticator: Authenticator
    rates: SharedRates
    audit: AuditRecorder
    existence: Existence
    kept_answers: KeptAnswers = field(default_factory=KeptAnswers)
    kept_responses: KeptAnswers = field(default_factory=KeptAnswers)
    kept_layers: KeptAnswers = field(default_factory=KeptAnswers)
    caller: Caller = LOCAL_CALLER
    views: dict[Caller, Service] = field(default_factory=dict, repr=False, compare=False)

    def of(self, caller: Caller) -> Service:
        """
        Show the service as a caller may see it.

        Parameters
        ----------
        caller
            Who asks.

        Returns
        -------
        service
            With the rows of the caller's agency alone, or of the datasets that the caller's key opens. It gives exact
            counts, and lets release, where both the settings and the caller's roles do.
        """
        view = self.views.get(caller)
        if view is None:
            is_exact = self.settings.allow_exact and caller.may(EXACT)
            own = {"allow_exact": is_exact, "allow_release": self.settings.allow_release and caller.may(ADMIN)}
            store = self.store.of_agency(caller.agency_id, with_exact=is_exact, dataset_ids=caller.dataset_ids)
            view = replace(self, caller=caller, store=store, settings=self.settings.model_copy(update=own))
            if len(self.views) >= _MAXIMUM_VIEWS:
                self.views.clear()
            self.views[caller] = view
        return view

    def signed_by(self, typed: str) -> str:
        """Who acts, for ledgers and histories: the caller who signed in; what the person typed is an addition."""
        name, typed = self.caller.name, typed.strip()
        if not name or name == typed:
            return typed or name
        return f"{name} ({typed})"[:MAXIMUM_WHO_CHARACTERS] if typed else name

    @property
    def job_limits(self) -> ProcessLimits:
        """Time and memory of a job."""
        return job_limits(self.settings)

    @property
    def read_limits(self) -> ProcessLimits:
        """Time and memory of an answer that a request waits for and that is no job."""
        return ProcessLimits(time_limit_s=self.settings.job_time_limit_s, memory_mb=shares_of(self.settings).of_read)

    @property
    def upload_limits(self) -> ProcessLimits:
        """Time and memory for reading an upload."""
        return ProcessLimits(
            time_limit_s=self.settings.upload_time_limit_s, memory_mb=shares_of(self.settings).of_upload
        )


def prepare_service(settings: Settings) -> None:
    """Bring the store up to date and remove what a killed service left, once, before any process serves."""
    start_server_process()
    with _starting_alone(settings):
        store = open_settings_store(settings, with_exact=settings.allow_exact)
        shares = shares_of(settings)
        with MemoryBudget(settings.data_directory, shares.whole).waited_for(shares.of_job):
            renew_documents(store, job_limits(settings))
            locate_schools(store, job_limits(settings))
            register_earlier(store, settings, job_limits(settings))
        # Another service over the same folder may be reading uploads.
        presence = Presence(settings.data_directory)
        if presence.others():
            logger.warning("another service runs on this data directory; start one, with more workers, instead")
        else:
            sweep_uploads(settings)
        presence.end()
        store.close()


@contextmanager
def run_service(settings: Settings, analyses: Sequence[Analysis], *, is_prepared: bool = False) -> Iterator[Service]:
    """
    Open the store, bring it up to date and start unfinished jobs; at the end stop the jobs and close the store.

    Parameters
    ----------
    settings
        Everything that can be set.
    analyses
        The analyses that are offered for a proposal.
    is_prepared
        Whether :func:`prepare_service` ran already, for all processes together.

    Yields
    ------
    service
        While it runs.
    """
    if not is_prepared:
        prepare_service(settings)
    start_server_process()
    shares = shares_of(settings)
    memory = MemoryBudget(settings.data_directory, shares.whole)
    engine = open_engine(settings.engine)
    store = open_settings_store(settings, with_exact=settings.allow_exact)
    queue = JobQueue(
        store,
        presence=Presence(settings.data_directory),
        kinds=job_kinds(analyses),
        lanes=_lanes(settings),
        engine=engine,
        memory=memory,
        keep_free_mb=shares.of_upload,
    )
    authenticator = Authenticator(store.access, settings)
    rates, audit = SharedRates(settings.data_directory / "rates.sqlite"), AuditRecorder(store.audit)
    queue.start()
    audit.start()
    existence = store.open_existence()
    file_check = FileCheck(store, settings.data_directory)
    file_check.start()
    try:
        yield Service(
            settings=settings,
            store=store,
            queue=queue,
            uploads=ConcurrencyLimit(settings.maximum_uploads, memory, shares.of_upload),
            reads=ConcurrencyLimit(settings.maximum_reads, memory, shares.of_read),
            memory=memory,
            analyses=analyses,
            authenticator=authenticator,
            rates=rates,
            audit=audit,
            kept_responses=KeptAnswers(settings.kept_responses_mb * 1024 * 1024),
            kept_layers=KeptAnswers(shares.of_layers * 1024 * 1024),
            existence=existence,
        )
    finally:
        file_check.stop()
        queue.stop()
        engine.close()
        audit.stop()
        rates.close()
        existence.close()
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
    """Let one process after the other bring the database up to date and write documents anew."""
    settings.data_directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(settings.data_directory / "start.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
