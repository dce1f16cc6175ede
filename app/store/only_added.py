"""Tables whose rows are only added: the database itself refuses what would change or delete them."""

from __future__ import annotations

from alembic import op


def forbid(action: str, table: str, why: str) -> None:
    """
    Let the database refuse an action on every row of a table; for migrations.

    Parameters
    ----------
    action
        ``UPDATE`` or ``DELETE``.
    table
        The table.
    why
        What the refusal says; an IntegrityError on both databases.
    """
    name = f"{table}_no_{action.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} BEFORE {action} ON {table} BEGIN SELECT RAISE(ABORT, '{why}'); END")
        return
    body = f"RAISE EXCEPTION '{why}' USING ERRCODE = 'integrity_constraint_violation'"
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; END $$")
    op.execute(f"CREATE TRIGGER {name} BEFORE {action} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def permit(action: str, table: str) -> None:
    """Take back what :func:`forbid` forbade, after the table is dropped or before."""
    name = f"{table}_no_{action.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
    else:
        op.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")


def forbid_but_old(table: str, why: str, *, column: str, limits: str, limit: str) -> None:
    """
    Let the database refuse to delete rows of a table, save those that are older than a limit that was written down.

    Parameters
    ----------
    table, why
        As for :func:`forbid`.
    column
        The time of a row.
    limits, limit
        The table of limits, itself only added to, and its column; the latest limit counts.
    """
    name = f"{table}_no_delete"
    latest = f"(SELECT max({limit}) FROM {limits})"  # noqa: S608 - names of a migration
    is_young = f"({latest} IS NULL OR OLD.{column} >= {latest})"
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{why}'); END"
        op.execute(f"CREATE TRIGGER {name} BEFORE DELETE ON {table} WHEN {is_young} {refuse}")
        return
    body = f"RAISE EXCEPTION '{why}' USING ERRCODE = 'integrity_constraint_violation'"
    checked = f"BEGIN IF {is_young} THEN {body}; END IF; RETURN OLD; END"
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {checked} $$")
    op.execute(f"CREATE TRIGGER {name} BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def forbid_replacement(table: str, why: str, keys: tuple[str, ...] = ("id",)) -> None:
    """Let SQLite refuse to replace rows of a table, which deletes without the triggers that forbid it."""
    if op.get_bind().dialect.name != "sqlite":
        return
    is_there = f"EXISTS (SELECT 1 FROM {table} WHERE {' AND '.join(f'{key} = NEW.{key}' for key in keys)})"  # noqa: S608
    refuse = f"BEGIN SELECT RAISE(ABORT, '{why}'); END"
    op.execute(f"CREATE TRIGGER {table}_no_replace_{keys[-1]} BEFORE INSERT ON {table} WHEN {is_there} {refuse}")


def permit_replacement(table: str, keys: tuple[str, ...] = ("id",)) -> None:
    """Take back what :func:`forbid_replacement` forbade."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER IF EXISTS {table}_no_replace_{keys[-1]}")


def forbid_truncation(table: str, why: str) -> None:
    """Let PostgreSQL refuse to empty a table, which passes by the triggers of rows; SQLite has no such statement."""
    if op.get_bind().dialect.name == "sqlite":
        return
    name = f"{table}_no_truncate"
    body = f"RAISE EXCEPTION '{why}' USING ERRCODE = 'integrity_constraint_violation'"
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; END $$")
    op.execute(f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()")
