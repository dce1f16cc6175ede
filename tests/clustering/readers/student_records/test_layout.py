"""Formats of student records are recognised by their headings."""

from __future__ import annotations

from clustering.readers.student_records.layout import recognise_format


def test_forms_are_told_by_headings() -> None:
    assert recognise_format(["STUDENT_ID", "School Year", "School-ID", "Grade"]) == "generic"
    assert recognise_format(["studentUniqueId", "schoolId", "entryDate", "entryGradeLevelDescriptor"]) == "edfi"
    assert recognise_format(["sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role"]) == "oneroster"
    assert recognise_format(["origin", "destination", "grade", "students"]) is None
    assert recognise_format(["ncessch", "sch_name", "lat", "lon"]) is None
