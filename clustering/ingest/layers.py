"""The validated tables of a scenario other than schools, rates and flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from clustering.flows.catchments.official_feeder_chain import official_chain_flows, official_chain_paths
from clustering.ingest.estimates import OfficialChain
from clustering.ingest.student_files import StudentFiles
from clustering.validation.catchments.population import validate_population
from clustering.validation.crosswalk.crosswalk import validate_crosswalk
from clustering.validation.findings import Findings
from clustering.validation.flows.feeder_table import validate_feeder_tables
from clustering.validation.flows.flow_cells import FlowCells
from clustering.validation.flows.flows import ListedSchools
from clustering.validation.travel_times import validate_travel_times


@dataclass(frozen=True, kw_only=True)
class Layers:
    """The validated tables other than schools, rates and flows; and the student records, where there are any."""

    catchments: gpd.GeoDataFrame | None
    chain: OfficialChain | None
    population: gpd.GeoDataFrame | None
    crosswalk: pd.DataFrame | None
    travel_times: pd.DataFrame
    students: StudentFiles | None
    feeders: pd.DataFrame | None


def validate_layers(
    files: Mapping[str, Sequence[Findings]],
    flow_cells: Sequence[FlowCells],
    *,
    listed: ListedSchools,
    school_ids: pd.Index,
    catchments: gpd.GeoDataFrame | None,
    students: StudentFiles | None,
) -> Layers:
    """
    Validate the other files of a scenario.

    Parameters
    ----------
    files
        Role to files; problems are added to them.
    flow_cells
        Cells of the flow files and of student records.
    listed, school_ids
        The listed schools.
    catchments, students
        Validated already, or ``None``.

    Returns
    -------
    layers
        The tables.
    """
    return Layers(
        catchments=catchments,
        chain=_official_chain(files["catchments"]),
        population=validate_population(files["population"]) if files["population"] else None,
        crosswalk=_validate_crosswalk(files["crosswalk"], flow_cells, school_ids) if files["crosswalk"] else None,
        travel_times=validate_travel_times(files["travel_times"], listed.ids),
        students=students,
        feeders=validate_feeder_tables(files.get("feeder_table", []), listed),
    )


def _official_chain(files: Sequence[Findings]) -> OfficialChain | None:
    """The feeder chain that a district publishes with its catchments, from the first layer that has one."""
    for findings in files:
        table = findings.table
        if table.kind == "Philadelphia catchments" and table.geometry is not None:
            layer = table.cells, table.geometry
            return OfficialChain(flows=official_chain_flows(*layer), paths=official_chain_paths(*layer))
    return None


def _validate_crosswalk(
    files: Sequence[Findings], flow_cells: Sequence[FlowCells], school_ids: pd.Index
) -> pd.DataFrame:
    named = pd.Index([each for cells in flow_cells for each in cells.named().to_pylist()]).unique()
    return validate_crosswalk(files, school_ids, flow_ids=named)
