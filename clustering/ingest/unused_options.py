"""Options that no file took: an error, since the user believes that they count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from clustering.errors import Problem
from clustering.readers.file_options import FileOptions, Options
from clustering.readers.in_memory import IN_MEMORY
from clustering.readers.raw_table import RawTable
from clustering.readers.recognition.aliases import ALIASES
from clustering.readers.recognition.file_kinds import is_portal_kind
from clustering.readers.written_identifiers import IDENTIFIERS
from clustering.validation.findings import Findings

STREAMED_MEMBERSHIP = frozenset({"kind", "encoding", "delimiter"})
STUDENT_RECORDS = frozenset({"kind", "columns", "delimiter", "encoding", "year_convention", "school_year", "snapshot"})
_OF_TEXT = frozenset({"encoding", "delimiter", "has_header", "header_row"})
_OF_CONTAINERS = {
    "text": _OF_TEXT,
    "workbook": frozenset({"sheet", "has_header", "header_row"}),
    IN_MEMORY: frozenset[str](),
    "json": frozenset[str](),
}
_OF_SPATIAL = frozenset({"layer"})
# Whether coordinates were found is looked at below.
_OF_ANY_TABLE = frozenset({"kind", "columns", "rows", "suppressed", "missing", "decimal", "crs"})
_ROLES: Mapping[str, frozenset[str]] = {
    "year_convention": frozenset(
        {"schools", "flows", "feeder_table", "performance", "grade_enrolment", "progress", "partners", "zone_needs"}
    ),
    "repeated": frozenset({"schools"}),
    "unit": frozenset({"travel_times"}),
    "rate_unit": frozenset({"schools", "feeder_table", "performance", "progress", "zone_needs"}),
    "identifier_digits": frozenset(IDENTIFIERS),
    "official_lists": frozenset({"schools", "performance"}),
    "level": frozenset({"catchments"}),
}


@dataclass(frozen=True)
class TakenOptions:
    """The options that the reader of a file has a use for, and what the file was read as."""

    name: str
    kind: str
    options: frozenset[str]

    def is_named(self, pattern: str) -> bool:
        """Whether options of a name or pattern hold for the file; those of an archive do for its members."""
        return pattern == self.name or self.name.startswith(f"{pattern}/") or fnmatchcase(self.name, pattern)


def options_of_table(table: RawTable, role: str) -> frozenset[str]:
    """
    Name the options that the reader of a table has a use for.

    Parameters
    ----------
    table
        As it was read, before its kind was translated.
    role
        What it turned out to be: a key of ``aliases.ALIASES``, or ``membership``.

    Returns
    -------
    options
        Names of ``FileOptions``. Whether a table needs an option is another matter.
    """
    container = table.container.partition(",")[0]
    if is_portal_kind(table.kind) and container == "json":
        return frozenset()
    taken = _OF_CONTAINERS.get(container, _OF_SPATIAL)
    if role not in ALIASES:
        return taken | {"kind"}
    return taken | _OF_ANY_TABLE | {option for option, roles in _ROLES.items() if role in roles}


def check_options_were_used(
    options: Options, taken: Iterable[TakenOptions], files: Iterable[Findings], problems: list[Problem]
) -> None:
    """
    Note each option that no file has a use for.

    Parameters
    ----------
    options
        The user's options, by name or pattern. One of a pattern may leave out some files, but not all that it fits.
    taken
        What the readers of the files take, student records among them.
    files
        Every table that was opened. A reference system is taken by those with coordinates.
    problems
        Errors are added.
    """
    readers = list(taken)
    for pattern, given in options.items():
        named = [reader for reader in readers if reader.is_named(pattern)]
        for option, value in _set_options(given, pattern):
            if named and not any(option in reader.options for reader in named):
                problems.append(_not_used(option, value, named))
    _check_crs(options, files, problems)


def _set_options(given: FileOptions, pattern: str) -> Iterator[tuple[str, str]]:
    """Options that say something, each with its value as text."""
    for option, value in vars(given).items():
        says_nothing = value in (None, {}) or (option, value) in (("header_row", 1), ("has_header", True))
        # One for all files is for those that need it: UTF-8 and tables in memory do not.
        if not says_nothing and not (option == "encoding" and set(pattern) & set("*?[")):
            yield option, "" if isinstance(value, Mapping) else str(value)


def _not_used(option: str, value: str, named: list[TakenOptions]) -> Problem:
    first, *others = named
    why = "no file has a use for it" if others else f"the file is read as {first.kind}, which has no use for it"
    message = f"The option {option} was not used: {why}."
    remedy = f"Leave {option} out."
    if option in ("header_row", "has_header"):
        remedy += " Delete rows above the headings; add headings if there are none."
    name = "options" if others else first.name
    return Problem(table=name, column=option, value=value[:200] or None, message=message, remedy=remedy)


def _check_crs(options: Options, files: Iterable[Findings], problems: list[Problem]) -> None:
    """Note each reference system that was given for files without coordinates."""
    have_places = [
        TakenOptions(findings.table.name, findings.table.kind, frozenset())
        for findings in files
        if findings.table.geometry is not None or {"latitude", "longitude"} <= set(findings.headings)
    ]
    told = {(problem.column, problem.value) for problem in problems}
    for pattern, given in options.items():
        value = (given.crs or "")[:200]
        if not value or ("crs", value) in told or any(each.is_named(pattern) for each in have_places):
            continue
        name, message = pattern, "The option crs was not used: the file has no coordinates that were recognised."
        if set(pattern) & set("*?["):
            name = "NAME"
            message = "The option crs was not used: no file has coordinates that were recognised."
        y, x = (f"{name}:columns.{column}=HEADING" for column in ("latitude", "longitude"))
        remedy = f"Set {y} and {x}, to those of y and x, or leave crs out."
        problems.append(Problem(table="options", column="crs", value=value, message=message, remedy=remedy))
