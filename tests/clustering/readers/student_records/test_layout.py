"""Formats of student records are recognised by their headings."""

from __future__ import annotations

from clustering.readers.student_records.layout import likely_required_columns, recognise_format


def test_forms_are_told_by_headings() -> None:
    assert recognise_format(["STUDENT_ID", "School Year", "School-ID", "Grade"]) == "generic"
    assert recognise_format(["studentUniqueId", "schoolId", "entryDate", "entryGradeLevelDescriptor"]) == "edfi"
    assert recognise_format(["sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role"]) == "oneroster"
    assert recognise_format(["origin", "destination", "grade", "students"]) is None
    assert recognise_format(["ncessch", "sch_name", "lat", "lon"]) is None


def test_headings_of_standards_are_known() -> None:
    assert recognise_format(["StudentPersonalRefId", "SchoolInfoRefId", "SchoolYear", "YearLevel"]) == "generic"  # SIF
    assert recognise_format(["Student Identifier", "School Identifier", "Entry Grade Level"]) == "generic"  # CEDS
    assert recognise_format(["STN", "SchoolID", "GradeLevelDescriptor"]) == "generic"  # Indiana
    assert recognise_format(["STUDENT-ID", "CAMPUS-ID-OF-ENROLLMENT", "GRADE-LEVEL-CODE"]) == "generic"  # Texas


def test_likely_headings_are_named_and_no_cell_of_a_student_is() -> None:
    headings = ["Pupil Number", "Home School ID", "Current School ID", "Current Grade"]
    likely = {"student_id": "Pupil Number", "school_id": "Current School ID", "grade": "Current Grade"}
    assert likely_required_columns(headings) == likely
    assert likely_required_columns(["1234", "Alder School 5", "Grade 9", "Grace Grade"]) == {}
