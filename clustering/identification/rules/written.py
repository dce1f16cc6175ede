"""A rule as people write it, in JSON or TOML: its fields, and the problems of what does not keep to them."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import TypedDict

from clustering.errors import Problem
from clustering.identification.rules.checks import contradictions, unusable_values
from clustering.identification.rules.field_types import (
    RULE_LIST,
    Average,
    BelowMinimum,
    BottomCount,
    BottomShare,
    Citation,
    ComparedRate,
    Decimals,
    Entry,
    Exclusion,
    Grade,
    Heading,
    MinimumStudents,
    Name,
    Population,
    RangePolicy,
    RuleId,
    Share,
    Threshold,
    Title,
    Years,
    YearsOpen,
)
from clustering.identification.rules.model import RULE_WORDING
from clustering.model.columns import MEASURES, Measure
from clustering.model.json_schema import WithoutTitles, without_references
from clustering.model.validation_errors import problems_of

# Few requests hold a written rule, so pydantic builds the form when it is first used.
_STRICT = ConfigDict(extra="forbid", allow_inf_nan=False, defer_build=True)
_GRADES_HELP = "Grades as numbers, such as [9, 10, 11, 12]; 0 is kindergarten, -1 pre-kindergarten."
Grades = Annotated[list[Grade], Field(min_length=1, description=_GRADES_HELP), RULE_LIST]
Several = Field(min_length=1, max_length=50)


@with_config(_STRICT)
class WrittenExit(TypedDict, total=False):
    """When a school leaves."""

    threshold: Annotated[Threshold, Field(description="The number to reach; left out: no longer meets the rule.")]
    comparator: Annotated[Literal["gt", "ge"], Field(description="gt: above the threshold; ge: at or above it.")]
    minimum_gain_of_gap: Annotated[
        Share, Field(description="Least gain since entry, as a share of what it then lacked to 100 per cent.")
    ]
    checked: Annotated[Literal["every_year", "at_entry"], Field(description="When a school may leave.")]


@with_config(_STRICT)
class WrittenList(TypedDict):
    """An official list."""

    column: Annotated[Heading, Field(description="Heading of the list's column.")]
    values: Annotated[
        list[Entry], Several, RULE_LIST, Field(description="A list of the entries that stand for low-performing.")
    ]


@with_config(_STRICT)
class WrittenCriterion(TypedDict, total=False):
    """Fields of another test."""

    population: Annotated[Population, Field(description="The schools that the test holds for.")]
    measure: Annotated[
        Measure | Annotated[list[Measure], Field(min_length=1), RULE_LIST],
        Field(description=f"One of {', '.join(MEASURES)}, or a list of them: their mean in the same year."),
    ]
    subgroup: Annotated[
        Literal["all", "any", "groups"] | Annotated[list[Name], Several, RULE_LIST],
        Field(
            description='"all" students, "any" (all students or any group), "groups" (any group, all students apart) or'
            ' a list of groups such as ["CWD", "LEP"].'
        ),
    ]
    years: Annotated[
        Years | Literal["newest"],
        Field(description='Number of school years looked at, 1 to 10, or "newest": the newest rate, however old.'),
    ]
    minimum_years: Annotated[Years, Field(description="Number of these years that must have a rate.")]
    average: Annotated[
        Average,
        Field(
            description="What is tested: the latest year, the mean, the pooled rate, or every or any year by itself."
        ),
    ]
    comparator: Annotated[Literal["lt", "le"], Field(description="lt: below the threshold; le: at or below it.")]
    threshold: Annotated[
        Threshold,
        Field(description="A share from 0 to 1, such as 0.67; of an index or growth, points of its own scale."),
    ]
    bottom_share: Annotated[
        BottomShare, Field(description="The lowest share of the schools, from 0 to 1 and rounded up, such as 0.05.")
    ]
    bottom_count: Annotated[
        BottomCount, Field(description="How many of the lowest schools; with bottom_share, whichever is more.")
    ]
    cut_population: Annotated[Population, Field(description="The schools among which the lowest are found.")]
    cut_grades: Annotated[Grades, Field(description="Only schools with one of these grades are among those.")]
    ties: Annotated[
        Literal["include", "exclude"],
        Field(description="Whether schools that tie at the cut all belong to the lowest, or none of them."),
    ]
    compared_rate: Annotated[
        ComparedRate,
        Field(description="What is compared of rounded rates: the underlying rate, a range, or the published number."),
    ]
    decimals: Annotated[
        Decimals, Field(description="Decimals of the per cent that rates are rounded to before they are tested.")
    ]
    minimum_students: Annotated[MinimumStudents, Field(description="Least size of the cohort for the test to hold.")]
    below_minimum: Annotated[BelowMinimum, Field(description="What happens to smaller cohorts.")]


class WrittenRule(WrittenCriterion, total=False):
    """Which schools are low-performing. Fields left out have the values of docs/identification.md."""

    preset: Annotated[Name, Field(description="The preset to start from; the other fields replace its own.")]
    id: Annotated[RuleId, Field(description="Lower-case letters, digits and _.")]
    title: Annotated[Title, Field(description="What people call the rule.")]
    source: Annotated[Citation, Field(description="Where the rule comes from.")]
    grades: Annotated[
        Grades | Literal["all"],
        Field(
            description='Grades of which a school must offer one to be decided, as a list of numbers, or "all" schools.'
        ),
    ]
    exclude: Annotated[
        list[Exclusion],
        RULE_LIST,
        Field(
            description="Schools left out: closed, alternative, special education, career and technical, virtual, new."
        ),
    ]
    minimum_years_open: Annotated[YearsOpen, Field(description="A school open for fewer years is new.")]
    range_policy: Annotated[RangePolicy, Field(description="Which schools with published ranges count as identified.")]
    official: Annotated[
        WrittenList,
        Field(description="An official list, which wins over the rule: its column and a list of values."),
    ]
    entry_every_years: Annotated[Years, Field(description="Years between one identification and the next.")]
    exit: Annotated[WrittenExit, Field(description="When a school leaves.")]
    also: Annotated[
        list[WrittenCriterion],
        Field(max_length=10, description="A list of other tests; meeting one is enough."),
        RULE_LIST,
    ]


_RULE = TypeAdapter(with_config(_STRICT)(WrittenRule))


def rule_schema() -> dict[str, Any]:
    """
    Form of a rule.

    Returns
    -------
    schema
        JSON Schema (draft 2020-12) of what :func:`~clustering.read_rule` takes as JSON or TOML.
    """
    return copy.deepcopy(_schema())


@cache
def _schema() -> dict[str, Any]:
    schema = without_references(_RULE.json_schema(schema_generator=WithoutTitles))
    return {"$schema": GenerateJsonSchema.schema_dialect, "title": "Identification rule", **schema}


def check_written(document: Mapping[str, Any]) -> tuple[WrittenRule, list[Problem]]:
    """
    Check a rule as written.

    Parameters
    ----------
    document
        Fields, of plain values.

    Returns
    -------
    written
        The fields, of the right types; empty if there are problems.
    problems
        All of them, the field in ``column``; empty if there are none.
    """
    if unusable := [*unusable_values(document)]:
        return {}, unusable
    named = {str(name): value for name, value in document.items()}
    problems: list[Problem] = []
    faulty: set[str] = set()
    written: WrittenRule = {}
    try:
        written = _RULE.validate_python(named)
    except ValidationError as error:
        problems = problems_of(error, named, _schema(), RULE_WORDING)
        faulty = {str(details["loc"][0]) for details in error.errors(include_url=False) if details["loc"]}
    if "measure" in faulty:  # whether a number is a share or points depends on it
        return written, problems
    # What contradicts the rest is told as well, among the fields that can be used.
    usable = {name: value for name, value in named.items() if name not in faulty}
    problems += [each for each in contradictions(usable) if each.column not in faulty]
    return written, problems
