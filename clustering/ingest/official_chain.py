"""The feeder chain that a district publishes with its catchments."""

from __future__ import annotations

from collections.abc import Sequence

from clustering.flows.catchments.official_feeder_chain import official_chain_flows, official_chain_paths
from clustering.ingest.estimates import OfficialChain
from clustering.validation.findings import Findings


def official_chain_of(files: Sequence[Findings]) -> OfficialChain | None:
    """The feeder chain that a district publishes with its catchments, from the first layer that has one."""
    for findings in files:
        table = findings.table
        if table.kind == "Philadelphia catchments" and table.geometry is not None:
            layer = table.cells, table.geometry
            return OfficialChain(flows=official_chain_flows(*layer), paths=official_chain_paths(*layer))
    return None
