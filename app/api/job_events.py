"""How a job comes along, as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.api.schemas import JobOut
from app.api.shaping import job_out
from app.errors import ServiceError
from app.jobs.stopping import STOPPING
from app.services.dependencies import ServiceHere
from app.services.service import Service
from app.store import UNFINISHED

router = APIRouter(prefix="/jobs", tags=["jobs"])

# The row is read anew this often, since another worker process may run the job.
_LOOK_EVERY_S = 0.4
_COME_BACK_AFTER_MS = 2_000


def _job_that_is_there(job_id: str, service: ServiceHere) -> JobOut:
    return job_out(service.store.job(job_id))


# Looked up before the answer begins: there is no other status once it has.
JobHere = Annotated[JobOut, Depends(_job_that_is_there)]


@router.get("/{job_id}/events", summary="Progress of a job", response_class=EventSourceResponse)
async def follow(job_id: str, job: JobHere, service: ServiceHere) -> AsyncIterator[ServerSentEvent]:
    """
    Events ``progress`` with the job when it has come further, and ``end`` when it is done, failed, cancelled or gone.

    Comments in between keep the connection open. A client that comes back gets the present state first. A service that
    stops ends the answer with a comment instead of ``end``: the job goes on when the service is back.

    Yields
    ------
    event
        With the job as its data.
    """
    shown: JobOut | None = None
    current: JobOut | None = job
    while current is not None and current.status in UNFINISHED:
        if STOPPING.is_set():
            yield ServerSentEvent(comment="the service stops; come back", retry=_COME_BACK_AFTER_MS)
            return
        if current != shown:
            yield ServerSentEvent(event="progress", data=current)
            shown = current
        await asyncio.sleep(_LOOK_EVERY_S)
        current = await asyncio.to_thread(_look, service, job_id)
    yield ServerSentEvent(event="end", data=current)


def _look(service: Service, job_id: str) -> JobOut | None:
    """The job now; ``None`` if it was deleted with what it is about."""
    try:
        return job_out(service.store.job(job_id))
    except ServiceError:
        return None
