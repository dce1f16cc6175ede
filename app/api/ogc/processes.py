"""OGC API Processes (part 1, 1.0): Zones are proposed by the same jobs as ``POST /proposals`` starts."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from app.api.job_answers import Prefer
from app.api.ogc.answers import JSON, Table, anchor, base_of, document_answer, json_of, self_links, wanted_form
from app.api.ogc.items import refuse_unknown
from app.api.ogc.pages import page_answer, read_page
from app.api.ogc.process_documents import (
    DATASET_INPUT,
    EXCEPTIONS,
    PROCESS_ID,
    is_of_process,
    list_links,
    process_document,
    process_summary,
    results_document,
    status_document,
)
from app.errors import ServiceError, error_from_document, request_error
from app.services.dependencies import ServiceHere
from app.services.jobs import cancel_job
from app.services.proposals import request_proposal
from app.services.service import Service
from app.store import PROPOSAL, Job

router = APIRouter(prefix="/ogc", include_in_schema=False)

_METHODS = ["GET"]
_MAXIMUM_JOBS = 200


@router.api_route("/processes", methods=_METHODS)
async def processes(request: Request, service: ServiceHere) -> Response:  # noqa: ARG001 (who may read is checked by it)
    """All processes: the one."""
    refuse_unknown(request, ("f", "limit"))
    form, base = wanted_form(request), base_of(request)
    listed = [process_summary(base)]
    rows = [[anchor(f"{base}/processes/{each['id']}?f=html", each["id"]), each["description"]] for each in listed]
    document = {"title": "Processes", "processes": listed, "links": self_links(request, form)}
    return document_answer(
        request, document, form=form, tables=[Table(headings=("Process", "What it does"), rows=rows)]
    )


@router.api_route("/processes/{process_id}", methods=_METHODS)
async def process(process_id: str, request: Request, service: ServiceHere) -> Response:  # noqa: ARG001
    """One process with its inputs and outputs."""
    refuse_unknown(request, ("f",))
    _refuse_unknown_process(process_id)
    form = wanted_form(request)
    document = process_document(base_of(request))
    document["links"] = [*self_links(request, form), *document["links"][1:]]
    rows = [[name, each["description"]] for name, each in document["inputs"].items()]
    return document_answer(request, document, form=form, tables=[Table(headings=("Input", "Meaning"), rows=rows)])


@router.post("/processes/{process_id}/execution")
async def execute(process_id: str, request: Request, service: ServiceHere, prefer: Prefer = None) -> Response:
    """
    Propose Zones.

    200 with the results if they are ready in time, else 201 with the job; with ``Prefer: respond-async`` the job at
    once. A client that prefers nothing waits as long as the service lets it.
    """
    refuse_unknown(request, ("f",))
    _refuse_unknown_process(process_id)
    wanted = _read_execution(await request.body())
    job = await run_in_threadpool(request_proposal, service, wanted.dataset_id, wanted.parameters)
    wait_s = _seconds_to_wait(prefer, service.settings.maximum_wait_s)
    if wait_s > 0:
        await service.queue.wait(job.id, wait_s)
        job = await run_in_threadpool(service.store.job, job.id)
    is_async = "respond-async" in (prefer or "")
    # Identical requests share one job, which may be finished at once: whoever wants a job gets one nevertheless.
    if job.status == "succeeded" and (wait_s > 0 or not is_async):
        return document_answer(request, _results(request, job, wanted.outputs), form="json")
    if job.status == "failed" and job.problem is not None and (wait_s > 0 or not is_async):
        raise error_from_document(job.problem)
    base = base_of(request)
    headers = {"Location": f"{base}/jobs/{job.id}", **({"Preference-Applied": "respond-async"} if is_async else {})}
    return Response(json_of(status_document(job, base)), 201, headers, JSON)


@router.api_route("/jobs", methods=_METHODS)
async def jobs(request: Request, service: ServiceHere) -> Response:
    """Jobs of the process, newest first."""
    refuse_unknown(request, ("f", "limit", "after"))
    form, base = wanted_form(request), base_of(request)
    read = partial(service.store.jobs, None, kind=PROPOSAL)
    found = await run_in_threadpool(read_page, request, _MAXIMUM_JOBS, read)
    listed = [status_document(each, base) for each in found]
    rows = [
        [anchor(f"{base}/jobs/{each['jobID']}?f=html", each["jobID"]), each["status"], each["message"]]
        for each in listed
    ]
    document = {"title": "Jobs", "jobs": listed, "links": list_links(base, self_links(request, form))}
    table = Table(headings=("Job", "Status", "Stage"), rows=rows)
    return page_answer(request, document, found, form=form, tables=[table])


@router.api_route("/jobs/{job_id}", methods=_METHODS)
async def job(job_id: str, request: Request, service: ServiceHere) -> Response:
    """How far a job is."""
    refuse_unknown(request, ("f",))
    form = wanted_form(request)
    found = await run_in_threadpool(_job, service, job_id)
    document = status_document(found, base_of(request))
    rows = [[name, value] for name, value in document.items() if name != "links"]
    table = Table(headings=("", "Value"), rows=rows)
    return document_answer(request, document, form=form, title=f"Job {job_id}", tables=[table])


@router.delete("/jobs/{job_id}")
async def dismiss(job_id: str, request: Request, service: ServiceHere) -> Response:
    """Stop a job; one that is finished stays as it is."""
    found = await run_in_threadpool(_dismissed, service, job_id)
    return document_answer(request, status_document(found, base_of(request)), form="json")


@router.api_route("/jobs/{job_id}/results", methods=_METHODS)
async def results(job_id: str, request: Request, service: ServiceHere) -> Response:
    """Links to what a job made; the problem of one that failed, and 404 of one that is not finished."""
    refuse_unknown(request, ("f",))
    form = wanted_form(request)
    found = await run_in_threadpool(_job, service, job_id)
    if found.problem is not None:
        raise error_from_document(found.problem)
    if found.status != "succeeded":
        raise _exception(404, "result-not-ready", "The job is not finished: there is no result yet.")
    document = _results(request, found, ())
    rows = [[anchor(each["href"], each["title"])] for each in document.values()]
    table = Table(headings=("Output",), rows=rows)
    return document_answer(request, document, form=form, title="Results", tables=[table])


def _job(service: Service, job_id: str) -> Job:
    """A job of the process, whatever else there is."""
    try:
        found = service.store.job(job_id)
    except ServiceError as error:
        if error.status != 404:
            raise
        raise _exception(404, "no-such-job", "There is no such job.") from None
    if not is_of_process(found):
        raise _exception(404, "no-such-job", "There is no such job.")
    return found


def _dismissed(service: Service, job_id: str) -> Job:
    _job(service, job_id)
    return cancel_job(service, job_id)


def _results(request: Request, job: Job, names: Sequence[str]) -> dict[str, Any]:
    """The outputs of a job that are wanted; all of them if none is named."""
    if job.proposal_id is None:
        raise _exception(404, "result-not-ready", "The proposal that the job made was deleted.")
    root = str(request.base_url).rstrip("/")
    document = results_document(job.proposal_id, root, base_of(request))
    return {name: document[name] for name in names} if names else document


def _refuse_unknown_process(process_id: str) -> None:
    if process_id != PROCESS_ID:
        raise _exception(404, "no-such-process", f"There is no such process: the only one is {PROCESS_ID}.")


def _exception(status: int, name: str, detail: str) -> ServiceError:
    return ServiceError(status, detail, extra={"type": f"{EXCEPTIONS}/{name}"})


@dataclass(frozen=True, kw_only=True)
class _Execution:
    """
    What a request to execute the process holds.

    Parameters
    ----------
    dataset_id
        Of the dataset.
    parameters
        Of the proposal, not checked yet.
    outputs
        Names of those that are wanted; none for all.
    """

    dataset_id: str
    parameters: dict[str, Any]
    outputs: tuple[str, ...]


def _read_execution(body: bytes) -> _Execution:
    """Read the body; ServiceError, 400, if it is none."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise _bad_body("body", "This is not JSON.", 'Send {"inputs": {"dataset_id": "..."}}.') from None
    inputs = document.get("inputs") if isinstance(document, dict) else None
    if not isinstance(inputs, dict):
        raise _bad_body("inputs", "There are no inputs.", 'Send {"inputs": {"dataset_id": "..."}}.')
    values = {name: _value(each) for name, each in inputs.items()}
    dataset_id = values.pop(DATASET_INPUT, None)
    if not isinstance(dataset_id, str):
        raise _bad_body(DATASET_INPUT, "This is missing, or no text.", "Give the identifier of a dataset.")
    outputs = document.get("outputs") or {}
    known = process_document("")["outputs"]
    if not isinstance(outputs, (dict, list)) or not all(isinstance(each, str) and each in known for each in outputs):
        raise _bad_body("outputs", "There is no such output.", f"Known: {', '.join(known)}.")
    return _Execution(dataset_id=dataset_id, parameters=values, outputs=tuple(outputs))


def _value(given: Any) -> Any:
    """An input as it is, or the one value of an object that has nothing else."""
    return given["value"] if isinstance(given, dict) and set(given) == {"value"} else given


def _bad_body(name: str, message: str, remedy: str) -> ServiceError:
    return request_error(400, "The request cannot be executed.", [(name, message, remedy)])


def _seconds_to_wait(prefer: str | None, longest_s: float) -> float:
    text = prefer or ""
    if (wanted := re.search(r"(?:^|[,;\s])wait\s*=\s*(\d{1,6})", text)) is not None:
        return min(float(wanted[1]), longest_s)
    return 0.0 if "respond-async" in text else longest_s
