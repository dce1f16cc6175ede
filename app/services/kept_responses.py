"""
Responses about stored rows, kept whole in memory: a proposal never changes, so neither does what is said of it.

A response is kept only after the ordinary route has given it, and only for requests that are alike in all that the
route looks at, the agency and the roles of the caller among them. It is given again while the row exists: the
database says so before each. What rests on exact counts of students is never kept.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.types import Scope

from app.store import CapacityResult, Proposal, StoredTable

Headers = Sequence[tuple[bytes, bytes]]

MAXIMUM_QUERY_BYTES = 500
# Of each response, besides its body: about what its key and its headers take.
ENTRY_BYTES = 2_000
# The route may look at these; with any other header that could change its answer it is asked itself.
_IN_KEY = {b"host", b"accept", b"accept-encoding"}
_TO_ROUTE = {b"range", b"if-range", b"if-match", b"if-modified-since", b"if-unmodified-since", b"prefer", b"origin"}
_CREDENTIALS = {b"authorization", b"cookie"}


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptResponse:
    """
    A response as the route gave it.

    Parameters
    ----------
    row
        Table and key of the row that it is about.
    answered_as
        Path of the route and what stood for its names, for the audit trail.
    headers
        All of them, as they were sent.
    body
        Its bytes.
    """

    row: tuple[StoredTable, str]
    answered_as: tuple[str, Mapping[str, Any]]
    headers: Headers
    body: bytes

    @property
    def size(self) -> int:
        """How much memory it counts for [bytes]."""
        return len(self.body) + ENTRY_BYTES


def keep_while_stored(state: Any, row: Proposal | CapacityResult) -> None:
    """
    Say that a response follows from one row and the request alone, so that it may be kept while the row exists.

    Parameters
    ----------
    state
        ``state`` of the request.
    row
        Which does not rest on exact counts; else nothing is kept, so that each reading of them takes the whole path.
    """
    if "exact" not in (row.parameters.get("disclosure"), row.summary.get("disclosure")):
        state.kept_row = ("proposal" if isinstance(row, Proposal) else "capacity_result", row.id)


def key_of(scope: Scope) -> Hashable | None:
    """
    Make the key under which the response to a request is kept.

    Parameters
    ----------
    scope
        Of the request, with its caller in ``state`` if the service knows one.

    Returns
    -------
    key
        Everything that a response may rest on; ``None`` for a request that only the route can answer.
    """
    query, path = scope["query_string"], scope["path"]
    if scope["method"] != "GET" or len(query) + len(path) > MAXIMUM_QUERY_BYTES:
        return None
    caller = scope.get("state", {}).get("caller")
    said = []
    for name, value in scope["headers"]:
        if name in _TO_ROUTE or (caller is None and name in _CREDENTIALS):
            return None
        if name in _IN_KEY:
            said.append((name, value))
    rights = None if caller is None else (caller.agency_id, caller.roles, caller.dataset_ids)
    return (scope["path"], query, scope.get("root_path"), scope["scheme"], rights, *said)
