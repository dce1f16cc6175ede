"""What an exact search may use: what was solved before, other processes, and time."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

from clustering.zones.solver.cache import SolutionCache


@dataclass(frozen=True, kw_only=True)
class Resources:
    """
    Whatever makes an answer quicker and no other, and when to stop.

    Parameters
    ----------
    cache
        What was solved before for the same scenario; ``None`` starts afresh.
    executor
        Of processes that groups of anchors are spread over.
    deadline
        Of ``time.monotonic``; ``None`` means ``time_limit_s`` from now.
    """

    cache: SolutionCache | None = None
    executor: Executor | None = None
    deadline: float | None = None
