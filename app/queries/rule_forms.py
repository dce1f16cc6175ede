"""What a question about identification rules says, as models that every door shares."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

Fall = Annotated[int, Field(ge=1900, le=2200)]
Change = Literal["gained", "lost", "both", "neither"]
Disclosure = Literal["protected", "exact"]
Answer = Literal["certain", "possible", "no", "unknown", "excluded"]
_RULE_FORM = {
    "anyOf": [{"type": "string"}, {"type": "object"}],
    "description": "A preset, graduation_rate<0.67, official:COLUMN=VALUE, or the fields of GET /rules/schema.",
    "examples": ["essa_csi_graduation", {"preset": "essa_csi_graduation", "comparator": "le"}],
}
# What a rule must be is said by the library, every field of it at once.
RuleGiven = Annotated[Any, WithJsonSchema(_RULE_FORM)]
Place = Annotated[int, Field(ge=0, le=1_000_000)]


class _RuleQuestion(BaseModel):
    model_config = ConfigDict(extra="forbid")

    disclosure: Disclosure = "protected"


class _ListedRuleQuestion(_RuleQuestion):
    year: Fall | None = Field(default=None, description="Fall of the last school year looked at; the newest otherwise.")
    start: Place = Field(default=0, description="Schools to pass over.")
    limit: Place | None = Field(default=None, description="Most schools to list; of JSON only, as is start.")


class IdentificationRequest(_ListedRuleQuestion):
    """A rule to put to the schools of a dataset."""

    rule: RuleGiven
    only: list[Answer] = Field(default_factory=list, max_length=5, description="Answers of the schools to list.")


class RuleComparisonRequest(_ListedRuleQuestion):
    """Two rules to put to the same schools."""

    first: RuleGiven
    second: RuleGiven
    only: list[Change] = Field(default_factory=list, max_length=4, description="Changes of the schools to list.")


class CyclesRequest(_RuleQuestion):
    """A rule by which to follow the schools of a dataset over the years."""

    rule: RuleGiven
    years: list[Fall] = Field(default_factory=list, max_length=50, description="Falls to follow; none means all.")
