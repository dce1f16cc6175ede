"""Files to a validated Scenario and its ingest report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import pandas as pd

from clustering.errors import InputError, Problem
from clustering.flows.catchments.capture import CaptureRule, check_capture
from clustering.flows.choice_schools import FOUND, check_excluded_receivers
from clustering.flows.crosswalk import read_flow_names
from clustering.ingest.catchment_grades import complete_grades
from clustering.ingest.co_located import count_co_located
from clustering.ingest.contiguity import catchment_contiguity, warn_of_contiguity
from clustering.ingest.cross_file_errors import raise_cross_file_errors, validate_combinations
from clustering.ingest.cross_file_warnings import check_coordinates, check_years
from clustering.ingest.enrolment import add_enrolment, enrolment_by_grade
from clustering.ingest.estimates import EstimateSources, compare_estimates, estimate_flows
from clustering.ingest.expand_sources import expand_sources
from clustering.ingest.feeder_estimates import compare_feeders, estimate_from_feeders
from clustering.ingest.feeder_steps import divide_feeder_tables
from clustering.ingest.files_not_used import note_files_not_used
from clustering.ingest.files_of_names import join_by_name
from clustering.ingest.fingerprint import hash_schools, hash_table, joined_hash
from clustering.ingest.flow_sources import ONLY_RESIDENTS, ScenarioFlows, build_recorded_flows, no_flows
from clustering.ingest.given_options import check_option_names, merge_options
from clustering.ingest.layers import Layers, validate_layers
from clustering.ingest.open_files import InputFiles, Sources, as_sequence, open_files
from clustering.ingest.report import build_report
from clustering.ingest.residents import FlowFiles, add_up_residents, tell_residents_apart
from clustering.ingest.student_files import StudentFiles, read_students, taken_by_records, with_followed_students
from clustering.model.arguments import truth_value
from clustering.model.gc_paused import paused_garbage_collection
from clustering.model.ingest_report import FlowBasis
from clustering.model.scenario import Scenario
from clustering.readers.file_options import Options
from clustering.readers.given_sources import named_sources
from clustering.validation.catchments.catchments import validate_catchments
from clustering.validation.findings import Findings
from clustering.validation.flows.flow_cells import FlowCells, cells_of_table
from clustering.validation.flows.flows import ListedSchools, listed_schools, validate_flow_file
from clustering.validation.likely_columns import warn_of_likely_columns
from clustering.validation.lost_zeros import mark_lost_zeros
from clustering.validation.rates.performance import validate_performance
from clustering.validation.schools.grade_columns import read_grade_columns
from clustering.validation.schools.schools import validate_schools
from clustering.validation.schools.state_identifiers import translate_other_files


def read_scenario(
    *,
    schools: Sources,
    flows: Sources = None,
    performance: Sources = None,
    students: Sources = None,
    catchments: Sources = None,
    population: Sources = None,
    crosswalk: Sources = None,
    travel_times: Sources = None,
    name_matches: Sources = None,
    estimate: bool = False,
    exclude_receivers: str | Iterable[str] = FOUND,
    capture: str = "places",
    require_flows: bool = True,
    options: Options | Iterable[str] | None = None,
    encoding: str | None = None,
) -> Scenario:
    """
    Read and validate an analyst's files.

    A source is a path; a file that is open for reading, text or binary, such as an :class:`io.BytesIO`; or a table in
    memory: of pandas or geopandas, of polars, Arrow or DuckDB or anything else with Arrow's capsule interface
    (``__arrow_c_stream__``), or a lazy one, which is collected. Each parameter takes one source, a sequence of them,
    or none: ``None``, an empty sequence or a table without records. A path may be a folder, or a pattern such as
    ``boundaries/*.geojson``, for the files in it. A table in memory, or an open file without a name, is called by its
    parameter in messages and options: ``flows``, and ``flows 2`` for the second.

    Parameters
    ----------
    schools
        One or more tables of schools, joined on their identifier: for example a CCD directory, EDGE geocodes and CCD
        membership.
    flows
        One or more tables of students by origin, destination, grade and year, long or with a column per destination;
        added up. A feeder table, which says what school each school feeds and counts nobody, is recognised among them:
        flows are estimated from it if no students are counted, and otherwise it is compared with the counted flows.
    performance
        Graduation rates or official lists by school; they may also be further columns of the schools tables.
    students
        Student enrolment records, from which promotions are derived; instead of ``flows``.
    catchments
        Attendance boundaries. They tell which schools are contiguous. If no students are counted, flows are estimated
        from the overlap of two or more levels of them; otherwise that estimate is compared with the counted flows.
    population
        Points with a population, so that the overlap of catchments is measured in people instead of area.
    crosswalk
        Earlier identifiers and the present ones; confirmed rows are applied to the flows.
    travel_times
        Minutes between schools, a row per origin and destination or a column per destination; directed.
    name_matches
        Which school is meant by each name, for files that have names and no identifiers: the rows of
        :func:`propose_name_matches` that you have confirmed.
    estimate
        Estimate flows by a gravity model if there are neither flows nor students nor catchments. If students are
        counted, the estimate is compared with them.
    exclude_receivers
        Schools that take no students in an estimate: identifiers, and the word ``found`` for the choice, alternative
        and city-wide schools that the files tell of (``report.basis.choice_schools`` names them), or the word ``none``
        alone. Counted flows are never changed by it.
    capture
        Who attends the school of the address, in an estimate from catchments. ``places``: no more students than the
        grade entered has, and of those who leave choice schools whom the choice schools of the next grade leave over.
        ``none``: everybody.
    require_flows
        Refuse files without flows. With ``False``, schools and their rates are enough: low-performing schools can be
        identified, and the report says that there are no flows.
    options
        How to read a file where recognition would guess wrong, by its name: a mapping to :class:`FileOptions` or to
        dictionaries of them, or texts as for :func:`parse_file_options`. ``{"flows": {"year_convention": "fall"}}``
        is for a table of flows in memory.
    encoding
        Name of a Python codec for every file that is neither UTF-8 nor UTF-16.

    Returns
    -------
    scenario
        Validated tables (see ``clustering.model.columns``) and ``report``, with every warning but those that rest on
        numbers of students, which ``report_with_counts`` adds.

    Raises
    ------
    InputError
        With every problem of every file.
    """
    estimate, require_flows = truth_value("estimate", estimate), truth_value("require_flows", require_flows)
    problems: list[Problem] = []
    all_options = merge_options(options, encoding)
    given = {
        "schools": as_sequence(schools),
        "flows": as_sequence(flows),
        "performance": as_sequence(performance),
        "catchments": as_sequence(catchments),
        "population": as_sequence(population),
        "crosswalk": as_sequence(crosswalk),
        "travel_times": as_sequence(travel_times),
        "name_matches": as_sequence(name_matches),
        "students": as_sequence(students),
    }
    expanded = expand_sources(given, problems)
    with named_sources(expanded.sources) as sources:
        check_option_names(all_options, [source for of_role in sources.values() for source in of_role], problems)
        records = sources.pop("students")
        inputs = open_files(sources, all_options, problems, read_otherwise=taken_by_records(records))
        inputs.notes += expanded.left_out
        divide_feeder_tables(inputs)
        join_by_name(inputs, problems)
        student_files = read_students(records, all_options, problems)
    excluded = (exclude_receivers,) if isinstance(exclude_receivers, str) else tuple(exclude_receivers)
    rules = _EstimateRules(exclude_receivers=excluded, capture=check_capture(capture))
    has_basis = bool(len(sources["catchments"]) or inputs.files.get("feeder_table")) or estimate or not require_flows
    validate_combinations(inputs, student_files, problems, has_basis=has_basis)
    if problems:
        raise InputError(problems)
    with paused_garbage_collection():
        return _build_scenario(inputs, student_files, estimate=estimate, rules=rules)


@dataclass(frozen=True, kw_only=True)
class _EstimateRules:
    """What the user decides of estimates."""

    exclude_receivers: tuple[str, ...]
    capture: CaptureRule


@dataclass(frozen=True, kw_only=True)
class _Schools:
    """The schools with all that the files say of their grades and enrolment, and the catchments that tell grades."""

    table: gpd.GeoDataFrame
    listed: ListedSchools
    catchments: gpd.GeoDataFrame | None
    grade_enrolment: pd.DataFrame
    warnings: tuple[Problem, ...]


def _validate_schools(inputs: InputFiles) -> _Schools:
    files = inputs.files
    table = validate_schools(files["schools"])
    enrolment = add_enrolment(table, inputs.memberships, list(map(read_grade_columns, files["schools"])))
    ids = listed_schools(enrolment.schools["grades_offered"]).ids
    translate_other_files(files, ids)
    catchments = validate_catchments(files["catchments"]) if files["catchments"] else None
    for findings in files["catchments"]:
        mark_lost_zeros(findings, "school_id", ids)
    completed = complete_grades(enrolment.schools, catchments, files["catchments"])
    return _Schools(
        table=completed.schools,
        listed=listed_schools(completed.schools["grades_offered"]),
        catchments=catchments,
        grade_enrolment=enrolment.grade_enrolment,
        warnings=(*enrolment.warnings, *completed.warnings),
    )


def _build_scenario(
    inputs: InputFiles, student_files: StudentFiles | None, *, estimate: bool, rules: _EstimateRules
) -> Scenario:
    """Validate all tables of text, and only then raise their errors."""
    files = inputs.files
    schools = _validate_schools(inputs)
    table, listed, found = schools.table, schools.listed, list(schools.warnings)
    by_grade = enrolment_by_grade(schools.grade_enrolment, student_files, table.index)
    # The work in the background is Arrow's and hashing; both release the interpreter's lock.
    with ThreadPoolExecutor(max_workers=1) as background:
        rating = background.submit(validate_performance, [*files["performance"], *files["schools"]], table.index)
        hashes = [background.submit(hash_schools, table)]
        co_located = background.submit(count_co_located, table)
        flow_cells = _flow_cells(files["flows"], student_files, listed)
        found += [] if student_files is None else student_files.problems
        flow_files = tell_residents_apart(files["flows"], flow_cells, listed)
        layers = _validate_layers(files, flow_cells, schools, student_files)
        performance = rating.result()  # waits, so that problems of the same files keep their order
        check_coordinates(files["schools"], table)
        hashes.append(background.submit(hash_table, performance.table))
        found += _problems_of(inputs, flow_cells, listed)
        raise_cross_file_errors(found, files["flows"], student_files, flow_cells, listed)
        touching = background.submit(catchment_contiguity, layers.catchments, table.index)
        check_excluded_receivers(rules.exclude_receivers, table.index)
        sources = _estimate_sources(table, by_grade, layers, rules)
        scenario_flows = _build_flows(files["flows"], flow_files, listed, layers, sources, estimate=estimate)
        hashes.append(background.submit(hash_table, scenario_flows.flows))
        pair_tables = {"travel_times": layers.travel_times, "contiguity": touching.result()}
        names = ("paths", "residents", "estimates", "catchment_ways")
        of_flows: dict[str, Any] = {name: getattr(scenario_flows, name) for name in names}
        more_tables = [*pair_tables.values(), performance.rates, *of_flows.values()]
        hashes += [background.submit(hash_table, table) for table in more_tables if len(table)]
        found += _warnings_of_flows(scenario_flows, layers.catchments, pair_tables["contiguity"], table)
        own = {"schools": table, "rates": performance.rates, "grade_enrolment": by_grade}
        tables: dict[str, Any] = {**own, **pair_tables}
        report = build_report(
            inputs,
            student_files,
            found,
            scenario_flows=scenario_flows,
            ratings=performance.table,
            co_located=co_located.result(),
            without_promotions=flow_files.without_promotions,
            **tables,
        )
        return Scenario(
            flows=scenario_flows.flows,
            performance=performance.table,
            **of_flows,
            **tables,
            report=report,
            content_sha256=joined_hash([each.result() for each in hashes]),
        )


def _validate_layers(
    files: Mapping[str, Sequence[Findings]],
    flow_cells: Sequence[FlowCells],
    schools: _Schools,
    student_files: StudentFiles | None,
) -> Layers:
    return validate_layers(
        files,
        flow_cells,
        listed=schools.listed,
        school_ids=schools.table.index,
        catchments=schools.catchments,
        students=student_files,
    )


def _flow_cells(
    files: Sequence[Findings], student_files: StudentFiles | None, listed: ListedSchools
) -> list[FlowCells]:
    """Cells of every flow file, and then of student records."""
    of_files = [validate_flow_file(findings, listed) for findings in files]
    return of_files + ([] if student_files is None else [cells_of_table(student_files.promotions.flows)])


def _warnings_of_flows(
    scenario_flows: ScenarioFlows,
    catchments: gpd.GeoDataFrame | None,
    contiguity: pd.DataFrame,
    schools: gpd.GeoDataFrame,
) -> list[Problem]:
    """Doubts about the flows, their years, and the catchments beside them."""
    found = [*scenario_flows.warnings, *check_years(scenario_flows.flows)]
    if catchments is not None:
        found += warn_of_contiguity(catchments, contiguity, schools["name"], scenario_flows.basis)
    return found


def _estimate_sources(
    schools: gpd.GeoDataFrame, grade_enrolment: pd.DataFrame, layers: Layers, rules: _EstimateRules
) -> EstimateSources:
    return EstimateSources(
        schools=schools,
        grade_enrolment=grade_enrolment,
        catchments=layers.catchments,
        population=layers.population,
        chain=layers.chain,
        travel_times=layers.travel_times,
        exclude_receivers=rules.exclude_receivers,
        capture=rules.capture,
    )


def _build_flows(
    files: Sequence[Findings],
    flow_files: FlowFiles,
    listed: ListedSchools,
    layers: Layers,
    sources: EstimateSources,
    *,
    estimate: bool,
) -> ScenarioFlows:
    """Promotions, counted or estimated; and beside them the residents."""
    residents = add_up_residents(flow_files.residents, layers.crosswalk, sources.schools["grades_offered"])
    if flow_files.promotions:
        flows = _counted_flows(files, flow_files, listed, layers, sources, estimate=estimate)
    elif layers.feeders is not None:
        flows = estimate_from_feeders(sources, layers.feeders, estimate=estimate)
    elif layers.catchments is not None or estimate:
        flows = estimate_flows(sources)
    else:
        flows = no_flows(FlowBasis(statement=ONLY_RESIDENTS) if flow_files.residents else None)
    return replace(flows, residents=residents)


def _counted_flows(
    files: Sequence[Findings],
    flow_files: FlowFiles,
    listed: ListedSchools,
    layers: Layers,
    sources: EstimateSources,
    *,
    estimate: bool,
) -> ScenarioFlows:
    """Counted flows, compared with estimates on request."""
    scenario_flows = build_recorded_flows(
        flow_files.promotions,
        schools=sources.schools,
        listed=listed,
        names=lambda: read_flow_names(files),
        crosswalk=layers.crosswalk,
    )
    if layers.students is not None:
        scenario_flows = with_followed_students(scenario_flows, layers.students, sources.schools, layers.crosswalk)
    return compare_feeders(compare_estimates(scenario_flows, sources, estimate=estimate), sources, layers.feeders)


def _problems_of(inputs: InputFiles, flow_cells: Sequence[FlowCells], listed: ListedSchools) -> list[Problem]:
    """Problems of all files, those of columns and of whole files that were not used among them."""
    files = [findings for of_role in inputs.files.values() for findings in of_role]
    for findings in files:
        warn_of_likely_columns(findings)
    note_files_not_used(inputs.files, flow_cells, listed)
    found = [problem for findings in files for problem in findings.problems]
    found += inputs.notes
    return found + [problem for membership in inputs.memberships for problem in membership.problems]
