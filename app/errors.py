"""Errors of the service, each with its problem document (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from app.problem_types import PREFIX, problem_type
from clustering import (
    ClusteringError,
    InfeasibleError,
    InputError,
    OutOfTimeError,
    keep_examples,
    kind_documents,
    problem_documents,
    problem_kinds,
)

logger = logging.getLogger(__name__)

MAXIMUM_PROBLEMS = 1_000
MAXIMUM_VIOLATIONS = 100
MAXIMUM_REQUEST_PROBLEMS = 100
MAXIMUM_FIELD_CHARACTERS = 200
# Beginnings of pydantic's names for a value of another kind, and its names for a bound.
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "day": "a day of the form YYYY-MM-DD, such as 2027-08-31",
    "string": "a text",
    "list": "a list",
    "dict": "an object with names and values",
    "model": "an object with names and values",
}
_PRESENCE = {
    "missing": ("This is missing.", "Give it."),
    "extra_forbidden": ("There is no such field.", "Leave it out, or see /docs for the fields of this request."),
}
_BOUNDS = {
    "ge": "Give {} or more",
    "gt": "Give more than {}",
    "le": "Give {} or less",
    "lt": "Give less than {}",
    "max_length": "Give at most {} entries or characters",
    "min_length": "Give at least {} entries or characters",
}


class ServiceError(Exception):
    """
    An error with its problem document.

    Parameters
    ----------
    status
        HTTP status.
    detail
        One or two sentences for the caller.
    type_name
        One of ``app.problem_types.PROBLEM_TYPES``; without it, that of the status.
    extra
        Further members of the document, such as ``problems``.
    headers
        Headers of the response.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        type_name: str | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})
        self.type_name = problem_type(status, type_name).name

    def with_detail(self, detail: str) -> ServiceError:
        """Make the same error with another detail."""
        return ServiceError(self.status, detail, extra=self.extra, headers=self.headers, type_name=self.type_name)

    def document(self) -> dict[str, Any]:
        """Write the problem document."""
        kind = problem_type(self.status, self.type_name)
        return {"type": kind.urn, "title": kind.title, "status": self.status, "detail": self.detail, **self.extra}


def service_error(error: ClusteringError) -> ServiceError:
    """Translate an error of the library: 422 for inputs and lack of time, 409 for locks against limits, else 500."""
    if isinstance(error, InputError):
        count, listed = error.count, error.problems
        if len(listed) > MAXIMUM_PROBLEMS:  # many of one kind must not push those of another out of sight
            listed = keep_examples(listed, max(1, MAXIMUM_PROBLEMS // len(error.kinds)))
        shown = {
            "problems": problem_documents(listed[:MAXIMUM_PROBLEMS]),
            "problem_count": count,
            "problem_kinds": kind_documents(problem_kinds(listed)),
        }
        return ServiceError(422, f"{count} problem{'s' if count != 1 else ''} in the input.", extra=shown)
    if isinstance(error, InfeasibleError):
        violations = error.violations[:MAXIMUM_VIOLATIONS]
        return ServiceError(
            409, "No answer satisfies the locks and limits.", extra={"violations": violations}, type_name="infeasible"
        )
    if isinstance(error, OutOfTimeError):
        detail = "Time ran out before any answer that keeps all locks was found: allow more with time_limit_s."
        return ServiceError(422, detail, type_name="out-of-time")
    logger.error("the library failed: %s", error)
    return ServiceError(500, "The answer could not be computed. The service's log says why.")


def request_error(
    status: int, detail: str, problems: Sequence[tuple[str, str, str]], *, type_name: str | None = None
) -> ServiceError:
    """
    Make an error from what is wrong with a request itself.

    Parameters
    ----------
    status
        HTTP status.
    detail
        One or two sentences for the caller.
    problems
        The field, what is wrong and what to do, for each.
    type_name
        As for :class:`ServiceError`.

    Returns
    -------
    error
        With ``problems`` like those of files and parameters.
    """
    shown = [
        {"table": "request", "column": column[:MAXIMUM_FIELD_CHARACTERS], "message": message, "remedy": remedy}
        for column, message, remedy in problems[:MAXIMUM_REQUEST_PROBLEMS]
    ]
    return ServiceError(status, detail, extra={"problems": shown, "problem_count": len(problems)}, type_name=type_name)


def explain_fault(fault: Mapping[str, Any]) -> tuple[str, str]:
    """
    Say in plain words what pydantic finds wrong with a value.

    Parameters
    ----------
    fault
        One of the ``errors()`` of a validation error.

    Returns
    -------
    explanation
        What is wrong, and what to do.
    """
    kind, context = str(fault["type"]), fault.get("ctx", {})
    if kind in _PRESENCE:
        return _PRESENCE[kind]
    if kind == "literal_error":
        return "There is no such choice.", f"Give {context['expected']}."
    if (bound := next((name for name in _BOUNDS if name in context), None)) is not None:
        return "The value is out of range.", _BOUNDS[bound].format(f"{context[bound]:,.10g}") + "."
    if "Expected UploadFile" in fault["msg"]:
        return "This is text, not a file.", f"With curl, write -F {_field_of(fault)}=@FILE."
    found = next((name for start, name in _KINDS.items() if kind.startswith(start)), None)
    if found is None:
        return f"{fault['msg']}.", "See /docs for the fields of this request."
    return f"This is not {found}.", f"Give {found}."


def _field_of(fault: Mapping[str, Any]) -> str:
    """The field of a form in which something is wrong, without the position in its list."""
    names = [each for each in fault["loc"][1:] if isinstance(each, str)]
    return names[0][:MAXIMUM_FIELD_CHARACTERS] if names else "NAME"


def error_from_document(document: Mapping[str, Any]) -> ServiceError:
    """Rebuild an error from its stored document."""
    extra = {name: value for name, value in document.items() if name not in ("type", "title", "status", "detail")}
    name = str(document.get("type", "")).removeprefix(PREFIX)
    return ServiceError(int(document["status"]), str(document["detail"]), extra=extra, type_name=name)
