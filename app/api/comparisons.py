"""Comparisons of two proposals."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from fastapi.concurrency import run_in_threadpool

from app.api.job_answers import Prefer
from app.api.kept_answers import NOT_COMPUTED, STARTED, KnownTags, answer_response, start_answer
from app.services import answers
from app.services.dependencies import ServiceHere, WantsCsv
from app.services.service import Service

router = APIRouter(prefix="/proposals", tags=["comparisons"])

Table = Annotated[Literal["moves", "zones"], Query(description="Which table, as CSV.")]


@router.get(
    "/{proposal_id}/comparison/{other_id}",
    summary="Two proposals side by side, as JSON or CSV",
    responses=NOT_COMPUTED,
)
def show(
    proposal_id: str,
    other_id: str,
    *,
    wants_csv: WantsCsv,
    service: ServiceHere,
    known_tags: KnownTags,
    table: Table = "moves",
) -> Response:
    """Schools that move, Zones by anchor and totals; ``?f=csv`` or ``Accept: text/csv`` for one of the tables."""
    question = answers.question_of_pair(service, proposal_id, other_id)
    return _response(service, question, table if wants_csv else "json", known_tags)


@router.post(
    "/{proposal_id}/comparison/{other_id}", status_code=202, summary="Compare two proposals", responses=STARTED
)
async def create(
    proposal_id: str,
    other_id: str,
    *,
    wants_csv: WantsCsv,
    service: ServiceHere,
    prefer: Prefer = None,
    table: Table = "moves",
) -> Response:
    """Start to compare: 202 with the job, or the comparison if it is ready in time."""
    question = await run_in_threadpool(answers.question_of_pair, service, proposal_id, other_id)
    job = await run_in_threadpool(answers.start, service, question)
    form = table if wants_csv else "json"
    return await start_answer(service, job, prefer, lambda: _response(service, question, form, ()))


def _response(service: Service, question: answers.Question, form: str, known_tags: tuple[str, ...]) -> Response:
    first, second = question.inputs["proposal_id"], question.inputs["other_proposal_id"]
    name = f"{'comparison' if form == 'json' else form}-{first[:8]}-{second[:8]}"
    return answer_response(service, question, form, name=name, about=f"/proposals/{first}", known_tags=known_tags)
