"""Flows from a feeder table where none are counted; where some are, the estimate that they are compared with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pandas as pd

from clustering.flows.choice_schools import FOUND, NONE, named_by_user, school_labels
from clustering.flows.comparison import FlowComparison, compare_flows, comparison_documents
from clustering.flows.feeder_table import FeederEstimate, estimate_feeder_flows
from clustering.ingest.estimate_notes import describe_feeder_table
from clustering.ingest.estimates import EstimateSources, estimate_by_pair, flows_of_estimate
from clustering.ingest.flow_sources import ScenarioFlows
from clustering.model.ingest_report import FlowBasis
from clustering.model.scenario import no_paths

METHOD = "feeder table"
BY_FEEDER_TABLE = "No students were counted: the flows are estimated from a feeder table and enrolment."
MEASURED_BY_FEEDER_TABLE = (
    "A feeder table says where students have a right to go: about 70% of the country's pupils attend an assigned"
    " school, and 60% in cities (National Household Education Survey 2019)."
)


def estimate_from_feeders(sources: EstimateSources, feeders: pd.DataFrame, *, estimate: bool) -> ScenarioFlows:
    """
    Estimate flows from a feeder table.

    Parameters
    ----------
    sources
        What the estimate rests on. If there are catchments, the estimate from them is compared with this one.
    feeders
        ``validation.flows.feeder_table.FEEDER_COLUMNS``.
    estimate
        Whether to compare a gravity model as well.

    Returns
    -------
    scenario_flows
        Basis ``feeder table``. The receivers that the user names are left out; schools that are found to be no
        neighbourhood schools stay where the table names them.

    Raises
    ------
    InputError
        No flow can be estimated from the files.
    """
    found = _by_feeders(sources, feeders)
    named = _named(sources)
    levels, destined = sources.schools["level"], found.flows[found.flows["destination"].notna()]
    comparisons: dict[str, FlowComparison] = {}
    if sources.catchments is not None:
        comparisons["catchments"] = compare_flows(sources.by_catchments(sources.catchments).flows, destined, levels)
    if estimate:
        comparisons["gravity"] = compare_flows(sources.by_gravity().flows, destined, levels)
    sentences = [describe_feeder_table(method, comparison) for method, comparison in comparisons.items()]
    basis = FlowBasis(
        method="feeder table",
        statement=BY_FEEDER_TABLE,
        comparison=comparison_documents(comparisons) or None,
        details=(MEASURED_BY_FEEDER_TABLE, *found.notes, *sentences),
        choice_schools=tuple(named_by_user(named, school_labels(sources.schools))),
    )
    return flows_of_estimate(
        found.flows,
        basis,
        sources.schools,
        warnings=found.warnings,
        paths=no_paths(),
        causes=(("no row of the feeder table fits the school's grades", found.unused),),
        remainder="the feeder table does not name a next school",
    )


def compare_feeders(
    scenario_flows: ScenarioFlows, sources: EstimateSources, feeders: pd.DataFrame | None
) -> ScenarioFlows:
    """
    Put the estimate of a feeder table beside counted flows, for a comparison.

    Parameters
    ----------
    scenario_flows
        Counted flows.
    sources
        What the estimate rests on.
    feeders
        The feeder table, or ``None``.

    Returns
    -------
    scenario_flows
        The same flows with the estimate; ``described_base`` compares.
    """
    if feeders is None:
        return scenario_flows
    found = _by_feeders(sources, feeders)
    sentence = "The flows are counted; the feeder table is compared with them and adds nothing to them."
    basis = scenario_flows.basis
    return replace(
        scenario_flows,
        basis=replace(basis, details=(*basis.details, sentence)),
        estimates=pd.concat([scenario_flows.estimates, estimate_by_pair(METHOD, found.flows)], ignore_index=True),
        warnings=(*scenario_flows.warnings, *found.warnings),
    )


def _by_feeders(sources: EstimateSources, feeders: pd.DataFrame) -> FeederEstimate:
    return estimate_feeder_flows(feeders, sources.enrolment(), excluded=_named(sources), capture=sources.capture)


def _named(sources: EstimateSources) -> Collection[str]:
    """Receivers that the user leaves out by name."""
    return sorted(set(sources.exclude_receivers) - {FOUND, NONE})
