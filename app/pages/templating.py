"""Templates, and what all of them can use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import Request, Response
from starlette.templating import Jinja2Templates

from app.pages.request_summary import tell_request

_templates = Jinja2Templates(Path(__file__).parent / "templates")
_templates.env.filters["tell_request"] = tell_request


def page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """A page of a template."""
    return _templates.TemplateResponse(request, template, values, status_code=status)
