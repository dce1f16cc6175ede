"""Flows estimated where none are counted, and how far an estimate would be off where some are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import geopandas as gpd
import pandas as pd

from clustering.disclosure.protected_base import suppress_flows
from clustering.errors import InputError, Problem
from clustering.flows.catchments.estimate import estimate_catchment_flows
from clustering.flows.comparison import FlowComparison, compare_flows
from clustering.flows.gravity.estimate import estimate_gravity_flows
from clustering.ingest.flow_sources import SettledFlows
from clustering.model.ingest_report import FlowBasis
from clustering.validation.flows.flow_cells import add_up, cells_of_table
from clustering.validation.flows.flows import complete_flows, listed_schools

BESIDE_CATCHMENTS = "Flows are the counted ones; the catchments are compared with them, and say what is contiguous."
BY_CATCHMENTS = "No student was counted: flows are estimated from the overlap of attendance catchments."
BY_GRAVITY = "No student was counted: flows are estimated from distance and size (a gravity model)."


def estimate_flows(
    schools: gpd.GeoDataFrame,
    grade_enrolment: pd.DataFrame,
    *,
    catchments: gpd.GeoDataFrame | None,
    population: gpd.GeoDataFrame | None,
    chain: pd.DataFrame | None = None,
) -> tuple[SettledFlows, list[Problem]]:
    """
    Estimate flows from catchments or, without any, by a gravity model.

    Parameters
    ----------
    schools
        The schools table.
    grade_enrolment
        ``school_id``, ``year``, ``grade``, ``students``; may be empty.
    catchments, population
        Judged layers, or ``None``.
    chain
        Feeder rights that the district publishes (``flows.official_chain``), to compare an estimate from catchments
        with.

    Returns
    -------
    settled
        Basis ``catchments`` or ``gravity``.
    warnings
        What the estimate cannot tell.

    Raises
    ------
    InputError
        The files give no flow at all.
    """
    if catchments is not None:
        by_overlap = estimate_catchment_flows(
            catchments, schools, population=population, grade_enrolment=_or_none(grade_enrolment)
        )
        rows, warnings = by_overlap.flows, list(by_overlap.warnings)
        basis = FlowBasis(method="catchments", statement=BY_CATCHMENTS, details=by_overlap.notes)
        if chain is not None:
            found = {"official chain": compare_flows(rows, chain, schools["level"])}
            told = _told("official chain", found["official chain"])
            basis = replace(basis, comparison=_plain(found), details=(*basis.details, told))
    else:
        by_distance = estimate_gravity_flows(schools, grade_enrolment=_or_none(grade_enrolment))
        rows, warnings = by_distance.flows, []
        basis = FlowBasis(method="gravity", statement=BY_GRAVITY, details=by_distance.notes)
    if rows.empty:
        message = "No flow can be estimated: no school's final grade leads into another school of these files."
        remedy = "Give schools of two levels or more, with their grades and places, or catchments of two levels."
        raise InputError([Problem(table="files", message=message, remedy=remedy)])
    listed = listed_schools(schools["grades_offered"])
    cells = add_up([cells_of_table(rows)])
    flows = complete_flows(cells, listed.masks_of(cells.ids))
    return SettledFlows(flows=flows, basis=basis), warnings


def compare_estimates(
    settled: SettledFlows,
    schools: gpd.GeoDataFrame,
    grade_enrolment: pd.DataFrame,
    *,
    catchments: gpd.GeoDataFrame | None,
    population: gpd.GeoDataFrame | None,
    estimate: bool,
) -> SettledFlows:
    """
    Say how far estimates would be from counted flows, where the user gives catchments or asks for an estimate.

    Parameters
    ----------
    settled
        Counted flows; they are protected before anything is compared with them.
    schools, grade_enrolment, catchments, population
        As for :func:`estimate_flows`.
    estimate
        Whether to compare a gravity model.

    Returns
    -------
    settled
        The same flows; the basis carries the comparison.
    """
    if catchments is None and not estimate:
        return settled
    feeding = suppress_flows(settled.flows[settled.flows["kind"] == "feeding"])
    found: dict[str, FlowComparison] = {}
    if catchments is not None:
        by_overlap = estimate_catchment_flows(
            catchments, schools, population=population, grade_enrolment=_or_none(grade_enrolment)
        )
        found["catchments"] = compare_flows(by_overlap.flows, feeding, schools["level"])
    if estimate:
        by_distance = estimate_gravity_flows(
            schools, grade_enrolment=_or_none(grade_enrolment), known_flows=settled.flows
        )
        if by_distance.comparison is not None:
            found["gravity"] = by_distance.comparison
    beside = (BESIDE_CATCHMENTS,) if catchments is not None else ()
    told = (*beside, *(_told(method, comparison) for method, comparison in found.items()))
    basis = replace(settled.basis, comparison=_plain(found), details=(*settled.basis.details, *told))
    return replace(settled, basis=basis)


def _or_none(grade_enrolment: pd.DataFrame) -> pd.DataFrame | None:
    return None if grade_enrolment.empty else grade_enrolment


def _told(method: str, comparison: FlowComparison) -> str:
    if method == "official chain" and comparison.misplaced_share is not None:
        return (
            f"The district's own feeder chain sends {comparison.misplaced_share:.1%} of the students of"
            f" {comparison.schools:,} schools elsewhere, and agrees on the main destination of"
            f" {comparison.dominant_agreement:.1%} of them."
        )
    name = {"catchments": "An estimate from catchments", "gravity": "A gravity model fitted to these flows"}[method]
    if comparison.misplaced_share is None or comparison.dominant_agreement is None:
        return f"{name} has no school in common with the counted flows."
    return (
        f"{name} would send {comparison.misplaced_share:.0%} of the promoted students of {comparison.schools:,} schools"
        f" elsewhere, and name the same main destination for {comparison.dominant_agreement:.0%} of the schools."
    )


def _plain(found: Mapping[str, FlowComparison]) -> dict[str, Any]:
    return {
        method: {**asdict(comparison), "by_level": [level._asdict() for level in comparison.by_level]}
        for method, comparison in found.items()
    }
