"""Every error as a problem document (RFC 9457); an unexpected error is logged, and its document says little."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from app.errors import ServiceError, explain_fault, request_error, service_error
from app.storage_errors import STORAGE_ERRORS, storage_error
from clustering import ClusteringError

# Seconds after which it may go better, where an error does not say it itself.
_TRY_AGAIN_S = {429: 60, 503: 10, 507: 300}
_ADDRESS_CHARACTERS, _METHOD_CHARACTERS = 200, 20
logger = logging.getLogger(__name__)

# Tags of routes whose requests have a body and store nothing.
_STORING_NOTHING = frozenset({"rules", "identification"})


def install_error_handlers(application: FastAPI) -> None:
    """Make every error of an application a problem document."""
    application.add_exception_handler(ServiceError, _answer)
    application.add_exception_handler(ClusteringError, _answer)
    application.add_exception_handler(HTTPException, _answer)
    application.add_exception_handler(RequestValidationError, _answer)
    for error in STORAGE_ERRORS:
        application.add_exception_handler(error, _answer)
    application.add_exception_handler(Exception, _answer)


class _ProblemResponse(JSONResponse):
    """A problem document, which must be able to show what UTF-8 cannot hold."""

    def render(self, content: Any) -> bytes:
        """Write it with question marks instead."""
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def error_response(request: Request, error: ServiceError) -> Response:
    """Write an error as a page where a browser opened one, otherwise as :func:`problem_response` does."""
    response = problem_response(error)
    return request.app.state.problem_page(request, error) or response


def problem_response(error: ServiceError) -> JSONResponse:
    """Write an error as a problem document; one that passes says when to try again."""
    if error.status in _TRY_AGAIN_S and "Retry-After" not in error.headers:
        error.headers["Retry-After"] = str(_TRY_AGAIN_S[error.status])
    return _ProblemResponse(
        error.document(), status_code=error.status, headers=error.headers, media_type="application/problem+json"
    )


async def _answer(request: Request, error: Exception) -> Response:
    return error_response(request, _explain(request, error))


def _explain(request: Request, error: Exception) -> ServiceError:
    """What is said of an error."""
    if isinstance(error, ClusteringError):
        error = service_error(error)
    if isinstance(error, ServiceError):
        return _noting_that_nothing_was_stored(error, request)
    # A full disk is met first where the body of a request is put aside, and FastAPI blames the caller for that.
    cause = error.__cause__ if isinstance(error, HTTPException) and error.__cause__ else error
    if isinstance(cause, STORAGE_ERRORS) and (fault := storage_error(cause)) is not None:
        logger.error("the database or the disk failed: %s", cause)
        return fault
    if isinstance(error, HTTPException):
        return _of_the_router(request, error)
    if isinstance(error, RequestValidationError):
        return _noting_that_nothing_was_stored(_malformed(error), request)
    logger.error("unexpected error in %s %s", request.method, request.url.path, exc_info=error)
    request_id = str(request.scope.get("state", {}).get("request_id", ""))
    headers = {"X-Request-ID": request_id} if request_id else {}
    return ServiceError(500, "Something went wrong. The service's log says what.", headers=headers)


def _of_the_router(request: Request, error: HTTPException) -> ServiceError:
    """The problem of a request that no route takes, with its address and a remedy."""
    address, headers, detail = request.url.path[:_ADDRESS_CHARACTERS], dict(error.headers or {}), str(error.detail)
    if error.status_code == 404 and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = f"There is no address {address}: /docs lists all of them, and / leads to the pages."
    if error.status_code == 405 and (methods := request.app.state.allowed_methods(request.scope)):
        headers["Allow"] = methods  # of all routes of the address, not of the first alone
        detail = f"{address} does not take {request.method[:_METHOD_CHARACTERS]}: it takes {methods}."
    return ServiceError(error.status_code, detail, headers=headers)


def _noting_that_nothing_was_stored(error: ServiceError, request: Request) -> ServiceError:
    """Add that nothing was stored, if the refused request could have stored something."""
    stores_nothing = _STORING_NOTHING & {*getattr(request.scope.get("route"), "tags", ())}
    if error.status != 422 or request.method in ("GET", "HEAD") or stores_nothing:
        return error
    return error.with_detail(f"{error.detail} Nothing was stored.")


def _malformed(error: RequestValidationError) -> ServiceError:
    """What is wrong with a request; without its values, which may be long or secret."""
    if unread := [each for each in error.errors() if each["type"] == "json_invalid"]:
        remedy = "Send one JSON object, its names and texts in double quotes."
        problems = [
            ("body", f"This is not JSON at character {each['loc'][-1]}: {each['ctx']['error']}.", remedy)
            for each in unread
        ]
        return request_error(400, "The body cannot be parsed as JSON.", problems)
    faults = error.errors()
    if all(each["loc"] == ("query", "f") for each in faults):
        forms = faults[0].get("ctx", {}).get("expected", "another")
        return ServiceError(406, f"The answer does not have this form: give {forms} as f.")
    problems = [(".".join(map(str, each["loc"][1:])), *explain_fault(each)) for each in faults]
    return request_error(422, "The request is not well formed.", problems)
