"""Files to a validated Scenario and its ingest report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from clustering.errors import InputError, Problem
from clustering.ingest.checks import check_places, check_years
from clustering.ingest.fingerprint import hash_tables
from clustering.ingest.opening import Sources, as_sequence, open_files, settle_options
from clustering.ingest.report import build_report
from clustering.io.options import Options
from clustering.model import Scenario
from clustering.validate.findings import Findings, is_listed
from clustering.validate.flows import validate_flows
from clustering.validate.performance import validate_performance
from clustering.validate.schools import validate_schools


def read_scenario(
    *,
    schools: Sources,
    flows: Sources = (),
    performance: Sources = (),
    options: Options | Iterable[str] | None = None,
    encoding: str | None = None,
) -> Scenario:
    """
    Read and judge an analyst's files.

    Parameters
    ----------
    schools
        One or more tables of schools, joined on their identifier (a CCD directory and EDGE geocodes, say).
    flows
        One or more tables of students by origin, destination, grade and year; added up.
    performance
        Graduation rates or official lists by school; further columns of the schools tables serve as well.
    options
        What recognition must not guess, by file name: a mapping to :class:`FileOptions`, or texts as for
        :func:`parse_file_options`.
    encoding
        A Python codec name for every file that is neither UTF-8 nor UTF-16.

    Returns
    -------
    scenario
        Validated tables (see ``clustering.columns``) and ``report``, with every warning.

    Raises
    ------
    InputError
        With every problem of every file.
    """
    problems: list[Problem] = []
    given = {"schools": as_sequence(schools), "flows": as_sequence(flows), "performance": as_sequence(performance)}
    files = open_files(given, settle_options(options, encoding), problems)
    _refuse_repeated_files(files, problems)
    if not len(given["schools"]) or not len(given["flows"]):
        remedy = "Name at least one file of schools and one of flows."
        problems.append(Problem(table="files", message="Schools or flows are missing.", remedy=remedy))
    if problems:
        raise InputError(problems)
    table = validate_schools(files["schools"])
    ratings = validate_performance([*files["performance"], *files["schools"]], table.index)
    moves = validate_flows(files["flows"], table["grades_offered"])
    check_places(files["schools"], table)
    found = [problem for role in files for findings in files[role] for problem in findings.problems]
    if errors := [problem for problem in found if problem.is_error]:
        raise InputError(errors)
    _refuse_strangers(files["flows"], moves, table.index)
    found += check_years(moves)
    report = build_report(files, found, schools=table, flows=moves, ratings=ratings)
    return Scenario(
        schools=table,
        flows=moves,
        performance=ratings,
        rates=pd.DataFrame(),
        grade_enrolment=pd.DataFrame(),
        report=report,
        content_sha256=hash_tables(table, moves, ratings),
    )


def _refuse_repeated_files(files: Mapping[str, Sequence[Findings]], problems: list[Problem]) -> None:
    """Refuse the same flows given twice: their students would be counted twice."""
    names: dict[str, str] = {}
    for findings in files["flows"]:
        if (first := names.get(findings.table.sha256)) is not None:
            message = f"The file has the same content as {first}; its students would be counted twice."
            problems.append(Problem(table=findings.table.name, message=message, remedy="Give it once."))
        names[findings.table.sha256] = findings.table.name


def _refuse_strangers(files: Sequence[Findings], moves: pd.DataFrame, school_ids: pd.Index) -> None:
    """Refuse flows in which not one school is listed: the files do not belong together."""
    if not (is_listed(moves["origin"], school_ids) | is_listed(moves["destination"], school_ids)).any():
        message = "None of the schools of the flows is in the schools files."
        remedy = "Give both files of the same state, with the same identifiers."
        raise InputError([Problem(table=files[0].table.name, message=message, remedy=remedy)])
