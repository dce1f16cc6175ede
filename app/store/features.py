"""Schools and Zones as rows with geometry, for programs that read the database itself; none holds an exact count."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Float, ForeignKey, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.store.agency_scope import OfAgency
from app.store.contents import LocatedSchool
from app.store.geometry import Geometry, extent_of, point, well_known_binary
from app.store.sessions import TableAccess
from app.store.tables import Base, Dataset, Proposal

# Numbers of a Zone that have a column of their own, all of the protected base.
_NUMBERS = ("school_count", "enrolment_students", "promoted_students", "retention")


class DatasetSchool(OfAgency, Base):
    """A school of a dataset, as anybody may know it."""

    __tablename__ = "dataset_school"

    dataset_id: Mapped[str] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"), primary_key=True)
    school_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    level: Mapped[str | None]
    district_id: Mapped[str | None]
    location: Mapped[bytes] = mapped_column(Geometry)


class ProposalZone(OfAgency, Base):
    """A Zone of a proposal: its outline, and numbers of the protected base."""

    __tablename__ = "proposal_zone"

    proposal_id: Mapped[str] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True)
    zone_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    anchor_id: Mapped[str | None]
    school_count: Mapped[float | None] = mapped_column(Float)
    enrolment_students: Mapped[float | None] = mapped_column(Float)
    promoted_students: Mapped[float | None] = mapped_column(Float)
    retention: Mapped[float | None] = mapped_column(Float)
    outline: Mapped[bytes] = mapped_column(Geometry)


class Features(TableAccess):
    """The rows with geometry of all datasets and proposals."""

    def datasets_without_schools(self) -> Sequence[str]:
        """Datasets of an earlier version whose schools have no rows yet, oldest first."""
        without = select(Dataset.id).where(Dataset.id.not_in(select(DatasetSchool.dataset_id)))
        with self._sessions() as session:
            return session.scalars(without.order_by(Dataset.created_at)).all()

    def add_schools(self, dataset_id: str, schools: Sequence[LocatedSchool]) -> None:
        """Keep the schools of a dataset that is there already and has none."""
        with self._writing() as session:
            has_some = session.scalar(select(DatasetSchool.school_id).where(DatasetSchool.dataset_id == dataset_id))
            dataset = session.get(Dataset, dataset_id)
            if dataset is not None and has_some is None:
                keep_schools(session, dataset, schools)

    def extent(self, table: type[DatasetSchool | ProposalZone], row_id: str) -> list[float] | None:
        """West, south, east, north [degrees] of a dataset's schools or a proposal's outlines; ``None`` without any."""
        if table is DatasetSchool:
            geometry = select(DatasetSchool.location).where(DatasetSchool.dataset_id == row_id)
        else:
            geometry = select(ProposalZone.outline).where(ProposalZone.proposal_id == row_id)
        with self._sessions() as session:
            return extent_of([bytes(each) for each in session.scalars(geometry)])


def keep_schools(session: Session, dataset: Dataset, schools: Sequence[LocatedSchool]) -> None:
    """Write the schools of a dataset, in the transaction that writes the dataset."""
    rows = [
        {
            "dataset_id": dataset.id,
            "agency_id": dataset.agency_id,
            "school_id": each.school_id,
            "name": each.name,
            "level": each.level,
            "district_id": each.district_id,
            "location": point(each.longitude, each.latitude),
        }
        for each in schools
    ]
    if rows:
        session.execute(insert(DatasetSchool), rows)


def keep_zones(session: Session, proposal: Proposal) -> None:
    """Write the Zones of a proposal, in the transaction that writes the proposal; none if its counts are exact."""
    rows = zone_rows(proposal.id, proposal.parameters, proposal.zones)
    if rows:
        session.execute(insert(ProposalZone), [{**row, "agency_id": proposal.agency_id} for row in rows])


def zone_rows(proposal_id: str, parameters: Mapping[str, Any], zones: bytes) -> list[dict[str, Any]]:
    """
    Make the rows of a proposal's Zones.

    Parameters
    ----------
    proposal_id, parameters
        Of the proposal.
    zones
        Its Zones as GeoJSON, of this version or an earlier one.

    Returns
    -------
    rows
        Of :class:`ProposalZone`; none if counts are exact, or for Zones without an outline.
    """
    if parameters.get("disclosure") == "exact":
        return []
    try:
        features = json.loads(zones)["features"]
    except (ValueError, KeyError, TypeError):
        return []
    return [_zone_row(proposal_id, each) for each in features if each.get("geometry")]


def _zone_row(proposal_id: str, feature: Mapping[str, Any]) -> dict[str, Any]:
    own = feature["properties"]
    numbers = {name: own.get("metrics", {}).get(name) for name in _NUMBERS}
    named = {"zone_id": own["zone_id"], "name": own.get("name"), "anchor_id": own.get("anchor_id")}
    return {"proposal_id": proposal_id, **named, **numbers, "outline": well_known_binary(feature["geometry"])}
