"""Rows of a proposed crosswalk that the user confirmed, applied to a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from clustering.disclosure.protected_base import protected_base
from clustering.errors import InputError, Problem
from clustering.flows.crosswalk import rename_paths
from clustering.ingest.fingerprint import hash_tables
from clustering.ingest.flow_sources import build_recorded_flows
from clustering.ingest.open_files import open_files
from clustering.ingest.report import report_with_flows
from clustering.ingest.residents import rename_residents
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
        The rows of the ``crosswalk`` of ``report_with_counts`` that are right.
    protect_first
        Move the students of the protected base (``disclosure.protected_base``), which then stand for the exact ones.
        Otherwise whoever sees both scenarios, each protected by itself, could narrow a count of 1 to 9 that was added
        to another count. The price: the new scenario has no exact counts.

    Returns
    -------
    changed
        A new scenario, in which the students of an old school count for its successors.

    Raises
    ------
    InputError
        The flows are estimated, or the rows contradict each other or the list of schools.
    """
    if scenario.report.basis.is_estimated:
        message = "The flows are estimated: they name no earlier schools, so a crosswalk has nothing to change."
        raise InputError([Problem(table="crosswalk", message=message, remedy="Use counted flows.")])
    crosswalk = _validate_rows(rows, scenario)
    grades = scenario.schools["grades_offered"]
    base = protected_base(scenario, "protected") if protect_first else scenario
    scenario_flows = build_recorded_flows(
        [cells_of_table(base.flows)],
        schools=scenario.schools,
        listed=listed_schools(grades),
        names=lambda: _names_of(scenario),
        crosswalk=crosswalk,
    )
    details = (*scenario.report.basis.details, *scenario_flows.basis.details)
    scenario_flows = replace(
        scenario_flows,
        basis=replace(scenario.report.basis, details=details),
        paths=rename_paths(base.paths, crosswalk, scenario_flows.flows),
        residents=rename_residents(base.residents, crosswalk, grades),
    )
    changed = replace(
        scenario,
        flows=scenario_flows.flows,
        paths=scenario_flows.paths,
        residents=scenario_flows.residents,
        pooled_years=base.pooled_years,
        likely_students=base.likely_students,
        report=report_with_flows(scenario.report, scenario_flows),
    )
    digest = hash_tables(changed.schools, changed.flows, changed.performance, *changed.other_tables())
    return replace(changed, content_sha256=digest)


def _validate_rows(rows: Sequence[Mapping[str, Any]], scenario: Scenario) -> pd.DataFrame:
    """Rows as a crosswalk, validated like a file of the user."""
    problems: list[Problem] = []
    table = pd.DataFrame([dict(row) for row in rows]).assign(confirmed="yes")
    (findings,) = open_files({"crosswalk": [table]}, {}, problems).files["crosswalk"]
    ends = [table[end] for table in (scenario.flows, scenario.residents) for end in ("origin", "destination")]
    named = pd.Index(pd.concat(ends).dropna().unique())
    crosswalk = validate_crosswalk([findings], scenario.schools.index, flow_ids=named)
    if errors := [*problems, *(problem for problem in findings.problems if problem.is_error)]:
        raise InputError(errors)
    return crosswalk


def _names_of(scenario: Scenario) -> pd.Series:
    """Names of the schools that are not listed, as far as the flow files give them."""
    return pd.Series(dict(scenario.report.unlisted_names), dtype="str", name="name").rename_axis("school_id")
