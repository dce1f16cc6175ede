"""Pages for people: upload, report, request, progress, proposal, record; plain HTML forms, no script needed."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from app.pages import (
    checklists,
    conditions,
    datasets,
    files,
    identification,
    jobs,
    proposals,
    record_overviews,
    records,
    registers,
    releasing,
    sign_in,
)
from app.pages.analyses import analysis_pages
from app.pages.capacity import capacity_pages
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
    made = (analysis_pages(analyses), capacity_pages())
    pages = (
        datasets,
        files,
        proposals,
        jobs,
        identification,
        registers,
        conditions,
        record_overviews,
        records,
        checklists,
        releasing,
        sign_in,
    )
    for each in (*(page.router for page in pages), *made):
        router.include_router(each)
    return router
