"""What a question about identification rules holds, as models that routes, pages and commands share."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

Fall = Annotated[int, Field(ge=1900, le=2200)]
Change = Literal["gained", "lost", "both", "neither"]
Disclosure = Literal["protected", "public", "exact"]
Answer = Literal["certain", "possible", "no", "unknown", "excluded"]
_RULE_FORM = {
    "anyOf": [{"type": "string"}, {"type": "object"}],
    "description": "A preset, graduation_rate<0.67, official:COLUMN=VALUE, or the fields of GET /rules/schema.",
    "examples": ["essa_csi_graduation", {"preset": "essa_csi_graduation", "comparator": "le"}],
}
# The library checks rules, all fields at once.
RuleField = Annotated[Any, WithJsonSchema(_RULE_FORM)]
Position = Annotated[int, Field(ge=0, le=1_000_000)]


class RuleForm(BaseModel):
    """What every question about rules holds."""

    model_config = ConfigDict(extra="forbid")

    disclosure: Disclosure = "protected"


class _ListingForm(RuleForm):
    year: Fall | None = Field(default=None, description="Fall of the last school year looked at; the newest otherwise.")
    start: Position = Field(default=0, description="Schools to pass over.")
    limit: Position | None = Field(default=None, description="Most schools to list; of JSON only, as is start.")


class IdentificationRequest(_ListingForm):
    """A rule to put to the schools of a dataset."""

    rule: RuleField
    only: list[Answer] = Field(default_factory=list, max_length=5, description="Answers of the schools to list.")


class RuleComparisonRequest(_ListingForm):
    """Two rules to put to the same schools."""

    first: RuleField
    second: RuleField
    only: list[Change] = Field(default_factory=list, max_length=4, description="Changes of the schools to list.")


class CyclesRequest(RuleForm):
    """A rule by which to follow the schools of a dataset over the years."""

    rule: RuleField
    years: list[Fall] = Field(default_factory=list, max_length=50, description="Falls to follow; none means all.")
