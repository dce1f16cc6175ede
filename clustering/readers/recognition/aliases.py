"""
The headings in use for each canonical column, by role of the file.

To add a heading of a state, add it to the aliases of its column below, in the order of preference. ``model/columns.py``
documents the columns of the finished tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# Rates, scores and counts that a state's own list may have, one column each.
RATE_ALIASES: Mapping[str, Sequence[str]] = {
    "graduation_rate": (
        *("graduation_rate", "grad_rate", "acgr", "all_rate", "acgr_rate", "four_year_graduation_rate"),
        *("graduation_rate_4_year", "grad_rate_4_year", "4_year_graduation_rate"),
    ),
    "three_year_graduation_rate": (
        *("three_year_graduation_rate", "graduation_rate_3_year", "grad_rate_3_year", "3_year_graduation_rate"),
    ),
    "five_year_graduation_rate": (
        *("five_year_graduation_rate", "graduation_rate_5_year", "grad_rate_5_year", "5_year_graduation_rate"),
    ),
    "six_year_graduation_rate": (
        *("six_year_graduation_rate", "graduation_rate_6_year", "grad_rate_6_year", "6_year_graduation_rate"),
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
        *("school_number", "st_schid", "state_school_id", "location_id", "id"),
    ),
    "state_school_id": ("st_schid", "state_school_id", "seasch", "state_id"),
    "name": ("name", "school_name", "sch_name", "schnam", "schoolname", "facil_name", "school"),
    "latitude": ("latitude", "lat", "latcod", "y"),
    "longitude": ("longitude", "lon", "long", "lng", "loncod", "x"),
    "grades": ("grades", "grades_offered", "grades_served", "grade_span", "grade_org"),
    "lowest_grade": ("lowest_grade", "gslo", "grade_low", "low_grade", "lowest_grade_offered", "grade_from"),
    "highest_grade": ("highest_grade", "gshi", "grade_high", "high_grade", "highest_grade_offered", "grade_to"),
    "enrolment": ("enrolment", "enrollment", "enrolment_students", "member", "membership", "total_enrollment"),
    "district_id": ("district_id", "leaid", "lea_id", "lea_code", "district_code"),
    "district_name": ("district_name", "lea_name", "leanm", "district"),
    "state": ("state", "lstate", "st", "stabbr", "state_abbr", "stabbrev", "state_location"),
    "status": ("status", "sy_status_text", "updated_status_text", "school_status"),
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
FLOW_ALIASES: Mapping[str, Sequence[str]] = {
    "origin": (
        *("origin", "origin_id", "origin_school", "origin_school_id", "origin_ncessch", "from", "from_school"),
        *("from_school_id", "sending_school", "sending_school_id", "residence_school", "residence_school_id"),
        *("home_school", "home_school_id", "zoned_school", "zoned_school_id", "school_id", "school_code", "ncessch"),
    ),
    "destination": (
        *("destination", "destination_id", "destination_school", "destination_school_id", "destination_ncessch"),
        *("to", "to_school", "to_school_id", "receiving_school", "receiving_school_id", "new_school_id"),
        *("new_school_code", "next_school_id", "next_school", "attended_school", "attended_school_id"),
        *("school_attended", "attending_school", "enrolled_school", "enrolled_school_id"),
    ),
    "grade": ("grade", "origin_grade", "from_grade", "grade_level"),
    "next_grade": ("next_grade", "new_grade", "destination_grade", "to_grade"),
    "year": ("year", "school_year", "ea_year", "origin_year", "fall_year", "spring_year"),
    "students": ("students", "student_count", "count", "promoted_students", "number_of_students", "n"),
}
PERFORMANCE_ALIASES: Mapping[str, Sequence[str]] = {
    "school_id": SCHOOL_ALIASES["school_id"],
    "year": ("year", "school_year", "graduation_year", "fall_year", "spring_year"),
    **RATE_ALIASES,
    # Plain words, which in a table of schools more often mean something else.
    "index": ("index", *RATE_ALIASES["index"]),
    "growth": ("growth", *RATE_ALIASES["growth"]),
    "cohort": (*RATE_ALIASES["cohort"], "denominator", "n_students"),
    "graduates": (*RATE_ALIASES["graduates"], "numerator"),
    "subgroup": ("subgroup", "student_group", "student_subgroup", "group"),
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
PLAN_ALIASES: Mapping[str, Sequence[str]] = {
    "school_id": SCHOOL_ALIASES["school_id"],
    "zone": (
        *("zone_id", "zone", "zone_name", "zone_label", "zone_number", "zone_code", "cluster_id", "cluster", "group"),
    ),
    "role": ("role", "zone_role", "school_role"),
    "anchor": ("anchor_id", "anchor", "anchor_school_id", "anchor_school", "anchor_ncessch", "is_anchor"),
}
# Zones of a program without flows: schools with their Zone, and what each needs.
ZONE_NEED_ALIASES: Mapping[str, Sequence[str]] = {
    **{
        name: SCHOOL_ALIASES[name]
        for name in (
            *("school_id", "name", "latitude", "longitude", "grades", "lowest_grade", "highest_grade"),
            *("district_id", "district_name", "graduation_rate"),
        )
    },
    **{name: PLAN_ALIASES[name] for name in ("zone", "role", "anchor")},
    "students": (*SCHOOL_ALIASES["enrolment"], "students", "student_count", "number_of_students"),
    "level": ("level", "levels", "school_level", "levels_served"),
    "students_below": (
        *("students_below", "students_below_mark", "students_not_proficient", "not_proficient", "below_proficient"),
        *("number_not_proficient", "number_below"),
    ),
    "share_proficient": (
        *("share_proficient", "percent_proficient", "pct_proficient", "proficient", "proficiency", "proficiency_rate"),
        *("percent_proficient_or_above", "pct_prof"),
    ),
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
CHECKLIST_ALIASES: Mapping[str, Sequence[str]] = {
    "item_id": ("item_id", "item_code", "item_number", "condition_id", "code", "number", "id"),
    "area": ("area", "condition_area", "domain", "category"),
    "title": ("title", "item", "item_title", "condition", "condition_name", "autonomy", "promise", "name"),
    "asks": ("asks", "what_it_asks", "description", "requirement", "question", "text"),
    "required": ("required", "is_required", "required_for_protected", "mandatory", "must_have"),
    "source": ("source", "citation", "reference", "document"),
}

# The register of Lead Partners. Headings with a unit come before those without.
PARTNER_ALIASES: Mapping[str, Sequence[str]] = {
    "partner_id": (
        *("partner_id", "lead_partner_id", "organisation_id", "organization_id", "provider_id", "vendor_id"),
        *("operator_id", "partner_code", "provider_code", "vendor_number", "id", "partner", "lead_partner"),
    ),
    "name": (
        *("name", "partner_name", "lead_partner_name", "organisation_name", "organization_name", "organisation"),
        *("organization", "provider_name", "provider", "vendor_name", "vendor", "operator"),
    ),
    "kind": ("kind", "partner_kind", "partner_type", "type", "organisation_type", "organization_type", "role"),
    "home_district": (
        *("home_district", "home_district_id", "district_id", "home_leaid", "leaid", "lea_id", "district_code"),
        "district",
    ),
    "latitude": ("latitude", "lat", "home_latitude", "y"),
    "longitude": ("longitude", "lon", "long", "lng", "home_longitude", "x"),
    "reach_districts": (
        *("reach_districts", "districts_served", "service_districts", "eligible_districts", "districts_willing"),
        *("districts", "district_ids", "service_area"),
    ),
    "reach_km": (
        *("reach_km", "maximum_distance_km", "max_distance_km", "distance_km", "radius_km", "reach_miles"),
        *("maximum_distance_miles", "max_distance_miles", "distance_miles", "radius_miles", "reach_mi", "radius_mi"),
    ),
    "levels": ("levels", "levels_served", "school_levels", "level", "grade_levels", "grades_served", "grade_span"),
    "schools_now": (
        *("schools_now", "current_schools", "schools_today", "schools_currently", "schools_operated"),
        *("schools_served", "number_of_schools", "schools"),
    ),
    "maximum_schools": (
        *("maximum_schools", "max_schools", "school_capacity", "capacity_schools", "capacity", "most_schools"),
        *("maximum_number_of_schools",),
    ),
    "maximum_schools_low": ("maximum_schools_low", "max_schools_low", "capacity_low"),
    "maximum_schools_high": ("maximum_schools_high", "max_schools_high", "capacity_high"),
    "earliest_start": (
        *("earliest_start", "earliest_start_year", "start_year", "first_start", "available_from", "start_date"),
        *("earliest_fall", "available"),
    ),
    "growth_share": ("growth_share", "growth_per_school", "growth_rate", "growth"),
    "growth_ceiling": ("growth_ceiling", "growth_limit", "maximum_schools_ever", "ceiling", "growth_maximum"),
    "contract_years": (
        *("contract_years", "contract_length", "contract_term", "contract_length_years", "contract_term_years"),
        *("term_years",),
    ),
    "cost_per_school": (
        *("cost_per_school", "cost_per_school_dollars", "annual_cost_per_school", "fee_per_school"),
        *("price_per_school", "cost_per_school_and_year", "cost_per_school_per_year"),
    ),
    "cost_per_school_low": ("cost_per_school_low", "cost_per_school_minimum"),
    "cost_per_school_high": ("cost_per_school_high", "cost_per_school_maximum"),
    "cost_per_student": (
        *("cost_per_student", "cost_per_student_dollars", "cost_per_pupil", "annual_cost_per_student"),
        *("fee_per_student", "price_per_student", "per_pupil_cost"),
    ),
    "cost_per_student_low": ("cost_per_student_low", "cost_per_student_minimum"),
    "cost_per_student_high": ("cost_per_student_high", "cost_per_student_maximum"),
    "approval": (
        *("approval", "state_approval", "approval_status", "approved", "state_approved", "prequalified"),
        *("pre_qualified", "prequalification", "pre_qualification", "rfp_status", "rfp", "qualification"),
    ),
    "accountability": ("accountability", "accountability_duty", "performance_contract"),
    "authority": ("authority", "authority_duty", "authority_over_people", "authority_over_staff", "staffing_authority"),
    "comprehensive_services": (
        *("comprehensive_services", "comprehensive_services_duty", "comprehensive", "full_services"),
        *("comprehensive_service",),
    ),
    "embedded_presence": (
        *("embedded_presence", "embedded_presence_duty", "embedded", "presence", "on_site_presence"),
        *("onsite_presence", "on_site", "days_on_site", "days_a_week", "days_per_week"),
    ),
    "supporting_partners": (
        *("supporting_partners", "supporting_partner", "supporting_partner_ids", "subcontractors", "sub_contractors"),
    ),
    "services": ("services", "services_offered", "service", "supports"),
    "evidence": ("evidence", "evidence_of_results", "track_record", "results"),
    "evidence_source": (
        *("evidence_source", "source_of_evidence", "evidence_citation", "source", "citation", "evidence_url"),
    ),
}
PREFERENCE_ALIASES: Mapping[str, Sequence[str]] = {
    "partner_id": PARTNER_ALIASES["partner_id"],
    "district_id": ("district_id", "leaid", "lea_id", "lea_code", "district_code", "districts", "district"),
    "school_id": (
        *("school_id", "ncessch", "nces_school_id", "nces_id", "nces_sch_id", "school_code", "schools", "school"),
    ),
    "level": ("level", "levels", "school_level", "grade_level"),
    "choice": ("choice", "preference", "decision", "prefer_or_exclude", "kind", "type"),
    "stated_by": ("stated_by", "said_by", "party", "by", "side", "whose", "source"),
    "reason": ("reason", "why", "comment", "note", "notes", "explanation"),
}
INDICATOR_SET_ALIASES: Mapping[str, Sequence[str]] = {
    "set": ("indicator_set", "set_id", "set", "instrument", "framework"),
    "set_title": ("set_title", "indicator_set_title", "set_name"),
    "indicator": ("indicator_id", "indicator", "indicator_code", "code", "statement_number"),
    "title": ("title", "indicator_title", "indicator_text", "statement", "wording", "description"),
    "domain": ("domain", "area", "principle", "dimension", "category"),
    "least": ("least", "lowest_value", "scale_least", "minimum", "min"),
    "greatest": ("greatest", "highest_value", "scale_greatest", "maximum", "max"),
    "labels": ("labels", "scale_labels"),
    "strength_from": ("strength_from", "strength"),
    "gap_to": ("gap_to", "gap"),
    "source": ("source", "publisher", "owner"),
}
ASSESSMENT_ALIASES: Mapping[str, Sequence[str]] = {
    "set": INDICATOR_SET_ALIASES["set"],
    "indicator": (*INDICATOR_SET_ALIASES["indicator"], "practice", "element", "item"),
    "value": ("value", "score", "rating", "response", "assessed_value"),
    "subject_kind": ("subject_kind", "subject_type", "assessed_kind", "unit_type"),
    "subject_id": ("subject_id", "subject", "assessed_id", "unit_id"),
    "school_id": tuple(alias for alias in SCHOOL_ALIASES["school_id"] if alias != "id"),
    "district_id": SCHOOL_ALIASES["district_id"],
    "zone": tuple(alias for alias in PLAN_ALIASES["zone"] if alias != "group"),
    "date": ("date", "assessment_date", "assessed_on", "date_assessed", "date_of_assessment", "review_date"),
    "rater": ("rater", "assessor", "assessed_by", "rated_by", "reviewer", "team"),
}
# What each Zone was allowed and promised: a row per Zone and condition, the contract beside it or in a row of its own.
CONDITION_ALIASES: Mapping[str, Sequence[str]] = {
    "zone": tuple(alias for alias in PLAN_ALIASES["zone"] if alias != "group"),
    "school_id": (
        *(alias for alias in PLAN_ALIASES["anchor"] if alias != "is_anchor"),
        *(alias for alias in SCHOOL_ALIASES["school_id"] if alias != "id"),
        "school",
    ),
    "condition": ("condition_id", "item_id", "checklist_item", "item", "condition", "autonomy", "promise"),
    "title": ("title", "condition_title", "condition_name", "item_title", "name"),
    "area": ("area", "condition_area", "domain", "category"),
    # The recorded state comes first: the state of a day follows from it.
    "state": ("recorded_state", "state", "condition_state", "status", "condition_status"),
    "holder": ("holder", "held_by", "authority", "owner", "responsible"),
    "document_name": ("document_name", "source_document", "document", "agreement", "source", "evidence"),
    "document_link": ("document_link", "link", "url", "document_url", "reference"),
    "asked_on": ("asked_on", "date_asked", "asked", "requested_on", "date_requested"),
    "agreed_on": ("agreed_on", "date_agreed", "agreed", "date_signed", "signed_on"),
    "in_force_from": ("in_force_from", "date_in_force", "effective_from", "effective_date", "effective_on", "from"),
    "until": ("until", "in_force_until", "effective_until", "expires_on", "expiry_date", "expires", "to"),
    "partner": ("partner", "lead_partner", "partner_name", "lead_partner_name"),
    "partner_id": ("partner_id", "lead_partner_id"),
    "contract_starts_on": ("contract_starts_on", "contract_start", "contract_start_date", "contract_from", "start"),
    "contract_ends_on": ("contract_ends_on", "contract_end", "contract_end_date", "contract_until", "end"),
}
# Of a file with a row per school, year and indicator. The headings of wide files are in the catalogue of indicators.
PROGRESS_ALIASES: Mapping[str, Sequence[str]] = {
    "school_id": SCHOOL_ALIASES["school_id"],
    "year": ("school_year", "year", "schoolyear", "fall_year", "spring_year"),
    "indicator": ("indicator_id", "indicator", "measure", "metric"),
    "value": ("value", "rate", "result", "percentage", "percent"),
    "numerator": ("numerator", "count", "students_counted"),
    "denominator": ("denominator", "students", "out_of", "n"),
    "student_group": PERFORMANCE_ALIASES["subgroup"],
}

ALIASES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "assessments": ASSESSMENT_ALIASES,
    "indicator_sets": INDICATOR_SET_ALIASES,
    "progress": PROGRESS_ALIASES,
    "schools": SCHOOL_ALIASES,
    "flows": FLOW_ALIASES,
    "performance": PERFORMANCE_ALIASES,
    "catchments": CATCHMENT_ALIASES,
    "population": POPULATION_ALIASES,
    "crosswalk": CROSSWALK_ALIASES,
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
    "performance": ("school_id",),
    "catchments": ("school_id",),
    "population": (),
    "crosswalk": ("old_id", "new_id"),
    "plan": ("school_id", "zone"),
    "travel_times": ("origin", "destination", "travel_time"),
    "zone_needs": ("school_id", "zone"),
    "partners": ("partner_id",),
    "preferences": ("partner_id", "choice"),
    "checklist": ("item_id", "area", "title"),
    "conditions": (),
}
