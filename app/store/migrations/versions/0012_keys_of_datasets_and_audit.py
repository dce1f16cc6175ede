"""Keys for single datasets, whose work a file is, an audit trail only added to, hashes of documents, indexes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.only_added import (
    forbid,
    forbid_but_old,
    forbid_replacement,
    forbid_truncation,
    permit,
    permit_replacement,
)

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_LISTED = ("dataset", "proposal", "job", "zone_record")
_HASHED = ("proposal", "register", "capacity_part", "indicator_upload", "released_file")
_WHY = "entries of the audit trail are only added"
# What keeps apart the rows of tables to which rows are only added.
_KEYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("audit_entry", ("id",)),
    ("audit_pruning", ("id",)),
    ("zone_record_change", ("id",)),
    ("zone_record_change", ("record_id", "revision")),
    ("registration", ("id",)),
    ("registered_fact", ("id",)),
    ("base_protection", ("registration_id", "audience")),
    ("ledger", ("id",)),
)


def upgrade() -> None:
    """Add columns, indexes and the triggers; who started a job and who made it becomes one."""
    op.add_column("api_key", sa.Column("dataset_ids", sa.JSON))
    op.add_column("indicator_upload", sa.Column("made_by", sa.String))
    op.add_column("zone_record", sa.Column("dataset_id", sa.String))
    of_proposal = "(SELECT dataset_id FROM proposal WHERE proposal.id = zone_record.proposal_id)"
    op.execute(f"UPDATE zone_record SET dataset_id = {of_proposal}")  # noqa: S608
    op.create_index("ix_zone_record_dataset_id", "zone_record", ["dataset_id"])
    op.execute("UPDATE job SET made_by = started_by WHERE made_by IS NULL AND started_by <> ''")
    op.drop_column("job", "started_by")
    for table in _LISTED:
        op.create_index(f"{table}_of_agency", table, ["agency_id", sa.text("created_at DESC"), "id"])
    for table in _HASHED:
        op.add_column(table, sa.Column("hashes", sa.JSON))
    op.create_table(
        "audit_pruning",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("before", sa.DateTime, nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        # No note of a pruning opens the trail for times to come.
        sa.CheckConstraint("before <= at", name="audit_pruning_of_the_past"),
    )
    forbid("UPDATE", "audit_entry", _WHY)
    forbid_but_old("audit_entry", _WHY, column="at", limits="audit_pruning", limit="before")
    for action in ("UPDATE", "DELETE"):
        forbid(action, "audit_pruning", _WHY)
    for table in ("audit_entry", "audit_pruning"):
        forbid_truncation(table, _WHY)
    for table, keys in _KEYS:
        forbid_replacement(table, f"rows of {table} are only added", keys)


def downgrade() -> None:
    """Drop them."""
    for table, keys in _KEYS:
        permit_replacement(table, keys)
    for action in ("UPDATE", "DELETE", "TRUNCATE"):
        for table in ("audit_entry", "audit_pruning"):
            permit(action, table)
    op.drop_table("audit_pruning")
    for table in _HASHED:
        op.drop_column(table, "hashes")
    for table in _LISTED:
        op.drop_index(f"{table}_of_agency", table)
    op.add_column("job", sa.Column("started_by", sa.String, nullable=False, server_default=""))
    op.execute("UPDATE job SET started_by = coalesce(made_by, '')")
    op.drop_index("ix_zone_record_dataset_id", "zone_record")
    for table, column in (("zone_record", "dataset_id"), ("indicator_upload", "made_by"), ("api_key", "dataset_ids")):
        op.drop_column(table, column)
