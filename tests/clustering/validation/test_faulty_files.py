"""A corpus of faulty files: each is refused, and the message says where it is wrong and what to do."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from clustering import InputError, Scenario, parse_file_options, read_scenario
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


def federal(table: Any, *columns: str) -> Any:
    return table.assign(**{name: "20000500" + table[name] for name in columns})


def arguments_of(folder: Path, kind: str, *files: NamedBytes) -> dict[str, Any]:
    """Sound files of every other role, and these."""

    def written(called: str, content: bytes) -> NamedFile:
        path = folder / f"upload {len(list(folder.iterdir()))}"
        path.write_bytes(content)
        return NamedFile(path, called)

    schools, flows = toy_schools(), old_flows() if kind == "crosswalk" else toy_flows()
    if kind in FEDERAL:
        schools, flows = federal(schools, "school_id"), federal(flows, "origin", "destination")
    all_files: dict[str, Any] = {"schools": [written("s.csv", csv(schools))], "flows": [written("f.csv", csv(flows))]}
    these = [written(*file) for file in files]
    role = ROLES.get(kind, kind)
    if role in ("students", "catchments", "population"):
        all_files["flows"] = []
    if role == "catchments":
        these.append(written("high.geojson", catchments("high")))
    if role == "population":
        layers = [written(f"{level}.geojson", catchments(level)) for level in ("middle", "high")]
        all_files["catchments"] = layers
    is_instead = role in ("schools", "flows") and kind == role
    all_files[role] = these if is_instead else [*all_files.get(role, []), *these]
    return all_files


def refusal_of(bad: BadFile, folder: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_scenario(**arguments_of(folder, bad.role, (bad.name, bad.data), *bad.sound_files), options=bad.options)
    return caught.value


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


@pytest.mark.parametrize("name", SOUND)
def test_control_a_sound_file_of_each_kind_is_taken_and_accounted_for(name: str, tmp_path: Path) -> None:
    kind, files = SOUND[name]
    scenario = read_scenario(**arguments_of(tmp_path, kind, *files))
    assert isinstance(scenario, Scenario)
    listed = Counter((row.file, row.reason) for row in scenario.report.set_aside)
    for file in scenario.report.files:
        assert file.rows_read > 0
        assert file.rows_used + file.rows_set_aside == file.rows_read
        assert sum(file.set_aside_reasons.values()) == file.rows_set_aside
        assert {reason: count for (each, reason), count in listed.items() if each == file.name} == dict(
            file.set_aside_reasons
        )


def test_there_are_enough_of_them() -> None:
    assert len(CORPUS) >= 250
    assert len({(bad.role, bad.data, bad.options, bad.sound_files) for bad in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("bad", CORPUS, ids=lambda bad: f"{bad.role}: {bad.name} {bad.words}")
def test_a_faulty_file_gets_the_problems_of_its_fault_and_no_others(bad: BadFile, tmp_path: Path) -> None:
    error = refusal_of(bad, tmp_path)
    errors = [problem for problem in error.problems if problem.is_error]
    for problem in errors:
        assert problem.table == bad.name or bad.column == "snapshot"
        assert problem.message.endswith(".")
        assert problem.remedy.endswith(".")
    exact = [
        problem
        for problem in errors
        if bad.words in problem.message
        and (problem.row, problem.column, problem.value) == (bad.row, bad.column, bad.value)
    ]
    assert len(exact) == 1, list(map(str, errors))
    assert len(errors) == 1 + bad.others, list(map(str, errors))
    if bad.role == "students":
        assert_shows_no_student(error)


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
def test_no_warning_about_sound_student_records_shows_a_student(name: str, tmp_path: Path) -> None:
    kind, files = SOUND[name]
    report = read_scenario(**arguments_of(tmp_path, kind, *files)).report
    assert not [student for student in student_ids() if student in repr(report)]


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
            expected.add((bad.name, bad.row, bad.column, bad.value))
    with pytest.raises(InputError) as caught:
        read_scenario(**files)
    shown = {(problem.table, problem.row, problem.column, problem.value) for problem in caught.value.problems}
    assert len(expected) >= 10
    assert expected <= shown
