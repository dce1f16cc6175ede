"""The service: its settings and everything it holds while it runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from app.jobs import JobQueue, ProcessLimits, start_server_process
from app.queries.analysis import Analysis
from app.services.audit import AuditRecorder
from app.services.authentication import Authenticator
from app.services.concurrency import ConcurrencyLimit
from app.services.kept_answers import KeptAnswers
from app.services.rates import SharedRates
from app.services.registration import register_earlier
from app.services.renew_documents import renew_documents
from app.services.uploads import MAXIMUM_WHO_CHARACTERS, sweep_uploads
from app.settings import Settings
from app.store import ADMIN, EXACT, LOCAL_CALLER, Caller, Existence, Store, open_settings_store

_MAXIMUM_VIEWS = 1_000

# A proposal for a whole country has layers of about 150 MB, one for a state of about 3 MB.
MAXIMUM_LAYER_BYTES = 256 * 1024 * 1024


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
    concurrency: ConcurrencyLimit
    analyses: Sequence[Analysis]
    authenticator: Authenticator
    rates: SharedRates
    audit: AuditRecorder
    existence: Existence
    kept_answers: KeptAnswers = field(default_factory=KeptAnswers)
    kept_responses: KeptAnswers = field(default_factory=KeptAnswers)
    kept_layers: KeptAnswers = field(default_factory=lambda: KeptAnswers(MAXIMUM_LAYER_BYTES))
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
            With the rows of the caller's agency alone. It gives exact counts, and lets release, where both the
            settings and the caller's roles do.
        """
        view = self.views.get(caller)
        if view is None:
            is_exact = self.settings.allow_exact and caller.may(EXACT)
            own = {"allow_exact": is_exact, "allow_release": self.settings.allow_release and caller.may(ADMIN)}
            store = self.store.of_agency(caller.agency_id, with_exact=is_exact)
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
        """Time and memory of a job, or of an answer that a request waits for."""
        return job_limits(self.settings)

    @property
    def upload_limits(self) -> ProcessLimits:
        """Time and memory for reading an upload."""
        return ProcessLimits(time_limit_s=self.settings.upload_time_limit_s, memory_mb=self.settings.job_memory_mb)


def job_limits(settings: Settings) -> ProcessLimits:
    """Time and memory of a job."""
    return ProcessLimits(time_limit_s=settings.job_time_limit_s, memory_mb=settings.job_memory_mb)


def prepare_service(settings: Settings) -> None:
    """Bring the store up to date and remove what a killed service left, once, before any process serves."""
    start_server_process()
    store = open_settings_store(settings, with_exact=settings.allow_exact)
    renew_documents(store, job_limits(settings))
    register_earlier(store, settings, job_limits(settings))
    sweep_uploads(settings)
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
    store = open_settings_store(settings, with_exact=settings.allow_exact)
    queue = JobQueue(store, workers=settings.workers, limits=job_limits(settings))
    concurrency = ConcurrencyLimit(settings.maximum_uploads)
    authenticator = Authenticator(store.access, settings)
    rates, audit = SharedRates(settings.data_directory / "rates.sqlite"), AuditRecorder(store.audit)
    queue.start()
    audit.start()
    existence = store.open_existence()
    parts: dict[str, Any] = {
        "authenticator": authenticator,
        "rates": rates,
        "audit": audit,
        "kept_responses": KeptAnswers(settings.kept_responses_mb * 1024 * 1024),
        "existence": existence,
    }
    yield Service(settings=settings, store=store, queue=queue, concurrency=concurrency, analyses=analyses, **parts)
    queue.stop()
    audit.stop()
    rates.close()
    existence.close()
    store.close()
