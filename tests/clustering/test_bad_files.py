"""A corpus of faulty files: each is refused, and told where it is wrong and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clustering import InputError, Problem, Scenario, parse_file_options, read_scenario
from clustering.io.tables import NamedFile
from tests.bad_files import (
    BadFile,
    bad_files,
    catchments,
    crosswalk,
    csv,
    edfacts,
    membership,
    old_flows,
    performance,
    students,
)
from tests.clustering.toy_district import toy_flows, toy_schools

CORPUS = list(bad_files())
# Files with identifiers of NCES need schools and flows that have them.
FEDERAL = ("edfacts", "membership")


def federal(table: Any, *columns: str) -> Any:
    return table.assign(**{name: "20000500" + table[name] for name in columns})


def given(folder: Path, role: str, name: str, data: bytes) -> dict[str, Any]:
    """Sound files of every other role, and this one."""

    def written(called: str, content: bytes) -> NamedFile:
        path = folder / f"upload {len(list(folder.iterdir()))}"
        path.write_bytes(content)
        return NamedFile(path, called)

    schools, flows = toy_schools(), toy_flows()
    if role in FEDERAL:
        schools = federal(schools, "school_id")
        flows = federal(flows, "origin", "destination")
    files: dict[str, Any] = {"schools": [written("s.csv", csv(schools))], "flows": [written("f.csv", csv(flows))]}
    this = written(name, data)
    if role in ("schools", "flows"):
        files[role] = [this]
    elif role == "membership":
        files["schools"].append(this)
    elif role == "edfacts":
        files["performance"] = [this]
    elif role == "population":
        files |= {"flows": [], "catchments": both_levels(written), "population": [this]}
    elif role == "catchments":
        high = written("high.geojson", catchments("high"))
        files |= {"flows": [], "catchments": [this, high]}
    elif role == "students":
        files |= {"flows": [], "students": [this]}
    elif role == "crosswalk":
        files |= {"flows": [written("f.csv", csv(old_flows()))], "crosswalk": [this]}
    else:
        files[role] = [this]
    return files


def both_levels(written: Any) -> list[NamedFile]:
    return [written(f"{level}.geojson", catchments(level)) for level in ("middle", "high")]


def problems_of(bad: BadFile, folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        read_scenario(**given(folder, bad.role, bad.name, bad.data), options=bad.options)
    return caught.value.problems


SOUND = {
    "schools": csv(toy_schools()),
    "flows": csv(toy_flows()),
    "performance": csv(performance()),
    "edfacts": csv(edfacts()),
    "membership": csv(membership()),
    "students": csv(students()),
    "crosswalk": csv(crosswalk()),
    "catchments": catchments(),
    "population": b"latitude,longitude,population\n38.5,-97.5,10\n38.6,-96.5,20\n",
}


@pytest.mark.parametrize("role", SOUND)
def test_control_a_sound_file_of_each_kind_is_taken_and_accounted_for(role: str, tmp_path: Path) -> None:
    scenario = read_scenario(**given(tmp_path, role, "sound", SOUND[role]))
    assert isinstance(scenario, Scenario)
    for file in scenario.report.files:
        assert file.rows_used + file.rows_set_aside == file.rows_read
        assert sum(file.set_aside_reasons.values()) == file.rows_set_aside


def test_there_are_enough_of_them() -> None:
    assert len(CORPUS) >= 150
    assert len({(bad.role, bad.name, bad.options) for bad in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("bad", CORPUS, ids=lambda bad: f"{bad.role}: {bad.name} {bad.words}")
def test_a_bad_file_is_told_where_it_is_wrong(bad: BadFile, tmp_path: Path) -> None:
    if bad.name == "sound.csv":  # the option itself is wrong, whatever the file
        with pytest.raises(InputError):
            parse_file_options(bad.options)
        return
    found = problems_of(bad, tmp_path)
    for problem in found:
        assert problem.table
        assert problem.message.endswith((".", "?"))
        assert problem.remedy.endswith(".")
    matching = [problem for problem in found if bad.words.lower() in problem.message.lower()]
    assert matching, [str(problem) for problem in found]
    places = {(problem.row, problem.column, problem.value) for problem in matching}
    assert any(bad.row in (None, row) for row, _, _ in places), places
    assert any(bad.column in (None, column) for _, column, _ in places), places
    assert any(bad.value in (None, value) for _, _, value in places), places


@pytest.mark.parametrize("bad", [bad for bad in CORPUS if bad.role == "students"], ids=lambda bad: bad.name)
def test_no_problem_of_student_records_shows_a_student(bad: BadFile, tmp_path: Path) -> None:
    told = " ".join(str(problem) for problem in problems_of(bad, tmp_path))
    assert not [student for student in students()["student_id"] if student in told]


def test_all_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    chosen = [bad for bad in CORPUS if bad.role in ("schools", "flows", "performance") and bad.value and bad.row]
    roles: dict[str, list[BadFile]] = {}
    for bad in chosen:
        roles.setdefault(bad.role, []).append(bad)
    first = {role: found[0] for role, found in roles.items()}
    files: dict[str, Any] = {}
    for role, bad in first.items():
        path = tmp_path / role
        path.write_bytes(bad.data)
        files[role] = [NamedFile(path, bad.name)]
    with pytest.raises(InputError) as caught:
        read_scenario(**files)
    told = {(problem.table, problem.row, problem.value) for problem in caught.value.problems}
    assert {(bad.name, bad.row, bad.value) for bad in first.values()} <= told
