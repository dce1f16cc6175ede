"""Types of the fields of a rule, with their bounds, each stated once for the parts and for the written form."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from clustering.model.grades import LAST_GRADE, PRESCHOOL
from clustering.model.parameter_types import plain_value, sound_characters, without_truth_values
from clustering.model.validation_errors import unreadable

Population = Literal["all", "title1", "title1_eligible", "title1_eligible_without_program", "not_title1"]
Average = Literal["latest", "mean", "pooled", "every", "any"]
ComparedRate = Literal["underlying", "published"]
BelowMinimum = Literal["exclude", "pool_years", "flag"]
RangePolicy = Literal["certain", "possible", "midpoint"]
Exclusion = Literal["closed", "alternative", "special education", "career and technical", "virtual", "new"]


def _number(value: object) -> object:
    """A number; rules are documents, in which a text is no number."""
    if isinstance(value, str):
        raise unreadable()
    return without_truth_values(value)


def _text(value: object) -> object:
    sound_characters(value)
    return value


RULE_NUMBER = BeforeValidator(_number)
RULE_TEXT = BeforeValidator(_text)
RULE_LIST = BeforeValidator(plain_value)

Threshold = Annotated[float, RULE_NUMBER]
Share = Annotated[float, Field(ge=0, le=1), RULE_NUMBER]
BottomShare = Annotated[float, Field(gt=0, le=1), RULE_NUMBER]
BottomCount = Annotated[int, Field(ge=1, le=100_000), RULE_NUMBER]
Years = Annotated[int, Field(ge=1, le=10), RULE_NUMBER]
YearsOpen = Annotated[int, Field(ge=1, le=20), RULE_NUMBER]
Decimals = Annotated[int, Field(ge=0, le=6), RULE_NUMBER]
MinimumStudents = Annotated[int, Field(ge=1, le=1000), RULE_NUMBER]
Grade = Annotated[int, Field(ge=PRESCHOOL, le=LAST_GRADE), RULE_NUMBER]
RuleId = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,60}$"), RULE_TEXT]
Title = Annotated[str, Field(max_length=200), RULE_TEXT]
Citation = Annotated[str, Field(max_length=1000), RULE_TEXT]
Name = Annotated[str, Field(min_length=1, max_length=100), RULE_TEXT]
Heading = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), RULE_TEXT]
Entry = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S"), RULE_TEXT]
