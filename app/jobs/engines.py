"""Where isolated work runs: in processes of this machine, or on the workers of a cluster."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from app.jobs.isolated_process import ProcessLimits, run_isolated
from app.queries.analysis import Progress


@dataclass(frozen=True, kw_only=True)
class Supervision:
    """
    The limits of a task, and what its caller has to follow and to cancel it.

    Parameters
    ----------
    limits, progress, cancelled
        As for :meth:`Engine.run`.
    """

    limits: ProcessLimits
    progress: Progress | None
    cancelled: threading.Event | None


class Engine(ABC):
    """
    Runs a task of ``app.jobs`` under limits and waits for its result.

    Attributes
    ----------
    is_local
        Whether the work takes memory of this machine.
    """

    is_local: ClassVar[bool]

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
            The task failed, exceeded its limits, died or was cancelled; 503 if the engine was lost, so that the task
            should be done again.
        """
        return self._run(task, arguments, Supervision(limits=limits, progress=progress, cancelled=cancelled))

    @abstractmethod
    def _run(self, task: Callable[..., Any], arguments: tuple[Any, ...], supervision: Supervision) -> Any:
        """Do what :meth:`run` says."""

    @property
    def fault(self) -> str:
        """A sentence that says why it takes no work now; blank if it does."""
        return ""

    @abstractmethod
    def close(self) -> None:
        """Stop; whatever still runs is abandoned."""


class LocalProcesses(Engine):
    """A process of this machine for each task."""

    is_local = True

    def _run(self, task: Callable[..., Any], arguments: tuple[Any, ...], supervision: Supervision) -> Any:
        return run_isolated(
            task, *arguments, limits=supervision.limits, progress=supervision.progress, cancelled=supervision.cancelled
        )

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
        It may not take work yet: :attr:`Engine.fault` says so.
    """
    if not address:
        return LocalProcesses()
    # Part of the extra "cluster".
    from app.jobs.dask_engine import DaskEngine  # noqa: PLC0415

    return DaskEngine(address)
