"""Columns that look like known ones by their words and their cells."""

from __future__ import annotations

import pytest

from clustering.readers.recognition.likely_columns import holds_likely_cells, likely_columns, likely_headings
from clustering.readers.recognition.rate_headings import order_of_rates, paired_counts


@pytest.mark.parametrize(
    ("role", "heading", "canonical"),
    [
        ("schools", "Graduation_Rate_School", "graduation_rate"),
        ("performance", "grad_pct", "graduation_rate"),
        ("performance", "% Graduated", "graduation_rate"),
        ("performance", "PercentGraduated4Year", "graduation_rate"),
        ("performance", "5-Year Grad Rate", "five_year_graduation_rate"),
        ("performance", "4-Year Adjusted Cohort Graduation Rate", "graduation_rate"),
        ("performance", "GRADUATION_RATE_4YR_COHORT", "graduation_rate"),
        ("performance", "Total Grads Pct Of Cohort", "graduation_rate"),
        ("performance", "Graduation Rate Cohort Count", None),
        ("performance", "Gradrate_Color_Pct", None),
        ("performance", "Graduation Rate Target", None),
        ("performance", "Dropout Rate", None),
        ("performance", "Grade Rate", None),
        ("schools", "School_Latitude", "latitude"),
        ("schools", "Geo Long", "longitude"),
        ("schools", "plateau", None),
        ("schools", "Student_Count_Total", "enrolment"),
        ("schools", "Total Enrollment (Male)", None),
        ("schools", "Total", "enrolment"),
        ("schools", "ENR_TOTAL", "enrolment"),
        ("schools", "Total_K12", "enrolment"),
        ("schools", "Headcount", "enrolment"),
        ("schools", "Projected Enrollment", None),
        ("schools", "Pupil Count 2023-2024", "enrolment"),
        ("schools", "ADM", "enrolment"),
        ("schools", "Closed", "status"),
        ("schools", "Y_WGS84", "latitude"),
        ("schools", "X_NAD83", "longitude"),
        ("performance", "Number of Students in 4-Year Cohort", "cohort"),
        ("performance", "Cohort Year", "year"),
        ("catchments", "GradeLevel", "grades"),
        ("catchments", "GRD_RNG", "grades"),
        ("catchments", "SCHL_TYPE", "level"),
        ("schools", "Student Capacity Count", None),
        ("schools", "BUILDINGCODE", "school_id"),
        ("flows", "Resident District Number", None),
        ("flows", "High School DBN", "destination"),
        ("schools", "Total Male", None),
        ("schools", "Total Points", None),
        ("schools", "Campus Number", "school_id"),
        ("schools", "DBN", "school_id"),
        ("schools", "gradespan", "grades"),
        ("schools", "Low Grade Level", "lowest_grade"),
        ("schools", "Dist Code", "district_id"),
        ("schools", "Congressional District", None),
        ("schools", "Long_Name", "name"),
        ("flows", "Sending Site", "origin"),
        ("flows", "Next Year Campus", "destination"),
        ("flows", "Origin Year", "year"),
        ("flows", "Receiving Campus", "destination"),
        ("flows", "Pupils", "students"),
        ("flows", "FEMALE_TOTAL", None),
        ("schools", "CO_DIST_SCH", "school_id"),
        ("crosswalk", "Former Code", "old_id"),
        ("travel_times", "Drive Time", "travel_time"),
        ("schools", "Phone", None),
        ("schools", "Mascot", None),
        ("schools", "SHAPE_Area", None),
    ],
)
def test_what_a_heading_looks_like(role: str, heading: str, canonical: str | None) -> None:
    assert likely_columns([heading], role, found=()).get(heading) == canonical


def test_columns_that_the_file_has_are_not_looked_for_except_further_rates() -> None:
    headings = ["School_Latitude", "Grad Rate EL"]
    assert likely_columns(headings, "schools", found={"latitude", "graduation_rate"}) == {
        "Grad Rate EL": "graduation_rate"
    }


@pytest.mark.parametrize(
    ("canonical", "cells", "fits"),
    [
        ("graduation_rate", ["61.5", "91%", ">=95", "*", "60-69", ".61", "GE95"], True),
        ("graduation_rate", ["high", "low"], False),
        ("graduation_rate", ["61.0", "^", "RV", "IS", "90"], True),  # marks of the state
        ("graduation_rate", ["61%", "<10 students", "fewer than 10", "10 or fewer"], True),
        ("graduation_rate", ["3", "1", "5"], False),  # points
        ("graduation_rate", ["62.5", "104.0", "131.9"], False),  # an index
        ("graduates", ["61", "^", "99"], True),
        ("latitude", ["42.10", "", "41.99"], True),
        ("latitude", ["3", "4"], False),
        ("enrolment", ["800", "1,200", "n/a"], True),
        ("enrolment", ["61.5"], False),
        ("school_id", ["010205", "A-12"], True),
        ("school_id", ["Alder High"], False),
        ("grades", ["9-12", "K-5"], True),
        ("grades", ["see note"], False),
        ("school_year", ["2022-23", "SY2023"], True),
        ("name", ["Alder High"], True),
        ("name", ["5201"], False),
        ("enrolment", ["", "*"], None),
    ],
)
def test_what_its_cells_look_like(canonical: str, cells: list[str], fits: bool | None) -> None:
    assert holds_likely_cells(canonical, cells) is fits


def test_a_long_cell_with_a_line_break_is_compared_in_one_pass() -> None:
    assert holds_likely_cells("name", ["abc " * 500_000 + "\nx"]) is True  # or this test takes hours


def test_the_name_of_a_district_is_no_school() -> None:
    headings = ["School System Code", "School Corporation ID", "Site Code", "School/School System Code"]
    assert likely_headings("school_id", headings) == ["Site Code", "School/School System Code"]
    assert likely_headings("district_id", headings) == ["School System Code", "School Corporation ID"]


@pytest.mark.parametrize(
    ("graduates", "cohorts", "pair"),
    [
        (["GRADUATES", "GRADUATES_4YR_COHORT"], ["ADJUSTED_4YR_COHORT"], (1, 0)),
        (["Graduates"], ["Cohort 4 Year"], None),
        (["Graduates (5 years)"], ["Five-Year Cohort"], None),  # true, but no four-year rate
        (["Black Graduates", "All Graduates"], ["Black Cohort", "Cohort Size"], (1, 1)),
        (["Graduates 2023", "Graduates 2024"], ["Cohort 2024"], (1, 0)),
        (["Number of Graduates"], ["Adjusted Cohort Count"], (0, 0)),
        ([], ["Cohort"], None),
    ],
)
def test_graduates_are_paired_with_the_cohort_of_the_same_students(
    graduates: list[str], cohorts: list[str], pair: tuple[int, int] | None
) -> None:
    expected = None if pair is None else (graduates[pair[0]], cohorts[pair[1]])
    assert paired_counts(graduates, cohorts) == expected


def test_the_rate_of_all_students_in_four_years_comes_first() -> None:
    headings = ["5-Year Grad Rate", "Black Grad Rate", "Overall Grad Rate", "4-Year Grad Rate"]
    assert sorted(headings, key=order_of_rates)[:2] == ["Overall Grad Rate", "4-Year Grad Rate"]
