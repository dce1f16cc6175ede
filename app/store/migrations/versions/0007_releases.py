"""What was registered and released: facts of datasets, protections of bases, releases, and the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.only_added import forbid, permit

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = ("ledger", "released_file", "release", "base_protection", "registered_fact", "registration", "secret")
_FORBIDDEN = {
    ("UPDATE", "ledger"): "rows of the ledger are only added",
    ("DELETE", "ledger"): "rows of the ledger are only added",
    # What was seen was seen: a dataset that is deleted leaves behind which schools and years it was of.
    ("DELETE", "registration"): "what was registered is not forgotten",
    ("DELETE", "registered_fact"): "what was registered is not forgotten",
    ("DELETE", "base_protection"): "what was registered is not forgotten",
    ("UPDATE", "base_protection"): "a base is protected in one way for good",
}


def upgrade() -> None:
    """Make the tables; datasets that are there already are registered when the service starts."""
    op.create_table(
        "secret",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
    _make_registrations()
    _make_releases()
    for (action, table), why in _FORBIDDEN.items():
        forbid(action, table, why)


def _make_registrations() -> None:
    op.create_table(
        "registration",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("registered_at", sa.DateTime, nullable=False),
        sa.Column("content_tag", sa.String, nullable=False, index=True),
        sa.Column("ended_at", sa.DateTime),
        sa.Column("is_replaced", sa.Boolean, nullable=False, server_default="0"),
    )
    op.create_table(
        "registered_fact",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("registration_id", sa.String, sa.ForeignKey("registration.id"), nullable=False, index=True),
        sa.Column("kind", sa.String, nullable=False, index=True),
        sa.Column("year", sa.Integer),
        sa.Column("schools", sa.LargeBinary, nullable=False),
        sa.Column("tags", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "base_protection",
        sa.Column("registration_id", sa.String, sa.ForeignKey("registration.id"), primary_key=True),
        sa.Column("audience", sa.String, primary_key=True),
        sa.Column("chosen_at", sa.DateTime, nullable=False),
        sa.Column("policy", sa.JSON, nullable=False),
        sa.Column("method", sa.String, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("audit", sa.JSON, nullable=False),
    )


def _make_releases() -> None:
    op.create_table(
        "release",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("dataset_id", sa.String, sa.ForeignKey("registration.id"), nullable=False, index=True),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime),
        sa.Column("public_report", sa.JSON, nullable=False),
        sa.Column("report", sa.JSON, nullable=False),
    )
    op.create_table(
        "released_file",
        sa.Column("release_id", sa.String, sa.ForeignKey("release.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("dataset_id", sa.String, index=True),
        sa.Column("release_id", sa.String),
        sa.Column("content", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for action, table in _FORBIDDEN:
        permit(action, table)
    for table in _TABLES:
        op.drop_table(table)
