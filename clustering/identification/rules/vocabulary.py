"""Words for the parts of a rule."""

from __future__ import annotations

MEASURE_WORDS = {
    "graduation_3year": "three-year graduation rate",
    "graduation_4year": "graduation rate",
    "graduation_5year": "five-year graduation rate",
    "graduation_6year": "six-year graduation rate",
    "proficiency_mathematics": "proficiency in mathematics",
    "proficiency_reading": "proficiency in reading",
    "index": "index",
    "growth": "growth",
}
POPULATION_WORDS = {
    "all": "schools",
    "title1": "Title I schools",
    "title1_eligible": "schools eligible for Title I",
    "title1_eligible_without_program": "schools eligible for Title I without a program",
    "not_title1": "schools without a Title I program",
}
# EDFacts' codes of groups of students.
_GROUP_WORDS = {
    "MAM": "American Indian or Alaska Native students",
    "MAS": "Asian or Pacific Islander students",
    "MBL": "Black students",
    "MHI": "Hispanic students",
    "MTR": "students of two or more races",
    "MWH": "White students",
    "CWD": "children with disabilities",
    "ECD": "economically disadvantaged students",
    "LEP": "English learners",
    "FCS": "students in foster care",
    "HOM": "homeless students",
    "MIG": "migrant students",
    "MIL": "students of military families",
    "F": "female students",
    "M": "male students",
}


def name_measures(measures: str) -> str:
    """Name measures joined by ``+``: ``mean of three-year graduation rate and graduation rate``."""
    words = [MEASURE_WORDS[measure] for measure in measures.split("+")]
    return words[0] if len(words) == 1 else f"mean of {' and '.join(words)}"


def name_group(subgroup: str) -> str:
    """Name a group of students by EDFacts' code, or as published."""
    return _GROUP_WORDS.get(subgroup, subgroup)
