"""Templates, and what all of them can use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import Request, Response
from starlette.templating import Jinja2Templates

from app.errors import ServiceError
from app.pages.request_summary import summarise_request

_templates = Jinja2Templates(Path(__file__).parent / "templates")
_templates.env.filters["summarise_request"] = summarise_request


def render_page(request: Request, template: str, *, error: ServiceError | None = None, **values: Any) -> Response:
    """Fill a template in; the status is that of the error, if there is one."""
    status = error.status if error else 200
    return _templates.TemplateResponse(request, template, {"error": error, **values}, status_code=status)
