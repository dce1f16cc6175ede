"""Where isolated work runs: in processes of this machine, or on the workers of a cluster."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol

from app.jobs.isolated_process import ProcessLimits, run_isolated
from app.queries.analysis import Progress


class Engine(Protocol):
    """Runs a task of ``app.jobs`` under limits and waits for its result."""

    @property
    def is_local(self) -> bool:
        """Whether the work takes memory of this machine."""

    def run(
        self,
        task: Callable[..., Any],
        *arguments: Any,
        limits: ProcessLimits,
        progress: Progress | None = None,
        cancelled: threading.Event | None = None,
    ) -> Any:
        """
        Run a task and wait for its result.

        Parameters
        ----------
        task, arguments, limits, progress, cancelled
            As for ``app.jobs.run_isolated``.

        Returns
        -------
        result
            What the task returned.

        Raises
        ------
        ServiceError
            The task failed, exceeded its limits, died or was cancelled.
        """

    def close(self) -> None:
        """Stop; whatever still runs is abandoned."""


class LocalProcesses:
    """A process of this machine for each task."""

    is_local = True

    def run(
        self,
        task: Callable[..., Any],
        *arguments: Any,
        limits: ProcessLimits,
        progress: Progress | None = None,
        cancelled: threading.Event | None = None,
    ) -> Any:
        """As :meth:`Engine.run`."""
        return run_isolated(task, *arguments, limits=limits, progress=progress, cancelled=cancelled)

    def close(self) -> None:
        """Nothing is kept between two tasks."""


def open_engine(address: str) -> Engine:
    """
    Open an engine by its address.

    Parameters
    ----------
    address
        Blank for processes of this machine; ``tcp://host:8786`` (or ``tls://``) for the scheduler of a Dask cluster.

    Returns
    -------
    engine
        Ready.

    Raises
    ------
    ServiceError
        503 if nobody answers at the address.
    """
    if not address:
        return LocalProcesses()
    # Part of the extra "cluster".
    from app.jobs.dask_engine import DaskEngine  # noqa: PLC0415

    return DaskEngine(address)
