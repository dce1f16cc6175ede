"""The ingest report: what each file was read as, what was left out, and what is doubtful."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clustering.errors import Problem, keep_examples
from clustering.ingest.alarms import FileWithoutPromotions, write_alarms
from clustering.ingest.flow_sources import ScenarioFlows
from clustering.ingest.open_files import InputFiles
from clustering.ingest.student_files import StudentFiles
from clustering.model.columns import FLOW_KINDS
from clustering.model.ingest_report import IngestReport, SourceFile
from clustering.model.plain_text import plain_text
from clustering.readers.recognition.file_kinds import TOTALS
from clustering.readers.recognition.headings import heading_key, is_grade_heading
from clustering.validation.findings import Findings
from clustering.validation.flows.matrix import is_matrix
from clustering.validation.rates.own_performance import RATE_COLUMNS

MAXIMUM_EXAMPLES = 100  # of each kind of warning and file
MAXIMUM_LISTS = 10
MAXIMUM_LISTED_ENTRIES = 20
_LONGEST_ENTRY = 200


def build_report(
    inputs: InputFiles,
    student_files: StudentFiles | None,
    warnings: Sequence[Problem],
    *,
    schools: gpd.GeoDataFrame,
    scenario_flows: ScenarioFlows,
    ratings: pd.DataFrame,
    rates: pd.DataFrame,
    grade_enrolment: pd.DataFrame,
    travel_times: pd.DataFrame,
    contiguity: pd.DataFrame,
    co_located: int,
    without_promotions: Sequence[FileWithoutPromotions],
) -> IngestReport:
    """
    Put the report together.

    Parameters
    ----------
    inputs
        The files, validated.
    student_files
        Student records, where there are any.
    warnings
        Problems that did not stop the work.
    schools
        The schools table.
    scenario_flows
        The flows and what they rest on.
    ratings, rates, grade_enrolment, travel_times, contiguity
        The other tables of the scenario; see ``columns``.
    co_located
        Schools within 50 m of another.
    without_promotions
        Files of flows that hold hardly any promotions.

    Returns
    -------
    report
        Which flows there are decides what is in it, and no count of students does, but for what is said of student
        records to the person who holds them.
    """
    tables = [findings for role in inputs.files for findings in inputs.files[role]]
    sources = [source_file_of(findings, ratings) for findings in tables]
    sources += [membership.file for membership in inputs.memberships]
    set_aside = [row for findings in tables for row in findings.rows_set_aside()]
    listed = keep_examples(warnings, MAXIMUM_EXAMPLES)
    facts = _facts(schools, co_located)
    if student_files is not None:
        sources += student_files.source_files()
        set_aside += student_files.rows_set_aside()
    facts["published_rates"] = int(rates["status"].isin(["exact", "range"]).sum())
    facts["schools_and_grades_with_enrolment"] = len(grade_enrolment)
    facts |= _facts_of_pairs(travel_times, contiguity, len(schools))
    if residence := [each.name for each in without_promotions if each.is_residence]:
        facts["residence_to_attended_files"] = residence
    report = IngestReport(
        alarms=tuple(write_alarms(without_promotions, schools, ratings)),
        files=tuple(sources),
        warnings=listed,
        warning_counts=count_by_message(listed),
        flow_rows={},
        student_records={} if student_files is None else student_files.accounting(),
        facts={**facts, "official_list_columns": likely_lists(ratings, len(schools))},
        set_aside=tuple(set_aside),
    )
    return report_with_flows(report, scenario_flows)


def report_with_flows(report: IngestReport, scenario_flows: ScenarioFlows) -> IngestReport:
    """
    Put the facts about flows and paths into a report.

    Parameters
    ----------
    report
        Of a scenario, or of the scenario that these flows replace those of.
    scenario_flows
        The flows and what they rest on.

    Returns
    -------
    report
        The same report with the facts of these flows: which there are, and not how many students.
    """
    flows = scenario_flows.flows
    rows = flows["kind"].value_counts()
    facts = {
        "school_years": sorted(int(year) for year in flows["year"].dropna().unique()),
        "flow_cells": len(flows),
    }
    if cells := len(scenario_flows.residents):
        facts["resident_cells"] = cells
    return replace(
        with_facts(report, facts),
        flow_rows={kind: int(rows[kind]) for kind in sorted(FLOW_KINDS) if rows.get(kind, 0)},
        basis=scenario_flows.basis,
        unknown_promotions=scenario_flows.unknown_promotions,
        unlisted_names=scenario_flows.unlisted_names,
    )


def with_facts(report: IngestReport, facts: Mapping[str, Any]) -> IngestReport:
    """Put facts behind the others of a report, in place of those of the same names."""
    return replace(report, facts={**{name: report.facts[name] for name in report.facts if name not in facts}, **facts})


def count_by_message(warnings: Iterable[Problem]) -> dict[str, int]:
    """Count how often each message was given, those that are not listed included."""
    counts: Counter[str] = Counter()
    for problem in warnings:
        counts[problem.message] += 1 + problem.further_records
    return dict(counts)


def _facts(schools: gpd.GeoDataFrame, co_located: int) -> dict[str, Any]:
    levels = {each["values"]: each["counts"] for each in pc.value_counts(pa.array(schools["level"].array)).to_pylist()}
    return {
        "schools": len(schools),
        "schools_by_level": {level: levels[level] for level in sorted(levels)},
        "schools_without_coordinates": int(schools.geometry.isna().sum()),
        "schools_within_50_m_of_another": co_located,
        "schools_without_grades": int((schools["grades_offered"] == 0).sum()),
        "schools_without_enrolment": int(schools["enrolment_students"].isna().sum()),
    }


def _facts_of_pairs(travel_times: pd.DataFrame, contiguity: pd.DataFrame, school_count: int) -> dict[str, int]:
    """Counts of travel times and contiguous schools, and of the schools that have none."""
    facts: dict[str, int] = {}
    if len(travel_times):
        timed = pd.concat([travel_times["origin"], travel_times["destination"]]).nunique()
        facts |= {"pairs_with_travel_times": len(travel_times), "schools_without_travel_times": school_count - timed}
    if len(contiguity):
        is_pair = contiguity["neighbour_id"].notna()
        facts["contiguous_pairs_of_schools"] = int(is_pair.sum()) // 2
        facts["schools_without_contiguous_neighbours"] = int((~is_pair).sum())
        facts["schools_without_catchments"] = school_count - contiguity["school_id"].nunique()
    return facts


def source_file_of(findings: Findings, ratings: pd.DataFrame) -> SourceFile:
    """How a file was read; an official list stands under the name that it has in a rule, ``official:NAME``."""
    table = findings.table
    if is_matrix(table.kind):  # its columns are destinations
        return findings.source_file(unused=[each for each in table.headings if heading_key(each) in TOTALS])
    unused = [each for each in (*table.headings, *table.unread) if each not in findings.headings.values()]
    is_rated = findings.role != "flows"
    lists = {f"official:{name}": each for each in unused if is_rated and (name := plain_text(each)) in ratings.columns}
    file = findings.source_file(unused=[each for each in unused if each not in lists.values()])
    return replace(file, columns={**file.columns, **lists})


def likely_lists(ratings: pd.DataFrame, school_count: int) -> dict[str, list[str]]:
    """Columns that look like official lists, with their entries; those with an entry for the fewest schools first."""
    columns = ratings.drop(columns=list(RATE_COLUMNS))
    marked = {str(name): int((column.cat.codes >= 0).sum()) for name, column in columns.items()}
    lists = {
        name: columns[name].cat.remove_unused_categories().cat.categories.tolist()
        for name in sorted(marked, key=lambda each: marked[each])
    }
    useful = [
        name
        for name, entries in lists.items()
        if not (len(entries) == 1 and marked[name] == school_count)
        and not is_grade_heading(name)
        and max(map(len, entries), default=0) <= _LONGEST_ENTRY  # what is longer is no name of a list
    ]
    return {name: lists[name][:MAXIMUM_LISTED_ENTRIES] for name in useful[:MAXIMUM_LISTS]}
