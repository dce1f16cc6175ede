"""What files are together: how their schools match, what is missing to propose Zones, and the command that does it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clustering.errors import InputError, Problem, keep_examples
from clustering.ingest.described_base import report_with_counts
from clustering.ingest.files_of_names import join_by_name, listed_names
from clustering.ingest.open_files import InputFiles
from clustering.ingest.scenario import read_scenario
from clustering.model.file_checks import FileCheck, FilesCheck, IdentifierMatch
from clustering.readers.file_options import FileOptions, Options, options_for
from clustering.readers.raw_table import NamedSource, name_of
from clustering.readers.text.columns import arrow_texts
from clustering.validation.findings import Findings, positions_of
from clustering.validation.lost_zeros import digits_with_zeros
from clustering.validation.schools.state_identifier_forms import FORMS, state_ids_of

MAXIMUM_EXAMPLES = 100
ROLES_OF_PROPOSALS = (
    *("schools", "flows", "performance", "students", "catchments", "population", "crosswalk", "name_matches"),
    "travel_times",
)
_WITH_FLOWS = ("flows", "students", "catchments")
# Commands that take the same files and one more.
_OTHER_COMMANDS: Mapping[str, tuple[str, str]] = {
    "plan": ("compare", "--plan"),
    "partners": ("match", "--register"),
}
_SHOWN_EXAMPLES = 3


@dataclass(frozen=True)
class CheckedSource:
    """A file with what was found of it: identifiers of schools, tables as they were read, and errors of headings."""

    source: NamedSource
    check: FileCheck
    school_ids: pa.StringArray = field(default_factory=lambda: pa.array([], type=pa.string()))
    findings: tuple[Findings, ...] = ()
    heading_errors: tuple[tuple[Findings, Problem], ...] = ()


def explain_names(checked: Sequence[CheckedSource]) -> list[CheckedSource]:
    """
    Say of files that name schools in words how many names are those of a school in the schools files.

    Parameters
    ----------
    checked
        The files.

    Returns
    -------
    explained
        The same files; the problem of a missing column of identifiers says what to do about the names.
    """
    files: dict[str, list[Findings]] = {"schools": []}
    for each in checked:
        for findings in each.findings:
            files.setdefault(findings.role, []).append(findings)
    heading_errors = [error for each in checked for error in each.heading_errors]
    before = [problem for _, problem in heading_errors]
    problems = list(before)
    join_by_name(InputFiles(files=files, heading_errors=heading_errors), problems)
    new = [problem for problem in problems if problem not in before]
    return [_with_names(each, problems, new) for each in checked]


def _with_names(each: CheckedSource, problems: Sequence[Problem], new: Sequence[Problem]) -> CheckedSource:
    tables = {findings.table.name for findings in each.findings}
    gone = {problem for _, problem in each.heading_errors if problem not in problems}
    more = tuple(problem for problem in new if problem.table in tables)
    if not gone and not more:
        return each
    kept = tuple(problem for problem in each.check.problems if problem not in gone)
    return replace(each, check=replace(each.check, problems=(*more, *kept)))


def put_together(checked: Sequence[CheckedSource], options: Options) -> FilesCheck:
    """
    Compare the files with each other, and read them together if none stands against it.

    Parameters
    ----------
    checked
        The files.
    options
        The user's options.

    Returns
    -------
    check
        Without notes.
    """
    by_role: dict[str, list[CheckedSource]] = {}
    for each in checked:
        if each.check.role is not None:
            by_role.setdefault(each.check.role, []).append(each)
    schools = by_role.get("schools", [])
    readable = [each for each in checked if each.check.is_readable]
    used = {role: [each for each in readable if each.check.role == role] for role in ROLES_OF_PROPOSALS}
    used["schools"] = [each for each in readable if each.check.role in ("schools", "membership")]
    needs_estimate = not any(used[role] for role in _WITH_FLOWS)
    has_schools = any(each.check.role == "schools" for each in used["schools"])
    words = _words(used, options, needs_estimate=needs_estimate)
    problems = _read_together(used, options) if has_schools else ()
    return FilesCheck(
        files=tuple(each.check for each in checked),
        roles={role: tuple(each.check.name for each in by_role[role]) for role in sorted(by_role)},
        matches=tuple(_match(each, schools) for each in checked if _is_compared(each, schools)),
        missing=tuple(_missing(checked, used)),
        command=shlex.join(["zones", "propose", *words]) if has_schools else "",
        other_commands=tuple(
            shlex.join(["zones", command, *words, flag, _shown(each.source)])
            for role, (command, flag) in _OTHER_COMMANDS.items()
            for each in readable
            if each.check.role == role and has_schools
        ),
        problems=problems,
    )


def _is_compared(each: CheckedSource, schools: Sequence[CheckedSource]) -> bool:
    return bool(schools) and each.check.role not in ("schools", None) and len(each.school_ids) > 0


def without_cells(problems: Iterable[Problem]) -> list[Problem]:
    """Problems of student records without the texts of their cells, of which any may be of a student."""
    return [replace(problem, value=None, school_id=None) for problem in problems]


def _match(each: CheckedSource, schools: Sequence[CheckedSource]) -> IdentifierMatch:
    """How the schools of one file are found in the schools files."""
    listed = pc.unique(pa.concat_arrays([school.school_ids for school in schools]))
    ids = each.school_ids
    is_listed = positions_of(ids, listed) >= 0
    left = ~is_listed
    lacks_zeros = left & (digits_with_zeros(ids, listed) > 0)
    left &= ~lacks_zeros
    of_state = left & _is_of_state(ids, schools)
    left &= ~of_state
    names = listed_names([findings for school in schools for findings in school.findings])["name"].str.casefold()
    is_name = left & (positions_of(pc.utf8_lower(ids), arrow_texts(names)) >= 0)
    left &= ~is_name
    return IdentifierMatch(
        name=each.check.name,
        identifiers=len(ids),
        listed=int(is_listed.sum()),
        without_zeros=int(lacks_zeros.sum()),
        of_the_state=int(of_state.sum()),
        names=int(is_name.sum()),
        examples=()
        if each.check.role == "students"
        else tuple(ids.filter(pa.array(left))[:_SHOWN_EXAMPLES].to_pylist()),
    )


def _is_of_state(ids: pa.StringArray, schools: Sequence[CheckedSource]) -> np.ndarray:
    """Whether each identifier is a state's own of a listed school, however it is written."""
    pairs = state_ids_of([findings for school in schools for findings in school.findings])
    found = np.zeros(len(ids), dtype=bool)
    if pairs is None:
        return found
    for form in FORMS:
        found |= positions_of(ids, pairs.in_form(form)[0]) >= 0
    return found


def _read_together(used: Mapping[str, Sequence[CheckedSource]], options: Options) -> tuple[Problem, ...]:
    """What is wrong or doubtful between the files that can be used, read as one scenario."""
    files = [each for of_role in used.values() for each in of_role]
    arguments: dict[str, Any] = {role: [each.source for each in of_role] for role, of_role in used.items()}
    of_files = _options_of(files, options)
    try:
        scenario = read_scenario(**arguments, options=of_files, require_flows=False)
        found: Sequence[Problem] = report_with_counts(scenario).warnings
    except InputError as error:
        found = error.problems
    of_students = {each.check.name for each in used["students"]}
    shown = [each if each.table not in of_students else without_cells([each])[0] for each in found]
    known = {problem for each in files for problem in each.check.problems}
    return keep_examples([problem for problem in shown if problem not in known], MAXIMUM_EXAMPLES)


def _options_of(files: Sequence[CheckedSource], options: Options) -> dict[str, FileOptions]:
    """The options of these files alone, by their names."""
    names = [name_of(each.source) for each in files]
    members = {key: each for key, each in options.items() if any(key.startswith(f"{name}/") for name in names)}
    return {name: options_for(name, options) for name in names} | members


def _missing(checked: Sequence[CheckedSource], used: Mapping[str, Sequence[CheckedSource]]) -> Iterator[str]:
    """What the files lack, in sentences, each with what to do."""
    for each in checked:
        if not each.check.is_readable:
            yield f"{each.check.name} cannot be used yet, and is not in the command: see its problems."
    if not any(each.check.role == "schools" for each in used["schools"]):
        yield "A table of schools is missing: name a file with the id of every school, its grades and its place."
        return
    if not any(used[role] for role in _WITH_FLOWS):
        yield (
            "Flows are missing: add a file of flows, student records or catchments, or estimate them with --estimate,"
            " which needs coordinates."
        )
    if used["flows"] and used["students"]:
        yield "There are both flows and student records, which would count students twice: leave one of them out."
    rated = [each.check for role in ("schools", "performance") for each in used[role]]
    if not any(file.facts.get("schools_with_graduation_rates") for file in rated):
        lists = {name: entries for file in rated for name, entries in file.lists.items()}
        yield "A graduation rate or an official list is missing: without it no school is low-performing." + (
            _how_to_use_list(lists) if lists else " Add a file with a rate or a list by school."
        )
    if not _has_places(used["schools"]):
        yield "Coordinates are missing: there is no map and no distance. Add a file of schools with their coordinates."


def _how_to_use_list(lists: Mapping[str, Sequence[str]]) -> str:
    name, entries = next(iter(lists.items()))
    others = f" (so may be {', '.join(list(lists)[1:])})" if len(lists) > 1 else ""
    option = shlex.quote(f"identification=official:{name}={entries[0]}")
    return f" If {name} is an official list{others}, add --set {option} with the entry that counts."


def _has_places(schools: Sequence[CheckedSource]) -> bool:
    return any(each.check.facts.get("schools_with_coordinates") for each in schools)


def _words(used: Mapping[str, Sequence[CheckedSource]], options: Options, *, needs_estimate: bool) -> list[str]:
    """What is typed behind a command that reads these files."""
    words: list[str] = []
    for role, of_role in used.items():
        for each in of_role:
            words += [f"--{role.replace('_', '-')}", _shown(each.source)]
    files = [each for of_role in used.values() for each in of_role]
    words += ["--estimate"] if needs_estimate and _has_places(used["schools"]) else []
    for name, of_name in options.items():
        is_used = set(name) & set("*?[") or any(
            name == name_of(each.source) or name.startswith(f"{name_of(each.source)}/") for each in files
        )
        for option in _texts_of(of_name) if is_used else ():
            words += ["--read", option if name == "*" else f"{name}:{option}"]
    return words


def _texts_of(options: FileOptions) -> Iterator[str]:
    """Options as they are typed."""
    for name, value in vars(options).items():
        if isinstance(value, Mapping):
            yield from (f"{name}.{key}={entry}" for key, entry in value.items())
        elif value is not None:
            yield f"{name}={value}"


def _shown(source: NamedSource) -> str:
    """A path as the user gave it, or the name of what is no path."""
    return str(source) if isinstance(source, (str, Path)) else name_of(source)
