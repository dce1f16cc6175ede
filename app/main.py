"""The application, made from settings; nothing happens on import."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI
from starlette.staticfiles import StaticFiles

from app.api import (
    capacity,
    checklists,
    checks,
    comparisons,
    datasets,
    disclosure_policies,
    identification,
    job_events,
    jobs,
    name_matches,
    plans,
    progress,
    proposal_parts,
    proposals,
    readiness,
    record_overviews,
    records,
    registers,
    releases,
    releasing,
    rules,
    service_routes,
    zones,
)
from app.api.analyses import analysis_router
from app.api.schemas import with_whole_parameters
from app.api.security_middleware import SecurityMiddleware
from app.error_handlers import install_error_handlers
from app.pages import page_router
from app.queries.analysis import Analysis
from app.queries.proposal_analyses import ANALYSES
from app.services.dependencies import refuse_unknown_queries
from app.services.service import run_service
from app.settings import Settings


def create_app(settings: Settings, *, analyses: Sequence[Analysis] = ANALYSES) -> FastAPI:
    """
    Make the application.

    Parameters
    ----------
    settings
        Everything that can be set.
    analyses
        The analyses that are offered for a proposal.

    Returns
    -------
    application
        Opens its database and starts unfinished jobs when it starts.
    """

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[None]:
        """
        Hold the service while the application runs.

        Yields
        ------
        nothing
            While the service runs.
        """
        with run_service(settings, analyses) as application.state.service:
            yield

    application = _Application(
        title="Feeder Zones",
        summary="Low-performing high schools and their feeders, grouped into protected Zones.",
        version=version("feeder-zones"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    install_error_handlers(application)
    _include_routes(application, analyses)
    application.mount("/static", StaticFiles(directory=Path(__file__).parent / "pages" / "static"), name="static")
    application.add_middleware(SecurityMiddleware, settings=settings)
    return application


class _Application(FastAPI):
    """The application, whose OpenAPI document lists every parameter with its default."""

    def openapi(self) -> dict[str, Any]:
        """Make the document once."""
        if self.openapi_schema is None:
            self.openapi_schema = with_whole_parameters(super().openapi())
        return self.openapi_schema


def _include_routes(application: FastAPI, analyses: Sequence[Analysis]) -> None:
    before_analyses = (
        checks,
        name_matches,
        datasets,
        identification,
        proposals,
        proposal_parts,
        plans,
        comparisons,
        readiness,
        progress,
    )
    after_analyses = (
        registers,
        capacity,
        jobs,
        job_events,
        zones,
        rules,
        disclosure_policies,
        record_overviews,
        records,
        checklists,
        releases,
        releasing,
        service_routes,
    )
    routers = (
        *(each.router for each in before_analyses),
        analysis_router(analyses),
        *(each.router for each in after_analyses),
    )
    for router in routers:
        application.include_router(router, dependencies=[Depends(refuse_unknown_queries)])
    application.include_router(page_router(analyses))
