"""Students out of final grades and places in entering grades, counted by hand."""

from __future__ import annotations

import pandas as pd

from clustering.flows.cohorts import build_cohorts
from clustering.flows.gravity.parameters import GravityParameters
from tests.examples.small_state import grade_enrolment, make_schools

ASSUMED = GravityParameters(elementary_students_per_grade=10, middle_students_per_grade=20, high_students_per_grade=30)


def cells(table: pd.DataFrame) -> set[tuple[str, int, int]]:
    return set(table[["school_id", "grade", "next_grade"]].itertuples(index=False, name=None))


def test_final_and_entering_grades_follow_from_the_grades_offered() -> None:
    schools = make_schools(
        ("elementary", "PK-5", 0, 0),
        ("kindergartens", "PK-K", 0, 0),
        ("k8", "K-8", 0, 0),
        ("middle", "6-8", 0, 0),
        ("upper", "6-12", 0, 0),
        ("high", "9-12", 0, 0),
        ("ninth", "9", 0, 0),
        ("senior", "10-12", 0, 0),
        ("all", "K-12", 0, 0),
        ("gap", "K-2, 4-5", 0, 0),
        ("preschool", "PK", 0, 0),
        ("adult", "12-13", 0, 0),
    )
    cohorts = build_cohorts(schools, None, ASSUMED)
    assert cells(cohorts.leaving) == {
        ("elementary", 5, 6),
        ("kindergartens", 0, 1),
        ("k8", 8, 9),
        ("middle", 8, 9),
        ("ninth", 9, 10),
        ("gap", 2, 3),
        ("gap", 5, 6),
    }
    assert cells(cohorts.entering) == {
        ("middle", 5, 6),
        ("upper", 5, 6),
        ("high", 8, 9),
        ("ninth", 8, 9),
        ("senior", 9, 10),
        ("gap", 3, 4),
        ("adult", 11, 12),
    }


def test_students_are_known_or_divided_or_assumed() -> None:
    schools = make_schools(
        ("E1", "K-5", 0, 0),
        ("E2", "K-5", 0, 0),
        ("E3", "K-5", 0, 0),
        ("M1", "6-8", 0, 0),
        ("H1", "9-12", 0, 0),
        enrolment_students=[600, 600, None, None, None],
    )
    told = grade_enrolment(("E1", 2021, 5, 80), ("E1", 2022, 5, 90), ("E1", None, 5, 70), ("E1", 2022, 4, 50))
    cohorts = build_cohorts(schools, told.sample(frac=1, random_state=1), ASSUMED)
    students = cohorts.leaving.set_index("school_id")[["students", "source"]].T.to_dict("list")
    assert students == {
        "E1": [90, "grade enrolment"],
        "E2": [100, "enrolment"],
        "E3": [10, "assumed"],
        "M1": [20, "assumed"],
    }
    assert cohorts.entering.set_index("school_id")["students"].to_dict() == {"M1": 20, "H1": 30}
    assert cohorts.notes == (
        "The students of a grade are known for 1 school.",
        "The enrolment was divided evenly over the grades offered for 1 school.",
        (
            "No enrolment is known, and a number of students per grade is assumed (10 in elementary, 20 in middle and"
            " 30 in high schools), for 3 schools."
        ),
    )


def test_a_school_without_students_sends_none() -> None:
    schools = make_schools(("E1", "K-5", 0, 0), ("E2", "K-5", 0, 0), enrolment_students=[0, 60])
    assert build_cohorts(schools, None, ASSUMED).leaving["school_id"].tolist() == ["E2"]
    emptied = build_cohorts(schools, grade_enrolment(("E2", 2022, 5, 0)), ASSUMED)
    assert emptied.leaving.empty


def test_closed_schools_and_schools_without_grades_are_left_out_and_counted() -> None:
    schools = make_schools(
        ("E1", "K-5", 0, 0),
        ("E2", "K-5", 0, 0),
        ("E3", "", 0, 0),
        ("E4", "K-5", 0, 0),
        status=["open", "closed", None, None],
    )
    cohorts = build_cohorts(schools, None, ASSUMED)
    assert cohorts.leaving["school_id"].tolist() == ["E1", "E4"]
    assert cohorts.notes[:2] == ("1 school is closed and left out.", "1 school is without known grades and left out.")
