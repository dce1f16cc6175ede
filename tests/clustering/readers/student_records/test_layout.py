"""Formats of student records are recognised by their headings."""

from __future__ import annotations

from clustering.readers.student_records.layout import recognise_form


def test_forms_are_told_by_headings() -> None:
    assert recognise_form(["STUDENT_ID", "School Year", "School-ID", "Grade"]) == "generic"
    assert recognise_form(["studentUniqueId", "schoolId", "entryDate", "entryGradeLevelDescriptor"]) == "edfi"
    assert recognise_form(["sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role"]) == "oneroster"
    assert recognise_form(["origin", "destination", "grade", "students"]) is None
    assert recognise_form(["ncessch", "sch_name", "lat", "lon"]) is None
