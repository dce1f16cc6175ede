"""Where the flows come from: counted students first; catchments or a gravity model only where nothing was counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from clustering.disclosure.protected_base import suppress_flows
from clustering.flows.crosswalk import apply_crosswalk, crosswalk_csv_table, find_unlisted, propose_crosswalk
from clustering.model.ingest_report import FlowBasis
from clustering.validation.flows.flow_cells import FlowCells, add_up, cells_of_table
from clustering.validation.flows.flows import ListedSchools, complete_flows, rows_of_cells

MAXIMUM_PROPOSED = 500
WITHOUT_FLOWS = "No flows are given: low-performing schools can be told, and no Zones proposed."


@dataclass(frozen=True, kw_only=True)
class SettledFlows:
    """
    The flows of a scenario and where they come from.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS``.
    basis
        What they rest on.
    crosswalk
        Rows proposed for schools of the flows that are not listed, as plain values; none is applied.
    """

    flows: pd.DataFrame
    basis: FlowBasis
    crosswalk: tuple[Mapping[str, Any], ...] = ()


def no_flows() -> SettledFlows:
    """Flows of files that give none, which is enough to tell low-performing schools."""
    columns = {"origin": "str", "destination": "str", **dict.fromkeys(("grade", "next_grade", "year"), "Int64")}
    columns |= dict.fromkeys(("students", "students_low", "students_high"), "float64")
    empty = pd.DataFrame(columns=list(columns)).astype(columns)
    cells = add_up([cells_of_table(empty)])
    flows = complete_flows(cells, np.empty(0, dtype="int64"))
    return SettledFlows(flows=flows, basis=FlowBasis(method="none", statement=WITHOUT_FLOWS))


def settle_recorded(
    parts: Sequence[FlowCells],
    *,
    schools: gpd.GeoDataFrame,
    listed: ListedSchools,
    names: Callable[[], pd.Series],
    crosswalk: pd.DataFrame | None = None,
) -> SettledFlows:
    """
    Add up counted flows, apply what the user confirmed of a crosswalk, and propose rows for what is left.

    Parameters
    ----------
    parts
        Cells of flow files and of student records.
    schools, listed
        The schools table, and its look-ups.
    names
        Gives the names that the flow files have for their schools, index ``school_id``; asked only where it matters.
    crosswalk
        Given by the user (``validate.crosswalk``); rows that are not confirmed are not applied.

    Returns
    -------
    settled
        Basis ``recorded``.
    """
    cells = add_up(parts)
    details: tuple[str, ...] = ()
    if crosswalk is not None and len(crosswalk):
        grades = schools["grades_offered"]
        rows, account = apply_crosswalk(rows_of_cells(cells), crosswalk, grades_offered=grades)
        cells = add_up([cells_of_table(rows)])
        told = (
            f"A crosswalk was applied to {len(account.old_ids_applied):,} earlier schools: {account.rows_relabelled:,}"
            f" cells of the flows were given to a present school, {account.rows_divided:,} divided among several."
        )
        details = (told,)
    masks = listed.masks_of(cells.ids)
    flows = complete_flows(cells, masks)
    proposed = propose_rows(flows, schools, names()) if (masks < 0).any() else ()
    return SettledFlows(flows=flows, basis=FlowBasis(details=details), crosswalk=proposed)


def propose_rows(flows: pd.DataFrame, schools: gpd.GeoDataFrame, names: pd.Series) -> tuple[Mapping[str, Any], ...]:
    """
    Propose which listed schools those may be that the flows know and the schools files do not.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS``.
    schools
        The schools table.
    names
        Names that the flow files give, index ``school_id``.

    Returns
    -------
    rows
        Plain values, with the columns of ``crosswalk.crosswalk_csv_table``; the strongest first, none confirmed.
    """
    # Of the protected flows: the evidence is shown, and says shares of students.
    protected = suppress_flows(flows)
    unlisted = find_unlisted(protected, schools, names=names)
    if unlisted.empty:
        return ()
    proposed = propose_crosswalk(unlisted, schools, flows=protected)
    found = proposed[proposed["strength"] != "none"]
    order = found["strength"].map({"strong": 0, "fair": 1, "weak": 2}).sort_values(kind="stable").index
    table = crosswalk_csv_table(found.loc[order]).head(MAXIMUM_PROPOSED)
    return tuple({str(name): text for name, text in row.items()} for row in table.to_dict("records"))
