"""One process for each task: limited in time and memory, and killed when it exceeds them or is cancelled."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from app.errors import ServiceError, error_from_document, service_error
from app.jobs.parts import PartsExecutor, Spread, use_executor
from app.jobs.stopping import STOPPING
from app.queries.analysis import Progress
from clustering import ClusteringError

logger = logging.getLogger(__name__)

# A server process that has loaded the library: its children start fast and inherit no thread or lock of this process.
_context = multiprocessing.get_context("forkserver")
# A child imports the program that started this process, too, unless the server process has done so.
_program = getattr(sys.modules["__main__"].__spec__, "name", "__main__")
_context.set_forkserver_preload(
    [
        "app.jobs.dataset_tasks",
        "app.jobs.tasks",
        "clustering.flows.gravity.estimate",
        "clustering.outputs.maps.folium_map",
        # The library loads SciPy where it is needed, and reads spatial files with this. They start no thread.
        "pyogrio",
        "scipy.spatial",
        # Nearly every child reads or writes Parquet, for which these would be imported anew. They start no thread.
        "pyarrow.dataset",
        "pyarrow.parquet",
        *([] if _program.endswith(".__main__") else [_program]),
    ]
)

_REPORT_EVERY_S = 0.2
NICENESS = 10


@dataclass(frozen=True, kw_only=True)
class ProcessLimits:
    """
    What a process may use.

    Parameters
    ----------
    time_limit_s
        Seconds on the clock.
    memory_mb
        Memory, what was loaded before the work begins among it.
    """

    time_limit_s: float
    memory_mb: int


def start_server_process() -> None:
    """Start the process from which the others are forked, so that the first piece of work need not wait for it."""
    forkserver.ensure_running()


def run_isolated(
    task: Callable[..., Any],
    *arguments: Any,
    limits: ProcessLimits,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
    spread: Spread | None = None,
) -> Any:
    """
    Run a function, such as those of ``app.jobs.tasks``, in a process of its own and wait for its result.

    Parameters
    ----------
    task
        Takes a progress function, then ``arguments``.
    arguments
        Plain values that can be sent to another process.
    limits
        Time and memory.
    progress
        Called with the stage and the fraction done, 0 to 1.
    cancelled
        Set by another thread to stop the work.
    spread
        Has parts of the task worked out elsewhere; without it, the process does them all.

    Returns
    -------
    result
        What the task returned.

    Raises
    ------
    ServiceError
        The task failed, exceeded its limits, died or was cancelled.
    """
    receiving, sending = _context.Pipe(duplex=False)
    answers, answering = _context.Pipe(duplex=False)
    work = (sending, answers, limits.memory_mb, spread is not None, task, arguments)
    process = _context.Process(target=_work, args=work, daemon=True)
    process.start()
    sending.close()
    answers.close()
    handler = _MessageHandler(progress or (lambda stage, fraction: None), spread, answering)
    try:
        return _await_result(receiving, process, limits, handler, cancelled)
    finally:
        process.kill()
        process.join()
        receiving.close()
        handler.close()


class _MessageHandler:
    """Handles the messages that a process sends before its result: progress, and parts that others work out."""

    def __init__(self, progress: Progress, spread: Spread | None, answering: Connection) -> None:
        self.progress, self._spread, self._answering = progress, spread, answering
        self._lock = threading.Lock()

    def part(self, number: int, part: bytes) -> None:
        """Have a part worked out."""
        if self._spread is not None:
            self._spread(part, partial(self._answer, number))

    def close(self) -> None:
        """Close the pipe for answers. The process ends when it finds it closed."""
        with self._lock:
            self._answering.close()

    def _answer(self, number: int, kind: str, content: Any) -> None:
        # A part may be done after the process has ended.
        with self._lock, contextlib.suppress(OSError):
            self._answering.send((number, kind, content))


def _await_result(
    receiving: Connection,
    process: ForkServerProcess,
    limits: ProcessLimits,
    handler: _MessageHandler,
    cancelled: threading.Event | None,
) -> Any:
    deadline = time.monotonic() + limits.time_limit_s
    while True:
        if cancelled is not None and cancelled.is_set():
            raise ServiceError(409, "The job was cancelled.", type_name="cancelled")
        # The queue cancels its jobs itself; they are no failures.
        if cancelled is None and STOPPING.is_set():
            raise ServiceError(503, "The service is stopping. Try again soon.", headers={"Retry-After": "5"})
        if time.monotonic() > deadline:
            detail = f"The work took longer than {limits.time_limit_s:g} seconds and was stopped."
            raise ServiceError(504, detail, type_name="time-limit")
        if not receiving.poll(0.05):
            continue
        try:
            kind, *content = receiving.recv()
        except EOFError:
            raise _ended_early(process, limits) from None
        if kind in ("progress", "part"):
            getattr(handler, kind)(*content)
        elif kind == "problem":
            raise error_from_document(content[0])
        else:
            return content[0]


def _ended_early(process: ForkServerProcess, limits: ProcessLimits) -> ServiceError:
    """Say why a process ended without a result, as far as its exit code shows."""
    process.join(5)
    logger.warning("an isolated process ended without a result (exit code %s)", process.exitcode)
    # Libraries in C++ abort when memory is refused; the system kills when the machine or the container has none left.
    if process.exitcode in (-signal.SIGABRT, -signal.SIGKILL):
        return memory_error(limits.memory_mb)
    return ServiceError(500, "The work ended unexpectedly. The service's log may say more.")


def memory_error(memory_mb: int) -> ServiceError:
    """422 for work that needs more memory than it may have; the same request would need it again."""
    return ServiceError(
        422,
        f"The work needs more memory than the {memory_mb:,} MB that it may have (settings job_memory_mb and"
        " read_memory_mb). Ask for less: smaller Zones, fewer steps, a shorter reach or fewer results; or for fewer"
        " schools at once.",
        type_name="memory-limit",
        extra={"memory_limit_mb": memory_mb},
    )


def _work(
    sending: Connection,
    answers: Connection,
    memory_mb: int,
    may_spread: bool,
    task: Callable[..., Any],
    arguments: tuple[Any, ...],
) -> None:
    """Limit this process, do the task, and send its result or its problem."""
    limit = memory_mb * 2**20 + _reserved_addresses()
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Whoever reads what is stored goes first: a read takes milliseconds, this takes seconds.
    os.nice(NICENESS)
    executor = PartsExecutor(lambda number, part: sending.send(("part", number, part)))
    if may_spread:
        use_executor(executor)
    _receive_answers(answers, executor)
    last = 0.0

    def report(stage: str, fraction: float) -> None:
        nonlocal last
        if fraction in (0.0, 1.0) or time.monotonic() - last > _REPORT_EVERY_S:
            last = time.monotonic()
            sending.send(("progress", stage, fraction))

    # A service that no longer listens has stopped this work.
    with contextlib.suppress(BrokenPipeError):
        try:
            sending.send(("result", task(report, *arguments)))
        except ClusteringError as error:
            sending.send(("problem", service_error(error).document()))
        except ServiceError as error:  # a part failed
            sending.send(("problem", error.document()))
        except MemoryError:
            sending.send(("problem", memory_error(memory_mb).document()))
        except Exception:
            logger.exception("an isolated process failed")
            problem = ServiceError(500, "Something went wrong. The service's log says what.")
            sending.send(("problem", problem.document()))


def _reserved_addresses() -> int:
    """
    Address space that libraries hold without using it [bytes].

    Before any work it is more than a gigabyte, while a third of that is used. The system limits addresses and not
    memory, so this is added to the limit.
    """
    try:
        pages = Path("/proc/self/statm").read_text("ascii").split()
    except OSError:  # no Linux
        return 0
    return (int(pages[0]) - int(pages[1])) * resource.getpagesize()


def _receive_answers(answers: Connection, executor: PartsExecutor) -> None:
    """
    Receive the answers to parts, in a thread.

    This process ends when the service ends, even if it is killed: then nobody holds the other end of the pipe.
    """

    def receive() -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                executor.receive(*answers.recv())
        os._exit(1)

    threading.Thread(target=receive, daemon=True).start()
