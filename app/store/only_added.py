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
