"""Addresses of this service as its answers write them: behind a proxy they all start with the path of the service."""

from __future__ import annotations

from contextvars import ContextVar

# Of the request that is answered; blank where the service is at the root.
PREFIX: ContextVar[str] = ContextVar("PREFIX", default="")


def address(path: str) -> str:
    """A path of the service as a client asks for it."""
    return f"{PREFIX.get()}{path}"


def addresses(links: dict[str, str]) -> dict[str, str]:
    """The same for each of a document's links."""
    return {name: address(path) for name, path in links.items()}
