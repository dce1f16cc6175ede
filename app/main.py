"""The application, made from settings; nothing happens on import."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import Depends, FastAPI
from starlette.staticfiles import StaticFiles

from app import pages
from app.api import analyses as alternatives
from app.api import comparisons, datasets, identification, jobs, plans, proposals, rules, service, zones
from app.api.security_middleware import Guard
from app.errors import install_error_handlers
from app.jobs import JobRunner
from app.services.dependencies import refuse_unknown_queries
from app.services.proposals import child_limits
from app.services.uploads import Desk, sweep_uploads
from app.settings import Settings
from app.store import open_store


def create_app(settings: Settings) -> FastAPI:
    """
    Make the service.

    Parameters
    ----------
    settings
        Everything that can be set.

    Returns
    -------
    application
        Opens its database and takes up unfinished jobs when it starts.
    """

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[None]:
        """
        Open the store and take up unfinished jobs; close both again.

        Yields
        ------
        nothing
            While the service runs.
        """
        store = open_store(settings.data_directory)
        sweep_uploads(settings)
        application.state.desk = Desk(settings.maximum_uploads)
        runner = JobRunner(store, workers=settings.workers, limits=child_limits(settings))
        application.state.settings, application.state.store, application.state.runner = settings, store, runner
        runner.start()
        yield
        runner.stop()
        store.close()

    application = FastAPI(
        title="Feeder Zones",
        summary="Low-performing high schools and their feeders, grouped into protected Zones.",
        version=version("feeder-zones"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    install_error_handlers(application)
    parts = (datasets, identification, proposals, plans, comparisons, alternatives, jobs, zones, rules, service)
    for part in parts:
        application.include_router(part.router, dependencies=[Depends(refuse_unknown_queries)])
    application.include_router(pages.router)
    application.mount("/static", StaticFiles(directory=Path(__file__).parent / "pages" / "static"), name="static")
    application.add_middleware(Guard, settings=settings)
    return application
