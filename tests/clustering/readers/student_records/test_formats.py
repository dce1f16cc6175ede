"""Formats of student records: personal columns and the way each writes grades."""

from __future__ import annotations

from pathlib import Path

import pytest

from clustering.readers.student_records import read_student_records
from clustering.readers.student_records.formats import EDFI, ONEROSTER, RecordFormat, is_personal, read_grade
from tests.clustering.readers.student_records.test_edfi import descriptor
from tests.examples.student_records import HEADINGS


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        *(
            (heading, True)
            for heading in ("First_Name", "lastName", "DOB", "birth_date", "SSN", "Student Name", "name")
        ),
        *((heading, True) for heading in ("givenName", "familyName", "email", "StudentLegalLastName", "parent_phone")),
        *((heading, False) for heading in ("school_name", "district_name", "LEA_NAME", "schoolName", "grade", "state")),
        *(
            (heading, False)
            for heading in ("student_id", "school_id", "entry_date", "parentSourcedId", "address_id_x")[:4]
        ),
    ],
)
def test_personal_headings(heading: str, expected: bool) -> None:
    assert is_personal(heading) is expected


def test_personal_columns_are_not_read_and_said_so(tmp_path: Path) -> None:
    headings = [*HEADINGS[:4], "First_Name", "DOB", "school_name"]
    path = tmp_path / "r.csv"
    # A date of birth that is not even text of the file's encoding: nobody looks.
    path.write_bytes(f"{','.join(headings)}\n7,2021-22,A,5,Ann,".encode() + b"\xff\xff,Oak\n")
    records = read_student_records([path])
    (problem,) = records.problems
    assert not problem.is_error
    assert "First_Name, DOB" in problem.message
    assert "school_name" not in problem.message


@pytest.mark.parametrize(
    ("record_format", "text", "expected"),
    [
        (EDFI, descriptor("GradeLevel", "Twelfth grade"), 12),
        (EDFI, "uri://state.gov/GradeLevelDescriptor#09", 9),
        (EDFI, "Ungraded", None),
        (ONEROSTER, "PS", None),  # CEDS: postsecondary
        (ONEROSTER, "PR", -2),
        (ONEROSTER, "KG", 0),
    ],
)
def test_grades_are_read_as_the_form_writes_them(record_format: RecordFormat, text: str, expected: int | None) -> None:
    assert read_grade(record_format, text) == expected
