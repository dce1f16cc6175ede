"""Agencies: every row belongs to one; callers with keys, sessions of pages, and the audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.agency_scope import drop_policies, keep_rows_by_policy

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_OF_AGENCY = (
    *("dataset", "proposal", "register", "capacity_result", "capacity_part", "job", "indicator_upload"),
    *("dataset_school", "proposal_zone", "zone_record", "zone_record_change", "checklist"),
    *("registration", "registered_fact", "base_protection", "release", "released_file", "ledger"),
)
_BORN_WITH_AGENCY = ("answer", "answer_form", "api_key", "page_session", "person", "audit_entry")
_MADE_BY = ("dataset", "proposal", "register", "capacity_result", "job")


def upgrade() -> None:
    """Give all that is there to the agency ``local``, and make the tables of who may do what."""
    for table in _OF_AGENCY:
        op.add_column(table, sa.Column("agency_id", sa.String, nullable=False, server_default="local"))
    for table in _MADE_BY:
        op.add_column(table, sa.Column("made_by", sa.String))
    _make_access()
    keep_rows_by_policy(
        op.get_bind(), (*_OF_AGENCY, "answer", "answer_form", "api_key", "page_session", "person", "audit_entry")
    )


def _make_access() -> None:
    op.create_table(
        "agency",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("agency_id", sa.String, nullable=False, server_default="local"),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("roles", sa.JSON, nullable=False),
        sa.Column("secret_hash", sa.LargeBinary, nullable=False),
        sa.Column("requests_per_minute", sa.Integer),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime),
        sa.Column("revoked_at", sa.DateTime),
        sa.Column("last_used_at", sa.DateTime),
    )
    op.create_table(
        "page_session",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("agency_id", sa.String, nullable=False, server_default="local"),
        sa.Column("key_id", sa.String, nullable=False, index=True),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("seen_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "person",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("agency_id", sa.String, nullable=False, server_default="local"),
        sa.Column("roles", sa.JSON, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("agency_id", sa.String, nullable=False, server_default="local"),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("caller", sa.String, nullable=False),
        sa.Column("key_id", sa.String),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("object_kind", sa.String, nullable=False),
        sa.Column("object_id", sa.String, nullable=False),
        sa.Column("request_id", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("times", sa.Integer, nullable=False, server_default="1"),
    )
    op.create_index("audit_entry_of_agency", "audit_entry", ["agency_id", "id"])


def downgrade() -> None:
    """Drop the tables and columns."""
    drop_policies(op.get_bind(), (*_OF_AGENCY, *_BORN_WITH_AGENCY))
    for table in ("audit_entry", "person", "page_session", "api_key", "agency"):
        op.drop_table(table)
    for table in _MADE_BY:
        op.drop_column(table, "made_by")
    for table in _OF_AGENCY:
        op.drop_column(table, "agency_id")
