"""Query parameters of a request that its route does not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from fastapi import Request

from app.errors import MAXIMUM_FIELD_CHARACTERS, ServiceError, request_error
from app.negotiation import FORMS
from clustering import ProposalParameters


async def refuse_unknown_queries(request: Request) -> None:
    """
    Refuse query parameters that the route does not have: if they were ignored, the answer would be to another question.

    Parameters
    ----------
    request
        The OpenAPI document says which parameters its route has.

    Raises
    ------
    ServiceError
        422, which names each and the most similar one that the route has; 406 if ``f`` asks for a form that it does not
        have.
    """
    names = list(dict.fromkeys(request.query_params))
    if not names:
        return
    methods = request.app.openapi()["paths"].get(request.scope["route"].path_format, {})
    operation = methods.get(request.method.lower(), {})
    known = sorted(each["name"] for each in operation.get("parameters", ()) if each["in"] == "query")
    if "f" in names and "f" not in known:
        names.remove("f")
        _refuse_other_form(request.query_params["f"], operation)
    problems = [
        (name, "There is no such query parameter.", _remedy_of_query(name, known))
        for name in names
        if name not in known
    ]
    if problems:
        detail = "The address has query parameters that the service does not know."
        raise request_error(422, detail, problems)


def _refuse_other_form(wanted: str, operation: Mapping[str, Any]) -> None:
    """Refuse with 406 a form in which the route does not answer."""
    responses = operation.get("responses", {})
    kinds: Mapping[str, Any] = next(
        (each["content"] for status, each in responses.items() if status < "3" and "content" in each), {}
    )
    forms = [form for form, kind in FORMS.items() if kind in kinds]
    if forms and wanted not in forms:
        raise ServiceError(406, f"This is served as {' or '.join(forms)}: leave f out.")


def _remedy_of_query(name: str, known: Sequence[str]) -> str:
    if not known and name in ProposalParameters().as_dict():
        return "Parameters of a proposal go into the body of POST /proposals or POST /zones, under parameters."
    if not known:
        return "This request takes none; leave it out."
    near = get_close_matches(name[:MAXIMUM_FIELD_CHARACTERS], known, n=1, cutoff=0.4)
    guess = f"Did you mean {near[0]}? " if near else ""
    return f"{guess}Known: {', '.join(known)}."
