"""Pages for people: upload, report, request, progress, proposal, record; plain HTML forms, no script needed."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from app.pages import checklists, conditions, datasets, identification, jobs, proposals, record_overviews, records
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
    for each in (datasets, proposals, jobs, identification, conditions, record_overviews, records, checklists):
        router.include_router(each.router)
    router.include_router(analysis_pages(analyses))
    return router
