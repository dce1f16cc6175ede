"""Parts of a task that an isolated process sends to the process that started it, for others to work out."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextvars import ContextVar
from multiprocessing.reduction import ForkingPickler
from typing import Any

from app.errors import error_from_document
from app.queries.analysis import Progress
from clustering import ClusteringError

# Takes a number and a part as bytes.
SendPart = Callable[[int, bytes], None]
# Takes ``result`` or ``problem``, and what :func:`work_out_part` returned or a problem document.
Answer = Callable[[str, Any], None]
# Has a part worked out somewhere, and answers from any thread.
Spread = Callable[[bytes, Answer], None]

_executor: ContextVar[PartsExecutor | None] = ContextVar("parts_executor", default=None)


class PartsExecutor(Executor):
    """
    An executor of ``concurrent.futures`` that has functions called elsewhere.

    Parameters
    ----------
    send
        Sends a part; its answer comes by :meth:`receive`.

    Attributes
    ----------
    call_costs_s
        About how long it takes to start a process on a worker and to send it a part [seconds].
    """

    call_costs_s = 0.25

    def __init__(self, send: SendPart) -> None:
        self._send = send
        self._numbers = itertools.count()
        self._waiting: dict[int, Future[Any]] = {}
        self._lock = threading.Lock()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have a function called; other processes must be able to import it."""
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        with self._lock:
            number = next(self._numbers)
            self._waiting[number] = future
        self._send(number, _dumped((fn, args, kwargs)))
        return future

    def receive(self, number: int, kind: str, content: Any) -> None:
        """Take the answer to a part."""
        with self._lock:
            future = self._waiting.pop(number)
        if kind == "problem":
            future.set_exception(error_from_document(content))
            return
        try:
            is_raised, value = ForkingPickler.loads(content)
        except Exception as error:  # noqa: BLE001 - whoever waits for the part must hear of it, whatever it is
            is_raised, value = True, error
        if is_raised:
            future.set_exception(value)
        else:
            future.set_result(value)


def parts_executor() -> Executor | None:
    """The executor for parts of this process's task; ``None`` if the process does them all itself."""
    return _executor.get()


def use_executor(executor: PartsExecutor) -> None:
    """Set the executor for parts of this process's task."""
    _executor.set(executor)


def work_out_part(progress: Progress, part: bytes) -> bytes:
    """
    Work out a part, as a task of an isolated process.

    Parameters
    ----------
    progress
        Called once: a part is short.
    part
        A function and its arguments, pickled.

    Returns
    -------
    outcome
        Pickled: whether an error of the library was raised, and it or what the function returned.
    """
    progress("Working out a part", 0.0)
    function, arguments, named = ForkingPickler.loads(part)
    try:
        outcome = False, function(*arguments, **named)
    except ClusteringError as error:
        outcome = True, error
    return _dumped(outcome)


def _dumped(value: object) -> bytes:
    """A value, pickled for another process of this program."""
    return bytes(ForkingPickler.dumps(value))
