"""Pages for people: upload, report, request, progress, proposal; plain HTML forms, no script needed."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from app.pages import conditions, datasets, identification, jobs, proposals
from app.pages.analyses import analysis_pages
from app.queries.analysis import Analysis

__all__ = ["page_router"]


def page_router(analyses: Sequence[Analysis]) -> APIRouter:
    """
    Collect all pages.

    Parameters
    ----------
    analyses
        Each gets a page.

    Returns
    -------
    router
        Outside the HTTP documentation.
    """
    router = APIRouter(include_in_schema=False)
    modules = (datasets, proposals, jobs, identification, conditions)
    for each in (*(module.router for module in modules), analysis_pages(analyses)):
        router.include_router(each)
    return router
