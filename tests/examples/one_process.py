"""The tasks of the service in one process, for tests that look at answers and not at processes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.reduction import ForkingPickler
from typing import Any

import pytest

from app.errors import service_error
from app.jobs import run_isolated
from clustering import ClusteringError


class OneProcess:
    """
    Runs the tasks of the service in this process, and the same task on the same inputs once.

    The answers are those of a process for each of them, which would take most of the time: a page and its route often
    ask for the same.
    """

    def __init__(self) -> None:
        self._done: dict[bytes, bytes] = {}

    def run(self, task: Any, *arguments: Any, progress: Any = None, **_: Any) -> Any:
        """As ``app.jobs.run_isolated`` does; what goes in and out is copied, as between two processes."""
        work = bytes(ForkingPickler.dumps((task, arguments)))
        if work not in self._done:
            try:
                done = task(progress or (lambda stage, fraction: None), *ForkingPickler.loads(work)[1])
            except ClusteringError as error:
                raise service_error(error) from error
            self._done[work] = bytes(ForkingPickler.dumps(done))
        return ForkingPickler.loads(self._done[work])


@contextmanager
def in_one_process() -> Iterator[None]:
    """Run every task of the service here until the end."""
    own = OneProcess()
    with pytest.MonkeyPatch.context() as patch:
        for module in [each for name, each in sys.modules.items() if name.startswith("app.")]:
            if getattr(module, "run_isolated", None) is run_isolated:
                patch.setattr(module, "run_isolated", own.run)
        yield
