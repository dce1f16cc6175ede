"""What files are, each looked at alone, and what is missing to propose Zones from all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clustering.errors import Problem, ProblemKind, problem_kinds
from clustering.model.ingest_report import SourceFile


@dataclass(frozen=True, kw_only=True)
class FileCheck:
    """
    What one file is, and what it holds.

    Parameters
    ----------
    name
        The file's name, without folders.
    container
        ``text``, ``workbook``, ``geojson`` ...; blank if the file cannot be opened.
    role
        What it can be used as: a role of ``read_scenario``, ``membership`` (grade enrolment, given among the schools),
        or the role of another table, such as ``plan`` or ``partners``. ``None`` if that is not clear.
    possible_roles
        The roles between which the user has to say, the likelier first; empty if the role is clear, or unknown.
    reason
        What shows the role, in a sentence.
    layout
        The layout of a state or district by which it was read, as ``kind`` names it; blank without one.
    tables
        How it was read. An archive may have several tables, and a file that cannot be used has none.
    years
        School years of its records or columns, sorted; a bare year stays as it is.
    groups
        Groups of students of which it has rates, sorted.
    lists
        Columns that may be an official list, with their entries.
    crs
        Reference system of its geometry or coordinates; blank without any.
    extent
        West, south, east, north [degrees of EPSG:4326]; ``None`` without places.
    facts
        Numbers by name, such as ``schools`` and ``schools_with_coordinates``; none is a number of students.
    problems
        Errors and warnings, the first 100 of each kind.
    """

    name: str
    container: str = ""
    role: str | None = None
    possible_roles: tuple[str, ...] = ()
    reason: str = ""
    layout: str = ""
    tables: tuple[SourceFile, ...] = ()
    years: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    crs: str = ""
    extent: tuple[float, ...] | None = None
    facts: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def kinds(self) -> tuple[ProblemKind, ...]:
        """The problems by kind, each with its true number."""
        return problem_kinds(self.problems)

    @property
    def is_readable(self) -> bool:
        """Whether the role is clear and nothing stands against using the file."""
        return self.role is not None and not any(problem.is_error for problem in self.problems)


@dataclass(frozen=True, kw_only=True)
class IdentifierMatch:
    """
    How many schools of one file are in the schools files.

    Parameters
    ----------
    name
        The file.
    identifiers
        Distinct identifiers of schools in it.
    listed
        Of these, those in the schools files.
    without_zeros
        Further ones that are there but for zeros in front.
    of_the_state
        Further ones that are a state's own identifier of a listed school.
    names
        Further ones that are the name of a listed school.
    examples
        The first that are none of these, at most three.
    """

    name: str
    identifiers: int
    listed: int
    without_zeros: int
    of_the_state: int
    names: int
    examples: tuple[str, ...] = ()

    @property
    def share_listed(self) -> float | None:
        """Share of the identifiers that are in the schools files, 0 to 1; ``None`` if the file has none."""
        return self.listed / self.identifiers if self.identifiers else None


@dataclass(frozen=True, kw_only=True)
class FilesCheck:
    """
    What several files are, and what they are together.

    Parameters
    ----------
    files
        One :class:`FileCheck` a file, in the order given.
    roles
        Role to names of files, of those whose role is clear.
    matches
        For each file other than the schools files, how its schools are found there.
    missing
        What the files lack for a proposal, in sentences, each with what to do.
    command
        The command that proposes Zones from these files; blank without schools.
    other_commands
        Commands that take these files and one more: a plan to compare with, a register of Lead Partners.
    notes
        Warnings about folders and patterns.
    problems
        What is wrong or doubtful between the files, if they are read together; empty if that was not possible.
    """

    files: tuple[FileCheck, ...]
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    matches: tuple[IdentifierMatch, ...] = ()
    missing: tuple[str, ...] = ()
    command: str = ""
    other_commands: tuple[str, ...] = ()
    notes: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def all_readable(self) -> bool:
        """Whether every file was recognised and can be read."""
        return all(file.is_readable for file in self.files)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing, and nothing is wrong between the files: the command runs."""
        return bool(self.command) and not self.missing and not any(problem.is_error for problem in self.problems)
