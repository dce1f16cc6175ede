"""The format in which each document was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TABLES = ("dataset", "proposal", "register", "capacity_result")


def upgrade() -> None:
    """Add the formats; what is there already has the first."""
    for table in _TABLES:
        op.add_column(table, sa.Column("document_format", sa.Integer, nullable=False, server_default="1"))


def downgrade() -> None:
    """Forget the formats."""
    for table in _TABLES:
        op.drop_column(table, "document_format")
