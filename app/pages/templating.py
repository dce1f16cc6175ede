"""Templates, and what all of them can use."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from starlette.templating import Jinja2Templates

from app.errors import ServiceError
from app.queries.capacity_kinds import CAPACITY_KINDS
from app.queries.capacity_request import summarise_capacity_request
from app.queries.request_summary import summarise_request
from app.store import CapacityResult, present_request


def _summarise_result(result: CapacityResult) -> str:
    """The parameters of a match or a year plan that are not the defaults, in words."""
    return summarise_capacity_request(CAPACITY_KINDS[result.kind].parameters, result.parameters)


_templates = Jinja2Templates(Path(__file__).parent / "templates")


def _may(right: str) -> bool:
    """Whether whoever opens the page has a right; a page leaves out the forms that would be refused."""
    return present_request.get().caller.may(right)


_templates.env.globals["may"] = _may
_templates.env.filters.update(summarise_request=summarise_request, summarise_result=_summarise_result)


def render_page(request: Request, template: str, *, error: ServiceError | None = None, **values: Any) -> Response:
    """Fill a template in; the status is that of the error, if there is one."""
    status = error.status if error else 200
    content = {"error": error, "is_exact": _is_exact(values), **values}
    return _templates.TemplateResponse(request, template, content, status_code=status)


def _is_exact(values: Mapping[str, Any]) -> bool:
    """Whether a page is about a proposal, a match or a year plan of exact counts, so that it can say so at its top."""
    proposals = (values.get(name) for name in ("proposal", "first", "second"))
    about = [proposal.parameters for proposal in proposals if proposal is not None]
    if (result := values.get("result")) is not None:
        about.append(result.summary)
    return any(each.get("disclosure") == "exact" for each in about)


def software_of(document: Mapping[str, Any]) -> str | None:
    """The software that wrote a document of any format; ``None`` where it does not say it."""
    provenance = document.get("provenance")
    return provenance.get("software") if isinstance(provenance, Mapping) else None
