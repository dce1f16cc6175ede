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

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

MAXIMUM_LINES = 20
# The options of a file: the fields of readers.file_options.FileOptions. The first two have a name and an entry.
NAMED_OPTIONS = ("columns", "rows")
FILE_OPTIONS = (
    *NAMED_OPTIONS,
    *("kind", "encoding", "delimiter", "has_header", "header_row", "year_convention", "repeated", "school_year"),
    *("snapshot", "unit", "suppressed", "missing", "rate_unit", "decimal", "sheet", "layer", "crs"),
    *("identifier_digits", "level", "official_lists"),
)
# An option as a remedy writes it: crs=EPSG:4326, columns.school_id=ES_ID; not one that names a file.
_FILE_OPTION = re.compile(
    rf"(?<![\w:.*=])(?<!Leave )(?=(?:{'|'.join(NAMED_OPTIONS)})\.\w"
    rf"|(?:{'|'.join(FILE_OPTIONS[len(NAMED_OPTIONS) :])})=)"
)
_NO_FILES = ("options", "parameters", "request")


def plain_text(text: str) -> str:
    """Text with control and invisible formatting characters, line separators among them, turned into spaces."""
    if text.isprintable():  # nearly every text is; none of these signs is printable
        return text
    return "".join(" " if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") else sign for sign in text)


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
        What to do about it, in one sentence. An option in it is typed for the file (``flows.csv:kind=matrix``), since
        an option without a file's name is for all files; the name is put in front of those that have none.
    row
        Record number as a spreadsheet shows it: the header is row 1. ``None`` where no row is to blame.
    column, value
        Heading and text of the offending cell, where there is one.
    school_id
        The school concerned, where there is one.
    is_error
        ``True`` stops the work; ``False`` is a warning and goes into the ingest report.
    further_records
        Records of the same file with the same problem that are counted here and not listed one by one.
    """

    table: str
    message: str
    remedy: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    school_id: str | None = None
    is_error: bool = True
    further_records: int = 0

    def __post_init__(self) -> None:
        remedy = self.remedy
        if "=" in remedy and self.table not in _NO_FILES:
            remedy = _with_file_names(remedy, self.table)
        # Names and headings in them are those of files, and a terminal may obey what nobody sees.
        object.__setattr__(self, "remedy", plain_text(remedy))
        object.__setattr__(self, "message", plain_text(self.message))

    def __str__(self) -> str:
        parts = [self.table]
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        if self.value is not None:
            parts.append(f"value {self.value!r}")
        more = f" ({self.further_records:,} more records have the same problem.)" if self.further_records else ""
        return f"{plain_text(', '.join(parts))}: {self.message} {self.remedy}{more}"


@lru_cache(maxsize=1_000)
def _with_file_names(remedy: str, file: str) -> str:
    """Put the name of a file before each of its options; an equals sign would end the name, so it becomes ``?``."""
    name = re.sub(r"[=\[\]]", "?", file) if "=" in file else file

    # An option that has the name already stays, and ``rows.json:`` is none of the options ``rows.COLUMN``.
    first, *others = remedy.split(f"{name}:")
    others = [each[:1] + _FILE_OPTION.sub(f"{name}:", each[1:]) for each in others]
    return f"{name}:".join([_FILE_OPTION.sub(f"{name}:", first), *others])


@dataclass(frozen=True, kw_only=True)
class ProblemKind:
    """
    All problems of one kind in one file: what they have in common, their true number, and the first of them.

    Parameters
    ----------
    table, message, remedy, is_error
        As in :class:`Problem`.
    columns
        Headings of the cells listed, in the order in which they are met; a matrix may have many.
    count
        Records with the problem, whether listed or not; 1 for a problem of the whole file.
    examples
        Those listed, in the order of the file.
    """

    table: str
    message: str
    remedy: str
    is_error: bool
    columns: tuple[str, ...]
    count: int
    examples: tuple[Problem, ...]


def problem_kinds(problems: Iterable[Problem]) -> tuple[ProblemKind, ...]:
    """
    Group problems by file and kind.

    Parameters
    ----------
    problems
        Any number.

    Returns
    -------
    kinds
        In the order in which each is met first. Problems are of one kind if file, message and remedy are the same.
    """
    groups: dict[tuple[object, ...], list[Problem]] = {}
    for problem in problems:
        groups.setdefault(_kind_of(problem), []).append(problem)
    return tuple(
        ProblemKind(
            table=group[0].table,
            message=group[0].message,
            remedy=group[0].remedy,
            is_error=group[0].is_error,
            columns=tuple(dict.fromkeys(each.column for each in group if each.column is not None)),
            count=sum(1 + each.further_records for each in group),
            examples=tuple(group),
        )
        for group in groups.values()
    )


class ProblemTally:
    """
    Problems as they come: of each file and kind the first are kept and the others counted, so that memory is bounded.

    Parameters
    ----------
    most
        Problems to keep of each kind, 1 or more.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[tuple[object, ...], list[Problem]] = {}
        self._further: Counter[tuple[object, ...]] = Counter()

    def add(self, problem: Problem) -> None:
        """Keep a problem, or count it."""
        kind = _kind_of(problem)
        kept = self._kept.setdefault(kind, [])
        self._further[kind] += problem.further_records
        if len(kept) < self._most:
            kept.append(replace(problem, further_records=0) if problem.further_records else problem)
        else:
            self._further[kind] += 1

    def problems(self) -> tuple[Problem, ...]:
        """Those kept, kind after kind; the last of each kind counts the others (``further_records``)."""
        return tuple(
            problem
            for kind, kept in self._kept.items()
            for problem in (*kept[:-1], replace(kept[-1], further_records=self._further[kind]))
        )


def keep_examples(problems: Iterable[Problem], most: int) -> tuple[Problem, ...]:
    """
    Keep the first problems of each file and kind; the last one kept counts the others.

    Parameters
    ----------
    problems
        Any number.
    most
        Problems to keep of each kind, 1 or more.

    Returns
    -------
    kept
        With the same kinds and counts (:func:`problem_kinds`), kind after kind.
    """
    tally = ProblemTally(most)
    for problem in problems:
        tally.add(problem)
    return tally.problems()


def _kind_of(problem: Problem) -> tuple[object, ...]:
    return problem.table, problem.message, problem.remedy, problem.is_error


class ClusteringError(Exception):
    """Base of every error that this library raises on purpose."""


class InputError(ClusteringError, ValueError):
    """
    The input cannot be trusted; ``problems`` lists every fault found, not only the first.

    Parameters
    ----------
    problems
        At least one :class:`Problem`. Of a kind that many records have, only the first are listed; ``kinds`` and
        ``count`` count all.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = self.count
        # Many problems of one kind must not push those of another out of sight.
        listed = self.problems if len(self.problems) <= MAXIMUM_LINES else keep_examples(self.problems, 1)
        shown = "\n".join(f"  - {problem}" for problem in listed[:MAXIMUM_LINES])
        more = len(listed) - MAXIMUM_LINES
        tail = f"\n  ... and {more:,} more kinds" if more > 0 else ""
        super().__init__(f"{count:,} problem{'s' if count != 1 else ''} in the input:\n{shown}{tail}")

    def __reduce__(self) -> tuple[type[InputError], tuple[object]]:
        # Pickle would give the text of the error to the constructor.
        return type(self), (self.problems,)

    @property
    def kinds(self) -> tuple[ProblemKind, ...]:
        """The problems by file and kind, each with its true number."""
        return problem_kinds(self.problems)

    @property
    def count(self) -> int:
        """Number of problems, those included that are counted and not listed."""
        return sum(1 + problem.further_records for problem in self.problems)


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

    def __reduce__(self) -> tuple[type[InfeasibleError], tuple[object]]:
        return type(self), (self.violations,)


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

    def __reduce__(self) -> tuple[type[SolverError], tuple[object]]:
        return type(self), (self.status,)


class OutOfTimeError(SolverError):
    """Time ran out (``time_limit_s``) before there was an answer that keeps all locks."""
