"""OneRoster sets: users, schools and enrolments of one school year each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from clustering.errors import InputError
from clustering.flows.records.promotions import derive_promotions
from clustering.readers.raw_table import NamedFile
from clustering.readers.student_records import read_student_records
from tests.examples.student_records import counts_of, errors_of, flows_of, write_csv


def write_roster(
    folder: Path, begin: str, end: str, users: Sequence[Sequence[str]], enrollments: Sequence[Sequence[str]]
) -> list[NamedFile]:
    """Users: id, status, identifier, grade. Enrolments: user, school, class, role, status."""
    folder.mkdir()
    write_csv(
        folder / "users.csv",
        [
            (one, status, "", "true", "s1", "student", "Ann", "Smith", identifier, grade)
            for one, status, identifier, grade in users
        ],
        (
            *(
                "sourcedId",
                "status",
                "dateLastModified",
                "enabledUser",
                "orgSourcedIds",
                "role",
                "givenName",
                "familyName",
            ),
            *("identifier", "grades"),
        ),
    )
    write_csv(
        folder / "orgs.csv",
        [
            ("s1", "active", "Oak", "school", "060000100001", "d"),
            ("s2", "active", "Elm", "school", "060000100002", "d"),
            ("d", "", "D", "district", "", ""),
        ],
        ("sourcedId", "status", "name", "type", "identifier", "parentSourcedId"),
    )
    write_csv(
        folder / "enrollments.csv",
        [
            (str(number), status, lesson, school, user, role, "", begin, end)
            for number, (user, school, lesson, role, status) in enumerate(enrollments)
        ],
        (
            *("sourcedId", "status", "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary"),
            *("beginDate", "endDate"),
        ),
    )
    return [NamedFile(folder / name, f"{folder.name}/{name}") for name in ("users.csv", "orgs.csv", "enrollments.csv")]


def test_oneroster_sets_of_two_years(tmp_path: Path) -> None:
    first = write_roster(
        tmp_path / "2021",
        "2021-08-23",
        "2022-05-27",
        [("u1", "active", "077", "05"), ("u2", "", "78", "05"), ("u3", "tobedeleted", "79", "05")],
        [
            ("u1", "s1", "maths", "student", "active"),
            ("u1", "s1", "music", "student", ""),
            ("u1", "s2", "maths", "student", "tobedeleted"),
            ("u2", "s1", "maths", "student", ""),
            ("u3", "s1", "maths", "student", ""),
            ("t1", "s1", "maths", "teacher", ""),
            ("u9", "s1", "maths", "student", ""),
        ],
    )
    second = write_roster(
        tmp_path / "2022",
        "2022-08-22",
        "2023-05-26",
        [("x1", "", "077", "05,06")],  # another sourcedId, the same student
        [("x1", "s2", "maths", "student", ""), ("x1", "s2", "music", "student", "")],
    )
    promotions = derive_promotions(read_student_records([*first, *second]))
    assert flows_of(promotions) == {
        ("060000100001", "060000100002", 5, 6, 2021): 1,
        ("060000100001", None, 5, None, 2021): 1,
    }
    assert counts_of(promotions, "records") == {
        "used": 3,
        "marked to be deleted": 2,
        "role is not student": 1,
        "user is not in the users file": 1,
        "repeats another record": 2,
    }
    assert sum(file.rows for file in promotions.files) == 9
    warned = [problem for problem in promotions.problems if "givenName, familyName" in problem.message]
    assert {problem.table for problem in warned} == {"2021/users.csv", "2022/users.csv"}


def test_oneroster_without_dates_needs_its_year(tmp_path: Path) -> None:
    files = write_roster(tmp_path / "one", "", "", [("u1", "", "", "05")], [("u1", "s1", "maths", "student", "")])
    promotions = derive_promotions(read_student_records(files, school_years={"one/enrollments.csv": "2021-22"}))
    assert promotions.grade_enrolment["year"].tolist() == [2021]
    with pytest.raises(InputError, match="no school year"):
        derive_promotions(read_student_records(files))


def test_oneroster_sets_may_be_told_by_their_folders(tmp_path: Path) -> None:
    sources = []
    for fall in (2021, 2022):
        users = [("u1", "", "", f"{fall - 2016:02d}")]
        enrollments = [("u1", "s1", "maths", "student", "")]
        files = write_roster(tmp_path / str(fall), f"{fall}-08-23", "", users, enrollments)
        sources += [file.path for file in files]
    records = read_student_records(sources)
    assert [file.name for file in records.files] == ["2021/enrollments.csv", "2022/enrollments.csv"]
    assert list(records.files[0].companions) == ["2021/users.csv", "2021/orgs.csv"]
    assert records.files[0].columns["school_id"] == "orgs: identifier"
    assert records.files[0].columns["student_id"] == "userSourcedId"  # no user has an identifier
    assert flows_of(derive_promotions(records)) == {("060000100001", "060000100001", 5, 6, 2021): 1}


def test_a_oneroster_set_must_be_whole(tmp_path: Path) -> None:
    files = write_roster(tmp_path / "one", "", "", [("u1", "", "", "05")], [("u1", "s1", "maths", "student", "")])
    assert "There is no users file" in errors_of(files[1:])[0].message
    again = NamedFile(files[0].path, "one/users_2.csv")
    assert len(read_student_records(files, school_years={"one/enrollments.csv": "2021-22"}).student) == 1
    assert errors_of([*files, again])
