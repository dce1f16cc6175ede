"""Leases of jobs, by which any worker process may take one; and answers that are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and columns; jobs that were running have no lease, so they are taken up again."""
    op.create_table(
        "answer",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("key", sa.String, nullable=False, index=True),
        sa.Column("question", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        _reference("dataset_id", "dataset.id", nullable=False),
        _reference("proposal_id", "proposal.id"),
        _reference("other_proposal_id", "proposal.id"),
        _reference("capacity_result_id", "capacity_result.id"),
        _agency(),
    )
    op.create_table(
        "answer_form",
        sa.Column("answer_id", sa.String, sa.ForeignKey("answer.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        _agency(),
    )
    with op.batch_alter_table("job") as job:
        job.add_column(
            sa.Column("answer_id", sa.String, sa.ForeignKey("answer.id", ondelete="SET NULL", name="job_answer"))
        )
        job.add_column(sa.Column("request_key", sa.String, nullable=False, server_default=""))
        job.add_column(sa.Column("started_by", sa.String, nullable=False, server_default=""))
        job.add_column(sa.Column("lease_owner", sa.String))
        job.add_column(sa.Column("lease_until", sa.DateTime))
        job.add_column(sa.Column("heartbeat_at", sa.DateTime))
        job.add_column(sa.Column("attempts", sa.Integer, nullable=False, server_default="0"))
        job.create_index("ix_job_request_key", ["request_key"])


def _reference(name: str, column: str, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.String, sa.ForeignKey(column, ondelete="CASCADE"), nullable=nullable, index=True)


def _agency() -> sa.Column[str]:
    """Whose it is; the next migration gives such a column to the older tables."""
    return sa.Column("agency_id", sa.String, nullable=False, server_default="local")


def downgrade() -> None:
    """Drop the tables and columns, and the jobs that only they can hold."""
    op.execute("DELETE FROM job WHERE kind = 'analysis'")
    with op.batch_alter_table("job") as job:
        job.drop_index("ix_job_request_key")
        columns = ("answer_id", "request_key", "started_by", "lease_owner", "lease_until", "heartbeat_at", "attempts")
        for column in columns:
            job.drop_column(column)
    for table in ("answer_form", "answer"):
        op.drop_table(table)
