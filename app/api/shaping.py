"""How rows are shaped into what goes out as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.addresses import addresses
from app.api.schemas import (
    CapacityResultSummary,
    DatasetOut,
    DatasetSummary,
    IndicatorUploadOut,
    JobOut,
    ProposalSummary,
    RegisterOut,
    RegisterSummary,
)
from app.queries.analysis import Analysis
from app.queries.capacity_kinds import CAPACITY_KINDS
from app.queries.capacity_request import summarise_capacity_request
from app.queries.request_summary import changed_parameters, summarise_request
from app.services.answers import address_of_answer
from app.store import PROPOSAL_PARTS, CapacityResult, Dataset, IndicatorUpload, Job, Proposal, Register
from clustering import Problem, ProposalParameters, problem_documents


def dataset_out(dataset: Dataset, *, notice: str | None = None) -> DatasetOut:
    """Shape a dataset; ``notice`` says if it was there before."""
    return DatasetOut(**dataset_summary(dataset).model_dump(), report=dataset.report, notice=notice)


def dataset_summary(dataset: Dataset) -> DatasetSummary:
    """Shape a dataset for a list."""
    links = addresses({"self": f"/datasets/{dataset.id}"})
    return DatasetSummary(
        id=dataset.id, name=dataset.name, created_at=dataset.created_at, made_by=dataset.made_by, links=links
    )


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
        made_by=job.made_by,
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
        made_by=proposal.made_by,
        dataset_id=proposal.dataset_id,
        created_at=proposal.created_at,
        document_format=proposal.document_format,
        request=summarise_request(proposal.parameters),
        changed_parameters=changed_parameters(ProposalParameters, proposal.parameters),
        summary=proposal.summary,
        links=_proposal_links(proposal, analyses),
    )


def _proposal_links(proposal: Proposal, analyses: Sequence[Analysis]) -> dict[str, str]:
    own = f"/proposals/{proposal.id}"
    paths = [part.path for part in PROPOSAL_PARTS if part.path] + [analysis.name for analysis in analyses]
    parts = {path: f"{own}/{path}" for path in paths}
    return addresses({"self": own, **parts, "dataset": f"/datasets/{proposal.dataset_id}"})


def indicator_upload_out(upload: IndicatorUpload) -> IndicatorUploadOut:
    """Write an upload without what it holds."""
    names = ("id", "dataset_id", "kind", "revision", "created_at", "made_by", "summary")
    return IndicatorUploadOut(**{name: getattr(upload, name) for name in names})


def register_summary(register: Register) -> RegisterSummary:
    """Shape a register for a list."""
    own = f"/registers/{register.id}"
    links = {"self": own, "partners": f"{own}/partners", "duties": f"{own}/duties"}
    return RegisterSummary(
        id=register.id,
        made_by=register.made_by,
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
        made_by=result.made_by,
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
