"""The headings in use in files of capacity: Zones with their needs, and the register of Lead Partners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clustering.readers.recognition.school_aliases import PLAN_ALIASES, SCHOOL_ALIASES

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

# The register of Lead Partners. Headings with a unit come before those without.
PARTNER_ALIASES: Mapping[str, Sequence[str]] = {
    "partner_id": (
        *("partner_id", "lead_partner_id", "organisation_id", "organization_id", "provider_id", "vendor_id"),
        *("operator_id", "partner_code", "provider_code", "vendor_number", "id", "partner", "lead_partner"),
    ),
    "name": (
        *("name", "partner_name", "lead_partner_name", "organisation_name", "organization_name", "organisation"),
        *("organization", "provider_name", "provider", "vendor_name", "vendor", "operator"),
        # Beside a column of identifiers these hold the name.
        *("partner", "lead_partner"),
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
        *("earliest_fall", "available", "earliest_start_date", "start", "start_fall", "available_date"),
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
# Words that tell what a column of an unknown heading may hold, the more telling first.
PARTNER_WORDS: Mapping[str, Sequence[str]] = {
    "reach_km": ("km", "mile", "miles", "radius", "distance"),
    "reach_districts": ("districts", "territory", "region", "regions", "reach", "area"),
    "cost_per_student": ("pupil",),
    "cost_per_school": ("cost", "costs", "price", "fee", "fees", "rate", "dollars"),
    "earliest_start": ("start", "starts", "begin", "begins", "available", "availability", "launch"),
    "contract_years": ("contract", "term"),
    "growth_ceiling": ("ceiling",),
    "growth_share": ("growth",),
    "maximum_schools": ("capacity", "maximum", "max", "most"),
    "schools_now": ("current", "currently", "now", "today"),
    "levels": ("level", "levels", "grade", "grades"),
    "approval": ("approval", "approved", "qualified", "prequalified", "qualification", "rfp"),
    "accountability": ("accountability", "accountable"),
    "authority": ("authority", "autonomy"),
    "comprehensive_services": ("comprehensive", "wraparound"),
    "embedded_presence": ("presence", "embedded", "onsite", "days"),
    "supporting_partners": ("supporting", "subcontractor", "subcontractors"),
    "services": ("services", "service", "supports"),
    "evidence_source": ("source", "citation"),
    "evidence": ("evidence", "results", "outcomes"),
    "home_district": ("district", "headquarters", "home"),
    "kind": ("kind", "type"),
    "name": ("name",),
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
PREFERENCE_WORDS: Mapping[str, Sequence[str]] = {
    "district_id": ("district", "districts"),
    "school_id": ("school", "schools"),
    "level": ("level", "levels", "grade", "grades"),
    "stated_by": ("party", "stated", "said"),
    "reason": ("reason", "why"),
}
