"""Files read into tables, each once: which reader takes a file, which headings it has, and in which role it counts."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias, cast

from clustering.errors import InputError, Problem
from clustering.ingest.archive_files import read_files_of_archive
from clustering.ingest.given_options import options_of
from clustering.ingest.given_together import given_together
from clustering.ingest.parts_of_files import MEMBERSHIP_KINDS, Part, parts_of
from clustering.ingest.unused_options import (
    STREAMED_MEMBERSHIP,
    TakenOptions,
    check_options_were_used,
    options_of_table,
)
from clustering.readers.data_packages import NOTHING_SAID, options_beside
from clustering.readers.file_options import FileOptions, Options
from clustering.readers.given_sources import is_single_source
from clustering.readers.isolation.warm_children import WarmChildren, children_for
from clustering.readers.published.education_data_portal_pages import looks_like_pages, read_portal_pages
from clustering.readers.raw_table import (
    NamedFile,
    NamedSource,
    NamedTable,
    RawTable,
    Readable,
    Source,
    name_of,
    path_of,
    with_name,
)
from clustering.readers.read_table import peek_kind, read_table
from clustering.readers.read_tables import read_tables
from clustering.readers.recognition.containers import recognise_container
from clustering.readers.text.columns import TextColumn
from clustering.validation.enrolment.ccd_membership import Membership, read_membership
from clustering.validation.enrolment.grade_enrolment import KIND
from clustering.validation.findings import Findings
from clustering.validation.rates.official_lists import headings_of_lists

Sources: TypeAlias = Source | Sequence[Source | None] | None
_ENCODED = {
    "schools": ("school_id", "state_school_id", "name", "district_id", "district_name", "status", "state"),
    "flows": ("origin", "destination", "grade", "next_grade", "year", "students"),
    "travel_times": ("origin", "destination", "travel_time"),
}


def as_sequence(sources: Sources) -> Sequence[Source | None]:
    """One source or several, as several; ``None`` is no source."""
    if sources is None:
        return ()
    return [cast("Source", sources)] if is_single_source(sources) else list(cast("Iterable[Source | None]", sources))


@dataclass(frozen=True)
class _OpenFile:
    """The tables of one file, and the options that their readers take."""

    parts: list[Part]
    taken: TakenOptions


@dataclass
class InputFiles:
    """
    The files that could be read.

    Parameters
    ----------
    files
        Role to tables, in the order of the files.
    memberships
        Enrolment by school and grade.
    heading_errors
        Files with what is wrong with their headings.
    notes
        Warnings about what was not read at all.
    """

    files: dict[str, list[Findings]]
    memberships: list[Membership] = field(default_factory=list)
    heading_errors: list[tuple[Findings, Problem]] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def open_files(
    sources: Mapping[str, Sequence[Readable]],
    options: Options,
    problems: list[Problem],
    *,
    read_otherwise: Sequence[TakenOptions] = (),
) -> InputFiles:
    """
    Read files into tables of text and recognise their headings.

    Parameters
    ----------
    sources
        Role to files. A file whose published form belongs to another role (CCD membership among the schools, say) is
        read in its own.
    options
        The user's options of the files.
    problems
        Errors of files that cannot be read, and of options that no file takes, are added.
    read_otherwise
        Further files that the options may be meant for.

    Returns
    -------
    inputs
        Every file that could be read.
    """
    role_sources = [(role, with_name(source, role)) for role, of_role in sources.items() for source in of_role]

    outcomes = _open_all(role_sources, options)
    inputs = InputFiles(files={role: [] for role in sources})
    for outcome in outcomes:
        if isinstance(outcome, InputError):
            problems.extend(outcome.problems)
            continue
        for part in outcome.parts:
            if isinstance(part, Membership):
                inputs.memberships.append(part)
            else:
                problems.extend(part.heading_errors)
                inputs.heading_errors.extend((part.findings, problem) for problem in part.heading_errors)
                inputs.files.setdefault(part.findings.role, []).append(part.findings)
    if not problems:
        taken = [outcome.taken for outcome in outcomes if isinstance(outcome, _OpenFile)]
        tables = itertools.chain.from_iterable(inputs.files.values())
        check_options_were_used(options, [*taken, *read_otherwise], tables, problems)
    return inputs


def _open_all(sources: Sequence[tuple[str, NamedSource]], options: Options) -> list[_OpenFile | InputError]:
    """Open files of roles side by side; those that were given together are read by one child."""

    def open_one(role: str, source: NamedSource, ready: RawTable | InputError | None = None) -> _OpenFile | InputError:
        """Open a file and start encoding its columns."""
        outcome = _open(role, source, options, children, ready)
        for part in outcome.parts if isinstance(outcome, _OpenFile) else ():
            if not isinstance(part, Membership):
                headings = _headings_read_by_text(part.findings)
                encoding.extend(threads.submit(part.findings.table.column, heading) for heading in headings)
        return outcome

    # Parsing, hashing and encoding release the interpreter's lock. Each column is a task, so that both threads are busy
    # to the end, whatever the sizes of the files.
    encoding: list[Future[TextColumn]] = []
    with children_for(len(sources)) as children, ThreadPoolExecutor(max_workers=2) as threads:
        groups = {
            tuple(numbers): threads.submit(_read_group, [sources[number] for number in numbers], options, children)
            for numbers in given_together(sources)
        }
        alone = set(range(len(sources))).difference(*groups)
        tasks = {number: threads.submit(open_one, *sources[number]) for number in alone}
        for numbers, tables in groups.items():
            for number, table in zip(numbers, tables.result(), strict=True):
                tasks[number] = threads.submit(open_one, *sources[number], table)
        outcomes = [tasks[number].result() for number in range(len(sources))]
        wait(encoding)
    return outcomes


def _read_group(
    group: Sequence[tuple[str, NamedSource]], options: Options, children: WarmChildren | None
) -> list[RawTable | InputError]:
    """Read files of a role that were given together."""
    sources = [source for _, source in group if not isinstance(source, NamedTable)]
    return read_tables(
        [NamedFile(path_of(source), name_of(source)) for source in sources],
        role=group[0][0],
        options=[_with_package(source, options_of(source, options))[0] for source in sources],
        children=children,
    )


def _open(
    role: str,
    source: NamedSource,
    options: Options,
    children: WarmChildren | None,
    ready: RawTable | InputError | None,
) -> _OpenFile | InputError:
    """Open a file; ``ready`` is its table if it was read with others."""
    file_options, notes = _with_package(source, options_of(source, options))
    name = name_of(source)
    try:
        if role in ("schools", "performance") and _is_streamed(source, file_options):
            membership = read_membership(source, encoding=file_options.encoding)
            return _OpenFile([membership], TakenOptions(name, membership.file.kind, STREAMED_MEMBERSHIP))
        if isinstance(ready, InputError):
            return ready
        tables = read_files_of_archive(role, source, options) if ready is None else [ready]
        tables = tables or [_read(role, source, file_options, children)]
        tables = [replace(table, problems=(*table.problems, *notes)) for table in tables] if notes else tables
        parts: list[Part] = []
        taken = frozenset({"layer"}) if _is_packed(source) else frozenset[str]()
        for table in tables:
            of_table = parts_of(role, table)
            parts += of_table
            taken = taken.union(*(options_of_table(table, _role_of(part)) for part in of_table))
        return _OpenFile(parts, TakenOptions(name, tables[0].kind, taken))
    except InputError as error:
        return error


def _role_of(part: Part) -> str:
    """What the options of a part are told by."""
    if not isinstance(part, Membership):
        return part.findings.role
    return "grade_enrolment" if part.file.kind == KIND else part.file.role


def _is_packed(source: NamedSource) -> bool:
    """Whether a file is an archive, of which the option ``layer`` names a member."""
    return (
        not isinstance(source, NamedTable)
        and path_of(source).is_file()
        and recognise_container(path_of(source)) in ("gzip", "archive", "shapefile archive")
    )


def _with_package(source: NamedSource, options: FileOptions) -> tuple[FileOptions, tuple[Problem, ...]]:
    """Add what a data package beside a file says of it, where the user says nothing; and doubts about that."""
    if not isinstance(source, str | Path):
        return options, ()
    described, problems = options_beside(Path(source))
    if described is NOTHING_SAID:
        return options, problems
    set_by_user = {name: value for name, value in vars(options).items() if value is not None}
    return described.with_changes(**set_by_user), problems


def _read(role: str, source: NamedSource, options: FileOptions, children: WarmChildren | None) -> RawTable:
    if role in ("schools", "performance") and not isinstance(source, NamedTable):
        path = path_of(source)
        if path.is_dir() or looks_like_pages(path):
            return read_portal_pages(source, options=options)
    return read_table(source, role=role, options=options, children=children)


def _is_streamed(source: NamedSource, options: FileOptions) -> bool:
    """Whether a file is a CCD membership file; these may be huge, and are read block by block."""
    if isinstance(source, NamedTable) or (path := path_of(source)).is_dir():
        return False
    kind = options.kind or peek_kind(path, options, MEMBERSHIP_KINDS)
    return kind in MEMBERSHIP_KINDS


def _headings_read_by_text(findings: Findings) -> Iterator[str]:
    """Headings of the columns of which validation needs the distinct texts."""
    table = findings.table
    for canonical in _ENCODED.get(findings.role, ()):
        if canonical in findings.headings:
            yield findings.headings[canonical]
    if findings.role == "schools":
        yield from headings_of_lists(table)
