"""Pages for people: upload, report, request, progress, proposal; plain HTML forms, no script needed."""

from fastapi import APIRouter

from app.pages import analyses as alternatives
from app.pages import identification
from app.pages import proposals as views

router = APIRouter(include_in_schema=False)
router.include_router(views.router)
router.include_router(identification.router)
router.include_router(alternatives.router)

__all__ = ["router"]
