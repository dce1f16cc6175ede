"""Layers of features: those of each proposal, and the schools of each dataset."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.errors import ServiceError
from app.jobs import layer_tasks, run_isolated
from app.services.proposals import read_part
from app.services.service import Service
from app.store import PROPOSAL_PARTS, Dataset, DatasetSchool, Page, Proposal, ProposalZone, refuse_earlier
from clustering import LAYER_FILES, IndexedLayer

# The layers of a proposal, and what they are.
PROPOSAL_LAYERS = {
    "zones": ("Zones", "Outlines of the Zones proposed, with every measure. They are for drawing only."),
    "zone-schools": ("Schools of the Zones", "A point for each school of each Zone, with its role and the reason."),
    "links": ("Feeder links", "Lines between schools, with students a year and shares."),
}
DATASET_LAYERS = {"schools": ("Schools", "Every school of the dataset, as published.")}
_COLLECTION = re.compile(rf"({'|'.join((*PROPOSAL_LAYERS, *DATASET_LAYERS))})-([0-9A-Za-z-]{{1,60}})")
# More is parsed in a process of its own, whose memory is limited.
_MAXIMUM_PARSED_HERE = 4 * 1024 * 1024
_BYTES_OF_EXTENT = 500
_BYTES_PER_ROW = 10_000  # of a row with its parameters in memory, at most


@dataclass(frozen=True, kw_only=True)
class LayerRow:
    """
    A layer and the row that it is of.

    Parameters
    ----------
    name
        Of the layer.
    row
        The dataset or proposal, which the caller may read.
    """

    name: str
    row: Dataset | Proposal

    @property
    def collection_id(self) -> str:
        """Its identifier among all layers."""
        return f"{self.name}-{self.row.id}"

    @property
    def title(self) -> str:
        """What it is and when it was made."""
        title = (PROPOSAL_LAYERS | DATASET_LAYERS)[self.name][0]
        if isinstance(self.row, Dataset):
            return f"{title}: {self.row.name}"
        count = self.row.summary.get("zones", "?")
        zones = "Zone" if count == 1 else "Zones"
        return f"{title}: {count} {zones} proposed {self.created_at:%Y-%m-%d %H:%M} UTC"

    @property
    def description(self) -> str:
        """A sentence or two."""
        return (PROPOSAL_LAYERS | DATASET_LAYERS)[self.name][1]

    @property
    def created_at(self) -> datetime:
        """When its row was kept."""
        return self.row.created_at

    @property
    def is_exact(self) -> bool:
        """Whether it holds exact counts of students."""
        return isinstance(self.row, Proposal) and self.row.parameters.get("disclosure") == "exact"


def list_layers(service: Service, *, maximum: int) -> Sequence[LayerRow]:
    """
    List the layers that the caller may read.

    Parameters
    ----------
    service
        The caller's.
    maximum
        Most datasets, and most proposals.

    Returns
    -------
    layers
        Of datasets, then of proposals, newest first; none of earlier formats.
    """
    page = Page(maximum)
    datasets = [LayerRow(name=name, row=row) for row in service.store.datasets(page) for name in DATASET_LAYERS]
    proposals = [row for row in service.store.proposals(page=page) if not row.is_earlier]
    return [*datasets, *(LayerRow(name=name, row=row) for row in proposals for name in PROPOSAL_LAYERS)]


def covering_extent(service: Service, layer: LayerRow) -> list[float] | None:
    """
    Find an extent that covers a layer, without reading the layer.

    Parameters
    ----------
    service
        The caller's.
    layer
        One that the caller may read.

    Returns
    -------
    extent
        West, south, east, north [degrees] of the stored geometry that covers it: for Zones and their schools the
        outlines, for schools and links all schools of the dataset. ``None`` if none is stored.
    """
    row = layer.row
    is_of_zones = isinstance(row, Proposal) and layer.name != "links"
    table = ProposalZone if is_of_zones else DatasetSchool
    row_id = row.id if is_of_zones or isinstance(row, Dataset) else row.dataset_id
    key = ("extent", row_id)
    extent: list[float] | None = service.kept_layers.find(key)
    if extent is None and (extent := service.store.features.extent(table, row_id)) is not None:
        service.kept_layers.keep(key, extent, _BYTES_OF_EXTENT)
    return extent


def find_layer(service: Service, collection_id: str) -> LayerRow:
    """
    Find a layer by its identifier.

    Parameters
    ----------
    service
        The caller's.
    collection_id
        Name and id of the row, such as ``zones-ID``.

    Returns
    -------
    layer
        Not read yet.

    Raises
    ------
    ServiceError
        404 if there is no such layer, 403 for exact counts that may not be read.
    """
    known = _COLLECTION.fullmatch(collection_id)
    if known is None:
        raise ServiceError(404, "There is no such collection.")
    name, row_id = known.groups()
    return LayerRow(name=name, row=_row(service, Dataset if name in DATASET_LAYERS else Proposal, row_id))


def read_layer(service: Service, layer: LayerRow) -> IndexedLayer:
    """
    Read the features of a layer, which stay in memory while others are not read more often.

    Parameters
    ----------
    service
        The caller's.
    layer
        That the caller may read.

    Returns
    -------
    indexed
        The layer.

    Raises
    ------
    ServiceError
        409 if an earlier version made the proposal; 503 if too much else is being read or computed.
    """
    read = _read_schools if isinstance(layer.row, Dataset) else _read_proposal
    layers = service.kept_layers.get(("layers", layer.row.id), lambda: read(service, layer.row), size=_size)
    return layers[layer.name]


def layer_contents(service: Service, proposal_id: str) -> dict[str, bytes]:
    """The files of a proposal that its layers are read from; 409 if an earlier version made it."""
    refuse_earlier(service.store.proposal(proposal_id))
    columns = {part.file: part.column for part in PROPOSAL_PARTS}
    return {file: read_part(service, proposal_id, columns[file]) for file in LAYER_FILES}


def _row(service: Service, table: type[Dataset | Proposal], row_id: str) -> Dataset | Proposal:
    """
    The row of a dataset or proposal that the caller may read.

    It never changes, so a kept one only needs a look at whether it is still there, and there for this caller.
    """

    def read() -> Dataset | Proposal:
        """Read the whole row, which is refused if the caller may not."""
        return service.store.dataset(row_id) if table is Dataset else service.store.proposal(row_id)

    row = service.kept_layers.get((table.__tablename__, row_id), read, size=lambda _: _BYTES_PER_ROW)
    is_exact = isinstance(row, Proposal) and row.parameters.get("disclosure") == "exact"
    return read() if is_exact or not service.store.has(table, row_id) else row


def _read_proposal(service: Service, row: Dataset | Proposal) -> dict[str, IndexedLayer]:
    contents = layer_contents(service, row.id)
    if sum(map(len, contents.values())) <= _MAXIMUM_PARSED_HERE:
        return layer_tasks.index_proposal(lambda stage, fraction: None, contents)
    with service.reads.slot():
        layers: dict[str, IndexedLayer] = run_isolated(layer_tasks.index_proposal, contents, limits=service.read_limits)
    return layers


def _read_schools(service: Service, row: Dataset | Proposal) -> dict[str, IndexedLayer]:
    """The inputs hold exact counts, so they are opened in a process of its own, which gives back the schools alone."""
    scenario = service.store.scenario(row.id)
    with service.reads.slot():
        layers: dict[str, IndexedLayer] = run_isolated(layer_tasks.index_schools, scenario, limits=service.read_limits)
    return layers


def _size(layers: Mapping[str, IndexedLayer]) -> int:
    return sum(each.size for each in layers.values())
