"""A corpus of faulty files: each is refused, and the message says where it is wrong and what to do."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from clustering import InputError, Problem, Scenario, parse_file_options, read_scenario
from clustering.readers.raw_table import NamedFile
from tests.examples.sound_files import (
    NamedBytes,
    calpads_rows,
    catchments,
    crosswalk,
    csv,
    edfacts,
    edfi_table,
    flow_matrix,
    lines,
    long_rates,
    membership,
    old_flows,
    performance,
    population,
    roster_files,
    state_list,
    student_ids,
    students,
    travel_times,
    wide_membership,
)
from tests.examples.toy_district import toy_flows, toy_schools
from tests.faulty_files.bad_file import BadFile
from tests.faulty_files.faulty_student_records import bad_student_files
from tests.faulty_files.faulty_tables import bad_files
from tests.faulty_files.followed_remedies import follow
from tests.faulty_files.strange_cells import STRANGE_CELLS, strange_table

CORPUS = [*bad_files(), *bad_student_files()]
# The parameter of read_scenario that takes each kind of file.
ROLES = {
    "edfacts": "performance",
    "long rates": "performance",
    "state list": "performance",
    "membership": "schools",
    "wide membership": "schools",
}
# Files with identifiers of NCES need schools and flows that have them.
FEDERAL = ("edfacts", "long rates", "membership", "wide membership")
TABLES = ("schools", "flows", "rates", "performance", "grade_enrolment", "travel_times", "contiguity")
# What differs from the sound scenario where following the remedy does not give back the sound file: a count is hidden
# or another one, a rate in another unit, an identifier with a zero more is that of another school.
OTHERWISE: Mapping[str, set[str]] = {
    **{f"flows {number} students.csv": {"flows"} for number in range(1, 10)},
    **{f"flows {number}.csv": {"flows"} for number in ("14 origin", "17 destination", "18 destination")},
    **{f"travel_times {number} minutes.csv": {"travel_times"} for number in range(4)},
    "edfacts 0 NCESSCH.csv": {"rates", "performance"},
    "long rates 0 NCESSCH.csv": {"rates"},
    "schools, heading twice.csv": {"schools"},
    "schools, no known column.csv": {"schools", "flows", "rates", "performance"},
    "flows, no known column.csv": {"flows"},
    "flows, blank rows between.csv": {"flows"},
    "both units.csv": {"rates", "performance"},
    "dates.csv": {"rates", "performance"},
    "ones.csv": {"rates", "performance"},
    "matrix.csv": {"flows"},
    "bare year 1.csv": {"flows"},
    "table.csv": {"flows", "contiguity"},
    "wrong.csv": {"schools"},
    "ascii.csv": {"schools"},
    "no entry.csv": {"schools", "flows", "rates", "performance"},
    "header.csv": {"schools", "rates", "performance"},
    "a year between.csv": {"flows", "grade_enrolment"},
    "bytes.csv": {"flows", "grade_enrolment"},
}
# All files of such a role make one table, in which the rows of one faulty file would contradict those of another.
READ_ALONE = ("crosswalk", "students")


def federal(table: Any, *columns: str) -> Any:
    return table.assign(**{name: "20000500" + table[name] for name in columns})


@cache
def sound_files_beside(kind: str) -> dict[str, tuple[NamedBytes, ...]]:
    """Sound files of every other role, and the sound files without which those of this kind are refused."""
    schools, flows = toy_schools(), old_flows() if kind == "crosswalk" else toy_flows()
    if kind in FEDERAL:
        schools, flows = federal(schools, "school_id"), federal(flows, "origin", "destination")
    files: dict[str, tuple[NamedBytes, ...]] = {
        "schools": (("s.csv", csv(schools)),),
        "flows": (("f.csv", csv(flows)),),
    }
    if kind in ("students", "catchments", "population"):
        files["flows"] = ()
    if kind == "catchments":
        files["catchments"] = (("high.geojson", catchments("high")),)
    if kind == "population":
        files["catchments"] = tuple((f"{level}.geojson", catchments(level)) for level in ("middle", "high"))
    return files


def arguments_of(folder: Path, kind: str, *files: NamedBytes) -> dict[str, list[NamedFile]]:
    """Sound files of every other role, and these."""

    def written(called: str, content: bytes) -> NamedFile:
        path = folder / f"upload {len(list(folder.iterdir()))}"
        path.write_bytes(content)
        return NamedFile(path, called)

    all_files = dict(sound_files_beside(kind))
    role = ROLES.get(kind, kind)
    is_instead = role in ("schools", "flows") and kind == role
    all_files[role] = files if is_instead else (*all_files.get(role, ()), *files)
    return {each: [written(*file) for file in of_role] for each, of_role in all_files.items()}


def refusal_of(folder: Path, *bad_files: BadFile) -> InputError | None:
    """What is said about faulty files of one kind that are read together, among sound ones."""
    files = [file for bad in bad_files for file in ((bad.name, bad.data), *bad.sound_files)]
    options = [option for bad in bad_files for option in bad.options]
    try:
        read_scenario(**arguments_of(folder, bad_files[0].role, *files), options=options)
    except InputError as error:
        return error
    return None


def errors_by_file(kind: str, new_folder: Callable[[], Path]) -> Mapping[str, Sequence[Problem]]:
    """
    The errors of all faulty files of a kind, which are read together.

    A file that cannot be opened is refused before the cells of the others are looked at; so those that were not
    refused are read again without it, until every one has been refused or the rest is taken.
    """
    errors: dict[str, list[Problem]] = defaultdict(list)
    waiting = [bad for bad in CORPUS if bad.role == kind]
    assert len({bad.name for bad in waiting}) == len(waiting)
    while waiting and (refusal := refusal_of(new_folder(), *waiting)) is not None:
        found = [problem for problem in refusal.problems if problem.is_error]
        assert {problem.table for problem in found} <= {bad.name for bad in waiting}, list(map(str, found))
        for problem in found:
            errors[problem.table].append(problem)
        waiting = [bad for bad in waiting if bad.name not in errors]
    return errors


@pytest.fixture(scope="module")
def errors_of_kind(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Mapping[str, Sequence[Problem]]]:
    """The errors of the faulty files of a kind, by file; each kind is read once."""
    return cache(lambda kind: errors_by_file(kind, lambda: tmp_path_factory.mktemp("together")))


@pytest.fixture(scope="module")
def refusal_alone(tmp_path_factory: pytest.TempPathFactory) -> Callable[[BadFile], InputError | None]:
    """What is said about a faulty file of a kind of which each file is read alone; it is read once."""
    refusal = cache(lambda number: refusal_of(tmp_path_factory.mktemp("alone"), CORPUS[number]))
    return lambda bad: refusal(CORPUS.index(bad))


SOUND: dict[str, tuple[str, list[NamedBytes]]] = {
    "schools": ("schools", [("s.csv", csv(toy_schools()))]),
    "flows": ("flows", [("f.csv", csv(toy_flows()))]),
    "flow matrix": ("flows", [("f.csv", csv(flow_matrix()))]),
    "rates": ("performance", [("p.csv", csv(performance()))]),
    "EDFacts": ("edfacts", [("p.csv", csv(edfacts()))]),
    "EDFacts, long": ("long rates", [("p.csv", csv(long_rates()))]),
    "a state's list": ("state list", [("p.csv", csv(state_list()))]),
    "membership": ("membership", [("m.csv", csv(membership()))]),
    "membership, wide": ("wide membership", [("m.csv", csv(wide_membership()))]),
    "crosswalk": ("crosswalk", [("c.csv", csv(crosswalk()))]),
    "catchments": ("catchments", [("m.geojson", catchments())]),
    "travel times": ("travel_times", [("t.csv", csv(travel_times()))]),
    "population": ("population", [("p.csv", csv(population()))]),
    "students": ("students", [("r.csv", csv(students()))]),
    "students, Ed-Fi": ("students", [("r.csv", csv(edfi_table()))]),
    "students, CALPADS": ("students", [("r.txt", lines(calpads_rows(), "^"))]),
    "students, OneRoster": ("students", roster_files()),
}


@pytest.fixture(scope="module")
def sound_scenario(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Scenario]:
    """What is made of the sound files of a kind; each kind is read once."""

    def read(name: str) -> Scenario:
        kind, files = SOUND[name]
        return read_scenario(**arguments_of(tmp_path_factory.mktemp("sound"), kind, *files))

    return cache(read)


@pytest.mark.parametrize("name", SOUND)
def test_control_a_sound_file_of_each_kind_is_taken_and_accounted_for(
    name: str, sound_scenario: Callable[[str], Scenario]
) -> None:
    scenario = sound_scenario(name)
    assert isinstance(scenario, Scenario)
    listed = Counter((row.file, row.reason) for row in scenario.report.set_aside)
    for file in scenario.report.files:
        assert file.rows_read > 0
        assert file.rows_used + file.rows_set_aside == file.rows_read
        assert sum(file.set_aside_reasons.values()) == file.rows_set_aside
        assert {reason: count for (each, reason), count in listed.items() if each == file.name} == dict(
            file.set_aside_reasons
        )


@pytest.mark.parametrize("bad", CORPUS, ids=lambda bad: f"{bad.role}: {bad.name} {bad.words}")
def test_a_faulty_file_is_read_once_its_remedies_are_followed(
    bad: BadFile,
    tmp_path: Path,
    errors_of_kind: Callable[[str], Mapping[str, Sequence[Problem]]],
    refusal_alone: Callable[[BadFile], InputError | None],
    sound_scenario: Callable[[str], Scenario],
) -> None:
    error = refusal_alone(bad) if bad.role in READ_ALONE else None
    errors = error.problems if error else errors_of_kind(bad.role).get(bad.name, ())

    def read(is_edited: bool, options: Sequence[str]) -> Scenario:
        data = bad.mended if is_edited and bad.mended is not None else bad.data
        others = bad.added if is_edited else bad.sound_files
        given = bad.later_options if is_edited and bad.later_options is not None else options
        sound = [
            name for name, (kind, files) in SOUND.items() if kind == bad.role and [data] == [each for _, each in files]
        ]
        if sound and not (others or given):
            return sound_scenario(sound[0])
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        return read_scenario(**arguments_of(folder, bad.role, (bad.name, data), *others), options=given)

    can_edit = bad.mended is not None or bad.later_options is not None
    scenario, _ = follow(read, bad.name, options=bad.options, by_hand=bad.by_hand, can_edit=can_edit, refusal=errors)
    others = [sound_scenario(name) for name, (kind, _) in SOUND.items() if kind == bad.role]
    assert min((tables_that_differ(scenario, other) for other in others), key=len) == OTHERWISE.get(bad.name, set())


def tables_that_differ(scenario: Scenario, other: Scenario) -> set[str]:
    """Names of the tables of two scenarios that are not the same."""
    pairs = {name: (getattr(scenario, name), getattr(other, name)) for name in TABLES}
    return {name for name, (one, two) in pairs.items() if one is not two and not one.equals(two)}


def test_there_are_enough_of_them() -> None:
    strange = sum(len(values) for cells in STRANGE_CELLS.values() for _, _, values in cells)
    assert len(CORPUS) + strange >= 250
    assert len({(bad.role, bad.data, bad.options, bad.sound_files) for bad in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("bad", CORPUS, ids=lambda bad: f"{bad.role}: {bad.name} {bad.words}")
def test_a_faulty_file_gets_the_problems_of_its_fault_and_no_others(
    bad: BadFile,
    errors_of_kind: Callable[[str], Mapping[str, Sequence[Problem]]],
    refusal_alone: Callable[[BadFile], InputError | None],
) -> None:
    if bad.role in READ_ALONE:
        error = refusal_alone(bad)
        assert error is not None
        errors = [problem for problem in error.problems if problem.is_error]
        if bad.role == "students":
            assert_shows_no_student(error)
    else:
        errors = list(errors_of_kind(bad.role).get(bad.name, ()))
    for problem in errors:
        assert problem.table == bad.name or bad.column == "snapshot"
        assert problem.message.endswith(".")
        assert problem.remedy.endswith(".")
    exact = [
        problem
        for problem in errors
        if bad.words in problem.message
        and (problem.row, problem.column, problem.value) == (bad.row, bad.column, shown(bad.words, bad.value))
    ]
    assert len(exact) == 1, list(map(str, errors))
    assert len(errors) == 1 + bad.others, list(map(str, errors))


def shown(words: str, value: str | None) -> str | None:
    """What of a cell may be shown: of a number of students nothing with a digit."""
    counts = ("number of students", "number of people", "size of the cohort", "number of graduates")
    is_count = any(each in words for each in counts)
    return None if is_count and re.search(r"\d", value or "") else value


@pytest.mark.parametrize("role", STRANGE_CELLS)
def test_a_strange_cell_costs_only_itself(role: str, tmp_path: Path) -> None:
    scenario = read_scenario(**arguments_of(tmp_path, role, ("strange.csv", csv(strange_table(role)))))
    warnings = {
        (warning.row, warning.column, warning.value, words)
        for warning in scenario.report.warnings
        for _, words, _ in STRANGE_CELLS[role]
        if words in warning.message
    }
    expected = {
        (place + 2, column, shown(words, value), words)
        for column, words, values in STRANGE_CELLS[role]
        for place, value in enumerate(values)
    }
    assert expected <= warnings
    assert all(warning.remedy.endswith(".") for warning in scenario.report.warnings)


def assert_shows_no_student(error: InputError) -> None:
    text = f"{error} {error!r} {error.problems!r}"
    assert not [student for student in student_ids() if student in text]


@pytest.mark.parametrize("option", ["flavour=1", "no sign", "has_header=perhaps", "header_row=0", "delimiter=x"])
def test_an_option_that_is_none_is_refused(option: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_file_options([f"sound.csv:{option}", "sound.csv:encoding=utf-8"])
    (problem,) = caught.value.problems
    assert (problem.table, problem.column) == ("options", option.split("=", maxsplit=1)[0])
    assert problem.message.endswith(".")
    assert problem.remedy.endswith(".")


@pytest.mark.parametrize("name", [name for name in SOUND if name.startswith("students")])
def test_no_warning_about_sound_student_records_shows_a_student(
    name: str, sound_scenario: Callable[[str], Scenario]
) -> None:
    report = repr(sound_scenario(name).report)
    assert not [student for student in student_ids() if student in report]


def test_all_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    kinds = ("schools", "flows", "performance", "state list")
    chosen = [
        bad for bad in CORPUS if bad.role in kinds and bad.row and bad.value and not (bad.others or bad.sound_files)
    ]
    expected: set[tuple[str, int | None, str | None, str | None]] = set()
    files: dict[str, list[NamedFile]] = {"schools": [], "flows": [], "performance": []}
    for kind in kinds:
        for number, bad in enumerate([bad for bad in chosen if bad.role == kind][:3]):
            path = tmp_path / f"{kind} {number}"
            path.write_bytes(bad.data)
            files[ROLES.get(kind, kind)].append(NamedFile(path, bad.name))
            expected.add((bad.name, bad.row, bad.column, shown(bad.words, bad.value)))
    with pytest.raises(InputError) as caught:
        read_scenario(**files)
    found = {(problem.table, problem.row, problem.column, problem.value) for problem in caught.value.problems}
    assert len(expected) >= 10
    assert expected <= found
