"""Which heading of a file stands for which canonical column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from clustering.errors import Problem
from clustering.io.tables import RawTable

# For each canonical column the headings analysts use, best first. Compared in lower case, other signs as "_", and
# without the school year that EDGE and EDFacts hang behind a name (LAT1516, ALL_RATE_1415).
SCHOOL_ALIASES: Mapping[str, Sequence[str]] = {
    "school_id": (
        *("school_id", "ncessch", "nces_school_id", "nces_id", "nces_sch_id", "school_code", "schoolid", "schoolcode"),
        *("school_number", "st_schid", "state_school_id", "id"),
    ),
    "name": ("name", "school_name", "sch_name", "schnam", "schoolname", "school"),
    "latitude": ("latitude", "lat", "latcod", "y"),
    "longitude": ("longitude", "lon", "long", "lng", "loncod", "x"),
    "grades": ("grades", "grades_offered", "grades_served", "grade_span"),
    "lowest_grade": ("lowest_grade", "gslo", "grade_low", "low_grade", "lowest_grade_offered", "grade_from"),
    "highest_grade": ("highest_grade", "gshi", "grade_high", "high_grade", "highest_grade_offered", "grade_to"),
    "enrolment": ("enrolment", "enrollment", "enrolment_students", "member", "membership", "total_enrollment"),
    "district_id": ("district_id", "leaid", "lea_id", "lea_code", "district_code"),
    "district_name": ("district_name", "lea_name", "leanm", "district"),
    "status": ("status", "sy_status_text", "school_status", "updated_status_text"),
}
FLOW_ALIASES: Mapping[str, Sequence[str]] = {
    "origin": (
        *("origin", "origin_id", "origin_school", "origin_school_id", "origin_ncessch", "from", "from_school"),
        *("from_school_id", "sending_school", "sending_school_id", "school_id", "school_code", "ncessch"),
    ),
    "destination": (
        *("destination", "destination_id", "destination_school", "destination_school_id", "destination_ncessch"),
        *("to", "to_school", "to_school_id", "receiving_school", "receiving_school_id", "new_school_id"),
        *("new_school_code", "next_school_id", "next_school"),
    ),
    "grade": ("grade", "origin_grade", "from_grade", "grade_level"),
    "next_grade": ("next_grade", "new_grade", "destination_grade", "to_grade"),
    "year": ("year", "school_year", "ea_year", "origin_year"),
    "students": ("students", "student_count", "count", "promoted_students", "number_of_students", "n"),
}
PERFORMANCE_ALIASES: Mapping[str, Sequence[str]] = {
    "school_id": SCHOOL_ALIASES["school_id"],
    "graduation_rate": ("graduation_rate", "grad_rate", "acgr", "all_rate", "acgr_rate", "four_year_graduation_rate"),
}

REQUIRED = {
    "schools": ("school_id",),
    "flows": ("origin", "destination", "students"),
    "performance": ("school_id",),
}
ALIASES = {"schools": SCHOOL_ALIASES, "flows": FLOW_ALIASES, "performance": PERFORMANCE_ALIASES}
_GRADE_OFFERED = re.compile(r"G_(\w+)_OFFERED", re.IGNORECASE)


def recognise_headings(table: RawTable, role: str) -> tuple[dict[str, str], list[Problem]]:
    """
    Find the heading of each canonical column.

    Parameters
    ----------
    table
        Cells as text.
    role
        ``schools``, ``flows`` or ``performance``.

    Returns
    -------
    headings
        Canonical name to heading, for the columns present.
    problems
        One for each required column that no heading stands for.
    """
    keys: dict[str, str] = {}
    for heading in table.cells.columns:
        keys.setdefault(_key(heading), heading)
        keys.setdefault(re.sub(r"_?\d{2}(\d{2})?$", "", _key(heading)), heading)
    headings = {
        canonical: keys[alias]
        for canonical, aliases in ALIASES[role].items()
        if (alias := next((alias for alias in aliases if alias in keys), None)) is not None
    }
    problems = [
        Problem(
            table=table.name,
            row=1,
            column=canonical,
            message=f"No column of this {role} file gives {canonical}; it has {', '.join(table.cells.columns[:30])}.",
            remedy=f"Rename the column to {canonical} or to one of {', '.join(ALIASES[role][canonical][:6])}.",
        )
        for canonical in REQUIRED[role]
        if canonical not in headings
    ]
    return headings, problems


def grade_columns(table: RawTable) -> dict[str, str]:
    """Headings of CCD's ``G_*_OFFERED`` columns, with the grade each names (``PK``, ``KG``, ``1`` ...)."""
    matches = {heading: _GRADE_OFFERED.fullmatch(heading) for heading in table.cells.columns}
    return {heading: match.group(1) for heading, match in matches.items() if match}


def is_grade_heading(heading: str) -> bool:
    """Whether a heading is one of CCD's ``G_*_OFFERED``."""
    return _GRADE_OFFERED.fullmatch(heading) is not None


def _key(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", heading.lower()).strip("_")
