"""The headings in use in files of schools: the list itself, their rates and scores, and plans."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

# Headings that were learned from the register of states and districts.
LEARNED: Mapping[str, Sequence[str]] = tomllib.loads(
    Path(__file__).with_name("learned_headings.toml").read_text(encoding="utf-8")
)

# Rates, scores and counts that a state's own list may have, one column each.
RATE_ALIASES: Mapping[str, Sequence[str]] = {
    "graduation_rate": (
        *("graduation_rate", "grad_rate", "acgr", "all_rate", "acgr_rate", "four_year_graduation_rate"),
        *("graduation_rate_4_year", "grad_rate_4_year", "4_year_graduation_rate", "gradrate", "graduationrate"),
        *("graduation_rate_4yr", "grad_rate_4yr", "4yr_graduation_rate", "4yr_grad_rate", "4_yr_graduation_rate"),
        *("4_year_grad_rate", "4_yr_grad_rate", "four_year_grad_rate", "4_year_cohort_graduation_rate"),
        *("four_year_cohort_graduation_rate", "4_year_adjusted_cohort_graduation_rate", "4_year_acgr"),
        *("four_year_adjusted_cohort_graduation_rate", "adjusted_cohort_graduation_rate", "cohort_graduation_rate"),
        *("pct_graduated", "percent_graduated", "graduated_pct", "graduation_pct", "graduation_percent"),
        *LEARNED["graduation_rate"],
    ),
    "three_year_graduation_rate": (
        *("three_year_graduation_rate", "graduation_rate_3_year", "grad_rate_3_year", "3_year_graduation_rate"),
    ),
    "five_year_graduation_rate": (
        *("five_year_graduation_rate", "graduation_rate_5_year", "grad_rate_5_year", "5_year_graduation_rate"),
        *("graduation_rate_5yr", "grad_rate_5yr", "5yr_graduation_rate", "5yr_grad_rate", "5_year_grad_rate"),
        *("5_year_adjusted_cohort_graduation_rate", "five_year_adjusted_cohort_graduation_rate"),
    ),
    "six_year_graduation_rate": (
        *("six_year_graduation_rate", "graduation_rate_6_year", "grad_rate_6_year", "6_year_graduation_rate"),
        *("graduation_rate_6yr", "grad_rate_6yr", "6yr_graduation_rate", "6yr_grad_rate", "6_year_grad_rate"),
        *("6_year_adjusted_cohort_graduation_rate", "six_year_adjusted_cohort_graduation_rate"),
    ),
    "proficiency_mathematics": (
        *("proficiency_mathematics", "mathematics_proficiency", "math_proficiency", "proficiency_math"),
        *("pct_proficient_math", "percent_proficient_math", "math_percent_proficient", "math_proficiency_rate"),
    ),
    "proficiency_reading": (
        *("proficiency_reading", "reading_proficiency", "ela_proficiency", "proficiency_ela", "pct_proficient_reading"),
        *("pct_proficient_ela", "percent_proficient_ela", "ela_percent_proficient", "ela_proficiency_rate"),
    ),
    "index": (
        *("index_score", "accountability_index", "overall_index", "performance_index", "summative_score"),
        *("overall_score", "accountability_score"),
    ),
    "growth": (
        *("growth_score", "growth_index", "median_growth_percentile", "median_student_growth_percentile", "mgp"),
        *("student_growth_percentile", "sgp"),
    ),
    "cohort": ("cohort", "cohort_students", "cohort_size", "graduation_cohort", "cohort_count"),
    "graduates": ("graduates", "number_graduated", "number_of_graduates", "graduate_count"),
}

# For each canonical column the headings in use, best first. They are compared in lower case, with every other sign as
# "_", and without the school year that EDGE and EDFacts append to a name (LAT1516, ALL_RATE_1415).
SCHOOL_ALIASES: Mapping[str, Sequence[str]] = {
    "school_id": (
        *("school_id", "ncessch", "nces_school_id", "nces_id", "nces_sch_id", "school_code", "schoolid", "schoolcode"),
        *(
            "ncesid",
            "nces_schid",
            "school_number",
            "st_schid",
            "state_school_id",
            "location_id",
            "sch_id",
            *LEARNED["school_id"],
            "id",
        ),
    ),
    "state_school_id": ("st_schid", "state_school_id", "seasch", "state_id"),
    "name": (
        *("name", "school_name", "sch_name", "schnam", "schoolname", "facil_name", *LEARNED["name"], "long_name"),
        "school",
    ),
    # Those behind "y" and "x" are seldom degrees; the option crs converts them.
    "latitude": (
        *("latitude", "lat", "latcod", "school_latitude", "school_lat", "y", "y_coordinate", "y_coord", "ycoord"),
        *("point_y", "northing", "intptlat"),
    ),
    "longitude": (
        *("longitude", "lon", "long", "lng", "loncod", "school_longitude", "school_long", "school_lon", "school_lng"),
        *("x", "x_coordinate", "x_coord", "xcoord", "point_x", "easting", "intptlon", "intptlong"),
    ),
    "grades": ("grades", "grades_offered", "grades_served", "grade_span", "grade_org", *LEARNED["grades"]),
    "lowest_grade": (
        *("lowest_grade", "gslo", "grade_low", "low_grade", "lowest_grade_offered", "grade_from", "lowgrade"),
        *("gradelow", "lo_grade", "lo_grd", "st_grade", "start_grade", "grade_start", "strt_grd"),
    ),
    "highest_grade": (
        *("highest_grade", "gshi", "grade_high", "high_grade", "highest_grade_offered", "grade_to", "highgrade"),
        *("gradehigh", "hi_grade", "hi_grd", "end_grade", "grade_end", "end_grd"),
    ),
    "enrolment": (
        *("enrolment", "enrollment", "enrolment_students", "member", "membership", "total_enrollment"),
        *("current_enrollment", "actual_enrollment"),
        *LEARNED["enrolment"],
    ),
    "district_id": ("district_id", "leaid", "lea_id", "lea_code", "district_code"),
    "district_name": ("district_name", "lea_name", "leanm", "district"),
    "state": ("state", "lstate", "st", "stabbr", "state_abbr", "stabbrev", "state_location"),
    "status": (
        *("status", "sy_status_text", "updated_status_text", "school_status", "school_operational_status"),
        *("operational_status", "operational_status_text"),
    ),
    "school_type": ("school_type_text", "sch_type_text", "school_type", "sch_type", "schooltype"),
    "title1_status": (
        *("title1_status", "titlei_status_text", "title_i_status_text", "titlei_status", "title_i_status"),
        *("titleistat", "title_1_status", "titlei_text", "titlei", "title_i", "title1", "title_1", "title_i_school"),
    ),
    "virtual": ("virtual_text", "virtual", "virtual_status", "virtual_school", "virtualstat", "is_virtual"),
    "opened_year": (
        *("opened_year", "year_opened", "opening_year", "open_year", "first_school_year", "open_date", "opendate"),
        *("opening_date", "date_opened"),
    ),
    "school_year": ("school_year", "schoolyear", "year"),
    **RATE_ALIASES,
}
PERFORMANCE_ALIASES: Mapping[str, Sequence[str]] = {
    "school_id": SCHOOL_ALIASES["school_id"],
    "year": (
        *("year", "school_year", "graduation_year", "fall_year", "spring_year", "report_school_year", "academic_year"),
        *("reporting_year", "schoolyear"),
    ),
    **RATE_ALIASES,
    # Plain words, which in a table of schools more often mean something else.
    "index": ("index", *RATE_ALIASES["index"]),
    "growth": ("growth", *RATE_ALIASES["growth"]),
    "cohort": (*RATE_ALIASES["cohort"], "denominator", "n_students"),
    "graduates": (*RATE_ALIASES["graduates"], "numerator"),
    "subgroup": (
        *("subgroup", "student_group", "student_subgroup", "group", "subgroup_name", "student_group_name"),
        *("student_subgroup_name", "reporting_category", "reportingcategory", "demographic_group"),
    ),
    "rate_kind": ("rate_kind", "rate_type", "cohort_type", "graduation_rate_type"),
}
GRADE_ENROLMENT_ALIASES: Mapping[str, Sequence[str]] = {
    "school_id": SCHOOL_ALIASES["school_id"],
    "year": PERFORMANCE_ALIASES["year"],
    "grade": (
        "grade",
        "grade_level",
        "grade_lvl",
        "gradelevel",
        "grade_code",
        "grade_name",
        "grade_description",
        "grade_id",
        "grade_desc",
    ),
    "students": (
        *("students", "enrolment", "enrollment", "student_count", "enrollment_count", "number_of_students"),
        *("total_enrollment", "total_students", "membership", "headcount", "pupils", "count", "enr_total"),
        *("total_count", "grand_total", "total_membership", "total"),
    ),
    "subgroup": (*PERFORMANCE_ALIASES["subgroup"], "subgroup_description"),
}
PLAN_ALIASES: Mapping[str, Sequence[str]] = {
    "school_id": SCHOOL_ALIASES["school_id"],
    "zone": (
        *("zone_id", "zone", "zone_name", "zone_label", "zone_number", "zone_code", "cluster_id", "cluster", "group"),
    ),
    "role": ("role", "zone_role", "school_role"),
    "anchor": ("anchor_id", "anchor", "anchor_school_id", "anchor_school", "anchor_ncessch", "is_anchor"),
}
