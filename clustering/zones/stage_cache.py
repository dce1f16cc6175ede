"""Results of stages, looked up where the same stage is computed from the same values again."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar, cast

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


class Keep(Protocol):
    """Computes a stage, or looks its result up."""

    def __call__(
        self,
        stage: Callable[_Parameters, _Result],
        /,
        *args: _Parameters.args,
        **kwargs: _Parameters.kwargs,
    ) -> _Result:
        """Return what the stage returns; its arguments are hashable."""


def keep_results(*, most: int | None = None) -> Keep:
    """
    Make a cache of stages.

    Parameters
    ----------
    most
        How many results are kept, the most recently used ones; ``None`` means all.

    Returns
    -------
    keep
        ``keep(stage, *args)`` returns ``stage(*args)``, computed once for equal arguments. Scenarios and tables are
        equal to themselves only, and kept as long as the cache.
    """
    return cast("Keep", functools.lru_cache(most)(operator.call))
