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
from clustering.ingest.unused_options import (
    STREAMED_MEMBERSHIP,
    TakenOptions,
    check_options_were_used,
    options_of_table,
)
from clustering.readers.data_packages import options_beside
from clustering.readers.feeder_tables import tell_feeder_table
from clustering.readers.file_options import FileOptions, Options
from clustering.readers.given_sources import is_single_source
from clustering.readers.in_memory import IN_MEMORY
from clustering.readers.isolation.warm_children import WarmChildren, children_for
from clustering.readers.published.education_data_portal_pages import looks_like_pages, read_portal_pages
from clustering.readers.published.education_data_portal_tables import translate_portal_table
from clustering.readers.raw_table import (
    NamedSource,
    NamedTable,
    RawTable,
    Readable,
    Source,
    name_of,
    path_of,
    with_name,
    without_blank_records,
)
from clustering.readers.read_table import peek_kind, read_table
from clustering.readers.recognition.containers import recognise_container
from clustering.readers.recognition.file_kinds import MATRIX_VALUES, is_portal_kind
from clustering.readers.recognition.filled_identifiers import prefer_filled_identifier
from clustering.readers.recognition.headings import recognise_headings
from clustering.readers.reshape.reshape import reshape
from clustering.readers.text.columns import TextColumn
from clustering.readers.written_identifiers import as_assigned
from clustering.validation.catchments.catchments import LAYER_HEADINGS, complete_layer_headings
from clustering.validation.enrolment.ccd_membership import Membership, read_membership
from clustering.validation.enrolment.grade_enrolment import KIND, holds_grade_enrolment, read_grade_enrolment
from clustering.validation.findings import Findings
from clustering.validation.flows.matrix import is_matrix
from clustering.validation.overlong_cells import mark_overlong_cells
from clustering.validation.rates.official_lists import headings_of_lists
from clustering.validation.rows_without_school.rows import without_rows_of_no_school

Sources: TypeAlias = Source | Sequence[Source | None] | None
_ENCODED = {
    "schools": ("school_id", "state_school_id", "name", "district_id", "district_name", "status", "state"),
    "flows": ("origin", "destination", "grade", "next_grade", "year", "students"),
    "travel_times": ("origin", "destination", "travel_time"),
}
_MEMBERSHIP_KINDS = ("CCD membership, long", "CCD membership, wide")


def as_sequence(sources: Sources) -> Sequence[Source | None]:
    """One source or several, as several; ``None`` is no source."""
    if sources is None:
        return ()
    return [cast("Source", sources)] if is_single_source(sources) else list(cast("Iterable[Source | None]", sources))


@dataclass(frozen=True)
class OpenTable:
    """
    A table of text with its recognised headings.

    Parameters
    ----------
    findings
        The table; warnings are among its problems.
    heading_errors
        Columns that are missing or that are ambiguous.
    """

    findings: Findings
    heading_errors: list[Problem]


Part = Membership | OpenTable


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

    def open_one(role: str, source: NamedSource) -> _OpenFile | InputError:
        """Open a file and start encoding its columns."""
        outcome = _open(role, source, options, children)
        for part in outcome.parts if isinstance(outcome, _OpenFile) else ():
            if not isinstance(part, Membership):
                headings = _headings_read_by_text(part.findings)
                encoding.extend(threads.submit(part.findings.table.column, heading) for heading in headings)
        return outcome

    # Parsing, hashing and encoding release the interpreter's lock. Each column is a task, so that both threads are busy
    # to the end, whatever the sizes of the files.
    encoding: list[Future[TextColumn]] = []
    with children_for(len(role_sources)) as children, ThreadPoolExecutor(max_workers=2) as threads:
        tasks = [threads.submit(open_one, role, source) for role, source in role_sources]
        outcomes = [task.result() for task in tasks]
        wait(encoding)
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


def _open(role: str, source: NamedSource, options: Options, children: WarmChildren | None) -> _OpenFile | InputError:
    file_options, notes = _with_package(source, options_of(source, options))
    name = name_of(source)
    try:
        if role in ("schools", "performance") and _is_streamed(source, file_options):
            membership = read_membership(source, encoding=file_options.encoding)
            return _OpenFile([membership], TakenOptions(name, membership.file.kind, STREAMED_MEMBERSHIP))
        tables = read_files_of_archive(role, source, options) or [_read(role, source, file_options, children)]
        tables = [replace(table, problems=(*table.problems, *notes)) for table in tables] if notes else tables
        parts: list[Part] = []
        taken = frozenset({"layer"}) if _is_packed(source) else frozenset[str]()
        for table in tables:
            of_table = _parts_of(role, table)
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


def _parts_of(role: str, table: RawTable) -> list[Part]:
    if table.kind in _MEMBERSHIP_KINDS:  # not streamed: in memory already
        return [read_membership(table)]
    if role in ("schools", "performance") and holds_grade_enrolment(table):
        return [read_grade_enrolment(table)]
    if not is_portal_kind(table.kind):
        return [_recognise(role, table)]
    translated = translate_portal_table(table)
    if translated.role == "membership":
        return [read_membership(each) for each in translated.tables]
    codes = tuple(_warn_of_codes(table.name, translated.facts))
    first = [replace(each, problems=(*each.problems, *codes)) for each in translated.tables[:1]]
    return [_recognise(translated.role, each) for each in (*first, *translated.tables[1:])]


def _with_package(source: NamedSource, options: FileOptions) -> tuple[FileOptions, tuple[Problem, ...]]:
    """Add what a data package beside a file says of it, where the user says nothing; and doubts about that."""
    if not isinstance(source, str | Path):
        return options, ()
    described, problems = options_beside(Path(source))
    set_by_user = {name: value for name, value in vars(options).items() if value is not None}
    return described.with_changes(**set_by_user), problems


def _warn_of_codes(name: str, facts: Mapping[str, int]) -> Iterator[Problem]:
    """Warn how many cells of the portal's columns hold no value."""
    for column, count in facts.items():
        message = f"{count:,} cells hold a code, or only a midpoint, instead of a value; they are read as missing."
        remedy = "Nothing needs to be done: the portal marks values that are not reported or suppressed with codes."
        yield Problem(table=name, column=column, message=message, remedy=remedy, is_error=False)


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
    kind = options.kind or peek_kind(path, options, _MEMBERSHIP_KINDS)
    return kind in _MEMBERSHIP_KINDS


def _headings_read_by_text(findings: Findings) -> Iterator[str]:
    """Headings of the columns of which validation needs the distinct texts."""
    table = findings.table
    for canonical in _ENCODED.get(findings.role, ()):
        if canonical in findings.headings:
            yield findings.headings[canonical]
    if findings.role == "schools":
        yield from headings_of_lists(table)


def _recognise(role: str, source: RawTable) -> OpenTable:
    told = tell_feeder_table(reshape(without_blank_records(source), role), role)
    table, role = told.table, told.role
    recognised = recognise_headings(
        table.headings,
        table=table.name,
        role=role,
        options=table.options,
        header_row=None if table.container == IN_MEMORY else table.header_row,
        repeated=table.repeated,
    )
    (table, headings), missing = prefer_filled_identifier(table, recognised.headings, role), recognised.problems
    if told.question is not None:
        missing = [told.question]
    if role in MATRIX_VALUES and is_matrix(table.kind):
        missing = [problem for problem in missing if problem.column not in ("destination", MATRIX_VALUES[role])]
    if role == "catchments":
        layer = complete_layer_headings(headings, table.cells_of(LAYER_HEADINGS), table=table.name)
        headings = layer.headings
        missing = layer.problems or [
            problem for problem in missing if problem.column != "school_id" or "school_id" not in headings
        ]
        if table.geometry is None:
            message = "The file has no geometry: catchments are polygons."
            remedy = "Use GeoJSON, KML, GeoPackage, a zipped shapefile, or a column of texts like POLYGON ((...))."
            missing.append(Problem(table=table.name, message=message, remedy=remedy))
    table = as_assigned(table, headings, role, is_matrix=is_matrix(table.kind))
    table = without_rows_of_no_school(table, headings, role)
    findings = Findings(
        table=table, role=role, headings=headings, problems=list(table.problems), by_year=recognised.by_year
    )
    mark_overlong_cells(findings)
    return OpenTable(findings, missing)
