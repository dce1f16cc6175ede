"""The headings in use in files of conditions: checklists, sets of indicators, assessments and progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clustering.readers.recognition.school_aliases import PERFORMANCE_ALIASES, PLAN_ALIASES, SCHOOL_ALIASES

CHECKLIST_ALIASES: Mapping[str, Sequence[str]] = {
    "item_id": ("item_id", "item_code", "item_number", "condition_id", "code", "number", "id"),
    "area": ("area", "condition_area", "domain", "category"),
    "title": ("title", "item", "item_title", "condition", "condition_name", "autonomy", "promise", "name"),
    "asks": ("asks", "what_it_asks", "description", "requirement", "question", "text"),
    "required": ("required", "is_required", "required_for_protected", "mandatory", "must_have"),
    "source": ("source", "citation", "reference", "document"),
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
