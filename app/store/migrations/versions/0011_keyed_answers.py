"""Answers that are kept by the Idempotency-Key of their requests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.agency_scope import keep_rows_by_policy

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "keyed_answer",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("created_at", sa.DateTime, nullable=False, index=True),
        sa.Column("agency_id", sa.String, nullable=False, index=True, server_default="local"),
        sa.Column("request_hash", sa.String, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("headers", sa.JSON, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    keep_rows_by_policy(op.get_bind(), ["keyed_answer"])


def downgrade() -> None:
    """Drop it; nothing rests on it."""
    op.drop_table("keyed_answer")
