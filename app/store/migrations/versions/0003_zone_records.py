"""Records of Zones with their changes, and checklists of the state's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.only_added import forbid, permit

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; a change, once written, can be neither changed nor deleted."""
    op.create_table(
        "zone_record",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("created_at", sa.DateTime, nullable=False, index=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("proposal_id", sa.String, index=True),
    )
    op.create_table(
        "zone_record_change",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("record_id", sa.String, sa.ForeignKey("zone_record.id"), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.UniqueConstraint("record_id", "revision"),
    )
    op.create_table(
        "checklist",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
    )
    for action in ("UPDATE", "DELETE"):
        forbid(action, "zone_record_change", "changes of records are only added")


def downgrade() -> None:
    """Drop the tables."""
    for action in ("UPDATE", "DELETE"):
        permit(action, "zone_record_change")
    for table in ("checklist", "zone_record_change", "zone_record"):
        op.drop_table(table)
