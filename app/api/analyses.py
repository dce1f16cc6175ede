"""Analyses of a proposal, a route for each in the registry: computed while the request waits, not kept."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import Parameter
from typing import Any

from fastapi import APIRouter, Response

from app.queries.analysis import Analysis
from app.queries.signatures import with_parameters
from app.services.analyses import compute_analysis
from app.services.dependencies import ServiceHere, WantsCsv, query_parameters
from app.services.file_answers import csv_response, document_response
from app.services.other_sites import OWN_PAGES_ONLY
from app.services.service import Service


def analysis_router(analyses: Sequence[Analysis]) -> APIRouter:
    """
    Make a route for each analysis.

    Parameters
    ----------
    analyses
        The registry.

    Returns
    -------
    router
        ``GET /proposals/{proposal_id}/NAME`` for each.
    """
    router = APIRouter(prefix="/proposals", tags=["alternatives"], dependencies=[OWN_PAGES_ONLY])
    for analysis in analyses:
        summary = f"{analysis.summary}, as JSON or CSV"
        router.add_api_route(f"/{{proposal_id}}/{analysis.name}", _route(analysis), methods=["GET"], summary=summary)
    return router


def _route(analysis: Analysis) -> Any:
    common = [
        Parameter("proposal_id", Parameter.KEYWORD_ONLY, annotation=str),
        Parameter("service", Parameter.KEYWORD_ONLY, annotation=ServiceHere),
        Parameter("wants_csv", Parameter.KEYWORD_ONLY, annotation=WantsCsv),
    ]

    def answer(*, proposal_id: str, service: Service, wants_csv: bool, **fields: Any) -> Response:
        body = compute_analysis(service, proposal_id, analysis, analysis.parameters(**fields), as_csv=wants_csv)
        headers = {"Vary": "Accept", "Link": f'</proposals/{proposal_id}>; rel="describedby"'}
        if not wants_csv:
            return document_response(body, f"{analysis.name}-{proposal_id[:8]}", headers=headers)
        disclosure = service.store.proposal(proposal_id).parameters["disclosure"]
        return csv_response(body, f"{analysis.name}-{proposal_id[:8]}-{disclosure}", headers)

    name = analysis.name.replace("-", "_")
    parameters = [*common, *query_parameters(analysis.parameters)]
    return with_parameters(answer, name=name, doc=analysis.description, parameters=parameters)
