"""Registers of Lead Partners, matches and year plans; jobs of several kinds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; jobs that are there already are jobs for proposals."""
    op.create_table(
        "register",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("report", sa.JSON, nullable=False),
        sa.Column("summary", sa.JSON, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "capacity_result",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False, index=True),
        sa.Column("dataset_id", sa.String, sa.ForeignKey("dataset.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column(
            "proposal_id", sa.String, sa.ForeignKey("proposal.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column(
            "register_id", sa.String, sa.ForeignKey("register.id", ondelete="RESTRICT"), nullable=False, index=True
        ),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("parameters", sa.JSON, nullable=False),
        sa.Column("summary", sa.JSON, nullable=False),
    )
    op.create_table(
        "capacity_part",
        sa.Column("result_id", sa.String, sa.ForeignKey("capacity_result.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("file", sa.String, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    with op.batch_alter_table("job") as job:
        job.add_column(sa.Column("kind", sa.String, nullable=False, server_default="proposal"))
        job.add_column(sa.Column("inputs", sa.JSON, nullable=False, server_default="{}"))
        job.add_column(
            sa.Column(
                "capacity_result_id",
                sa.String,
                sa.ForeignKey("capacity_result.id", ondelete="SET NULL", name="job_capacity_result"),
            )
        )


def downgrade() -> None:
    """Drop the tables, and the jobs that only they can hold."""
    op.execute("DELETE FROM job WHERE kind <> 'proposal'")
    with op.batch_alter_table("job") as job:
        for column in ("capacity_result_id", "inputs", "kind"):
            job.drop_column(column)
    for table in ("capacity_part", "capacity_result", "register"):
        op.drop_table(table)
