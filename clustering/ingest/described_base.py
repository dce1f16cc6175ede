"""
What depends on counts of students, worked out from the one base of a request and from nothing else.

Reading leaves it out of the report, so that no count stands there. Here the base is given what it says: the paths that
catchments tell, how far estimates are off, which schools more students enter than they have places, and the totals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from clustering.disclosure.protected_base import one_basis_by_pair, protected_base
from clustering.errors import Problem, keep_examples
from clustering.flows.catchments.recorded_paths import paths_of_ways
from clustering.flows.catchments.student_shares import EnrolmentSources
from clustering.flows.choice_schools import describe_counted
from clustering.flows.comparison import compare_flows, comparison_documents
from clustering.flows.counted_entrants import choice_schools_beside_counts
from clustering.ingest.cross_file_warnings import check_students_entering
from clustering.ingest.estimate_notes import describe_comparison, warn_of_counted_choice
from clustering.ingest.flow_sources import propose_rows
from clustering.ingest.report import MAXIMUM_EXAMPLES, count_by_message, with_facts
from clustering.model.columns import FLOW_KINDS, PATH_BASES, PATH_COLUMNS
from clustering.model.disclosure_setting import Disclosure
from clustering.model.ingest_report import FlowBasis, IngestReport
from clustering.model.scenario import Scenario
from clustering.validation.flows.flows import UNLISTED_SCHOOL


def described_base(scenario: Scenario, disclosure: Disclosure, made: Scenario | None = None) -> Scenario:
    """
    Choose the scenario on which a request is computed, and complete its paths and its report from it.

    Parameters
    ----------
    scenario
        As ``read_scenario`` answers.
    disclosure
        ``protected`` or ``exact``.

    made
        The protected base, where it is made already.

    Returns
    -------
    base
        That of ``disclosure.protected_base``, with the paths that catchments tell of its flows, and in its report all
        that depends on counts but the proposed crosswalk.

    Raises
    ------
    InputError
        ``disclosure`` is neither of the two.
    """
    base = _with_catchment_paths(protected_base(scenario, disclosure) if made is None else made)
    report = _with_totals(base)
    if not base.report.basis.is_estimated:
        report = _with_unlisted_of_base(report, base)
    if not base.report.basis.is_estimated and len(base.flows):
        counted = _counted_basis(base)
        found = [*warn_of_counted_choice(counted.choice_schools), *_warnings_of_entrants(base)]
        report = _with_warnings(replace(report, basis=counted), found)
    return replace(base, report=report)


def report_with_counts(scenario: Scenario, disclosure: Disclosure = "protected") -> IngestReport:
    """
    Complete an ingest report by all that depends on counts of students.

    Parameters
    ----------
    scenario
        As ``read_scenario`` answers.
    disclosure
        ``protected`` or ``exact``: which base the counts are taken from.

    Returns
    -------
    report
        ``scenario.report`` with students by kind of flow, suppressed cells, known paths, the comparison with
        estimates, schools that more students enter than they have places, and the proposed crosswalk. For
        ``protected``, none of it says more than the protected base does. It is the base of the service where
        :func:`~clustering.with_protection` chose how it is made; without that, its years are added up, which gives
        fewer cells.

    Raises
    ------
    InputError
        ``disclosure`` is neither of the two.
    """
    base = described_base(scenario, disclosure)
    flows, listed = base.flows, base.schools.index
    ends = pd.concat([flows["origin"], flows["destination"]]).dropna().unique()
    if base.report.basis.is_estimated or pd.Index(ends).isin(listed).all():
        return base.report
    names = pd.Series(dict(base.report.unlisted_names), dtype="str", name="name").rename_axis("school_id")
    return replace(base.report, crosswalk=propose_rows(flows, base.schools, names))


def _with_catchment_paths(base: Scenario) -> Scenario:
    """Add the paths that catchments tell of counted flows, for the pairs of schools whose students nobody followed."""
    if base.catchment_ways.empty:
        return base
    told = paths_of_ways(base.flows, base.catchment_ways)
    if "students_least" in base.paths:
        told = told.assign(students_least=told["students_low"], students_most=told["students_high"])
    both = pd.concat([base.paths, told], ignore_index=True) if len(base.paths) else told
    return replace(base, paths=one_basis_by_pair(both.sort_values([*PATH_COLUMNS[:3], "basis"], ignore_index=True)))


def _with_totals(base: Scenario) -> IngestReport:
    """Rows and students of each kind of flow, suppressed rows, and known paths."""
    flows = base.flows
    kinds = pd.Categorical(flows["kind"], categories=FLOW_KINDS).codes
    rows = np.bincount(kinds, minlength=len(FLOW_KINDS))
    present = sorted(kind for number, kind in enumerate(FLOW_KINDS) if rows[number])
    low, high = (
        dict(zip(FLOW_KINDS, np.bincount(kinds, weights=ends, minlength=len(FLOW_KINDS)).tolist(), strict=True))
        for ends in least_and_most(flows)
    )
    hidden = int(flows["students"].isna().sum())
    facts = {
        "flow_cells": len(flows),
        "suppressed_flow_cells": hidden,
        "suppressed_share_of_flow_cells": round(hidden / len(flows), 4) if len(flows) else None,
        **_facts_of_paths(base),
    }
    return replace(
        with_facts(base.report, facts),
        flow_rows={kind: int(rows[FLOW_KINDS.index(kind)]) for kind in present},
        flow_students_low={kind: round(low[kind]) for kind in present},
        flow_students_high={kind: round(high[kind]) for kind in present},
    )


def least_and_most(flows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The least and the greatest true count that each row of a base can stand for [students]."""
    names = ("students_least", "students_most") if "students_least" in flows else ("students_low", "students_high")
    return flows[names[0]], flows[names[1]]


def _facts_of_paths(base: Scenario) -> dict[str, Any]:
    """Pairs of schools of which it is known where their students go next."""
    if base.paths.empty:
        return {}
    known = base.paths.drop_duplicates(["origin", "via"])
    known = known[known["origin"].isin(base.schools.index)]
    sources = " and ".join(basis for basis in PATH_BASES if (known["basis"] == basis).any())
    return {
        "pairs_with_known_paths": len(known),
        "paths_known_from": sources or str(base.paths["basis"].iloc[0]),
    }


def _counted_basis(base: Scenario) -> FlowBasis:
    """What counted flows rest on, with how far estimates are off and the schools that far too many students enter."""
    basis, levels = base.report.basis, base.schools["level"]
    feeding = base.flows[base.flows["kind"] == "feeding"]
    comparisons = {
        str(method): compare_flows(estimate, feeding, levels)
        for method, estimate in base.estimates.groupby("method", sort=False)
    }
    low, high = least_and_most(base.flows)
    choice = choice_schools_beside_counts(
        base.flows.assign(students_low=low, students_high=high),
        EnrolmentSources(
            schools=base.schools,
            grade_enrolment=None if base.grade_enrolment.empty else base.grade_enrolment,
            year=None,
        ),
        basis.choice_schools,
        year_count=_year_count(base),
    )
    sentences = (describe_comparison(method, comparison) for method, comparison in comparisons.items())
    return replace(
        basis,
        comparison=comparison_documents(comparisons) or None,
        details=(*basis.details, *sentences, *describe_counted(choice)),
        choice_schools=choice,
    )


def _year_count(base: Scenario) -> int:
    """School years of the flows; a base may have added them up, and then its rows have no year."""
    return max(1, len(base.report.facts.get("school_years", ())))


def _warnings_of_entrants(base: Scenario) -> list[Problem]:
    """More students entering a grade than it enrols, where enrolment is not of the very records of the flows."""
    roles = {file.role for file in base.report.files}
    if base.grade_enrolment.empty or ("students" in roles and "membership" not in roles):
        return []
    least, _ = least_and_most(base.flows)
    flows = base.flows.assign(students_low=least)
    return check_students_entering(flows, base.grade_enrolment, base.schools, year_count=_year_count(base))


def _with_unlisted_of_base(report: IngestReport, base: Scenario) -> IngestReport:
    """Name only those unlisted schools that the base has: the others are the ends of counts that are withheld."""
    named = [each for each in report.warnings if each.message == UNLISTED_SCHOOL]
    if not named:
        return report
    ends = pd.concat([base.flows["origin"], base.flows["destination"]]).dropna()
    unlisted = set(ends) - set(base.schools.index)
    # Those beyond the examples are of a file that has more than its examples.
    more = next((each for each in named if each.further_records), named[0])
    found = [replace(each, further_records=0) for each in named if each.value in unlisted]
    found += [
        replace(more, row=None, school_id=None, value=school, further_records=0)
        for school in sorted(unlisted - {each.value for each in named})
    ]
    others = [each for each in report.warnings if each.message != UNLISTED_SCHOOL]
    warnings = (*others, *keep_examples(found, MAXIMUM_EXAMPLES))
    return replace(report, warnings=warnings, warning_counts=count_by_message(warnings))


def _with_warnings(report: IngestReport, found: Sequence[Problem]) -> IngestReport:
    if not found:
        return report
    listed = keep_examples(found, MAXIMUM_EXAMPLES)
    counts = {**report.warning_counts, **count_by_message(listed)}
    return replace(report, warnings=(*report.warnings, *listed), warning_counts=counts)
