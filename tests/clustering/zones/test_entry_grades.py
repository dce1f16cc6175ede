"""The students of the grade that a school takes in, worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering import Scenario, read_scenario
from clustering.zones.feeder_sums import sum_flows

SCHOOLS = [("E", "K-5", 300), ("M", "6-8", 300), ("H", "6-12", 700), ("P", "9-12", 400)]
COLUMNS = ["origin", "destination", "grade", "next_grade", "students"]


def district(*flows: tuple[str, str, str, str, str], enrolment: bool = True) -> Scenario:
    schools = pd.DataFrame(SCHOOLS, columns=["school_id", "grades", "enrollment"]).assign(name=list("EMHP"))
    if not enrolment:
        schools = schools.drop(columns="enrollment")
    return read_scenario(schools=schools, flows=pd.DataFrame(flows, columns=COLUMNS))


def entry_grade(scenario: Scenario, school: str) -> tuple[float, float]:
    totals = sum_flows(scenario).totals.loc[school]
    return float(totals["entry_grade_students_read_low"]), float(totals["entry_grade_students_read_high"])


def test_it_is_the_grade_that_promotions_enter() -> None:
    # H offers 6 to 12 and takes in 100 at grade 9; 200 are in its ninth grade, none in its sixth.
    flows = [("M", "H", "8", "9", "100"), ("H", "H", "9", "10", "180"), ("H", "", "9", "", "20")]
    assert entry_grade(district(*flows), "H") == (200, 200)


def test_more_enter_one_grade_than_another() -> None:
    six, nine = ("E", "H", "5", "6", "60"), ("M", "H", "8", "9", "50")
    stays = [("H", "H", "6", "7", "90"), ("H", "H", "9", "10", "130")]
    assert entry_grade(district(six, nine, *stays), "H") == (90, 90)
    assert entry_grade(district(six, ("M", "H", "8", "9", "60"), *stays), "H") == (90, 90)  # as many: the lower one


def test_who_goes_up_inside_the_school_is_taken_off() -> None:
    # Of 200 ninth-graders, 70 were in its eighth grade, and 1 to 9 more.
    flows = [("M", "H", "8", "9", "100"), ("H", "H", "9", "10", "200"), ("H", "H", "8", "9", "70")]
    assert entry_grade(district(*flows), "H") == (130, 130)
    hidden = pd.DataFrame([*flows[:2], ("H", "H", "8", "9", "*")], columns=COLUMNS)
    assert entry_grade(district(*hidden.itertuples(index=False, name=None)), "H") == (191, 199)


@pytest.mark.parametrize(("enrolment", "students"), [(True, 100), (False, 0)])
def test_where_no_flow_has_the_grade_enrolment_does(enrolment: bool, students: float) -> None:
    # 400 students in four grades.
    scenario = district(("M", "P", "8", "9", "40"), enrolment=enrolment)
    assert entry_grade(scenario, "P") == (students, students)


def test_enrolment_says_nothing_of_a_grade_that_the_schools_own_students_enter() -> None:
    assert entry_grade(district(("M", "H", "8", "9", "40")), "H") == (0, 0)


def test_enrolment_is_that_of_a_year_whatever_years_are_averaged() -> None:
    flows = pd.DataFrame([("M", "P", "8", "9", "40")] * 2, columns=COLUMNS).assign(school_year=["2020-21", "2021-22"])
    schools = pd.DataFrame(SCHOOLS, columns=["school_id", "grades", "enrollment"]).assign(name=list("EMHP"))
    assert entry_grade(read_scenario(schools=schools, flows=flows), "P") == (100, 100)


def test_a_school_that_begins_low_has_none() -> None:
    assert entry_grade(district(("E", "M", "5", "6", "40"), ("E", "E", "0", "1", "50")), "E") == (0, 0)
