"""Isolated work on the workers of a Dask cluster (extra ``cluster``): for what outgrows one machine."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any
from uuid import uuid4

from distributed import Client, get_client, get_worker, secede
from distributed.client import CancelledError, ClosedClientError  # type: ignore[attr-defined]
from distributed.scheduler import KilledWorker

from app.errors import ServiceError, error_from_document
from app.jobs.engines import Engine, Supervision
from app.jobs.isolated_process import ProcessLimits, run_isolated
from app.jobs.parts import Answer, work_out_part
from app.queries.analysis import Progress

logger = logging.getLogger(__name__)

_LOOK_EVERY_S = 0.1
_FETCH_WITHIN_S = 60
_WATCH_EVERY_S = 0.5
_CONNECT_WITHIN_S = 5
_CONNECT_AGAIN_AFTER_S = 1.0
# ``result`` and what a task returned, or ``problem`` and its document.
Outcome = tuple[str, Any]
# The connection to the scheduler broke; errors of communication are those of the operating system.
_LOST = (CancelledError, ClosedClientError, OSError)


class DaskEngine(Engine):
    """
    The workers of a cluster, each of which does a task in an isolated process of its own.

    It tries to connect until a scheduler answers, and again whenever the connection is lost.

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://127.0.0.1:8786``. With ``tls://``, Dask's own settings name the certificates.
    """

    is_local = False

    def __init__(self, address: str) -> None:
        self._address = address
        self._client: Any = None
        self._closing = threading.Event()
        self._connect()
        self._thread = threading.Thread(target=self._stay_connected, name="cluster", daemon=True)
        self._thread.start()

    @property
    def fault(self) -> str:
        """That no scheduler answers."""
        return "" if _is_connected(self._client) else f"No Dask scheduler answers at {self._address} (setting engine)."

    def close(self) -> None:
        """Leave the cluster; its workers stop what this service still had running."""
        self._closing.set()
        self._thread.join(2 * _CONNECT_WITHIN_S)
        _leave(self._client)

    def _run(self, task: Callable[..., Any], arguments: tuple[Any, ...], supervision: Supervision) -> Any:
        """
        Do what ``Engine.run`` says; if the worker ends, another does the task again.

        The caller keeps what this returns, so a task that was done twice has one result.
        """
        client, key = self._client, f"feeder-zones-{uuid4().hex}"
        if fault := self.fault:
            raise ServiceError(503, fault, type_name="busy")
        work = (key, version("feeder-zones"), supervision.limits, task, arguments)
        try:
            with _reported(client, key, supervision.progress):
                future = client.submit(_work_on_worker, *work, key=key, pure=False)
                try:
                    kind, content = _await(client, future, supervision.cancelled)
                finally:
                    # A worker that sees its task released stops it.
                    future.cancel(force=True)
        except KilledWorker:
            raise _killed() from None
        except _LOST as error:
            raise _lost() from error
        if kind == "problem":
            raise _lost_unless_cancelled(error_from_document(content), supervision.cancelled)
        return content

    def _stay_connected(self) -> None:
        while not self._closing.wait(_CONNECT_AGAIN_AFTER_S):
            if not _is_connected(self._client):
                self._connect()

    def _connect(self) -> None:
        _leave(self._client)
        self._client = None
        # The package has no types of its own for these calls.
        make_client: Callable[..., Any] = Client
        try:
            self._client = make_client(
                self._address, timeout=_CONNECT_WITHIN_S, set_as_default=False, name="feeder-zones"
            )
        except (OSError, ValueError) as error:
            logger.warning("no Dask scheduler answers at %s: %s", self._address, error)


def _is_connected(client: Any) -> bool:
    """Whether a scheduler answers. The status alone does not say so: it stays ``running`` when a scheduler closes."""
    stream = getattr(client, "scheduler_comm", None)
    return stream is not None and client.status == "running" and not stream.comm.closed()


def _leave(client: Any) -> None:
    if client is not None:
        with contextlib.suppress(*_LOST):
            client.close(timeout=2)


@contextmanager
def _reported(client: Any, key: str, progress: Progress | None) -> Iterator[None]:
    """Pass on the progress that a task reports."""
    if progress is None:
        yield
        return
    client.subscribe_topic(key, lambda event: progress(*event[1]))
    try:
        yield
    finally:
        with contextlib.suppress(ValueError, *_LOST):
            client.unsubscribe_topic(key)


def _await(client: Any, future: Any, cancelled: threading.Event | None) -> Any:
    """Wait for a task, then fetch its result, which may be large."""
    done = threading.Event()
    future.add_done_callback(lambda _: done.set())
    while True:
        if cancelled is not None and cancelled.is_set():
            raise ServiceError(409, "The job was cancelled.", type_name="cancelled")
        if not _is_connected(client):
            raise _lost()
        if not done.wait(_LOOK_EVERY_S):
            continue
        try:
            return future.result(timeout=_FETCH_WITHIN_S)
        except TimeoutError:
            if future.status == "error":  # then it is the task's own
                raise


def _lost_unless_cancelled(problem: ServiceError, cancelled: threading.Event | None) -> ServiceError:
    """The problem; of a task that stopped although nobody cancelled it, because its worker left: that it was lost."""
    if problem.type_name != "cancelled" or (cancelled is not None and cancelled.is_set()):
        return problem
    return _lost()


def _work_on_worker(
    key: str, release: str, limits: ProcessLimits, task: Callable[..., Any], arguments: tuple[Any, ...]
) -> Outcome:
    """Do a task on a worker; problems travel as documents."""
    worker, parts = get_worker(), _Parts(release, limits)

    def note(stage: str, fraction: float) -> None:
        worker.log_event(key, (stage, fraction))

    try:
        with _released(key) as stopped:
            _refuse_unfit_worker(release)
            supervision: dict[str, Any] = {"limits": limits, "progress": note, "cancelled": stopped}
            return "result", run_isolated(task, *arguments, **supervision, spread=parts.send)
    except ServiceError as error:
        return "problem", error.document()
    finally:
        parts.release()


def _part_on_worker(key: str, release: str, limits: ProcessLimits, part: bytes) -> Outcome:
    """Work out a part on a worker."""
    with _released(key) as stopped:
        try:
            _refuse_unfit_worker(release)
            return "result", run_isolated(work_out_part, part, limits=limits, cancelled=stopped)
        except ServiceError as error:
            return "problem", error.document()


class _Parts:
    """The parts of one task, which the worker that has the task hands to all workers."""

    def __init__(self, release: str, limits: ProcessLimits) -> None:
        self._release, self._limits = release, limits
        self._client: Any = None
        self._futures: list[Any] = []

    def send(self, part: bytes, answer: Answer) -> None:
        """Submit a part to any worker that is free. This one may be, for its task only waits from now on."""
        if self._client is None:
            self._client = get_client()
            secede()  # type: ignore[no-untyped-call]
        key = f"feeder-zones-part-{uuid4().hex}"
        work = (key, self._release, self._limits, part)
        # What was begun is finished before another job begins.
        future = self._client.submit(_part_on_worker, *work, key=key, pure=False, priority=1)
        self._futures.append(future)
        future.add_done_callback(lambda done: _pass_on(done, answer))

    def release(self) -> None:
        """Cancel the parts; workers that still have one stop it."""
        for future in self._futures:
            with contextlib.suppress(*_LOST):
                future.cancel(force=True)


def _pass_on(done: Any, answer: Answer) -> None:
    if done.cancelled():
        return
    try:
        answer(*done.result())
    except KilledWorker:
        answer("problem", _killed().document())
    except Exception:
        logger.exception("a part was lost")
        answer("problem", _lost().document())


@contextmanager
def _released(key: str) -> Iterator[threading.Event]:
    """Yield an event that is set when the scheduler releases a task: it was cancelled, or the service is gone."""
    worker, stopped, ended = get_worker(), threading.Event(), threading.Event()

    def watch() -> None:
        while not ended.wait(_WATCH_EVERY_S):
            state = worker.state.tasks.get(key)
            if state is None or state.state in ("cancelled", "released", "forgotten"):
                stopped.set()
                return

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield stopped
    finally:
        ended.set()


def _lost() -> ServiceError:
    return ServiceError(503, "The cluster lost this work. Try again.", type_name="busy")


def _killed() -> ServiceError:
    detail = "Several workers of the cluster ended during this work, most likely because they ran out of memory."
    return ServiceError(422, detail, type_name="memory-limit")


def _refuse_unfit_worker(release: str) -> None:
    own = version("feeder-zones")
    if own != release:
        raise ServiceError(500, f"A worker of the cluster has feeder-zones {own}, the service {release}.")
    if multiprocessing.current_process().daemon:
        raise ServiceError(500, "The workers of the cluster cannot start processes. Start them with --no-nanny.")
