"""What a request for long work is answered with: the job, or its result if it is ready in time."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Annotated

from fastapi import Header, Response

from app.api.shaping import job_out
from app.error_handlers import problem_response
from app.errors import error_from_document
from app.services.service import Service
from app.store import Job

Prefer = Annotated[str | None, Header(description="wait=N: answer with the result if it is ready in N seconds")]


async def answer_with_job(
    service: Service, job: Job, prefer: str | None, show_result: Callable[[Job], Response]
) -> Response:
    """
    Answer with the job, or wait for its result.

    Parameters
    ----------
    service
        The service.
    job
        Just queued.
    prefer
        The header ``Prefer``, such as ``wait=30``.
    show_result
        Shows the result of a job that succeeded, with its address as ``Content-Location``.

    Returns
    -------
    response
        202 with the job, 200 with the result, or the problem of a job that failed.
    """
    wait_s = min(_seconds_to_wait(prefer), service.settings.maximum_wait_s)
    if wait_s <= 0:
        return _accepted(await asyncio.to_thread(service.store.job, job.id), {})
    await service.queue.wait(job.id, wait_s)
    headers = {"Preference-Applied": f"wait={wait_s:g}"}
    return await asyncio.to_thread(_answer_after_wait, service, job.id, headers, show_result)


def _answer_after_wait(
    service: Service, job_id: str, headers: dict[str, str], show_result: Callable[[Job], Response]
) -> Response:
    """The result if the job is done, its problem if it failed, else the job."""
    job = service.store.job(job_id)
    if job.status == "succeeded" and job.result_id is not None:
        response = show_result(job)
        response.headers.update(headers)
        return response
    if job.status == "failed" and job.problem is not None:
        return problem_response(error_from_document(job.problem))
    return _accepted(job, headers)


def _accepted(job: Job, headers: dict[str, str]) -> Response:
    headers = {**headers, "Location": f"/jobs/{job.id}", "Retry-After": "1"}
    return Response(job_out(job).model_dump_json(), status_code=202, media_type="application/json", headers=headers)


def _seconds_to_wait(prefer: str | None) -> float:
    match = re.search(r"(?:^|[,;\s])wait\s*=\s*(\d{1,6})", prefer or "")
    return float(match.group(1)) if match else 0.0
