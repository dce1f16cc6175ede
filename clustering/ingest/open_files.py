"""Files opened in the role they are given in, each read once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from clustering.errors import InputError, Problem
from clustering.readers.file_options import FileOptions, Options, options_for, parse_file_options
from clustering.readers.published.education_data_portal_pages import looks_like_pages, read_portal_pages
from clustering.readers.published.education_data_portal_tables import translate_portal_table
from clustering.readers.raw_table import NamedFile, RawTable, Source, name_of, without_blank_records
from clustering.readers.read_table import peek_kind, read_table
from clustering.readers.recognition.file_kinds import MATRIX_VALUES, is_portal_kind
from clustering.readers.recognition.headings import recognise_headings
from clustering.readers.text.columns import TextColumn
from clustering.validation.catchments.catchments import complete_layer_headings
from clustering.validation.enrolment.ccd_membership import Membership, read_membership
from clustering.validation.findings import Findings
from clustering.validation.flows.matrix import is_matrix
from clustering.validation.overlong_cells import mark_overlong_cells
from clustering.validation.rates.official_lists import headings_of_lists

Sources = Source | Sequence[Source]
_ENCODED = {
    "schools": ("school_id", "state_school_id", "name", "district_id", "district_name", "status", "state"),
    "flows": ("origin", "destination", "grade", "next_grade", "year", "students"),
    "travel_times": ("origin", "destination", "travel_time"),
}
_MEMBERSHIP_KINDS = ("CCD membership, long", "CCD membership, wide")


def as_sequence(sources: Sources) -> Sequence[Source]:
    """One source or several, as several."""
    return [sources] if isinstance(sources, (str, Path, NamedFile, pd.DataFrame)) else sources


def settle_options(options: Options | Iterable[str] | None, encoding: str | None) -> Options:
    """Options by file name, from a mapping or from texts; an encoding for all files is what no file says otherwise."""
    given = dict(options) if isinstance(options, Mapping) else parse_file_options(options or ())
    if encoding is not None:
        everywhere = given.get("*", FileOptions())
        given["*"] = everywhere.with_changes(encoding=everywhere.encoding or encoding)
    return given


def check_names(options: Options, sources: Iterable[Source], problems: list[Problem]) -> None:
    """Note options said of a file that was not given; a pattern may well match none."""
    names = sorted({name_of(source) for source in sources})
    for name in options:
        if name not in names and not set(name) & set("*?["):
            message = f"An option is said of {name[:200]}, which is no file given: {', '.join(names[:30])}."
            remedy = "Write the name of the file, without its folder; or leave it out, for an option of all files."
            problems.append(Problem(table="options", value=name[:200], message=message, remedy=remedy))


@dataclass
class Opened:
    """
    Files that could be read.

    Parameters
    ----------
    files
        Role to tables, in the order given.
    memberships
        Enrolment by school and grade.
    """

    files: dict[str, list[Findings]]
    memberships: list[Membership] = field(default_factory=list)


def open_files(sources: Mapping[str, Sequence[Source]], options: Options, problems: list[Problem]) -> Opened:
    """
    Read files into tables of text and recognise their headings.

    Parameters
    ----------
    sources
        Role to files. A file whose published form belongs to another role (CCD membership among the schools, say) is
        read in its own.
    options
        What the user says of them.
    problems
        Faults of files that cannot be read at all are added.

    Returns
    -------
    opened
        Every file that could be read.
    """
    asked = [(role, source) for role, given in sources.items() for source in given]

    def open_one(role: str, source: Source) -> list[Part] | InputError:
        """Open a file and have its columns encoded."""
        outcome = _open(role, source, options)
        for part in outcome if isinstance(outcome, list) else ():
            if not isinstance(part, Membership):
                encoding.extend(threads.submit(part[0].table.column, heading) for heading in _judged_by_text(part[0]))
        return outcome

    # Parsing, hashing and encoding release the interpreter's lock. Columns are tasks of their own, so that both threads
    # are busy to the end, whatever the sizes of the files.
    encoding: list[Future[TextColumn]] = []
    with ThreadPoolExecutor(max_workers=2) as threads:
        opening = [threads.submit(open_one, role, source) for role, source in asked]
        outcomes = [each.result() for each in opening]
        wait(encoding)
    opened = Opened(files={role: [] for role in sources})
    for outcome in outcomes:
        if isinstance(outcome, InputError):
            problems.extend(outcome.problems)
            continue
        for part in outcome:
            if isinstance(part, Membership):
                opened.memberships.append(part)
            else:
                findings, missing = part
                problems.extend(missing)
                opened.files.setdefault(findings.role, []).append(findings)
    return opened


Part = Membership | tuple[Findings, list[Problem]]


def _open(role: str, source: Source, options: Options) -> list[Part] | InputError:
    said = options_for(name_of(source), options)
    try:
        if role in ("schools", "performance") and _is_streamed(source, said):
            return [read_membership(source, encoding=said.encoding)]
        table = _read(role, source, said)
        if table.kind in _MEMBERSHIP_KINDS:  # in an archive, a workbook or a DataFrame, and so in memory already
            return [read_membership(table)]
        if not is_portal_kind(table.kind):
            return [_recognised(role, table)]
        translated = translate_portal_table(table)
        if translated.role == "membership":
            return [read_membership(each) for each in translated.tables]
        codes = tuple(_codes_told(table.name, translated.facts))
        told = [replace(each, problems=(*each.problems, *codes)) for each in translated.tables[:1]]
        return [_recognised(translated.role, each) for each in (*told, *translated.tables[1:])]
    except InputError as error:
        return error


def _codes_told(name: str, facts: Mapping[str, int]) -> Iterator[Problem]:
    """Say how many cells of the portal's columns are no values."""
    for column, count in facts.items():
        message = f"{count:,} cells hold a code, or a middle alone, in the place of a value; they are read as missing."
        remedy = "Nothing need be done; the portal marks what is not reported, not applicable or suppressed so."
        yield Problem(table=name, column=column, message=message, remedy=remedy, is_error=False)


def _read(role: str, source: Source, said: FileOptions) -> RawTable:
    if role in ("schools", "performance") and not isinstance(source, pd.DataFrame):
        path = _path_of(source)
        if path.is_dir() or looks_like_pages(path):
            return read_portal_pages(source, options=said)
    return read_table(source, role=role, options=said)


def _is_streamed(source: Source, said: FileOptions) -> bool:
    """Whether a file is one of CCD's membership files, which are read block by block since they may be huge."""
    if isinstance(source, pd.DataFrame) or (path := _path_of(source)).is_dir():
        return False
    kind = said.kind or peek_kind(path, said)
    return kind in _MEMBERSHIP_KINDS


def _path_of(source: str | Path | NamedFile) -> Path:
    return source.path if isinstance(source, NamedFile) else Path(source)


def _judged_by_text(findings: Findings) -> Iterator[str]:
    """Headings of the columns whose distinct texts will be judged."""
    table = findings.table
    for canonical in _ENCODED.get(findings.role, ()):
        if canonical in findings.headings:
            yield findings.headings[canonical]
    if findings.role == "schools":
        yield from headings_of_lists(table)


def _recognised(role: str, given: RawTable) -> tuple[Findings, list[Problem]]:
    table = without_blank_records(given)
    headings, missing = recognise_headings(
        table.headings, table=table.name, role=role, options=table.options, header_row=table.header_row
    )
    if role in MATRIX_VALUES and is_matrix(table.kind):
        missing = [problem for problem in missing if problem.column not in ("destination", MATRIX_VALUES[role])]
    if role == "catchments":
        headings, ambiguous = complete_layer_headings(headings, table.cells, table=table.name)
        found = [problem for problem in missing if problem.column != "school_id" or "school_id" not in headings]
        missing = ambiguous or found
        if table.geometry is None:
            message = "The file has no geometry: catchments are polygons."
            remedy = "Give GeoJSON, GeoPackage, FlatGeobuf, GeoParquet or a zipped shapefile."
            missing.append(Problem(table=table.name, message=message, remedy=remedy))
    findings = Findings(table=table, role=role, headings=headings, problems=list(table.problems))
    mark_overlong_cells(findings)
    return findings, missing
