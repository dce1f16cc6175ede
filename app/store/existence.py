"""Whether a row is still there, asked so often that the question must cost next to nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

from sqlalchemy import Engine

StoredTable = Literal["proposal", "capacity_result"]
Row = tuple[StoredTable, str]


class Existence:
    """
    Tells whether rows exist, in microseconds where the database is a file of this machine.

    SQLite answers from the index of the key, on a connection of its own that never waits for a lock. A server is
    asked in a thread, and all questions that gather while one is on its way go to it together.

    Parameters
    ----------
    engine
        Of the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_file = engine.dialect.name == "sqlite"
        self._connection: Any = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="existence")
        self._gathered: dict[Row, asyncio.Future[bool | None]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def has(self, row: Row) -> bool | None:
        """
        Tell whether a row exists now.

        Parameters
        ----------
        row
            Its table and its key.

        Returns
        -------
        exists
            ``None`` if the database gives no answer at once: whoever asks then takes the ordinary path, which waits
            and says what is wrong.
        """
        if self._is_file:
            there = self._look_up([row])
            return None if there is None else row in there
        waiting = self._gathered.get(row)
        if waiting is None:
            waiting = self._gathered[row] = asyncio.get_running_loop().create_future()
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(waiting)

    def close(self) -> None:
        """Close the connection."""
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._drop()

    async def _ask(self) -> None:
        """Ask the server for everything that has gathered, until nothing more has."""
        while self._gathered:
            asked, self._gathered = self._gathered, {}
            there = await asyncio.get_running_loop().run_in_executor(self._thread, self._look_up, list(asked))
            for row, waiting in asked.items():
                if not waiting.done():
                    waiting.set_result(None if there is None else row in there)

    def _look_up(self, rows: Sequence[Row]) -> set[Row] | None:
        """Which of the rows exist; ``None`` if the database does not say."""
        try:
            if self._connection is None:
                self._connection = _own_connection(self._engine, is_file=self._is_file)
            found: set[Row] = set()
            for table in {name for name, _ in rows}:
                keys = [key for name, key in rows if name == table]
                found |= {(table, key) for key in _existing(self._connection, table, keys, is_file=self._is_file)}
        except self._engine.dialect.loaded_dbapi.Error:
            self._drop()
            return None
        return found

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _existing(connection: Any, table: str, keys: Sequence[str], *, is_file: bool) -> Sequence[str]:
    # Straight to the driver, which keeps the statements prepared.
    if is_file:
        statement = f"SELECT id FROM {table} WHERE id = ?"  # noqa: S608 - the table is one of two names
        return [row[0] for key in keys for row in connection.dbapi_connection.execute(statement, (key,))]
    statement = f"SELECT id FROM {table} WHERE id = ANY(%s)"  # noqa: S608
    return [row[0] for row in connection.dbapi_connection.execute(statement, (list(keys),))]


def _own_connection(engine: Engine, *, is_file: bool) -> Any:
    """A connection outside the pool, which keeps no transaction open."""
    connection: Any = engine.raw_connection()
    connection.detach()
    if is_file:
        connection.dbapi_connection.execute("PRAGMA busy_timeout=0")
    else:
        connection.dbapi_connection.autocommit = True
    return connection
