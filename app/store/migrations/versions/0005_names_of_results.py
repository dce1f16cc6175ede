"""Names that analysts give to matches and year plans when they ask for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the names; what is there already has none."""
    for table in ("job", "capacity_result"):
        op.add_column(table, sa.Column("name", sa.String, nullable=False, server_default=""))


def downgrade() -> None:
    """Forget the names."""
    for table in ("job", "capacity_result"):
        op.drop_column(table, "name")
