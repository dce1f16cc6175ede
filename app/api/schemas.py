"""What goes in and out as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from app.queries.capacity_kinds import MATCHES, YEAR_PLANS
from app.services.records import DEFAULT_CHECKLIST
from app.services.uploads import MAXIMUM_NAME_CHARACTERS, MAXIMUM_WHO_CHARACTERS, MAXIMUM_WHY_CHARACTERS
from clustering import ProposalParameters, parameter_schema


class _Out(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ProposalRequest(BaseModel):
    """A request for Zones: a dataset and any of the library's parameters."""

    model_config = ConfigDict(extra="forbid")

    dataset_id: Annotated[str, Field(max_length=64)]
    parameters: Annotated[dict[str, Any], WithJsonSchema(parameter_schema())] = Field(
        default_factory=dict,
        description="Any of the parameters. Those left out have their defaults.",
        examples=[{"maximum_schools": 8}],
    )


ResultName = Annotated[
    str | None,
    Field(max_length=MAXIMUM_NAME_CHARACTERS, description="By which you know the result; lists show it."),
]


class MatchRequest(BaseModel):
    """A request to match the Zones of a proposal with the Lead Partners of a register."""

    model_config = ConfigDict(extra="forbid")

    register_id: Annotated[str, Field(max_length=64)]
    name: ResultName = None
    parameters: Annotated[dict[str, Any], WithJsonSchema(parameter_schema(MATCHES.parameters))] = Field(
        default_factory=dict,
        description="Any of the parameters. Those left out have their defaults.",
        examples=[{"budget_dollars": 20_000_000}],
    )


class YearPlanRequest(BaseModel):
    """A request to plan over the years which Zones of a proposal start when, with which Lead Partner of a register."""

    model_config = ConfigDict(extra="forbid")

    register_id: Annotated[str, Field(max_length=64)]
    name: ResultName = None
    parameters: Annotated[dict[str, Any], WithJsonSchema(parameter_schema(YEAR_PLANS.parameters))] = Field(
        default_factory=dict,
        description="Any of the parameters. Those left out have their defaults.",
        examples=[{"years": 5, "budget_dollars": 20_000_000}],
    )


def with_whole_parameters(document: Any) -> Any:
    """
    Put the library's own schema wherever an OpenAPI document lists the parameters.

    FastAPI leaves out defaults of ``null`` and writes bounds of whole numbers with a decimal point.

    Parameters
    ----------
    document
        As FastAPI makes it, or a part of it.

    Returns
    -------
    document
        The same, whole.
    """
    models = (ProposalParameters, MATCHES.parameters, YEAR_PLANS.parameters)
    return _with_parameters(document, [parameter_schema(model)["properties"] for model in models])


def _with_parameters(part: Any, known: list[dict[str, Any]]) -> Any:
    if isinstance(part, list):
        return [_with_parameters(each, known) for each in part]
    if not isinstance(part, dict):
        return part
    for parameters in known:
        if part.get("properties", {}).keys() == parameters.keys():
            return {**part, "properties": parameters}
    return {name: _with_parameters(each, known) for name, each in part.items()}


class CrosswalkConfirmation(BaseModel):
    """Rows of a dataset's proposed crosswalk that are right, by their position in it, counted from 0."""

    model_config = ConfigDict(extra="forbid")

    confirmed: Annotated[list[Annotated[int, Field(ge=0, lt=100_000)]], Field(min_length=1, max_length=10_000)]


Who = Annotated[str, Field(max_length=MAXIMUM_WHO_CHARACTERS, description="Who does it.")]
Why = Annotated[str, Field(max_length=MAXIMUM_WHY_CHARACTERS, description="For which reason.")]
ChecklistField = Annotated[
    str | dict[str, Any], Field(description="The name of a checklist (GET /checklists), or one in full.")
]


class ProposalRecordRequest(BaseModel):
    """A request to begin a record of a Zone of a proposal."""

    model_config = ConfigDict(extra="forbid")

    by: Who
    why: Why
    checklist: ChecklistField = DEFAULT_CHECKLIST


class RecordRequest(ProposalRecordRequest):
    """A request to begin a record of a Zone as given."""

    zone: dict[str, Any] = Field(
        description="zone_id, name and school_ids; also anchor_ids, school_names, outline (GeoJSON) and origin.",
        examples=[{"zone_id": "west", "name": "West Zone", "school_ids": ["0010", "0001"], "anchor_ids": ["0010"]}],
    )


class ChangeRequest(BaseModel):
    """A change of a record."""

    model_config = ConfigDict(extra="forbid")

    by: Who
    why: Why
    kind: Literal["zone", "condition", "contract", "stage", "checklist"]
    content: dict[str, Any] = Field(
        description="Fields of the condition, the contract, the Zone or the checklist; to and exception of a stage.",
        examples=[{"condition_id": "time-calendar", "state": "agreed", "agreed_on": "2026-11-30"}],
    )
    register_id: str | None = Field(
        default=None, description="A register that must have the partner_id of the contract; without one it need not."
    )


class _Made(_Out):
    """Something that somebody made."""

    id: str
    created_at: datetime
    made_by: str | None = Field(description="Who made it; null where nobody was signed in.")


class DatasetOut(_Made):
    """A dataset and how its files were read."""

    name: str
    report: dict[str, Any]
    notice: str | None = Field(default=None, description="That the same inputs are held already, and since when.")
    links: dict[str, str]


class DatasetSummary(_Made):
    """A dataset in a list."""

    name: str
    links: dict[str, str]


class JobOut(_Made):
    """A job and how far it has come; what it made is one of the last three ids, or the link ``answer``."""

    kind: str
    dataset_id: str
    inputs: dict[str, str]
    status: str
    stage: str
    progress: float
    finished_at: datetime | None
    problem: dict[str, Any] | None
    proposal_id: str | None
    match_id: str | None
    year_plan_id: str | None
    links: dict[str, str]


class ProposalSummary(_Made):
    """A proposal in a list; ``request`` says in words what ``changed_parameters`` holds."""

    dataset_id: str
    document_format: int
    request: str
    changed_parameters: dict[str, Any]
    summary: dict[str, Any]
    links: dict[str, str]


class RegisterSummary(_Made):
    """A register of Lead Partners in a list."""

    name: str
    summary: dict[str, Any]
    links: dict[str, str]


class RegisterOut(RegisterSummary):
    """A register of Lead Partners: its partners, their duties, and how its files were read."""

    register_document: Annotated[dict[str, Any], Field(serialization_alias="register")]


class CapacityResultSummary(_Made):
    """A match or a year plan in a list; ``request`` says in words what ``changed_parameters`` holds."""

    dataset_id: str
    proposal_id: str
    register_id: str
    name: str
    document_format: int
    request: str
    changed_parameters: dict[str, Any]
    summary: dict[str, Any]
    links: dict[str, str]


class IndicatorUploadOut(_Made):
    """A file of indicator sets, assessments or progress, and how it was read."""

    dataset_id: str
    kind: str
    revision: int
    summary: dict[str, Any]
