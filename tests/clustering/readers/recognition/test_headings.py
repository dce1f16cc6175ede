"""What is said of headings that are missing, not there, or there twice; and that the first remedy works."""

from __future__ import annotations

import re

import pytest

from clustering.readers.file_options import FileOptions
from clustering.readers.recognition.headings import RecognisedHeadings, is_known_heading, recognise_headings


def recognised(
    headings: list[str], role: str = "schools", repeated: tuple[str, ...] = (), **columns: str
) -> RecognisedHeadings:
    options = FileOptions(columns=columns)
    return recognise_headings(headings, table="t.csv", role=role, options=options, header_row=3, repeated=repeated)


@pytest.mark.parametrize(
    ("headings", "role", "repeated", "columns"),
    [
        (["sy", "org_code", "org_name", "grad_pct"], "performance", (), {}),
        (["Entity Code", "School Name"], "schools", (), {}),
        (["Feeder", "Receiver", "Pupils"], "flows", (), {}),
        (["Former Code", "New Code"], "crosswalk", (), {}),
        (["Middle School ID", "High School ID", "Pupils"], "flows", (), {}),
        (["From Campus", "To Campus", "Drive Time"], "travel_times", (), {}),
        (["school_id", "name", "name (2)"], "schools", ("name",), {}),
        (["school_id", "Grad Pct"], "schools", (), {"graduation_rate": "grad_pct"}),
        (
            ["school_id", "Share who graduate in time"],
            "schools",
            (),
            {"graduation_rate": "Share who graduates in time"},
        ),
    ],
)
def test_following_the_first_remedies_leads_to_a_file_that_is_read(
    headings: list[str], role: str, repeated: tuple[str, ...], columns: dict[str, str]
) -> None:
    found = recognised(headings, role, repeated, **columns)
    assert found.problems
    for problem in found.problems:
        assert problem.row == 3
        told = re.match(r"Set t\.csv:columns\.(\w+)=(.+?)(?:, or| for| if|\.(?: |$))", problem.remedy)
        assert told is not None, problem.remedy
        columns = {**columns, told[1]: told[2]}
    again = recognised(headings, role, repeated, **columns)
    assert not again.problems
    assert set(columns.items()) <= set(again.headings.items())


def test_a_missing_column_names_the_other_row_and_the_known_headings() -> None:
    (problem,) = recognised(["Colour", "Mascot"]).problems
    assert "Rename the column to school_id" in problem.remedy
    assert "If row 3 does not hold the headings, set t.csv:header_row=NUMBER." in problem.remedy


def test_a_repeated_heading_matters_only_where_it_is_used() -> None:
    headings = ["school_id", "note", "note (2)"]
    assert not recognised(headings, "schools", ("note",)).problems
    (problem,) = recognised(["school_id", "school_id (2)"], "schools", ("school_id",)).problems
    assert "t.csv:columns.school_id=school_id (2) for the second" in problem.remedy
    assert not recognised(["id", "id (2)"], "schools", ("id",), school_id="id (2)").problems


@pytest.mark.parametrize(
    ("heading", "canonical"),
    [
        *(("SCH_ID", "school_id"), ("Campus", "school_id"), ("dbn", "school_id"), ("CDS Code", "school_id")),
        *(("rcdts", "school_id"), ("building_irn", "school_id"), ("Long_Name", "name"), ("gradespan", "grades")),
        *(("School_Latitude", "latitude"), ("School_Longitude", "longitude"), ("enrollment_latest", "enrolment")),
        *(("Grad Pct", "graduation_rate"), ("GradRate", "graduation_rate"), ("pct_graduated", "graduation_rate")),
        *(("org_code", None), ("aggregation_code", None), ("location_code", None), ("system_code", None)),
    ],
)
def test_headings_with_one_plain_meaning_are_read_and_those_of_any_body_are_not(
    heading: str, canonical: str | None
) -> None:
    found = recognised([heading] if canonical == "school_id" else ["ncessch", heading]).headings
    assert found.get(canonical or "school_id") == (heading if canonical else "ncessch")
    assert (heading in found.values()) is (canonical is not None)


@pytest.mark.parametrize(
    ("cell", "is_known"),
    [
        *(("2022 Grad Rate", True), ("SY2021-22 Graduation Rate", True), ("Grad Rate 2022", True)),
        *(("2022", False), ("2022-09-01", False), ("2022 Report", False), ("12/31/2022", False)),
    ],
)
def test_a_known_heading_may_have_its_year_in_front(cell: str, is_known: bool) -> None:
    assert is_known_heading(cell, "performance") is is_known


def test_ends_of_flows_by_year_are_asked_for_together() -> None:
    headings = ["School_ID_Fall2021", "Grade_Fall2021", "School_ID_Fall2022", "Grade_Fall2022", "N"]
    remedy = recognised(headings, "flows").problems[0].remedy
    expected = {"origin": headings[0], "destination": headings[2], "grade": headings[1], "next_grade": headings[3]}
    options = dict(re.findall(r"t\.csv:columns\.(\w+)=(\w+)", remedy))
    assert options == expected
    assert not recognised(headings, "flows", **options).problems


def test_districts_are_no_ends_of_flows() -> None:
    (problem, _) = recognised(["Resident District", "Serving District", "Students"], "flows").problems
    assert problem.message.endswith(
        "Resident District speaks of districts, and feeders are told by flows between schools."
    )
    assert problem.remedy.startswith("Leave the file out")


def test_names_may_stand_in_place_of_identifiers() -> None:
    (problem,) = recognised(["LEA Name", "School Name", "Grades"]).problems
    assert "If no column has identifiers, set t.csv:columns.school_id=LEA Name+School Name:" in problem.remedy
