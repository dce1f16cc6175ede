"""The fields of a rule as people write it: what each may hold, and what it means."""

from __future__ import annotations

from typing import Any

from clustering.model.columns import MEASURES
from clustering.model.grades import LAST_GRADE, PRESCHOOL

_POPULATIONS = ["all", "title1", "title1_eligible", "title1_eligible_without_program", "not_title1"]
_GRADES = {
    "type": "array",
    "items": {"type": "integer", "minimum": PRESCHOOL, "maximum": LAST_GRADE},
    "minItems": 1,
    "description": "Grades as numbers, such as [9, 10, 11, 12]; 0 is kindergarten, -1 pre-kindergarten.",
}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_NAME = {"type": "string", "minLength": 1, "maxLength": 100}

CRITERION_FIELDS: dict[str, Any] = {
    "population": {"enum": _POPULATIONS, "description": "The schools that the test holds for."},
    "measure": {
        "description": f"One of {', '.join(MEASURES)}, or a list of them: their mean in the same year.",
        "anyOf": [
            {"enum": list(MEASURES)},
            {"type": "array", "items": {"enum": list(MEASURES)}, "minItems": 1},
        ],
    },
    "subgroup": {
        "description": '"all" students, "any" (all students or any group), "groups" (any group, all students apart) or'
        ' a list of groups such as ["CWD", "LEP"].',
        "anyOf": [
            {"enum": ["all", "any", "groups"]},
            {"type": "array", "items": _NAME, "minItems": 1, "maxItems": 50},
        ],
    },
    "years": {
        "description": 'Number of school years looked at, 1 to 10, or "newest": the newest rate, however old.',
        "anyOf": [{"type": "integer", "minimum": 1, "maximum": 10}, {"const": "newest"}],
    },
    "minimum_years": {
        "type": "integer",
        "minimum": 1,
        "maximum": 10,
        "description": "Number of these years that must have a rate.",
    },
    "average": {
        "enum": ["latest", "mean", "pooled", "every", "any"],
        "description": "What is tested: the latest year, the mean, the pooled rate, or every or any year by itself.",
    },
    "comparator": {"enum": ["lt", "le"], "description": "lt: below the threshold; le: at or below it."},
    "threshold": {
        "type": "number",
        "description": "A share from 0 to 1, such as 0.67; of an index or growth, points of its own scale.",
    },
    "bottom_share": {
        **_SHARE,
        "exclusiveMinimum": 0,
        "description": "The lowest share of the schools, from 0 to 1 and rounded up, such as 0.05.",
    },
    "bottom_count": {
        "type": "integer",
        "minimum": 1,
        "maximum": 100_000,
        "description": "The lowest so many schools; with bottom_share, whichever is more.",
    },
    "cut_population": {"enum": _POPULATIONS, "description": "The schools among which the lowest are told."},
    "cut_grades": {**_GRADES, "description": "Only schools with one of these grades are among those."},
    "ties": {
        "enum": ["include", "exclude"],
        "description": "Whether schools that tie at the cut all belong to the lowest, or none of them.",
    },
    "decimals": {
        "type": "integer",
        "minimum": 0,
        "maximum": 6,
        "description": "Decimals of the per cent that rates are rounded to before they are tested.",
    },
    "minimum_students": {
        "type": "integer",
        "minimum": 1,
        "maximum": 1000,
        "description": "Least size of the cohort for the test to hold.",
    },
    "below_minimum": {
        "enum": ["exclude", "pool_years", "flag"],
        "description": "What happens to smaller cohorts.",
    },
}
EXIT_FIELDS: dict[str, Any] = {
    "threshold": {"type": "number", "description": "The number to reach; left out: no longer meets the rule."},
    "comparator": {"enum": ["gt", "ge"], "description": "gt: above the threshold; ge: at or above it."},
    "minimum_gain_of_gap": {
        **_SHARE,
        "description": "Least gain since entry, as a share of what then was missing to 100 per cent.",
    },
    "checked": {"enum": ["every_year", "at_entry"], "description": "When a school may leave."},
}
RULE_FIELDS: dict[str, Any] = {
    "preset": {**_NAME, "description": "The preset to start from; the other fields replace its own."},
    "id": {"type": "string", "pattern": r"^[a-z0-9_]{1,60}$", "description": "Lower-case letters, digits and _."},
    "title": {"type": "string", "maxLength": 200, "description": "What people call the rule."},
    "source": {"type": "string", "maxLength": 1000, "description": "Where the rule comes from."},
    "grades": {
        "anyOf": [_GRADES, {"const": "all"}],
        "description": 'Grades of which a school must offer one to be decided, as a list of numbers, or "all" schools.',
    },
    "exclude": {
        "type": "array",
        "items": {"enum": ["closed", "alternative", "special education", "career and technical", "virtual", "new"]},
        "description": "Schools left out: closed, alternative, special education, career and technical, virtual, new.",
    },
    "minimum_years_open": {
        "type": "integer",
        "minimum": 1,
        "maximum": 20,
        "description": "A school open for fewer years is new.",
    },
    "range_policy": {
        "enum": ["certain", "possible", "midpoint"],
        "description": "Which schools with published ranges count as identified.",
    },
    "official": {
        "type": "object",
        "additionalProperties": False,
        "required": ["column", "values"],
        "properties": {
            "column": {**_NAME, "maxLength": 200, "description": "Heading of the list's column."},
            "values": {
                "type": "array",
                "items": {**_NAME, "maxLength": 500},
                "minItems": 1,
                "maxItems": 50,
                "description": "A list of the entries that stand for low-performing.",
            },
        },
        "description": "An official list, which wins over the rule: its column and a list of values.",
    },
    "entry_every_years": {
        "type": "integer",
        "minimum": 1,
        "maximum": 10,
        "description": "Years between one identification and the next.",
    },
    "exit": {
        "type": "object",
        "additionalProperties": False,
        "properties": EXIT_FIELDS,
        "description": "When a school leaves.",
    },
    "also": {
        "type": "array",
        "maxItems": 10,
        "items": {
            "type": "object",
            "additionalProperties": False,
            "properties": CRITERION_FIELDS,
            "description": "Fields of another test.",
        },
        "description": "A list of other tests; meeting one is enough.",
    },
}
