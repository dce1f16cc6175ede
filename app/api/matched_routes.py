"""Which routes an address has: for the header ``Allow`` of 405, the log and the audit trail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from starlette._utils import get_route_path
from starlette.routing import Mount, Route
from starlette.types import Scope


class MatchedRoute(NamedTuple):
    """
    What an address stands for.

    Parameters
    ----------
    template
        Path of the route, such as ``/datasets/{dataset_id}``.
    names
        What stood for each name in it.
    methods
        Which the route has.
    """

    template: str
    names: Mapping[str, str]
    methods: frozenset[str]


def matched_route(scope: Scope) -> MatchedRoute | None:
    """
    Find the route of a request without answering it: it may have been refused before it came so far.

    Parameters
    ----------
    scope
        Of the request.

    Returns
    -------
    route
        That has the method, or else another with this address; ``None`` if there is none.
    """
    matching = _matching(scope)
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    return next((each for each in matching if method in each.methods), matching[0] if matching else None)


def allowed_methods(scope: Scope) -> str:
    """
    List the methods of an address: several routes may share it.

    Parameters
    ----------
    scope
        Of a request whose method the address does not have.

    Returns
    -------
    methods
        In the alphabet's order, with commas.
    """
    matching = _matching(scope)
    # /rules/check is a route of its own, not the rule with the name check.
    own = [each for each in matching if each.template == get_route_path(scope)]
    found = {method for each in own or matching for method in each.methods}
    return ", ".join(sorted(found | ({"HEAD"} if "GET" in found else set())))


def _matching(scope: Scope) -> list[MatchedRoute]:
    # A mount changes the root path of the scope, so that what follows it would no longer find the whole path.
    path = scope.get("state", {}).get("route_path") or get_route_path(scope)
    return [
        MatchedRoute(prefix + route.path_format, match.groupdict(), frozenset(getattr(route, "methods", None) or ()))
        for prefix, route in _routes(scope["app"].routes)
        if path.startswith(prefix) and (match := route.path_regex.match(path[len(prefix) :]))
    ]


def _routes(routes: Any, prefix: str = "") -> Iterator[tuple[str, Route | Mount]]:
    for route in routes:
        if isinstance(route, Route | Mount):
            yield prefix, route
        elif (inner := getattr(route, "original_router", None)) is not None:
            yield from _routes(inner.routes, prefix + route.include_context.prefix)
