"""
Everything the library raises on purpose.

::

    ClusteringError
    ├── InputError (also a ValueError)   files, tables or parameters that cannot be trusted
    │   └── CrsError                     a coordinate reference system is missing or unusable
    ├── InfeasibleError                  limits and locks contradict each other
    └── SolverError                      the solver stopped without a usable answer
        └── OutOfTimeError               time ran out before there was any
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Problem:
    """
    One thing that is wrong or doubtful in the input, and how to put it right.

    Parameters
    ----------
    table
        File name, or ``schools``, ``flows``, ``performance``, ``parameters``.
    message
        What is wrong, in one sentence.
    remedy
        What to do about it, in one sentence.
    row
        Record number as a spreadsheet shows it: the header is row 1. ``None`` where no row is to blame.
    column, value
        Heading and text of the offending cell, where there is one.
    school_id
        The school concerned, where there is one.
    is_error
        ``True`` stops the work; ``False`` is a warning and goes into the ingest report.
    """

    table: str
    message: str
    remedy: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    school_id: str | None = None
    is_error: bool = True

    def __str__(self) -> str:
        parts = [self.table]
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        if self.value is not None:
            parts.append(f"value {self.value!r}")
        return f"{', '.join(parts)}: {self.message} {self.remedy}"


class ClusteringError(Exception):
    """Base of every error that this library raises on purpose."""


class InputError(ClusteringError, ValueError):
    """
    The input cannot be trusted; ``problems`` lists every fault found, not only the first.

    Parameters
    ----------
    problems
        At least one :class:`Problem`.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        shown = "\n".join(f"  - {problem}" for problem in self.problems[:20])
        more = len(self.problems) - 20
        tail = f"\n  ... and {more} more" if more > 0 else ""
        count = len(self.problems)
        super().__init__(f"{count} problem{'s' if count != 1 else ''} in the input:\n{shown}{tail}")


class CrsError(InputError):
    """A coordinate reference system is missing or cannot be used."""


class InfeasibleError(ClusteringError):
    """
    No answer satisfies the limits and locks.

    Parameters
    ----------
    violations
        One sentence for each limit or lock that takes part in the conflict.
    """

    def __init__(self, violations: Iterable[str]) -> None:
        self.violations = tuple(violations)
        super().__init__("No feasible answer: " + " ".join(self.violations))


class SolverError(ClusteringError):
    """
    The solver stopped without a usable answer.

    Parameters
    ----------
    status
        What the solver said.
    """

    def __init__(self, status: str) -> None:
        self.status = status
        super().__init__(f"The solver stopped without a usable answer: {status}.")


class OutOfTimeError(SolverError):
    """Time ran out (``time_limit_s``) before there was an answer that keeps all locks."""
