"""A state's own enrolment by grade, a row for each school and grade: no student counts twice."""

from __future__ import annotations

import io

import pandas as pd
import pytest

import clustering as cz
from clustering.errors import Problem
from clustering.ingest.open_files import open_files
from clustering.readers.file_options import parse_file_options
from clustering.validation.enrolment.ccd_membership import Membership


def opened(text: str, *options: str, role: str = "schools") -> tuple[list[Membership], list[Problem]]:
    head, *records = [line.split(",") for line in text.split()]
    frame = pd.DataFrame([[cell.replace("_", " ") for cell in record] for record in records], columns=head)
    problems: list[Problem] = []
    inputs = open_files({role: [frame]}, parse_file_options(options), problems)
    problems += [problem for each in inputs.memberships for problem in each.problems]
    return inputs.memberships, [problem for problem in problems if problem.is_error]


def cells(membership: Membership) -> set[str]:
    rows = membership.grade_enrolment.itertuples(index=False, name=None)
    return {" ".join("?" if pd.isna(cell) else f"{cell}".removesuffix(".0") for cell in row) for row in rows}


READ = [
    ("school_code,school_year,grade,enrollment 1,2022-23,K,20 1,2022-23,1,21 1,2022-23,Total,41 2,2022-23,6,*",
     (), {"1 2022 0 20", "1 2022 1 21", "2 2022 6 ?"}, {"1": 41}),
    ("school_id,Grade_Level,students 1,PK,20 1,UG,3 2,Grade_6,5", (), {"1 ? -1 20", "2 ? 6 5"}, {}),
    # Female students are among all students, and last year's among none of this year's.
    ("school_id,year,grade,subgroup,n_students 1,2022-23,1,All_Students,20 1,2022-23,1,Female,11 1,2021-22,1,Total,22",
     ("columns.students=n_students",), {"1 2022 1 20", "1 2021 1 22"}, {}),
    ("school_id,year,grade,students 1,2023,1,20 1,2023,2,20", ("year_convention=spring",),
     {"1 2022 1 20", "1 2022 2 20"}, {}),
    ("school_id,grade,students 1,1,20 1,2,~ 1,1,20", ("suppressed=~",), {"1 ? 1 20", "1 ? 2 ?"}, {}),
    ("school_id,year,grade,students 1,2022-23,All_Grades,41 1,2021-22,All_Grades,40 1,2022-23,1,41",
     (), {"1 2022 1 41"}, {"1": 41}),
    # The total of all students counts, and not that of some.
    ("school_id,GRADE_CODE,FEMALE_TOTAL,TOTAL 1,KN,9,20 1,01,10,21", (), {"1 ? 0 20", "1 ? 1 21"}, {}),
    ("school_id,Level,Pupils 1,K,20 1,1,21",
     ("kind=table of grade enrolment", "columns.grade=Level"), {"1 ? 0 20", "1 ? 1 21"}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "options", "expected", "totals"), READ)
def test_rows_of_grades_are_read_once(
    text: str, options: tuple[str, ...], expected: set[str], totals: dict[str, int]
) -> None:
    (membership,), errors = opened(text, *options)
    assert not errors
    assert cells(membership) == expected
    assert membership.enrolment.to_dict() == totals
    assert membership.file.role == "membership"


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("school_id,grade,Sex,students 1,1,All,20 1,1,Female,11 1,2,All,9", "rows.Sex=All"),
        ("school_id,year,Grade,students 1,2023,K,20 1,2023,1,20", "year_convention=fall"),
        ("school_id,Grade,students 1,1,20 " + " ".join(f"1,{grade},few" for grade in range(2, 13)), "suppressed=few"),
    ],
)  # fmt: skip
def test_what_is_not_clear_is_asked_and_the_remedy_works(text: str, remedy: str) -> None:
    _, (error, *_) = opened(text)
    assert remedy in error.remedy
    (membership,), errors = opened(text, remedy)
    assert not errors
    assert len(membership.grade_enrolment)


def test_a_table_of_grades_without_known_headings_says_what_to_set() -> None:
    frame = pd.DataFrame({"school_id": ["1", "1"], "Grd": ["K", "1"], "students": ["20", "21"]})
    with pytest.raises(cz.InputError) as caught:
        cz.read_scenario(schools=frame, require_flows=False)
    remedy = caught.value.problems[0].remedy
    assert "kind=table of grade enrolment" in remedy
    assert "columns.grade=Grd" in remedy


@pytest.mark.parametrize(
    "text",
    [
        "school_id,grades,students 1,K-5,20 2,6-8,21",  # a school a row
        "school_id,grade,students 1,K,20 2,6,21",
        "school_id,grade,students 1,K-5,20 1,6-8,21",  # spans
        "school_id,name,grade 1,Oak,9 1,Oak,10",  # no counts
    ],
)
def test_other_tables_of_schools_are_none(text: str) -> None:
    assert opened(text)[0] == []


def test_published_enrolment_is_added_to_the_schools() -> None:
    schools = io.StringIO("school_id,name,grades\n1,Oak,K-5\n")
    enrolment = io.StringIO("school_id,grade,students\n1,K,20\n1,1,21\n1,Total,41\n")
    scenario = cz.read_scenario(schools=[schools, enrolment], require_flows=False)
    assert scenario.schools["enrolment_students"].tolist() == [41]
    assert scenario.grade_enrolment["students"].tolist() == [20, 21]


def test_a_year_under_a_heading_that_is_not_known_is_named_and_read() -> None:
    text = "Bldg_No,Program_Year,grade,students 1,2023,1,20 1,2023,2,21"
    options = ("kind=table of grade enrolment", "columns.school_id=Bldg_No")
    ((membership,), _) = opened(text, *options)
    (warning,) = membership.problems
    assert "Program_Year (like year)" in warning.message
    assert "columns.year=Program_Year" in warning.remedy
    ((read,), _) = opened(text, *options, "columns.year=Program_Year", "year_convention=spring")
    assert (cells(read), read.problems) == ({"1 2022 1 20", "1 2022 2 21"}, ())
