"""Signing in to the pages with an API key, and out again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.errors import ServiceError
from app.pages.templating import render_page
from app.services.audit import Act
from app.services.authentication import SECURE_SESSION_COOKIE, SESSION_COOKIE, Credential
from app.services.service import Service
from app.services.sign_ins import count_wrong_key
from app.store import caller_of

router = APIRouter(include_in_schema=False)

_MAXIMUM_TARGET = 2_000


@router.get("/sign-in")
def show(request: Request, next: str = "/") -> Response:  # noqa: A002
    """The form for a key."""
    return render_page(request, "sign_in.html", target=_own_path(next))


@router.post("/sign-in")
def sign_in(
    request: Request,
    key: Annotated[str, Form(max_length=200)] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """Begin a session and go on, or say that the key does not hold."""
    service: Service = request.app.state.service
    access = service.authenticator.access
    found = access.key_of(key.strip())
    if found is None:
        error = ServiceError(401, "This key is not known, has expired or was revoked.")
        try:
            count_wrong_key(service, request.scope)
        except ServiceError as refusal:
            error = refusal
        page = render_page(request, "sign_in.html", error=error, target=_own_path(next))
        page.headers.update(error.headers)
        return page
    service.audit.write_now(Act(caller=caller_of(found), act="signed in to the pages"))
    response = RedirectResponse(_own_path(next), status_code=303)
    is_secure = _is_secure(service, request)
    response.set_cookie(
        SECURE_SESSION_COOKIE if is_secure else SESSION_COOKIE,
        access.begin_session(found),
        max_age=service.settings.session_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=is_secure,
        path="/",
    )
    return response


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """End the session."""
    service: Service = request.app.state.service
    response = RedirectResponse("/sign-in", status_code=303)
    for name in (SECURE_SESSION_COOKIE, SESSION_COOKIE):
        if token := request.cookies.get(name):
            service.authenticator.access.end_session(token)
            service.authenticator.forget(Credential("session", token))
            response.delete_cookie(name, path="/", secure=name == SECURE_SESSION_COOKIE, httponly=True)
    return response


def _own_path(target: str) -> str:
    """A path of this service, whatever was asked for: nobody is sent elsewhere."""
    is_own = target.startswith("/") and not target.startswith(("//", "/\\")) and len(target) <= _MAXIMUM_TARGET
    return target if is_own and target.isprintable() and "\\" not in target else "/"


def _is_secure(service: Service, request: Request) -> bool:
    """Whether the browser came over https: as the service sees it, as a trusted proxy says, or as the settings do."""
    if service.settings.secure_cookies or request.url.scheme == "https":
        return True
    client = request.client.host if request.client else ""
    is_proxy = bool(service.settings.proxy_user_header) and service.authenticator.is_proxy(client)
    return is_proxy and request.headers.get("x-forwarded-proto") == "https"
