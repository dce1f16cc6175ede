"""The inputs of datasets become files next to the database; schools and Zones become rows with geometry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.features import zone_rows
from app.store.geometry import Geometry
from app.store.scenario_files import ScenarioFiles

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_DATASET = sa.table("dataset", sa.column("id"), sa.column("scenario", sa.LargeBinary), sa.column("scenario_hash"))
_NUMBERS = ("school_count", "enrolment_students", "promoted_students", "retention")
_GEOMETRY = {"dataset_school": "location", "proposal_zone": "outline"}
_PROPOSAL = sa.table("proposal", sa.column("id"), sa.column("parameters", sa.JSON), sa.column("zones", sa.LargeBinary))


def upgrade() -> None:
    """Write the files, one dataset after the other, before the column that has them goes."""
    op.add_column("dataset", sa.Column("scenario_hash", sa.String, nullable=False, server_default=""))
    connection, files = op.get_bind(), _files()
    for identifier in connection.scalars(sa.select(_DATASET.c.id)).all():
        own = _DATASET.c.id == identifier
        content = connection.scalars(sa.select(_DATASET.c.scenario).where(own)).one()
        kept = files.keep(files.stage(bytes(content)))
        connection.execute(sa.update(_DATASET).where(own).values(scenario_hash=kept))
    # Not in a batch: SQLite would make the table anew, and dropping the old one would delete all that rests on it.
    op.drop_column("dataset", "scenario")
    op.create_index("ix_dataset_scenario_hash", "dataset", ["scenario_hash"])
    _make_features()


def _make_features() -> None:
    """Make the tables; schools of datasets that are there already are written when the service starts."""
    connection = op.get_bind()
    is_postgres = connection.dialect.name == "postgresql"
    if is_postgres:
        op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    texts = _texts("name", "level", "district_id", key="school_id")
    op.create_table("dataset_school", _key("dataset"), *texts, sa.Column("location", Geometry(), nullable=False))
    texts, numbers = _texts("name", "anchor_id", key="zone_id"), [sa.Column(name, sa.Float) for name in _NUMBERS]
    outline = sa.Column("outline", Geometry(), nullable=False)
    zones = op.create_table("proposal_zone", _key("proposal"), *texts, *numbers, outline)
    for table, column in _GEOMETRY.items() if is_postgres else ():
        op.create_index(f"ix_{table}_{column}", table, [column], postgresql_using="gist")
    for identifier in connection.scalars(sa.select(_PROPOSAL.c.id)).all():
        own = sa.select(_PROPOSAL).where(_PROPOSAL.c.id == identifier)
        if rows := zone_rows(*connection.execute(own).one()):
            connection.execute(sa.insert(zones), rows)


def _key(owner: str) -> sa.Column[str]:
    owned = sa.ForeignKey(f"{owner}.id", ondelete="CASCADE")
    return sa.Column(f"{owner}_id", sa.String, owned, primary_key=True)


def _texts(*names: str, key: str) -> list[sa.Column[str]]:
    return [sa.Column(key, sa.String, primary_key=True), *(sa.Column(name, sa.String) for name in names)]


def downgrade() -> None:
    """Put the inputs back into the database; the files stay."""
    for table in _GEOMETRY:
        op.drop_table(table)
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
