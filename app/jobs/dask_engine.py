"""Isolated work on the workers of a Dask cluster (extra ``cluster``): for what outgrows one machine."""

from __future__ import annotations

import contextlib
import multiprocessing
import threading
from collections.abc import Callable
from importlib.metadata import version
from typing import Any
from uuid import uuid4

from distributed import Client, get_worker
from distributed.client import FutureCancelledError
from distributed.scheduler import KilledWorker

from app.errors import ServiceError, error_from_document
from app.jobs.isolated_process import ProcessLimits, run_isolated
from app.queries.analysis import Progress

_LOOK_EVERY_S = 0.1
_WATCH_EVERY_S = 0.5
_CONNECT_WITHIN_S = 15


class DaskEngine:
    """
    The workers of a cluster, each of which does a task in an isolated process of its own.

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://127.0.0.1:8786``. With ``tls://``, Dask's own settings name the certificates.

    Raises
    ------
    ServiceError
        503 if no scheduler answers.
    """

    is_local = False

    def __init__(self, address: str) -> None:
        try:
            # The package has no types of its own for these calls.
            make_client: Callable[..., Any] = Client
            self._client = make_client(address, timeout=_CONNECT_WITHIN_S, set_as_default=False, name="feeder-zones")
        except (OSError, TimeoutError, ValueError) as error:
            detail = f"No Dask scheduler answers at {address} (setting engine)."
            raise ServiceError(503, detail, type_name="busy") from error

    def run(
        self,
        task: Callable[..., Any],
        *arguments: Any,
        limits: ProcessLimits,
        progress: Progress | None = None,
        cancelled: threading.Event | None = None,
    ) -> Any:
        """
        As ``Engine.run``. A task whose worker ends is done anew by another.

        What it returned is kept once, by the caller, so that a task that was done twice has one result.
        """
        key = f"feeder-zones-{uuid4().hex}"
        if progress is not None:
            self._client.subscribe_topic(key, lambda event: progress(*event[1]))
        work = (key, version("feeder-zones"), limits, task, arguments)
        future = self._client.submit(_work_on_worker, *work, key=key, pure=False)
        try:
            kind, content = self._await(future, cancelled)
        finally:
            if progress is not None:
                with contextlib.suppress(ValueError):
                    self._client.unsubscribe_topic(key)
            # A worker that sees its task released stops it.
            future.cancel(force=True)
        if kind == "problem":
            raise error_from_document(content)
        return content

    def close(self) -> None:
        """Leave the cluster; its workers stop what this service still had running."""
        self._client.close(timeout=2)

    def _await(self, future: Any, cancelled: threading.Event | None) -> Any:
        while True:
            if cancelled is not None and cancelled.is_set():
                raise ServiceError(409, "The job was cancelled.", type_name="cancelled")
            try:
                return future.result(timeout=_LOOK_EVERY_S)
            except TimeoutError:
                continue
            except KilledWorker:
                detail = "Several workers of the cluster ended while they did this, most likely for want of memory."
                raise ServiceError(422, detail, type_name="memory-limit") from None
            except FutureCancelledError:
                raise ServiceError(503, "The cluster lost this work. Try again.", type_name="busy") from None


def _work_on_worker(
    key: str, release: str, limits: ProcessLimits, task: Callable[..., Any], arguments: tuple[Any, ...]
) -> tuple[str, Any]:
    """Do a task on a worker; problems travel as documents."""
    stopped = threading.Event()
    ended = threading.Event()
    worker = get_worker()

    def watch() -> None:
        """Stop the work when the scheduler has released it: it was cancelled, or the service is gone."""
        while not ended.wait(_WATCH_EVERY_S):
            state = worker.state.tasks.get(key)
            if state is None or state.state in ("cancelled", "released", "forgotten"):
                stopped.set()
                return

    threading.Thread(target=watch, daemon=True).start()
    try:
        _refuse_unfit_worker(release)
        noted: Progress = lambda stage, fraction: worker.log_event(key, (stage, fraction))  # noqa: E731
        return "result", run_isolated(task, *arguments, limits=limits, progress=noted, cancelled=stopped)
    except ServiceError as error:
        return "problem", error.document()
    finally:
        ended.set()


def _refuse_unfit_worker(release: str) -> None:
    own = version("feeder-zones")
    if own != release:
        raise ServiceError(500, f"A worker of the cluster has feeder-zones {own}, the service {release}.")
    if multiprocessing.current_process().daemon:
        raise ServiceError(500, "The workers of the cluster cannot start processes. Start them with --no-nanny.")
