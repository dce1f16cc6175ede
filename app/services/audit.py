"""The audit trail while the service runs: reads are counted by the minute, so that writing them down slows none."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.store import Caller
from app.store.audit_store import AuditStore

logger = logging.getLogger(__name__)

_WRITTEN_EVERY_S = 1.0
_MAXIMUM_HELD = 100_000


@dataclass(frozen=True, kw_only=True)
class Act:
    """
    What somebody did.

    Parameters
    ----------
    caller
        Who.
    act
        What, such as ``GET /datasets/{dataset_id}``; never with what the request held.
    object_kind, object_id
        To what; blank if to nothing that is stored.
    request_id
        Of the request; blank where many are counted together.
    outcome
        ``answered``, or ``refused`` with the status.
    """

    caller: Caller
    act: str
    object_kind: str = ""
    object_id: str = ""
    request_id: str = ""
    outcome: str = "answered"

    def row(self, at: datetime, times: int = 1) -> dict[str, Any]:
        """Write it as a row of the audit trail."""
        return {
            "agency_id": self.caller.agency_id,
            "at": at,
            "caller": self.caller.name,
            "key_id": self.caller.key_id,
            "act": self.act,
            "object_kind": self.object_kind,
            "object_id": self.object_id,
            "request_id": self.request_id,
            "outcome": self.outcome,
            "times": times,
        }


class AuditRecorder:
    """
    Writes acts into the audit trail.

    Parameters
    ----------
    store
        The audit trail of all agencies.
    """

    def __init__(self, store: AuditStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._counted: Counter[tuple[Act, datetime]] = Counter()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)

    def start(self) -> None:
        """Begin to write every second."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is left, and end."""
        self._ended.set()
        self._thread.join(timeout=10)
        self.write()

    def count(self, act: Act) -> None:
        """Count an act of this minute; it is written within a second or so."""
        minute = datetime.now(UTC).replace(second=0, microsecond=0)
        with self._lock:
            if len(self._counted) < _MAXIMUM_HELD:
                self._counted[act, minute] += 1

    def write_now(self, act: Act) -> None:
        """Write an act before anything else is done: where it fails, so does the request."""
        self._store.add([act.row(datetime.now(UTC))])

    def write(self) -> None:
        """Write what was counted; if the database takes nothing, it is tried again later."""
        with self._lock:
            counted, self._counted = self._counted, Counter()
        try:
            self._store.add([act.row(minute, times) for (act, minute), times in counted.items()])
        except Exception:
            logger.exception("the audit trail could not be written; %d entries wait", len(counted))
            with self._lock:
                self._counted.update(counted)

    def _run(self) -> None:
        while not self._ended.wait(_WRITTEN_EVERY_S):
            self.write()
