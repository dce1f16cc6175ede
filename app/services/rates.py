"""How often somebody may ask, counted over all worker processes of a machine."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

_SHARES = 50  # a worker takes this part of a limit at a time, so that it seldom has to ask
_BUSY_S = 0.5


class SharedRates:
    """
    Counts by name and window of time, in a small database of its own.

    It may lose its last second when the power fails, so it costs no write to the disk. A worker takes a batch of
    allowances at a time and gives them out from memory; what it has left at the end of a window is lost.

    Parameters
    ----------
    path
        Of the database; made if it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._left: dict[tuple[str, int], int] = {}
        path.touch(mode=0o600)
        self._connection = sqlite3.connect(path, timeout=_BUSY_S, check_same_thread=False, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=OFF"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS used (name TEXT, until INTEGER, amount INTEGER, PRIMARY KEY (name, until))"
        )

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def take(self, name: str, limit: int, *, window_s: int = 60) -> float | None:
        """
        Take one allowance.

        Parameters
        ----------
        name
            Who asks.
        limit
            Allowances in a window; 0 for any number.
        window_s
            Length of a window [s].

        Returns
        -------
        wait
            ``None`` if it was given, else the seconds until the next window.
        """
        if limit == 0:
            return None
        now = time.time()
        until = (int(now) // window_s + 1) * window_s
        with self._lock:
            left = self._left.get((name, until), 0)
            if left == 0:
                left = self._lease(name, until, limit, max(1, limit // _SHARES))
            self._left[(name, until)] = max(0, left - 1)
        return None if left else until - now

    def is_spent(self, name: str, limit: int, *, window_s: int) -> float | None:
        """Seconds until the next window if all allowances of this one are taken, else ``None``; takes none."""
        now = time.time()
        until = (int(now) // window_s + 1) * window_s
        query = "SELECT amount FROM used WHERE name = ? AND until = ?"
        with self._lock:
            row = self._connection.execute(query, (name, until)).fetchone()
        return until - now if row and row[0] >= limit else None

    def _lease(self, name: str, until: int, limit: int, batch: int) -> int:
        """Take a batch from what all workers share; if the database is busy, the worker goes on with one."""
        now = int(time.time())
        self._left = {key: left for key, left in self._left.items() if key[1] > now}
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("DELETE FROM used WHERE until < ?", (now,))
            query = "SELECT amount FROM used WHERE name = ? AND until = ?"
            row = self._connection.execute(query, (name, until)).fetchone()
            amount = row[0] if row else 0
            given = min(batch, limit - amount)
            if given > 0:
                self._connection.execute("INSERT OR REPLACE INTO used VALUES (?, ?, ?)", (name, until, amount + given))
            self._connection.execute("COMMIT")
        except sqlite3.OperationalError:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            return 1
        return max(0, given)
