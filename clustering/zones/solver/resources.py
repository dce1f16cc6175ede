"""What an exact search may use: solutions found before, other processes, and time."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

from clustering.zones.solver.cache import SolutionCache


@dataclass(frozen=True, kw_only=True)
class Resources:
    """
    What makes a solution quicker, but never another one, and when to stop.

    Parameters
    ----------
    cache
        Solutions found before for the same scenario; ``None`` starts afresh.
    executor
        Its processes solve groups of anchors in parallel.
    deadline
        Of ``time.monotonic``; ``None`` means ``time_limit_s`` from now.
    """

    cache: SolutionCache | None = None
    executor: Executor | None = None
    deadline: float | None = None
