"""Who asks: the caller of a request, the roles, and what the present request knows of both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

# The agency of a service that knows of no other, and of everything that was stored before there were agencies.
LOCAL_AGENCY = "local"

VIEWER, ANALYST, EXACT, ADMIN = "viewer", "analyst", "exact", "admin"
ROLES = (VIEWER, ANALYST, EXACT, ADMIN)
# Each role holds those before it, save exact: who runs the service for an agency need not see single students.
_HELD_BY = {VIEWER: {VIEWER, ANALYST, ADMIN}, ANALYST: {ANALYST, ADMIN}, EXACT: {EXACT}, ADMIN: {ADMIN}}


@dataclass(frozen=True)
class Caller:
    """
    Who sends a request.

    Parameters
    ----------
    agency_id
        The agency whose data the caller sees.
    name
        Of the person or program; blank where nobody signs in.
    roles
        Of :data:`ROLES`.
    key_id
        The API key that was used, in the request or to sign in to the pages.
    dataset_ids
        The datasets that the key opens; ``None`` for all that the agency has.
    """

    agency_id: str
    name: str
    roles: frozenset[str]
    key_id: str | None = None
    dataset_ids: frozenset[str] | None = None

    def may(self, right: str) -> bool:
        """Whether a role of the caller holds a right."""
        return bool(_HELD_BY[right] & self.roles)

    @property
    def is_signed_in(self) -> bool:
        """Whether the service knows who it is."""
        return self.name != ""


# Where no key exists and only this machine can ask: every right that the settings give.
LOCAL_CALLER = Caller(LOCAL_AGENCY, "", frozenset(ROLES))


@dataclass(frozen=True)
class PresentRequest:
    """
    The request that is being answered.

    Parameters
    ----------
    caller
        Who sent it.
    request_id
        As in the response and the log; blank if it has none.
    note_exact
        Writes down that exact counts are read: of which kind of thing, and its identifier.
    """

    caller: Caller = field(default=LOCAL_CALLER)
    request_id: str = ""
    note_exact: Callable[[str, str], None] = field(default=lambda _kind, _identifier: None, compare=False)


_OUTSIDE = PresentRequest()
# Set for each request, and carried into the thread that answers it; elsewhere the service itself is at work.
present_request: ContextVar[PresentRequest] = ContextVar("present_request", default=_OUTSIDE)


@contextmanager
def working_as(name: str) -> Iterator[None]:
    """Do something on this machine in somebody's name, which the audit trail then says; with every right."""
    token = present_request.set(PresentRequest(Caller(LOCAL_AGENCY, name, frozenset(ROLES))))
    try:
        yield
    finally:
        present_request.reset(token)


def known_roles(names: object) -> frozenset[str]:
    """The roles among names: a text with commas or spaces between them, or a list; unknown names give no right."""
    listed = names.replace(",", " ").split() if isinstance(names, str) else names
    if not isinstance(listed, list | tuple | set | frozenset):
        return frozenset()
    return frozenset(ROLES) & {str(each) for each in listed}
