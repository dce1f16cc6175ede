"""A proposed crosswalk, confirmed row by row, applied to a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from clustering.disclosure.protected_base import suppress_flows
from clustering.errors import InputError, Problem
from clustering.ingest.fingerprint import hash_tables
from clustering.ingest.flow_sources import settle_recorded
from clustering.ingest.open_files import open_files
from clustering.ingest.report import report_with_flows
from clustering.model.scenario import Scenario
from clustering.validation.crosswalk.crosswalk import validate_crosswalk
from clustering.validation.flows.flow_cells import cells_of_table
from clustering.validation.flows.flows import listed_schools


def with_crosswalk(scenario: Scenario, rows: Sequence[Mapping[str, Any]], *, protect_first: bool = False) -> Scenario:
    """
    Apply rows of a proposed crosswalk that the user has confirmed.

    Parameters
    ----------
    scenario
        Its flows name schools that it does not list.
    rows
        Of ``scenario.report.crosswalk``, those that are right.
    protect_first
        Protect the flows (``disclosure.suppress_flows``) before students are given to other schools. Whoever sees
        both scenarios, each protected by itself, could otherwise narrow a count of 1 to 9 that was added to another;
        the price is that the answer has no exact counts.

    Returns
    -------
    changed
        Another scenario: the students of an old school are those of its successors.

    Raises
    ------
    InputError
        The flows are estimated, or the rows contradict each other or the schools.
    """
    if scenario.report.basis.is_estimated:
        message = "Estimated flows name no earlier schools; there is nothing to apply a crosswalk to."
        raise InputError([Problem(table="crosswalk", message=message, remedy="Give counted flows.")])
    crosswalk = _confirmed(rows, scenario)
    flows = suppress_flows(scenario.flows) if protect_first else scenario.flows
    settled = settle_recorded(
        [cells_of_table(flows)],
        schools=scenario.schools,
        listed=listed_schools(scenario.schools["grades_offered"]),
        names=lambda: _names_of(scenario),
        crosswalk=crosswalk,
    )
    details = (*scenario.report.basis.details, *settled.basis.details)
    settled = replace(settled, basis=replace(scenario.report.basis, details=details))
    others = (scenario.travel_times, scenario.contiguity, scenario.rates)
    return replace(
        scenario,
        flows=settled.flows,
        report=report_with_flows(scenario.report, settled),
        content_sha256=hash_tables(scenario.schools, settled.flows, scenario.performance, *others),
    )


def _confirmed(rows: Sequence[Mapping[str, Any]], scenario: Scenario) -> pd.DataFrame:
    """Rows as a crosswalk, judged like a file of the user's."""
    problems: list[Problem] = []
    table = pd.DataFrame([dict(row) for row in rows]).assign(confirmed="yes")
    (findings,) = open_files({"crosswalk": [table]}, {}, problems).files["crosswalk"]
    named = pd.Index(pd.concat([scenario.flows["origin"], scenario.flows["destination"]]).dropna().unique())
    crosswalk = validate_crosswalk([findings], scenario.schools.index, flow_ids=named)
    if errors := [*problems, *(problem for problem in findings.problems if problem.is_error)]:
        raise InputError(errors)
    return crosswalk


def _names_of(scenario: Scenario) -> pd.Series:
    """Names of schools that the flows know, as far as the proposed crosswalk remembers them."""
    names = {str(row["old_id"]): row["old_name"] for row in scenario.report.crosswalk if row["old_name"]}
    return pd.Series(names, dtype="str", name="name").rename_axis("school_id")
