"""Every request: who sends it, whether it may, and how often; then it is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

from fastapi.concurrency import run_in_threadpool
from starlette._utils import get_route_path
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.matched_routes import matched_route
from app.api.prefix_middleware import LinkMiddleware
from app.error_handlers import error_response
from app.errors import ServiceError
from app.negotiation import prefers_page
from app.services.audit import Act
from app.services.authentication import Credential, Identified
from app.services.rights import is_page, is_release, right_of
from app.services.service import Service
from app.services.sign_ins import count_wrong_key, not_signed_in, peer_address, too_many
from app.settings import Settings
from app.storage_errors import explained
from app.store import LOCAL_AGENCY, LOCAL_CALLER, VIEWER, Caller, PresentRequest, present_request

_NOBODY = Caller(LOCAL_AGENCY, "", frozenset())
_MAXIMUM_IDENTIFIER = 64
# Names in paths of routes that identify something stored; anything else in a path may be a school's name.
_IDENTIFIERS = {
    "dataset_id": "dataset",
    "proposal_id": "proposal",
    "other_id": "proposal",
    "register_id": "register",
    "result_id": "result",
    "match_id": "result",
    "year_plan_id": "result",
    "job_id": "job",
    "record_id": "record",
    "release_id": "release",
    "checklist_id": "checklist",
}


class AccessMiddleware:
    """
    Sets ``scope["state"]["caller"]``, or answers 401, 403 or 429.

    Parameters
    ----------
    application
        The application behind it.
    settings
        Of the service.
    """

    def __init__(self, application: ASGIApp, settings: Settings) -> None:
        self.application = application
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as its caller, or refuse it."""
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        service: Service = scope["app"].state.service
        method, path = scope["method"], get_route_path(scope)
        scope.setdefault("state", {})["route_path"] = path
        try:
            # Nothing further out would translate an error of the database.
            with explained():
                caller = await self._caller(service, scope, method, path)
        except ServiceError as refusal:
            await _refused(refusal, scope, method, path)(scope, receive, send)
            return
        scope["state"]["caller"] = caller
        present = _present(service, caller, scope)
        token = present_request.set(present)
        try:
            await self._answer(service, present, scope, receive, send)
        finally:
            present_request.reset(token)

    async def _caller(self, service: Service, scope: Scope, method: str, path: str) -> Caller:
        """Who sends a request that may be answered; a ServiceError (401, 403, 429) if it may not."""
        right = right_of(method, path)
        headers = Headers(scope=scope)
        credential = service.authenticator.credential_of(headers, peer_address(scope))
        identified = None if credential is None else await self._identified(service, credential, scope, right)
        if identified is None:
            if right is None:
                return _NOBODY
            if self.settings.public_releases and is_release(method, path):
                return Caller(self.settings.public_releases, "", frozenset({VIEWER}))
            server = scope.get("server")
            if credential is None and service.authenticator.is_open(server and server[0]):
                return LOCAL_CALLER
            raise not_signed_in(has_credentials=credential is not None)
        if right is not None and not identified.caller.may(right):
            service.audit.count(_act(identified.caller, scope, 403))
            detail = f"This needs the right {right}, which your key or account does not have."
            raise ServiceError(403, detail, extra={"missing_right": right})
        if (wait := _over_limit(service, identified)) is not None:
            raise too_many("Your key has made as many requests as it may in a minute.", wait)
        return identified.caller

    async def _identified(
        self, service: Service, credential: Credential, scope: Scope, right: str | None
    ) -> Identified | None:
        if (known := service.authenticator.kept(credential)) is not None:
            return known
        found = await run_in_threadpool(service.authenticator.identify, credential)
        if found is None and right is not None and credential.kind == "token":
            count_wrong_key(service, scope)
        return found

    async def _answer(
        self, service: Service, present: PresentRequest, scope: Scope, receive: Receive, send: Send
    ) -> None:
        status = 500

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.application(scope, receive, sent)
        finally:
            if present.caller.is_signed_in:
                service.audit.count(_act(present.caller, scope, status))


def _over_limit(service: Service, identified: Identified) -> float | None:
    caller = identified.caller
    name = caller.key_id or f"{caller.agency_id} {caller.name}"
    return service.rates.take(f"key {name}", identified.requests_per_minute)


def _refused(refusal: ServiceError, scope: Scope, method: str, path: str) -> ASGIApp:
    """The problem, or for a page the way to sign in."""
    reads = method in ("GET", "HEAD")
    is_opened = is_page(method, path) or (reads and prefers_page(Headers(scope=scope).get("accept", "")))
    if refusal.status == 401 and is_opened:
        query = scope["query_string"].decode("latin-1")
        target = quote(path + (f"?{query}" if query else ""), safe="")
        return RedirectResponse(f"{scope.get('root_path', '')}/sign-in?next={target}", status_code=303)
    return LinkMiddleware(error_response(Request(scope), refusal), scope.get("root_path", ""))


def _present(service: Service, caller: Caller, scope: Scope) -> PresentRequest:
    request_id = str(scope["state"].get("request_id", ""))
    return PresentRequest(caller, request_id, _once(service, caller, request_id))


def _once(service: Service, caller: Caller, request_id: str) -> Callable[[str, str], None]:
    noted: set[tuple[str, str]] = set()

    def note_exact(kind: str, identifier: str) -> None:
        """Write down that exact counts are read, before they are."""
        if caller.is_signed_in and (kind, identifier) not in noted:
            noted.add((kind, identifier))
            own = {"object_kind": kind, "object_id": identifier, "request_id": request_id}
            service.audit.write_now(Act(caller=caller, act="exact counts read", **own))

    return note_exact


def _act(caller: Caller, scope: Scope, status: int) -> Act:
    template, names = scope["state"].get("answered_as") or _route_of(scope)
    known = [(kind, str(names[name])) for name, kind in _IDENTIFIERS.items() if name in names]
    kind, identifier = known[-1] if known else ("", "")
    outcome = "answered" if status < 400 else f"refused {status}"
    is_read = scope["method"] in ("GET", "HEAD")
    request_id = "" if is_read else str(scope["state"].get("request_id", ""))
    own = {"object_kind": kind, "object_id": identifier[:_MAXIMUM_IDENTIFIER], "request_id": request_id}
    return Act(caller=caller, act=f"{scope['method']} {template}", outcome=outcome, **own)


def _route_of(scope: Scope) -> tuple[str, Mapping[str, str]]:
    """The route of a request that was answered before its route was reached."""
    route = matched_route(scope)
    return ("an address that is not there", {}) if route is None else (route.template, route.names)
