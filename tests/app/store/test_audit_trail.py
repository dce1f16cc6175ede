"""Entries of the audit trail cannot be changed, only old ones be pruned; lists are read along an index."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from app.store import open_store, prune
from tests.databases import engine_of, is_postgres

AGES = (400, 100, 1)


def entry(days: int) -> dict[str, object]:
    at = datetime.now(UTC) - timedelta(days=days)
    return {"agency_id": "local", "at": at, "caller": "Ann", "act": f"{days} days ago"}


def test_entries_are_only_added_and_old_ones_pruned(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.audit.add([entry(days) for days in AGES])
    statements = [
        "UPDATE audit_entry SET caller = 'Ben'",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_entry WHERE act = '400 days ago'",
    ]
    replacing = "INTO audit_entry (id, at, caller, act, object_kind, object_id, request_id, outcome)"
    statements.append(
        "TRUNCATE audit_entry"
        if is_postgres()
        else f"INSERT OR REPLACE {replacing} VALUES (1, '2026-01-01', 'Ben', 'x', '', '', '', '')"
    )
    for statement in statements:
        with pytest.raises(IntegrityError, match="only added"), engine_of(tmp_path).begin() as connection:
            connection.execute(text(statement))
    assert prune(store).audit_entries == 0
    assert prune(store, audit_days=365).audit_entries == 1
    assert [each.act for each in store.audit.entries()] == ["1 days ago", "100 days ago"]
    (removal,) = store.audit.removals()
    assert removal.entries == 1
    statements = ["DELETE FROM audit_entry", "DELETE FROM audit_pruning", "UPDATE audit_pruning SET entries = 0"]
    statements += [] if is_postgres() else ["INSERT OR REPLACE INTO audit_pruning SELECT * FROM audit_pruning"]
    for statement in statements:
        with pytest.raises(IntegrityError, match="only added"), engine_of(tmp_path).begin() as connection:
            connection.execute(text(statement))
    coming = "INSERT INTO audit_pruning (at, before, entries) VALUES ('2026-01-01', '9999-01-01', 0)"
    with pytest.raises(IntegrityError, match="audit_pruning_of_the_past"), engine_of(tmp_path).begin() as connection:
        connection.execute(text(coming))
    assert len(store.audit.entries()) == 2
    store.close()


def plan_of(connection: Connection, statement: str) -> str:
    if not is_postgres():
        return str(connection.execute(text(f"EXPLAIN QUERY PLAN {statement}")).all())
    # So few rows would be read without any index.
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    connection.execute(text("SET LOCAL enable_bitmapscan = off"))
    return str(connection.execute(text(f"EXPLAIN {statement}")).all())


@pytest.mark.parametrize("table", ["dataset", "proposal", "job", "zone_record"])
def test_lists_of_an_agency_are_read_along_an_index(tmp_path: Path, table: str) -> None:
    open_store(tmp_path).close()
    with engine_of(tmp_path).begin() as connection:
        listed = f"SELECT id FROM {table} WHERE agency_id = 'a' ORDER BY created_at DESC, id LIMIT 9"
        plan = plan_of(connection, listed)
        assert f"{table}_of_agency" in plan
        assert "Sort" not in plan
        assert "TEMP B-TREE" not in plan
        trail = "SELECT id FROM audit_entry WHERE agency_id = 'a' AND id < 9 ORDER BY id DESC LIMIT 9"
        assert "audit_entry_of_agency" in plan_of(connection, trail) or "audit_entry_pkey" in plan_of(connection, trail)
