"""The inputs of datasets leave the database: they become files next to it, named by their content."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.scenario_files import ScenarioFiles

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_DATASET = sa.table("dataset", sa.column("id"), sa.column("scenario", sa.LargeBinary), sa.column("scenario_hash"))


def upgrade() -> None:
    """Write the files, one dataset after the other, before the column that has them goes."""
    op.add_column("dataset", sa.Column("scenario_hash", sa.String, nullable=False, server_default=""))
    connection, files = op.get_bind(), _files()
    for identifier in connection.scalars(sa.select(_DATASET.c.id)).all():
        own = _DATASET.c.id == identifier
        content = connection.scalars(sa.select(_DATASET.c.scenario).where(own)).one()
        kept = files.keep(files.stage(bytes(content or b"")))
        connection.execute(sa.update(_DATASET).where(own).values(scenario_hash=kept))
    # Not in a batch: SQLite would make the table anew, and dropping the old one would delete all that rests on it.
    op.drop_column("dataset", "scenario")
    op.create_index("ix_dataset_scenario_hash", "dataset", ["scenario_hash"])


def downgrade() -> None:
    """Put the inputs back into the database; the files stay."""
    op.drop_index("ix_dataset_scenario_hash", "dataset")
    op.add_column("dataset", sa.Column("scenario", sa.LargeBinary, nullable=False, server_default=""))
    connection, files = op.get_bind(), _files()
    for identifier, kept in connection.execute(sa.select(_DATASET.c.id, _DATASET.c.scenario_hash)).all():
        own = sa.update(_DATASET).where(_DATASET.c.id == identifier)
        connection.execute(own.values(scenario=files.read(kept)))
    op.drop_column("dataset", "scenario_hash")


def _files() -> ScenarioFiles:
    configuration = op.get_context().config
    if configuration is None:
        raise RuntimeError("This migration needs the data directory: open the store to upgrade it.")
    return ScenarioFiles(configuration.attributes["directory"])
