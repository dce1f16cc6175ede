"""Names of areas that no school serves, told from those of schools by the whole name."""

from __future__ import annotations

import pytest

from clustering.validation.rows_without_school.areas import is_name_of_area


@pytest.mark.parametrize(
    "name",
    [
        "Unassigned",
        "UNASSIGNED AREA",
        "Un-assigned",
        "Not Zoned",
        "No school assigned",
        "No Attendance Zone",
        "Open Enrollment Area",
        "Open enrolment",
        "Choice Zone",
        "Choice Area 12",
        "Optional attendance area",
        "Zone of Choice",
        "City-wide choice",
        "Unassigned - HS",
        "Unassigned Elementary",
        "Non-attendance area",
    ],
)
def test_names_of_areas(name: str) -> None:
    assert is_name_of_area(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "S1",
        "060001",
        "Choice Academy",
        "Choices High School",
        "Open Door School",
        "Open Enrollment Charter School",
        "School of Choice",
        "Zoned High School",
        "Options Academy",
        "Notre Dame",
        "Unity High",
        "Citywide Academy",
        "Unassigned School",
    ],
)
def test_names_of_schools(name: str) -> None:
    assert not is_name_of_area(name)
