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
