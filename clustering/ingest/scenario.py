"""Files to a validated Scenario and its ingest report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from clustering.errors import InputError, Problem
from clustering.flows.catchments.official_feeder_chain import official_chain_flows
from clustering.flows.crosswalk import read_flow_names
from clustering.ingest.co_located import count_co_located
from clustering.ingest.contiguity import catchment_contiguity, warn_of_contiguity
from clustering.ingest.cross_file_errors import refuse_combinations, refuse_judged
from clustering.ingest.cross_file_warnings import check_entering, check_places, check_years
from clustering.ingest.enrolment import add_enrolment
from clustering.ingest.estimates import compare_estimates, estimate_flows
from clustering.ingest.fingerprint import hash_schools, hash_table, joined_hash
from clustering.ingest.flow_sources import SettledFlows, no_flows, settle_recorded
from clustering.ingest.gc_paused import collection_waits
from clustering.ingest.open_files import Opened, Sources, as_sequence, check_names, open_files, settle_options
from clustering.ingest.report import build_report
from clustering.ingest.student_files import StudentFiles, read_students
from clustering.model.columns import CONTIGUITY_COLUMNS
from clustering.model.scenario import Scenario
from clustering.readers.file_options import Options
from clustering.validation.catchments.catchments import validate_catchments
from clustering.validation.catchments.population import validate_population
from clustering.validation.crosswalk.crosswalk import validate_crosswalk
from clustering.validation.findings import Findings
from clustering.validation.flows.flow_cells import FlowCells, cells_of_table
from clustering.validation.flows.flows import ListedSchools, judge_flows, listed_schools
from clustering.validation.rates.performance import judge_performance
from clustering.validation.schools.schools import validate_schools
from clustering.validation.schools.state_identifiers import state_ids_of, translate_state_ids
from clustering.validation.travel_times import validate_travel_times


def read_scenario(
    *,
    schools: Sources,
    flows: Sources = (),
    performance: Sources = (),
    students: Sources = (),
    catchments: Sources = (),
    population: Sources = (),
    crosswalk: Sources = (),
    travel_times: Sources = (),
    estimate: bool = False,
    require_flows: bool = True,
    options: Options | Iterable[str] | None = None,
    encoding: str | None = None,
) -> Scenario:
    """
    Read and judge an analyst's files.

    Parameters
    ----------
    schools
        One or more tables of schools, joined on their identifier (a CCD directory, EDGE geocodes and CCD membership,
        say).
    flows
        One or more tables of students by origin, destination, grade and year, long or with a column per destination;
        added up.
    performance
        Graduation rates or official lists by school; further columns of the schools tables serve as well.
    students
        Student enrolment records, from which promotions are derived; instead of ``flows``.
    catchments
        Attendance boundaries, of two levels or more where flows are estimated from their overlap since none are
        counted; beside counted flows they are compared with them. Either way they say which schools are contiguous.
    population
        Points with a population, to weigh the overlap of catchments by people instead of area.
    crosswalk
        Old identifiers to present ones, applied to the flows where a row is confirmed.
    travel_times
        Minutes between schools, a row per origin and destination or a column per destination; directed.
    estimate
        Estimate flows by a gravity model where neither flows nor students nor catchments are given; beside counted
        flows the estimate is compared with them.
    require_flows
        Refuse files of which no flows come. Set to ``False``, schools and their rates are enough: low-performing
        schools can be told, and the report says that there are no flows.
    options
        What recognition must not guess, by file name: a mapping to :class:`FileOptions`, or texts as for
        :func:`parse_file_options`.
    encoding
        A Python codec name for every file that is neither UTF-8 nor UTF-16.

    Returns
    -------
    scenario
        Validated tables (see ``clustering.model.columns``) and ``report``, with every warning.

    Raises
    ------
    InputError
        With every problem of every file.
    """
    problems: list[Problem] = []
    said = settle_options(options, encoding)
    given = {
        "schools": as_sequence(schools),
        "flows": as_sequence(flows),
        "performance": as_sequence(performance),
        "catchments": as_sequence(catchments),
        "population": as_sequence(population),
        "crosswalk": as_sequence(crosswalk),
        "travel_times": as_sequence(travel_times),
    }
    check_names(said, [source for sources in (*given.values(), as_sequence(students)) for source in sources], problems)
    opened = open_files(given, said, problems)
    counted = read_students(as_sequence(students), said, problems)
    has_basis = bool(len(given["catchments"])) or estimate or not require_flows
    refuse_combinations(opened, counted, problems, has_basis=has_basis)
    if problems:
        raise InputError(problems)
    with collection_waits():
        return _judge(opened, counted, estimate=estimate)


@dataclass(frozen=True, kw_only=True)
class _Layers:
    """What the files give beside schools, rates and tables of flows, judged."""

    catchments: gpd.GeoDataFrame | None
    chain: pd.DataFrame | None
    population: gpd.GeoDataFrame | None
    crosswalk: pd.DataFrame | None
    travel_times: pd.DataFrame


def _judge(opened: Opened, counted: StudentFiles | None, *, estimate: bool) -> Scenario:
    """Judge tables of text, all of them before anything is refused."""
    files = opened.files
    table, grade_enrolment, found = add_enrolment(validate_schools(files["schools"]), opened.memberships)
    cohorts = grade_enrolment
    listed = listed_schools(table["grades_offered"])
    _translate(files, listed)
    # What is done beside works in Arrow and in hashing, which release the interpreter's lock.
    with ThreadPoolExecutor(max_workers=1) as beside:
        rated = beside.submit(judge_performance, [*files["performance"], *files["schools"]], table.index)
        hashes = [beside.submit(hash_schools, table)]
        co_located = beside.submit(count_co_located, table)
        parts = [judge_flows(findings, listed) for findings in files["flows"]]
        if counted is not None:
            parts.append(cells_of_table(counted.promotions.flows))
            found += counted.problems
            if grade_enrolment.empty:  # an estimate made of exact counts, compared and shown, would tell of small ones
                grade_enrolment = counted.grade_enrolment(table.index)
                cohorts = counted.protected_enrolment(table.index)
        layers = _judge_layers(files, parts, listed, table.index)
        performance = rated.result()  # before more problems of the same files: their order must not be chance
        check_places(files["schools"], table)
        hashes.append(beside.submit(hash_table, performance.table))
        found += [problem for findings in _all(files) for problem in findings.problems]
        found += [problem for membership in opened.memberships for problem in membership.problems]
        refuse_judged(found, files["flows"], counted, parts, listed)
        touching = beside.submit(_contiguity, layers.catchments, table.index)
        settled, doubtful = _settle(files["flows"], parts, table, listed, cohorts, layers, estimate=estimate)
        hashes.append(beside.submit(hash_table, settled.flows))
        limits = {"travel_times": layers.travel_times, "contiguity": touching.result()}
        others = [*limits.values(), performance.rates]
        hashes += [beside.submit(hash_table, table) for table in others if len(table)]
        found += [*doubtful, *check_years(settled.flows)]
        if layers.catchments is not None:
            found += warn_of_contiguity(layers.catchments, limits["contiguity"], table["name"], settled.basis)
        if opened.memberships:  # what student records themselves say of a grade cannot contradict them
            found += check_entering(settled.flows, grade_enrolment, table)
        report = build_report(
            opened,
            counted,
            found,
            schools=table,
            settled=settled,
            ratings=performance.table,
            rates=performance.rates,
            grade_enrolment=grade_enrolment,
            **limits,
            co_located=co_located.result(),
        )
        return Scenario(
            schools=table,
            flows=settled.flows,
            performance=performance.table,
            rates=performance.rates,
            grade_enrolment=grade_enrolment,
            **limits,
            report=report,
            content_sha256=joined_hash([each.result() for each in hashes]),
        )


def _official_chain(files: Sequence[Findings]) -> pd.DataFrame | None:
    """The feeder rights that a district publishes with its catchments, of the first layer that has them."""
    for findings in files:
        table = findings.table
        if table.kind == "Philadelphia catchments" and table.geometry is not None:
            return official_chain_flows(table.cells, table.geometry)
    return None


def _translate(files: Mapping[str, Sequence[Findings]], listed: ListedSchools) -> None:
    """Join files that have the state's identifiers, where a directory has both."""
    if (pairs := state_ids_of(files["schools"])) is None:
        return
    one, two = ("school_id",), ("origin", "destination")
    for role, columns in {"performance": one, "catchments": one, "flows": two, "travel_times": two}.items():
        for findings in files[role]:
            for canonical in columns:
                if canonical in findings.headings:
                    translate_state_ids(findings, canonical, pairs, listed.ids)


def _judge_layers(
    files: Mapping[str, Sequence[Findings]],
    parts: Sequence[FlowCells],
    listed: ListedSchools,
    school_ids: pd.Index,
) -> _Layers:
    return _Layers(
        catchments=validate_catchments(files["catchments"]) if files["catchments"] else None,
        chain=_official_chain(files["catchments"]),
        population=validate_population(files["population"]) if files["population"] else None,
        crosswalk=_judge_crosswalk(files["crosswalk"], parts, school_ids) if files["crosswalk"] else None,
        travel_times=validate_travel_times(files["travel_times"], listed.ids),
    )


def _contiguity(catchments: gpd.GeoDataFrame | None, school_ids: pd.Index) -> pd.DataFrame:
    if catchments is None:
        return pd.DataFrame(columns=list(CONTIGUITY_COLUMNS), dtype="str")
    return catchment_contiguity(catchments, school_ids)


def _settle(
    files: Sequence[Findings],
    parts: Sequence[FlowCells],
    schools: gpd.GeoDataFrame,
    listed: ListedSchools,
    cohorts: pd.DataFrame,
    layers: _Layers,
    *,
    estimate: bool,
) -> tuple[SettledFlows, list[Problem]]:
    """Counted flows, compared with estimates where that is asked for; an estimate where nothing was counted."""
    areas, people = layers.catchments, layers.population
    if not parts and areas is None and not estimate:
        return no_flows(), []
    if not parts:
        return estimate_flows(schools, cohorts, catchments=areas, population=people, chain=layers.chain)
    settled = settle_recorded(
        parts, schools=schools, listed=listed, names=lambda: read_flow_names(files), crosswalk=layers.crosswalk
    )
    compared = compare_estimates(settled, schools, cohorts, catchments=areas, population=people, estimate=estimate)
    return compared, []


def _judge_crosswalk(files: Sequence[Findings], parts: Sequence[FlowCells], school_ids: pd.Index) -> pd.DataFrame:
    named = pd.Index([each for part in parts for each in part.named().to_pylist()]).unique()
    return validate_crosswalk(files, school_ids, flow_ids=named)


def _all(files: Mapping[str, Sequence[Findings]]) -> list[Findings]:
    return [findings for role in files for findings in files[role]]
