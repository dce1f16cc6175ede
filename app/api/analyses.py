"""Analyses of a proposal, two routes for each in the registry: one starts it, the other reads the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import Parameter
from typing import Any

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool

from app.api.job_answers import Prefer
from app.api.kept_answers import NOT_COMPUTED, STARTED, KnownTags, answer_response, start_answer
from app.queries.analysis import Analysis
from app.queries.signatures import with_parameters
from app.services import answers
from app.services.dependencies import ServiceHere, WantsCsv, query_parameters
from app.services.service import Service

# Makes the question of an analysis with these fields about what has an id.
_Ask = Callable[[Service, str, dict[str, Any]], answers.Question]


def analysis_router(analyses: Sequence[Analysis]) -> APIRouter:
    """
    Make the routes of each analysis.

    Parameters
    ----------
    analyses
        The registry.

    Returns
    -------
    router
        ``POST`` and ``GET /proposals/{proposal_id}/NAME`` for each.
    """
    router = APIRouter(prefix="/proposals", tags=["alternatives"])
    for analysis in analyses:
        add_analysis_routes(router, "/{proposal_id}", "/proposals", analysis, _asked_of_proposal(analysis))
    return router


def _asked_of_proposal(analysis: Analysis) -> _Ask:
    return lambda service, proposal_id, fields: answers.question_of_proposal(
        service, proposal_id, analysis, analysis.parameters(**fields)
    )


def add_analysis_routes(router: APIRouter, path: str, own: str, analysis: Analysis, ask: _Ask, title: str = "") -> None:
    """
    Add the two routes of an analysis.

    Parameters
    ----------
    router
        To which.
    path
        Of what it is about, within the router; it ends with the name of the id in braces.
    own
        Address of all such things.
    analysis
        Which.
    ask
        Makes the question.
    title
        What tells its routes from those of analyses with the same name.
    """
    id_name = path.rpartition("{")[2].removesuffix("}")
    common = [Parameter(id_name, Parameter.KEYWORD_ONLY, annotation=str), _SERVICE, _CSV]
    fields = query_parameters(analysis.parameters)

    def response(service: Service, question: answers.Question, about_id: str, *, is_csv: bool, tags: Any) -> Response:
        """Return the answer in the wanted form."""
        name = f"{analysis.name}-{about_id[:8]}"
        if is_csv:
            name = f"{name}-{_disclosure(service, question)}"
        about = f"{own}/{about_id}"
        form = "csv" if is_csv else "json"
        return answer_response(service, question, form, name=name, about=about, known_tags=tags)

    def read(*, service: Service, wants_csv: bool, known_tags: Any, **given: Any) -> Response:
        """The kept answer."""
        about_id = given.pop(id_name)
        return response(service, ask(service, about_id, given), about_id, is_csv=wants_csv, tags=known_tags)

    async def start(*, service: Service, wants_csv: bool, prefer: str | None = None, **given: Any) -> Response:
        """Start it."""
        about_id = given.pop(id_name)
        question = await run_in_threadpool(ask, service, about_id, given)
        job = await run_in_threadpool(answers.start, service, question)

        def show() -> Response:
            """Return the answer in the wanted form."""
            return response(service, question, about_id, is_csv=wants_csv, tags=())

        return await start_answer(service, job, prefer, show)

    name = f"{title} {analysis.name}".strip().replace("-", "_").replace(" ", "_")
    summary, path = f"{analysis.summary}, as JSON or CSV", f"{path}/{analysis.name}"
    reading = with_parameters(read, name=name, doc=analysis.description, parameters=[*common, _TAGS, *fields])
    doc = f"Start to compute it: 202 with the job, or the answer if it is ready in time. {analysis.description}"
    starting = with_parameters(start, name=f"start_{name}", doc=doc, parameters=[*common, _PREFER, *fields])
    router.add_api_route(path, reading, methods=["GET"], summary=summary, responses=NOT_COMPUTED)
    more: dict[str, Any] = {"status_code": 202, "responses": STARTED}
    router.add_api_route(path, starting, methods=["POST"], summary=f"Compute: {analysis.summary}", **more)


def _disclosure(service: Service, question: answers.Question) -> str:
    return str(service.store.proposal(question.inputs["proposal_id"]).parameters["disclosure"])


_SERVICE = Parameter("service", Parameter.KEYWORD_ONLY, annotation=ServiceHere)
_CSV = Parameter("wants_csv", Parameter.KEYWORD_ONLY, annotation=WantsCsv)
_TAGS = Parameter("known_tags", Parameter.KEYWORD_ONLY, annotation=KnownTags)
_PREFER = Parameter("prefer", Parameter.KEYWORD_ONLY, annotation=Prefer, default=None)
