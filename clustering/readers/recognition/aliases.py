"""
The headings in use for each canonical column, by role of the file.

To add a heading of a state, add it to the aliases of its column, in the order of preference. Those of schools, of
capacity and of conditions are in files of their own beside this one. ``model/columns.py`` documents the columns of the
finished tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clustering.readers.recognition.capacity_aliases import PARTNER_ALIASES, PREFERENCE_ALIASES, ZONE_NEED_ALIASES
from clustering.readers.recognition.conditions_aliases import (
    ASSESSMENT_ALIASES,
    CHECKLIST_ALIASES,
    CONDITION_ALIASES,
    INDICATOR_SET_ALIASES,
    PROGRESS_ALIASES,
)
from clustering.readers.recognition.feeder_aliases import FEEDER_ALIASES
from clustering.readers.recognition.school_aliases import (
    GRADE_ENROLMENT_ALIASES,
    PERFORMANCE_ALIASES,
    PLAN_ALIASES,
    SCHOOL_ALIASES,
)

FLOW_ALIASES: Mapping[str, Sequence[str]] = {
    "origin": (
        *("origin", "origin_id", "origin_school_id", "origin_ncessch", "origin_school", "from", "from_school_id"),
        *("from_school", "sending_school_id", "sending_school_code", "sending_school", "feeder_school_id"),
        *("feeder_school_code", "feeder_school_dbn", "residence_school_id", "residence_school", "resident_school_id"),
        *("resident_school", "resides_school", "school_of_residence", "attendance_area_school_id"),
        *("attendance_area_school", "home_school_id", "home_school", "zoned_school_id", "zoned_school"),
        *("assigned_school_id", "assigned_school", "school_id", "school_code", "ncessch"),
    ),
    "destination": (
        *("destination", "destination_id", "destination_school_id", "destination_ncessch", "destination_school", "to"),
        *("to_school_id", "to_school", "receiving_school_id", "receiving_school_code", "receiving_school"),
        *("new_school_id", "new_school_code", "next_school_id", "next_school", "attended_school_id"),
        *("attended_school", "school_attended", "attending_school_id", "attending_school", "attends_school"),
        *("school_of_attendance", "enrolled_school_id", "enrolled_school", "school_enrolled", "school_of_enrolment"),
    ),
    "grade": ("grade", "origin_grade", "from_grade", "grade_level"),
    "next_grade": ("next_grade", "new_grade", "destination_grade", "to_grade"),
    "year": ("year", "school_year", "ea_year", "origin_year", "fall_year", "spring_year"),
    "students": ("students", "student_count", "count", "promoted_students", "number_of_students", "n"),
}
CATCHMENT_ALIASES: Mapping[str, Sequence[str]] = {
    "school_id": SCHOOL_ALIASES["school_id"],
    "name": SCHOOL_ALIASES["name"],
    "grades": SCHOOL_ALIASES["grades"],
    "lowest_grade": SCHOOL_ALIASES["lowest_grade"],
    "highest_grade": SCHOOL_ALIASES["highest_grade"],
    "level": ("level",),
    "open_enrolment": ("openenroll", "open_enrollment", "open_enrolment"),
}
POPULATION_ALIASES: Mapping[str, Sequence[str]] = {
    "latitude": SCHOOL_ALIASES["latitude"],
    "longitude": SCHOOL_ALIASES["longitude"],
    "population": ("students", "children", "population", "pop", "residents", "count"),
}
CROSSWALK_ALIASES: Mapping[str, Sequence[str]] = {
    "old_id": (
        *("old_id", "old_ncessch", "old_school_id", "old_school_code", "old_code", "former_id", "former_ncessch"),
        *("former_school_id", "previous_id", "previous_ncessch", "previous_school_id", "from_id", "from_ncessch"),
        *("from_school_id", "from_school"),
    ),
    "new_id": (
        *("new_id", "new_ncessch", "new_school_id", "new_school_code", "new_code", "current_id", "current_ncessch"),
        *("current_school_id", "successor_id", "successor_ncessch", "present_id", "to_id", "to_ncessch"),
        *("to_school_id", "to_school"),
    ),
    "share": ("share", "weight", "fraction", "proportion", "percent", "pct", "percentage"),
    "first_year": ("first_year", "from_year", "start_year"),
    "last_year": ("last_year", "to_year", "end_year", "through_year"),
    "kind": ("kind", "type", "change", "event", "reason"),
    "confirmed": ("confirmed", "confirm", "accepted", "approved"),
}
NAME_MATCH_ALIASES: Mapping[str, Sequence[str]] = {
    "file": ("file",),
    "district_name": ("district_name",),
    "school_name": ("school_name",),
    "school_id": SCHOOL_ALIASES["school_id"],
    "confirmed": CROSSWALK_ALIASES["confirmed"],
}
TRAVEL_TIME_ALIASES: Mapping[str, Sequence[str]] = {
    "origin": (
        *("origin", "origin_id", "origin_school", "origin_school_id", "origin_ncessch", "from", "from_id"),
        *("from_school", "from_school_id", "from_ncessch"),
    ),
    "destination": (
        *("destination", "destination_id", "destination_school", "destination_school_id", "destination_ncessch"),
        *("to", "to_id", "to_school", "to_school_id", "to_ncessch"),
    ),
    # Headings with a unit come before those without.
    "travel_time": (
        *("minutes", "travel_minutes", "travel_time_minutes", "travel_time_min", "duration_minutes", "duration_min"),
        *("drive_minutes", "total_minutes", "seconds", "travel_seconds", "travel_time_seconds", "travel_time_sec"),
        *("travel_time_s", "duration_seconds", "duration_sec", "duration_s", "hours", "travel_hours"),
        *("travel_time_hours", "travel_time_h", "duration_hours", "duration_h", "travel_time", "travel_time_p50"),
        "duration",
    ),
}

ALIASES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "assessments": ASSESSMENT_ALIASES,
    "indicator_sets": INDICATOR_SET_ALIASES,
    "progress": PROGRESS_ALIASES,
    "schools": SCHOOL_ALIASES,
    "flows": FLOW_ALIASES,
    "feeder_table": FEEDER_ALIASES,
    "performance": PERFORMANCE_ALIASES,
    "grade_enrolment": GRADE_ENROLMENT_ALIASES,
    "catchments": CATCHMENT_ALIASES,
    "population": POPULATION_ALIASES,
    "crosswalk": CROSSWALK_ALIASES,
    "name_matches": NAME_MATCH_ALIASES,
    "plan": PLAN_ALIASES,
    "travel_times": TRAVEL_TIME_ALIASES,
    "zone_needs": ZONE_NEED_ALIASES,
    "partners": PARTNER_ALIASES,
    "preferences": PREFERENCE_ALIASES,
    "checklist": CHECKLIST_ALIASES,
    "conditions": CONDITION_ALIASES,
}
REQUIRED: Mapping[str, Sequence[str]] = {
    "assessments": ("date",),
    "indicator_sets": ("indicator", "title"),
    "progress": ("school_id", "year"),
    "schools": ("school_id",),
    "flows": ("origin", "destination", "students"),
    "feeder_table": (),
    "performance": ("school_id",),
    "grade_enrolment": ("school_id", "grade", "students"),
    "catchments": ("school_id",),
    "population": (),
    "crosswalk": ("old_id", "new_id"),
    "name_matches": ("school_name", "school_id", "confirmed"),
    "plan": ("school_id", "zone"),
    "travel_times": ("origin", "destination", "travel_time"),
    "zone_needs": ("school_id", "zone"),
    "partners": ("partner_id",),
    "preferences": ("partner_id", "choice"),
    "checklist": ("item_id", "area", "title"),
    "conditions": (),
}
