"""What is checked of every request once its route is known and its form is read."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, Request
from fastapi.params import Form

from app.api.query_checks import refuse_unknown_queries
from app.api.versions import deprecation_headers
from app.errors import ServiceError
from app.odd_values import refuse_odd_value

FORM_TYPES = ("multipart/form-data", "application/x-www-form-urlencoded")


def media_types_of(route: Any) -> tuple[str, ...]:
    """The media types that a route takes a body in; none if it takes no body."""
    field = getattr(route, "body_field", None)
    if field is None:
        return ()
    return FORM_TYPES if isinstance(field.field_info, Form) else ("application/json",)


async def _refuse_other_types(request: Request) -> None:
    # For the log and the headers of every answer: a middleware may see a copy of the scope.
    request.state.route = request.scope["route"].path_format
    request.state.deprecation = deprecation_headers(request.scope["route"])
    taken = media_types_of(request.scope["route"])
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if (
        not taken
        or kind in taken
        or (kind.startswith("application/") and kind.endswith("+json") and "json" in taken[0])
    ):
        return
    has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    if not has_body:  # what is missing is said field by field
        return
    given = f"not {kind}" if kind else "and say so in Content-Type"
    raise ServiceError(415, f"Send the body as {taken[0]}, {given}.", headers={"Accept": ", ".join(taken)})


async def _refuse_odd_form(request: Request) -> None:
    if media_types_of(request.scope["route"]) != FORM_TYPES:
        return
    form = await request.form()  # it is read already
    for name, value in form.multi_items():
        text = value if isinstance(value, str) else (value.filename or "")
        refuse_odd_value(name, "form")
        refuse_odd_value(text, name)


REQUEST_CHECKS = [Depends(_refuse_other_types), Depends(_refuse_odd_form)]
ALL_REQUEST_CHECKS = [*REQUEST_CHECKS, Depends(refuse_unknown_queries)]
