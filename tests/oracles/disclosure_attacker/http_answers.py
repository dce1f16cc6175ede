"""
All that somebody gets from the service: every route that the application has, the pages among them.

Identifiers and moments are left out in one place (:meth:`Listener.plain`), since they are others each time.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SHORT = re.compile(rb"-[0-9a-f]{8}(?=[-.])")  # of an identifier, in the name of a file
_MOMENT = re.compile(rb"20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|\+00:00| UTC)?")
_CLOCK = re.compile(rb"\d\d:\d\d(?=:\d\d|</time>)")
_NAME = re.compile(r"{(\w+)(?::path)?}")
# A body has its length, and is compared itself; a request has an identifier of its own.
_HEADERS_LEFT_OUT = ("content-length", "date", "x-request-id")
_SECONDS_FOR_JOBS = 60

Route = tuple[str, str]  # method, path with names in braces


class Listener:
    """
    Asks the service and keeps what it answers.

    Parameters
    ----------
    client
        Of a running service without datasets.

    Attributes
    ----------
    known
        What stands for the names in the paths of routes; whoever makes something adds its identifier.
    requested
        The routes to which a request was sent.
    made
        Those of them that made what there is to be seen.
    answers
        Status, headers and body, by what was asked.
    statuses
        The status of each answer.
    """

    def __init__(self, client: TestClient) -> None:
        self.client = client
        client.headers["Accept-Encoding"] = "identity"  # tags are those of the body that is seen
        self.known: dict[str, str] = {}
        self.requested: set[Route] = set()
        self.made: set[Route] = set()
        self.answers: dict[str, bytes] = {}
        self.statuses: dict[str, int] = {}
        self._names: dict[bytes, bytes] = {}
        now = datetime.now(UTC)
        # A test may begin before midnight and end after it.
        self._days = [f"{now + timedelta(days=days):%Y-%m-%d}".encode() for days in (0, 1)]

    def ask(self, method: str, path: str, name: str = "", **request: Any) -> Any:
        """Ask a route once; the answer is kept under what was asked for."""
        self.requested.add((method, path))
        address = _NAME.sub(lambda found: self.known[found[1]], path)
        response = self.client.request(method, address, follow_redirects=False, **request)
        shown = {**response.headers, "etag": public_tag(response)} if "etag" in response.headers else response.headers
        headers = [f"{each}: {value}" for each, value in shown.items() if each not in _HEADERS_LEFT_OUT]
        text = "\n".join([str(response.status_code), *headers, ""]).encode() + response.content
        key = f"{method} {path} {name}".strip()
        assert key not in self.answers, f"{key} was asked before: give it a name"
        self.answers[key], self.statuses[key] = self.plain(text), response.status_code
        return response

    def plain(self, text: bytes) -> bytes:
        """Identifiers by the order in which they were seen first; no moments, and today as a word."""
        named = _UUID.sub(lambda found: self._names.setdefault(found[0], b"id-%d" % len(self._names)), text)
        timeless = _CLOCK.sub(b"", _MOMENT.sub(b"a moment", _SHORT.sub(b"-id", named)))
        for day in self._days:
            timeless = timeless.replace(day, b"today")
        return timeless

    def wait_for_jobs(self) -> None:
        """Wait until no job is waiting or running; what is asked meanwhile is no answer that is compared."""
        deadline = time.monotonic() + _SECONDS_FOR_JOBS
        while any(job["status"] in ("queued", "running") for job in self.client.get("/jobs").json()):
            assert time.monotonic() < deadline, "the jobs take too long"
            time.sleep(0.02)


def public_tag(response: Any) -> str:
    """
    The ETag of a response, or what it is the hash of.

    Identifiers are others each time, and so are the hashes of texts that hold them. Only a hash that whoever has the
    response can work out again is taken for one of that kind: any other, such as of exact counts, stays as it is.
    """
    tag = str(response.headers["etag"])
    mark = tag.removeprefix("W/").strip('"')
    body, address = response.content, f"{response.request.url}\njson\n{version('feeder-zones')}".encode()
    if mark in (hashlib.blake2b(body, digest_size=16).hexdigest(), hashlib.sha256(body).hexdigest()[:32]):
        return tag.replace(mark, "hash of the body")
    identifier, _, hashed = mark.rpartition("-")
    if identifier in str(response.request.url) and hashed == hashlib.blake2b(address, digest_size=12).hexdigest():
        return tag.replace(mark, "hash of the address")
    return tag


def routes_of(application: FastAPI) -> set[Route]:
    """Every method and path that the application answers, also those that its document does not describe."""
    found = {(method, path) for path, methods in _walk(application.routes) for method in methods}
    return {(method, path) for method, path in found if method != "HEAD"}


def _walk(routes: Any) -> Iterator[tuple[str, set[str]]]:
    for route in routes:
        inside = getattr(route, "original_router", None)
        if inside is not None:
            yield from _walk(inside.routes)
        elif getattr(route, "methods", None):
            yield route.path, route.methods


def ask_for_everything(
    listener: Listener,
    routes: set[Route],
    questions: Mapping[str, Mapping[str, Mapping[str, Any]]],
    without: Mapping[str, str],
) -> None:
    """
    Ask every GET route, with the identifiers that the listener knows.

    Parameters
    ----------
    listener
        That has made what there is to be seen.
    routes
        Of the application (:func:`routes_of`).
    questions
        Path to the queries to ask, by a name of each; other routes are asked once, without a query.
    without
        Paths that are not asked, each with the reason. A route with a name in its path for which nothing is known is
        not asked either.
    """
    for method, path in sorted(routes):
        if method != "GET" or path in without:
            continue
        if path.startswith(("/matches/", "/browse/matches/")):
            listener.known["result_id"] = listener.known["match_id"]
        elif path.startswith(("/year-plans/", "/browse/year-plans/")):
            listener.known["result_id"] = listener.known["year_plan_id"]
        if not set(_NAME.findall(path)) <= listener.known.keys():
            continue
        for name, query in questions.get(path, {"": {}}).items():
            _compute(listener, routes, path, name, query)
            listener.ask(method, path, name, params=query)


def _compute(listener: Listener, routes: set[Route], path: str, name: str, query: Mapping[str, Any]) -> None:
    """Have an answer computed that a GET route only reads; nothing where it makes its answer itself."""
    start = ("POST", f"{path}/compute")
    if start in routes:
        listener.ask(*start, name, data=query)
        listener.wait_for_jobs()
        return
    is_analysis = path.startswith(("/proposals/", "/matches/", "/year-plans/")) and ("POST", path) in routes
    if is_analysis and ("POST", path) not in listener.made:
        listener.ask("POST", path, name, params=query, headers={"Prefer": "wait=60"})
