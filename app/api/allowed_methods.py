"""Which methods an address has, for the header ``Allow`` of 405: several routes may share an address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi.routing import APIRoute
from starlette._utils import get_route_path
from starlette.types import Scope


def allowed_methods(scope: Scope) -> str:
    """
    List the methods of an address.

    Parameters
    ----------
    scope
        Of a request whose method the address does not have.

    Returns
    -------
    methods
        In the alphabet's order, with commas.
    """
    path = get_route_path(scope)
    fitting = [(prefix, route) for prefix, route in _routes(scope["app"].routes) if _fits(prefix, route, path)]
    # /rules/check is a route of its own, not the rule with the name check.
    own = [(prefix, route) for prefix, route in fitting if prefix + route.path_format == path]
    found = {method for _, route in own or fitting for method in route.methods or ()}
    return ", ".join(sorted(found | ({"HEAD"} if "GET" in found else set())))


def _fits(prefix: str, route: APIRoute, path: str) -> bool:
    return path.startswith(prefix) and route.path_regex.match(path[len(prefix) :]) is not None


def _routes(routes: Any, prefix: str = "") -> Iterator[tuple[str, APIRoute]]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield prefix, route
        elif (inner := getattr(route, "original_router", None)) is not None:
            yield from _routes(inner.routes, prefix + route.include_context.prefix)
