"""What goes in and out as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from app.addresses import addresses
from app.queries.analysis import Analysis
from app.queries.capacity_kinds import CAPACITY_KINDS, MATCHES, YEAR_PLANS
from app.queries.capacity_request import changed_parameters, summarise_capacity_request
from app.services.answers import address_of_answer
from app.services.records import DEFAULT_CHECKLIST
from app.services.uploads import MAXIMUM_NAME_CHARACTERS, MAXIMUM_WHO_CHARACTERS, MAXIMUM_WHY_CHARACTERS
from app.store import PROPOSAL_PARTS, CapacityResult, Dataset, IndicatorUpload, Job, Proposal, Register
from clustering import Problem, ProposalParameters, parameter_schema, problem_documents


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


class DatasetOut(_Out):
    """A dataset and how its files were read."""

    id: str
    name: str
    created_at: datetime
    report: dict[str, Any]
    notice: str | None = Field(default=None, description="That the same inputs are held already, and since when.")
    links: dict[str, str]


class DatasetSummary(_Out):
    """A dataset in a list."""

    id: str
    name: str
    created_at: datetime
    links: dict[str, str]


class JobOut(_Out):
    """A job and how far it has come; what it made is one of the last three ids, or the link ``answer``."""

    id: str
    kind: str
    dataset_id: str
    inputs: dict[str, str]
    status: str
    stage: str
    progress: float
    created_at: datetime
    finished_at: datetime | None
    problem: dict[str, Any] | None
    proposal_id: str | None
    match_id: str | None
    year_plan_id: str | None
    links: dict[str, str]


class ProposalSummary(_Out):
    """A proposal in a list."""

    id: str
    dataset_id: str
    created_at: datetime
    document_format: int
    summary: dict[str, Any]
    links: dict[str, str]


class RegisterSummary(_Out):
    """A register of Lead Partners in a list."""

    id: str
    name: str
    created_at: datetime
    summary: dict[str, Any]
    links: dict[str, str]


class RegisterOut(RegisterSummary):
    """A register of Lead Partners: its partners, their duties, and how its files were read."""

    register_document: Annotated[dict[str, Any], Field(serialization_alias="register")]


class CapacityResultSummary(_Out):
    """A match or a year plan in a list; ``request`` says in words what ``changed_parameters`` holds."""

    id: str
    dataset_id: str
    proposal_id: str
    register_id: str
    name: str
    created_at: datetime
    document_format: int
    request: str
    changed_parameters: dict[str, Any]
    summary: dict[str, Any]
    links: dict[str, str]


def dataset_out(dataset: Dataset, *, notice: str | None = None) -> DatasetOut:
    """Shape a dataset; ``notice`` says if it was there before."""
    return DatasetOut(**dataset_summary(dataset).model_dump(), report=dataset.report, notice=notice)


def dataset_summary(dataset: Dataset) -> DatasetSummary:
    """Shape a dataset for a list."""
    links = addresses({"self": f"/datasets/{dataset.id}"})
    return DatasetSummary(id=dataset.id, name=dataset.name, created_at=dataset.created_at, links=links)


def record_out(document: dict[str, Any], warnings: Sequence[Problem]) -> dict[str, Any]:
    """Add links, and what is doubtful, to the document of a record."""
    own = f"/records/{document['record_id']}"
    links = {"self": own, **{part: f"{own}/{part}" for part in ("changes", "history", "missing")}}
    proposal_id = document["zone"]["origin"]["proposal_id"]
    if proposal_id is not None:  # it may be gone by now
        links["proposal"] = f"/proposals/{proposal_id}"
    return {**document, "warnings": problem_documents(warnings), "links": addresses(links)}


_INPUT_PATHS = {
    "proposal_id": "/proposals/",
    "other_proposal_id": "/proposals/",
    "register_id": "/registers/",
    "match_id": "/matches/",
    "year_plan_id": "/year-plans/",
}


def job_out(job: Job) -> JobOut:
    """Shape a job."""
    made: dict[str, str | None] = {"match": None, "year_plan": None}
    links = {"self": f"/jobs/{job.id}", "dataset": f"/datasets/{job.dataset_id}"}
    links |= {
        name.removesuffix("_id"): _INPUT_PATHS[name] + value
        for name, value in job.inputs.items()
        if name in _INPUT_PATHS
    }
    if job.answer_id is not None:
        links["answer"] = address_of_answer(job)
    if job.proposal_id is not None:
        links["proposal"] = f"/proposals/{job.proposal_id}"
    if job.capacity_result_id is not None:
        name = job.kind.replace(" ", "_")
        made[name] = job.capacity_result_id
        links[name] = f"/{CAPACITY_KINDS[job.kind].path}/{job.capacity_result_id}"
    return JobOut(
        id=job.id,
        kind=job.kind,
        dataset_id=job.dataset_id,
        inputs=job.inputs,
        status=job.status,
        stage=job.stage,
        progress=round(job.progress, 3),
        created_at=job.created_at,
        finished_at=job.finished_at,
        problem=job.problem,
        proposal_id=job.proposal_id,
        match_id=made["match"],
        year_plan_id=made["year_plan"],
        links=addresses(links),
    )


def proposal_summary(proposal: Proposal, analyses: Sequence[Analysis]) -> ProposalSummary:
    """Shape a proposal for a list; its links lead to its parts and its analyses."""
    return ProposalSummary(
        id=proposal.id,
        dataset_id=proposal.dataset_id,
        created_at=proposal.created_at,
        document_format=proposal.document_format,
        summary=proposal.summary,
        links=_proposal_links(proposal, analyses),
    )


def _proposal_links(proposal: Proposal, analyses: Sequence[Analysis]) -> dict[str, str]:
    own = f"/proposals/{proposal.id}"
    paths = [part.path for part in PROPOSAL_PARTS if part.path] + [analysis.name for analysis in analyses]
    parts = {path: f"{own}/{path}" for path in paths}
    return addresses({"self": own, **parts, "dataset": f"/datasets/{proposal.dataset_id}"})


class IndicatorUploadOut(_Out):
    """A file of indicator sets, assessments or progress, and how it was read."""

    id: str
    dataset_id: str
    kind: str
    revision: int
    created_at: datetime
    summary: dict[str, Any]


def indicator_upload_out(upload: IndicatorUpload) -> IndicatorUploadOut:
    """Write an upload without what it holds."""
    names = ("id", "dataset_id", "kind", "revision", "created_at", "summary")
    return IndicatorUploadOut(**{name: getattr(upload, name) for name in names})


def register_summary(register: Register) -> RegisterSummary:
    """Shape a register for a list."""
    own = f"/registers/{register.id}"
    links = {"self": own, "partners": f"{own}/partners", "duties": f"{own}/duties"}
    return RegisterSummary(
        id=register.id,
        name=register.name,
        created_at=register.created_at,
        summary=register.summary,
        links=addresses(links),
    )


def register_out(register: Register) -> RegisterOut:
    """Shape a register."""
    return RegisterOut(**register_summary(register).model_dump(), register_document=register.report)


def capacity_summary(result: CapacityResult) -> CapacityResultSummary:
    """Shape a match or a year plan for a list; its links lead to its parts, its analyses and what it rests on."""
    kind = CAPACITY_KINDS[result.kind]
    own = f"/{kind.path}/{result.id}"
    paths = [part.path for part in kind.parts if part.path]
    paths += ["running-contracts", *(analysis.name for analysis in kind.analyses)]
    bases = {name: f"/{name}s/{getattr(result, f'{name}_id')}" for name in ("proposal", "register", "dataset")}
    return CapacityResultSummary(
        id=result.id,
        dataset_id=result.dataset_id,
        proposal_id=result.proposal_id,
        register_id=result.register_id,
        name=result.name,
        created_at=result.created_at,
        document_format=result.document_format,
        request=summarise_capacity_request(kind.parameters, result.parameters),
        changed_parameters=changed_parameters(kind.parameters, result.parameters),
        summary=result.summary,
        links=addresses({"self": own, **{path: f"{own}/{path}" for path in paths}, **bases}),
    )
