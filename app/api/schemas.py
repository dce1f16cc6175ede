"""What goes in and out as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from app.store import Dataset, Job, Proposal

# Segments of the paths below a proposal: its forms, and what can be computed beside it.
PROPOSAL_PARTS = (
    *("zones", "schools", "members", "links", "map"),
    *("reach", "plans", "trade-off", "stability", "persistence"),
)


class _Out(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ProposalRequest(BaseModel):
    """A request for Zones: a dataset and any of the library's parameters."""

    model_config = ConfigDict(extra="forbid")

    dataset_id: Annotated[str, Field(max_length=64)]
    parameters: dict[str, Any] = Field(
        default_factory=dict, description="Fields of clustering.ProposalParameters.", examples=[{"maximum_schools": 8}]
    )


class CrosswalkConfirmation(BaseModel):
    """Rows of a dataset's proposed crosswalk that are right, by their place in it, counted from 0."""

    model_config = ConfigDict(extra="forbid")

    confirmed: Annotated[list[Annotated[int, Field(ge=0, lt=100_000)]], Field(min_length=1, max_length=10_000)]


class DatasetOut(_Out):
    """A dataset and how its files were read."""

    id: str
    name: str
    created_at: datetime
    report: dict[str, Any]
    links: dict[str, str]


class DatasetSummary(_Out):
    """A dataset in a list."""

    id: str
    name: str
    created_at: datetime
    links: dict[str, str]


class JobOut(_Out):
    """A job and how far it has come."""

    id: str
    dataset_id: str
    status: str
    stage: str
    progress: float
    created_at: datetime
    finished_at: datetime | None
    problem: dict[str, Any] | None
    proposal_id: str | None
    links: dict[str, str]


class ProposalSummary(_Out):
    """A proposal in a list."""

    id: str
    dataset_id: str
    created_at: datetime
    summary: dict[str, Any]
    links: dict[str, str]


def dataset_out(dataset: Dataset) -> DatasetOut:
    """Shape a dataset."""
    return DatasetOut(**dataset_summary(dataset).model_dump(), report=dataset.report)


def dataset_summary(dataset: Dataset) -> DatasetSummary:
    """Shape a dataset for a list."""
    links = {"self": f"/datasets/{dataset.id}"}
    return DatasetSummary(id=dataset.id, name=dataset.name, created_at=dataset.created_at, links=links)


def job_out(job: Job) -> JobOut:
    """Shape a job."""
    links = {"self": f"/jobs/{job.id}", "dataset": f"/datasets/{job.dataset_id}"}
    if job.proposal_id is not None:
        links["proposal"] = f"/proposals/{job.proposal_id}"
    return JobOut(
        id=job.id,
        dataset_id=job.dataset_id,
        status=job.status,
        stage=job.stage,
        progress=round(job.progress, 3),
        created_at=job.created_at,
        finished_at=job.finished_at,
        problem=job.problem,
        proposal_id=job.proposal_id,
        links=links,
    )


def proposal_summary(proposal: Proposal) -> ProposalSummary:
    """Shape a proposal for a list."""
    return ProposalSummary(
        id=proposal.id,
        dataset_id=proposal.dataset_id,
        created_at=proposal.created_at,
        summary=proposal.summary,
        links=proposal_links(proposal.id, proposal.dataset_id),
    )


def proposal_links(proposal_id: str, dataset_id: str) -> dict[str, str]:
    """Where the forms of a proposal are."""
    own = f"/proposals/{proposal_id}"
    parts = {name: f"{own}/{name}" for name in PROPOSAL_PARTS}
    return {"self": own, **parts, "dataset": f"/datasets/{dataset_id}"}
