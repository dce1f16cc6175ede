"""``Idempotency-Key``: a POST that is sent twice under one key does its work once and is answered twice the same."""

from __future__ import annotations

import hashlib
import re

from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.error_handlers import problem_response
from app.errors import ServiceError
from app.services.service import Service
from app.store import LOCAL_CALLER, KeyedAnswers, SentAnswer
from clustering import is_marked

_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_BOUNDARY = re.compile(rb'boundary="?([^";\s]{1,70})', re.IGNORECASE)
_MAXIMUM_BYTES = 8 * 1024 * 1024
_NOT_KEPT = frozenset({"x-request-id", "date", "content-length", "set-cookie"})


class IdempotencyMiddleware:
    """
    Keeps the answers of POSTs that have a key.

    Parameters
    ----------
    application
        The application behind it.
    """

    def __init__(self, application: ASGIApp) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer as it was answered before."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.application(scope, receive, send)
            return
        service: Service = scope["app"].state.service
        caller = scope.get("state", {}).get("caller") or LOCAL_CALLER
        answers = service.store.of_agency(caller.agency_id).keyed_answers
        key = Headers(scope=scope).get("idempotency-key")
        if key is None:
            await self.application(scope, receive, send)
            return
        if not _KEY.fullmatch(key):
            error = ServiceError(400, "An Idempotency-Key has 1 to 200 visible signs of ASCII.")
            await problem_response(error)(scope, receive, send)
            return
        parts = (caller.agency_id, caller.key_id or caller.name, scope["path"], scope["query_string"].decode(), key)
        identifier = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        try:
            known = await run_in_threadpool(answers.begin, identifier)
        except ServiceError as error:
            await problem_response(error)(scope, receive, send)
            return
        if known is not None:
            await _repeat(known, scope, receive, send)
            return
        await self._work(scope, receive, send, answers, identifier)

    async def _work(self, scope: Scope, receive: Receive, send: Send, answers: KeyedAnswers, identifier: str) -> None:
        """Do the work, and keep the answer if something was done."""
        hashed, kept = RequestHash(scope), _Kept(send)

        async def receiving() -> Message:
            message = await receive()
            hashed.add(message.get("body", b""))
            return message

        try:
            await self.application(scope, receiving, kept.send)
        finally:
            answer = kept.answer(hashed.digest())
            work = (answers.forget, identifier) if answer is None else (answers.keep, identifier, answer)
            await run_in_threadpool(*work)


class RequestHash:
    """
    The hash of a request's body and media type; the boundary of a form, which clients draw anew each time, is no part.

    Parameters
    ----------
    scope
        Of the request.
    """

    def __init__(self, scope: Scope) -> None:
        kind = Headers(scope=scope).get("content-type", "").encode("latin-1")
        found = _BOUNDARY.search(kind)
        self._boundary = found[1] if found else b""
        self._hash = hashlib.sha256(kind.split(b";")[0].strip().lower())
        self._rest = b""

    def add(self, chunk: bytes) -> None:
        """Take the next bytes."""
        if not self._boundary:
            self._hash.update(chunk)
            return
        *whole, last = (self._rest + chunk).split(self._boundary)
        for part in whole:
            self._hash.update(part + b"\0boundary\0")
        kept = len(self._boundary) - 1  # so many bytes may be the beginning of one
        self._hash.update(last[: max(0, len(last) - kept)])
        self._rest = last[max(0, len(last) - kept) :]

    def digest(self) -> str:
        """The hash of everything."""
        whole = self._hash.copy()
        whole.update(self._rest)
        return whole.hexdigest()


class _Kept:
    """A response that is sent and, if it may be kept, remembered."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._body = bytearray()
        self._is_whole = False

    async def send(self, message: Message) -> None:
        """Send a message on."""
        if message["type"] == "http.response.start":
            # As it is now: what is outside of this compresses the body and says so in the same list.
            self._start = {**message, "headers": list(message["headers"])}
        elif len(self._body) <= _MAXIMUM_BYTES:
            self._body += message.get("body", b"")
            self._is_whole = not message.get("more_body", False)
        await self._send(message)

    def answer(self, request_hash: str) -> SentAnswer | None:
        """The answer; ``None`` if nothing was done, or if it holds exact counts, which are kept nowhere else."""
        status, body = self._start.get("status", 500), bytes(self._body)
        if not self._is_whole or status >= 400 or len(body) > _MAXIMUM_BYTES or is_marked(body):
            return None
        sent = ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in self._start["headers"])
        return SentAnswer(request_hash, status, [each for each in sent if each[0] not in _NOT_KEPT], body)


async def _repeat(known: SentAnswer, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as before, if the request is the same."""
    hashed = RequestHash(scope)
    has_more = True
    while has_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        hashed.add(message.get("body", b""))
        has_more = message.get("more_body", False)
    if hashed.digest() != known.request_hash:
        detail = "This Idempotency-Key came with another request before. Use a new key for a new request."
        await problem_response(ServiceError(422, detail, type_name="key-used-otherwise"))(scope, receive, send)
        return
    response = Response(known.body, known.status, dict(known.headers))
    response.headers["Idempotency-Replayed"] = "true"
    await response(scope, receive, send)
