"""Files of any kind, each looked at alone: what it is, what it holds, and what is missing to propose Zones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

import pandas as pd

from clustering.errors import InputError, Problem, keep_examples
from clustering.ingest.checks.contents import Contents, contents_of
from clustering.ingest.checks.first_look import FirstLook, look_first
from clustering.ingest.checks.together import CheckedSource, explain_names, put_together, without_cells
from clustering.ingest.expand_sources import expand_sources
from clustering.ingest.given_options import check_option_names, merge_options
from clustering.ingest.open_files import (
    InputFiles,
    Sources,
    as_sequence,
    open_files,
)
from clustering.ingest.report import source_file_of
from clustering.ingest.student_files import StudentFiles, read_students
from clustering.model.file_checks import FileCheck, FilesCheck
from clustering.model.ingest_report import SourceFile
from clustering.model.plain_text import school_year_text
from clustering.readers.file_options import FileOptions, Options
from clustering.readers.given_sources import named_sources
from clustering.readers.raw_table import NamedSource, NamedTable, name_of, path_of
from clustering.readers.recognition.containers import recognise_container
from clustering.readers.recognition.file_kinds import MATRICES, PLAIN_KINDS
from clustering.readers.recognition.published_layouts import layouts_by_name
from clustering.readers.text.columns import arrow_texts
from clustering.validation.findings import Findings
from clustering.validation.likely_columns import warn_of_likely_columns
from clustering.validation.schools.schools import NO_COORDINATES

MAXIMUM_EXAMPLES = 100  # of each kind of problem
_SHOWN_HEADINGS = 30


def check_files(
    files: Sources, *, options: Options | Iterable[str] | None = None, encoding: str | None = None
) -> FilesCheck:
    """
    Look at files, each alone, and say what it is, what it holds, and what is missing to propose Zones.

    Parameters
    ----------
    files
        One or more of any kind, as for :func:`read_scenario`: paths, folders, patterns, open files, tables in memory.
        The role of each is told by its published form, its geometry and its headings. The option ``kind`` says it.
    options, encoding
        As for :func:`read_scenario`.

    Returns
    -------
    check
        What each file is and holds, how their schools match, and the command that proposes Zones from them. A file that
        cannot be read has errors among its problems; nothing of student records is shown but their headings and years.

    Raises
    ------
    InputError
        There is no file, a folder or a pattern stands for none, or an option is wrong.
    """
    problems: list[Problem] = []
    all_options = merge_options(options, encoding)
    expanded = expand_sources({"files": [each for each in as_sequence(files) if each is not None]}, problems)
    with named_sources({"files": expanded.sources["files"]}) as named:
        sources = named["files"]
        check_option_names(all_options, sources, problems)
        if not sources and not problems:
            problems.append(Problem(table="files", message="There is no file.", remedy="Name at least one file."))
        if problems:
            raise InputError(problems)
        checked = [_check_one(source, all_options) for source in sources]
        check = put_together(explain_names(checked), all_options)
    return replace(check, notes=tuple(expanded.left_out))


def _check_one(source: NamedSource, options: Options) -> CheckedSource:
    own = _own_options(source, options)
    name, container = name_of(source), _container_of(source)
    try:
        look = look_first(source, own)
    except InputError as error:
        return CheckedSource(source, FileCheck(name=name, container=container, problems=error.problems))
    if len(look.guess.roles) != 1:
        check = FileCheck(
            name=name,
            container=container,
            possible_roles=look.guess.roles,
            reason=look.guess.reason,
            problems=(_ask(name, look),),
        )
        return CheckedSource(source, check)
    (role,) = look.guess.roles
    if role != "students" and look.student_heading is not None:
        problem = _refuse_students(name, look.student_heading)
        check = FileCheck(name=name, container=container, role=role, reason=look.guess.reason, problems=(problem,))
        return CheckedSource(source, check)
    opened = _open_students(source, own) if role == "students" else _open(source, role, own)
    files = [findings for of_role in opened.inputs.files.values() for findings in of_role]
    if opened.inputs.memberships and not files:
        role = "membership"
    tables = [_source_file(findings, opened.contents.ratings) for findings in files]
    tables += [membership.file for membership in opened.inputs.memberships]
    tables += [] if opened.students is None else opened.students.source_files()
    check = FileCheck(
        name=name,
        container=tables[0].container if tables else container,
        role=role,
        reason=look.guess.reason,
        layout=next((each.kind for each in tables if each.kind in layouts_by_name()), ""),
        tables=tuple(tables),
        years=opened.contents.years,
        groups=opened.contents.groups,
        lists={name: tuple(entries) for name, entries in opened.contents.lists.items()},
        crs=_crs_of(files, opened.contents),
        extent=opened.contents.extent(),
        facts=opened.contents.facts,
        problems=keep_examples(opened.problems, MAXIMUM_EXAMPLES),
    )
    return CheckedSource(source, check, opened.contents.school_ids, tuple(files), tuple(opened.inputs.heading_errors))


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """A file in its role, with what it holds and what is wrong with it."""

    inputs: InputFiles = field(default_factory=lambda: InputFiles(files={}))
    students: StudentFiles | None = None
    contents: Contents = field(default_factory=Contents)
    problems: Sequence[Problem] = ()


def _open(source: NamedSource, role: str, options: Options) -> _Opened:
    problems: list[Problem] = []
    inputs = open_files({"schools" if role == "membership" else role: [source]}, options, problems)
    # An option of all files may be meant for another.
    said = {name for key, each in options.items() if not set(key) & set("*?[") for name, _ in _set_options(each)}
    problems = [each for each in problems if not each.message.startswith("The option ") or each.column in said]
    contents = Contents() if problems else contents_of(role, inputs, problems)
    for of_role in inputs.files.values():
        for findings in of_role:
            warn_of_likely_columns(findings)
            problems += [problem for problem in findings.problems if problem not in problems]
    problems = [problem for problem in problems if problem.message != NO_COORDINATES]  # another file may have them
    problems += inputs.notes
    problems += [problem for membership in inputs.memberships for problem in membership.problems]
    return _Opened(inputs=inputs, contents=contents, problems=problems)


def _open_students(source: NamedSource, options: Options) -> _Opened:
    problems: list[Problem] = []
    students = read_students([source], options, problems)
    if students is None:
        return _Opened(problems=without_cells(problems))
    promotions = students.promotions
    enrolment = promotions.grade_enrolment
    ids = sorted({str(each) for each in enrolment["school_id"].dropna()})
    years = sorted({int(year) for year in enrolment["year"].dropna()})
    contents = Contents(
        school_ids=arrow_texts(ids), years=tuple(map(school_year_text, years)), facts={"schools": len(ids)}
    )
    return _Opened(students=students, contents=contents, problems=without_cells(students.problems))


def _own_options(source: NamedSource, options: Options) -> Options:
    """The options that hold for one file, and those of the members of an archive of this name."""
    name = name_of(source)
    return {key: each for key, each in options.items() if fnmatchcase(name, key) or key.startswith(f"{name}/")} | (
        {name: options[name]} if name in options else {}
    )


def _set_options(options: FileOptions) -> Iterator[tuple[str, object]]:
    """Options that say something."""
    yield from ((name, value) for name, value in vars(options).items() if value not in (None, {}))


def _container_of(source: NamedSource) -> str:
    if isinstance(source, NamedTable):
        return "DataFrame"
    path = path_of(source)
    return recognise_container(path) if path.is_file() else ""


def _ask(name: str, look: FirstLook) -> Problem:
    """The problem of a file of which the role is not clear, with the options that say it."""
    roles = look.guess.roles
    if not roles:
        message = f"It is not clear what the file is. Its headings are {', '.join(look.headings[:_SHOWN_HEADINGS])}."
        remedy = "Set kind=table of schools if it is one, or another kind as docs/files.md names it."
        return Problem(table=name, message=message, remedy=remedy)
    kinds = look.guess.kinds or [
        _kind_of(role, is_matrix="column for each school" in look.guess.reason) for role in roles
    ]
    message = f"The file may be used as {' or as '.join(role.replace('_', ' ') for role in roles)}. {look.guess.reason}"
    return Problem(table=name, message=message, remedy=f"Set {' or '.join(f'kind={kind}' for kind in kinds)}.")


def _kind_of(role: str, *, is_matrix: bool) -> str:
    if role == "students":
        return "generic"
    return MATRICES[role] if is_matrix and role in MATRICES else PLAIN_KINDS[role]


def _refuse_students(name: str, heading: str) -> Problem:
    """The problem of a file with students in another role, where messages would quote its cells."""
    message = "The column is one of students: such a file is read as student records only, so that no student is named."
    remedy = "Set kind=generic if the file has a record for each student; otherwise rename or delete the column."
    return Problem(table=name, column=heading, message=message, remedy=remedy)


def _source_file(findings: Findings, ratings: pd.DataFrame | None) -> SourceFile:
    if ratings is None:
        return findings.source_file(unused=findings.unused_headings())
    return source_file_of(findings, ratings)


def _crs_of(files: Sequence[Findings], contents: Contents) -> str:
    """The reference system of the geometry; of coordinates in columns, the one that the options say, or degrees."""
    systems = [findings.table.crs or findings.table.options.crs or "" for findings in files]
    told = next((system for system in systems if system), "")
    return told or ("EPSG:4326" if len(contents.shapes) else "")
