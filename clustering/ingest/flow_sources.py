"""The flows of a scenario: counted, with a crosswalk applied and another proposed; or no flows at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from clustering.errors import Problem
from clustering.flows.crosswalk import apply_crosswalk, crosswalk_csv_table, find_unlisted, propose_crosswalk
from clustering.model.ingest_report import FlowBasis
from clustering.model.scenario import no_catchment_ways, no_estimates, no_paths, no_residents
from clustering.validation.flows.flow_cells import FlowCells, add_up, cells_of_table
from clustering.validation.flows.flows import ListedSchools, build_flows, rows_of_cells

MAXIMUM_PROPOSED = 500
ONLY_RESIDENTS = "No promotion was counted: the files of flows say where residents enrol, and no feeder comes of them."
WITHOUT_FLOWS = "There are no flows: low-performing schools can be identified, but no Zones can be proposed."


@dataclass(frozen=True, kw_only=True)
class ScenarioFlows:
    """
    The flows of a scenario and where they come from.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS``.
    basis
        What they rest on.
    unknown_promotions
        Listed schools of which an estimate does not know where their students go on, sorted.
    warnings
        What is doubtful about estimated flows.
    paths
        ``columns.PATH_COLUMNS``.
    unlisted_names
        Names of schools that the schools files do not list, by identifier, as far as the flow files give them.
    residents
        ``columns.RESIDENT_COLUMNS``: they stand beside the flows and are no part of them.
    estimates, catchment_ways
        As in :class:`~clustering.model.scenario.Scenario`.
    """

    flows: pd.DataFrame
    basis: FlowBasis
    unknown_promotions: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()
    paths: pd.DataFrame = field(default_factory=no_paths)
    unlisted_names: Mapping[str, str] = field(default_factory=dict)
    residents: pd.DataFrame = field(default_factory=no_residents)
    estimates: pd.DataFrame = field(default_factory=no_estimates)
    catchment_ways: pd.DataFrame = field(default_factory=no_catchment_ways)


def no_flows(basis: FlowBasis | None = None) -> ScenarioFlows:
    """Flows without a row: enough to identify low-performing schools."""
    columns = {"origin": "str", "destination": "str", **dict.fromkeys(("grade", "next_grade", "year"), "Int64")}
    columns |= dict.fromkeys(("students", "students_low", "students_high"), "float64")
    empty = pd.DataFrame(columns=list(columns)).astype(columns)
    cells = add_up([cells_of_table(empty)])
    flows = build_flows(cells, np.empty(0, dtype="int64"))
    return ScenarioFlows(flows=flows, basis=basis or FlowBasis(method="none", statement=WITHOUT_FLOWS))


def build_recorded_flows(
    flow_cells: Sequence[FlowCells],
    *,
    schools: gpd.GeoDataFrame,
    listed: ListedSchools,
    names: Callable[[], pd.Series],
    crosswalk: pd.DataFrame | None = None,
) -> ScenarioFlows:
    """
    Add up counted flows, apply the confirmed rows of a crosswalk, and name the schools still not listed.

    Parameters
    ----------
    flow_cells
        Cells of flow files and of student records.
    schools, listed
        The schools table, and its look-ups.
    names
        Returns the names that the flow files have for their schools, index ``school_id``; called only where needed.
    crosswalk
        The user's (``validation.crosswalk``); rows that are not confirmed are not applied.

    Returns
    -------
    scenario_flows
        Basis ``recorded``.
    """
    cells = add_up(flow_cells)
    details: tuple[str, ...] = ()
    if crosswalk is not None and len(crosswalk):
        grades = schools["grades_offered"]
        rows, account = apply_crosswalk(rows_of_cells(cells), crosswalk, grades_offered=grades)
        cells = add_up([cells_of_table(rows)])
        applied = (
            f"A crosswalk was applied to {len(account.old_ids_applied):,} earlier schools: {account.rows_relabelled:,}"
            f" cells of the flows now belong to a present school, {account.rows_divided:,} are divided among several."
        )
        details = (applied,)
    masks = listed.masks_of(cells.ids)
    flows = build_flows(cells, masks)
    basis = FlowBasis(details=details)
    if not (masks < 0).any():
        return ScenarioFlows(flows=flows, basis=basis)
    named = names()
    of_unlisted = named[named.index.isin(pd.Index(cells.ids)[masks < 0])]
    return ScenarioFlows(
        flows=flows,
        basis=basis,
        unlisted_names=dict(sorted(zip(map(str, of_unlisted.index), map(str, of_unlisted), strict=True))),
    )


def propose_rows(flows: pd.DataFrame, schools: gpd.GeoDataFrame, names: pd.Series) -> tuple[Mapping[str, Any], ...]:
    """
    Propose which listed schools may be meant by schools that only the flows name.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS`` of the base: the evidence is shown, and contains shares of students.
    schools
        The schools table.
    names
        Names in the flow files, index ``school_id``.

    Returns
    -------
    rows
        Plain values, with the columns of ``crosswalk_csv_table``; the strongest first, none confirmed.
    """
    unlisted = find_unlisted(flows, schools, names=names)
    if unlisted.empty:
        return ()
    proposed = propose_crosswalk(unlisted, schools, flows=flows)
    found = proposed[proposed["strength"] != "none"]
    strength = found["strength"].map({"strong": 0, "fair": 1, "weak": 2})
    strongest_first = found.loc[strength.sort_values(kind="stable").index]
    table = crosswalk_csv_table(strongest_first).head(MAXIMUM_PROPOSED)
    return tuple({str(name): text for name, text in row.items()} for row in table.to_dict("records"))
