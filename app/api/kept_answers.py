"""Routes of answers that are computed as jobs: POST starts one, GET of the same address reads it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Header, Response

from app.api.job_answers import answer_with_job
from app.services import answers
from app.services.answers import Question
from app.services.file_answers import csv_response, document_response
from app.services.service import Service

# What the OpenAPI document says of both methods.
STARTED: dict[int | str, dict[str, Any]] = {
    200: {"description": "The answer, if it is ready within Prefer: wait"},
    202: {"description": "The job that computes it"},
}
NOT_COMPUTED: dict[int | str, dict[str, Any]] = {
    304: {"description": "It is what the client has"},
    404: {"description": "There is no such thing, or nobody has started to compute this (POST does)"},
}


def _known_tags(if_none_match: Annotated[str | None, Header()] = None) -> tuple[str, ...]:
    return tuple(tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",") if tag.strip())


KnownTags = Annotated[tuple[str, ...], Depends(_known_tags)]


def answer_response(
    service: Service,
    question: Question,
    form: str,
    *,
    name: str,
    about: str,
    known_tags: tuple[str, ...] = (),
) -> Response:
    """
    Answer with what was computed.

    Parameters
    ----------
    service
        The service.
    question
        That the caller may ask.
    form
        ``json``, or a table as CSV.
    name
        Of the file that a browser saves, without its ending.
    about
        Address of what it is about.
    known_tags
        ETags of what the client has.

    Returns
    -------
    response
        304 if the client has it.

    Raises
    ------
    ServiceError
        404, ``not-computed``, if it is not there.
    """
    kept = answers.read(service, question, form)
    headers = {
        "ETag": f'"{kept.sha256[:32]}"',
        "Cache-Control": "private, no-cache",
        "Vary": "Accept",
        "Link": f'<{about}>; rel="describedby"',
    }
    if headers["ETag"] in known_tags or "*" in known_tags:
        return Response(status_code=304, headers=headers)
    respond = document_response if form == "json" else csv_response
    return respond(kept.content, name, headers=headers)


async def start_answer(service: Service, job: Any, prefer: str | None, response: Any) -> Response:
    """
    Answer a POST that started an answer.

    Parameters
    ----------
    service
        The service.
    job
        That computes it.
    prefer
        The header ``Prefer``.
    response
        Makes the response of GET.

    Returns
    -------
    response
        202 with the job, or 200 with the answer and its address in ``Content-Location``.
    """

    def show(done: Any) -> Response:
        """The answer, and where it is."""
        made: Response = response()
        made.headers["Content-Location"] = answers.address_of_answer(done)
        return made

    return await answer_with_job(service, job, prefer, show)
