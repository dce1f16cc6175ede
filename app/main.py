"""The application, made from settings; nothing happens on import."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.staticfiles import StaticFiles
from starlette_compress import CompressMiddleware

from app.api import (
    audit,
    capacity,
    checklists,
    checks,
    comparisons,
    datasets,
    disclosure_policies,
    identification,
    job_events,
    jobs,
    layer_files,
    name_matches,
    plans,
    problems,
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
from app.api.access_middleware import AccessMiddleware
from app.api.analyses import analysis_router
from app.api.body_middleware import BodyMiddleware
from app.api.forwarded_middleware import ForwardedMiddleware
from app.api.idempotency_middleware import IdempotencyMiddleware
from app.api.kept_response_middleware import KeptResponseMiddleware
from app.api.matched_routes import allowed_methods
from app.api.ogc import ROUTERS as OGC_ROUTERS
from app.api.openapi_document import with_true_responses
from app.api.openapi_examples import with_examples
from app.api.prefix_middleware import LinkMiddleware, PrefixMiddleware
from app.api.representation_middleware import RepresentationMiddleware
from app.api.request_checks import ALL_REQUEST_CHECKS, REQUEST_CHECKS
from app.api.request_middleware import RequestMiddleware
from app.api.schemas import with_whole_parameters
from app.api.security_middleware import SecurityMiddleware
from app.api.versions import INTERFACE_VERSION
from app.error_handlers import install_error_handlers
from app.pages import page_router
from app.pages.problem_page import problem_page
from app.queries.analysis import Analysis
from app.queries.proposal_analyses import ANALYSES
from app.services.service import run_service
from app.settings import Settings
from app.telemetry import request_spans

# Pages of other origins get what a program gets: no cookies, so no session of a user's browser.
CORS: dict[str, Any] = {
    "allow_credentials": False,
    "allow_methods": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    "allow_headers": [
        "Authorization",
        "Content-Type",
        "If-Match",
        "If-None-Match",
        "Idempotency-Key",
        "Prefer",
        "Range",
    ],
    "expose_headers": [
        "API-Version",
        "Content-Location",
        "Content-Range",
        "Deprecation",
        "ETag",
        "Link",
        "Location",
        "Retry-After",
        "Sunset",
        "X-Request-ID",
        "X-Total-Count",
    ],
    "max_age": 600,
}


def create_app(settings: Settings, *, analyses: Sequence[Analysis] = ANALYSES, is_prepared: bool = False) -> FastAPI:
    """
    Make the application.

    Parameters
    ----------
    settings
        Everything that can be set.
    analyses
        The analyses that are offered for a proposal.
    is_prepared
        Whether the database is up to date already, as for ``app.services.service.run_service``.

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
        with run_service(settings, analyses, is_prepared=is_prepared) as application.state.service:
            yield

    application = _Application(
        title="Feeder Zones",
        summary="Low-performing high schools and their feeders, grouped into protected Zones.",
        version=INTERFACE_VERSION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        # Its own spans would hold the values of queries.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    install_error_handlers(application)
    application.state.allowed_methods = allowed_methods
    application.state.problem_page = problem_page
    _include_routes(application, analyses)
    application.mount("/static", StaticFiles(directory=Path(__file__).parent / "pages" / "static"), name="static")
    _add_middleware(application, settings)
    return application


def _add_middleware(application: FastAPI, settings: Settings) -> None:
    """What every request passes; the last that is added comes first."""
    application.add_middleware(IdempotencyMiddleware)
    application.add_middleware(KeptResponseMiddleware)
    application.add_middleware(BodyMiddleware, settings=settings)
    application.add_middleware(LinkMiddleware, prefix=settings.root_path)
    application.add_middleware(CompressMiddleware, brotli=False, gzip_level=6)
    application.add_middleware(RepresentationMiddleware)
    application.add_middleware(AccessMiddleware, settings=settings)
    if settings.cors_origins:
        application.add_middleware(CORSMiddleware, **CORS, allow_origins=settings.cors_origins)
    application.add_middleware(SecurityMiddleware, settings=settings)
    application.add_middleware(PrefixMiddleware, prefix=settings.root_path)
    application.add_middleware(RequestMiddleware, spans=request_spans(is_on=settings.telemetry))
    application.add_middleware(ForwardedMiddleware, trusted=settings.forwarded_allow_ips)


class _Application(FastAPI):
    """The application, whose OpenAPI document lists every parameter with its default."""

    def openapi(self) -> dict[str, Any]:
        """Make the document once."""
        if self.openapi_schema is None:
            self.openapi_schema = with_examples(with_true_responses(with_whole_parameters(super().openapi())))
        return self.openapi_schema


def _include_routes(application: FastAPI, analyses: Sequence[Analysis]) -> None:
    before_analyses = (
        checks,
        name_matches,
        datasets,
        identification,
        proposals,
        proposal_parts,
        layer_files,
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
        problems,
        audit,
        service_routes,
    )
    routers = (
        *(each.router for each in before_analyses),
        analysis_router(analyses),
        *(each.router for each in after_analyses),
    )
    for router in routers:
        application.include_router(router, dependencies=ALL_REQUEST_CHECKS)
    for router in OGC_ROUTERS:  # they refuse unknown query parameters themselves, with 400
        application.include_router(router, dependencies=REQUEST_CHECKS)
    application.include_router(page_router(analyses), dependencies=REQUEST_CHECKS)
