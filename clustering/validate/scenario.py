"""Files to a validated Scenario and its ingest report."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from clustering.disclosure import suppress_flows
from clustering.errors import InputError, Problem
from clustering.io.headings import is_grade_heading, recognise_headings
from clustering.io.tables import NamedFile, Source, read_table
from clustering.model import IngestReport, Scenario, SourceFile
from clustering.validate.findings import Findings, is_listed, mark_overlong_cells
from clustering.validate.flows import validate_flows
from clustering.validate.performance import RATE_COLUMNS, validate_performance
from clustering.validate.schools import count_co_located, validate_schools

MAXIMUM_WARNINGS = 1_000
MAXIMUM_LISTS = 10
MAXIMUM_LISTED_ENTRIES = 20


def read_scenario(
    *,
    schools: Source | Sequence[Source],
    flows: Source | Sequence[Source],
    performance: Source | Sequence[Source] = (),
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
    encoding
        A Python codec name, where the files are neither UTF-8 nor UTF-16 with a byte order mark.

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
    files: dict[str, list[Findings]] = {}
    for role, sources in {"schools": schools, "flows": flows, "performance": performance}.items():
        files[role] = _open_files(role, _as_sequence(sources), encoding, problems)
    _refuse_repeated_files(files, problems)
    if not len(_as_sequence(schools)) or not len(_as_sequence(flows)):
        remedy = "Name at least one file of schools and one of flows."
        problems.append(Problem(table="files", message="Schools or flows are missing.", remedy=remedy))
    if problems:
        raise InputError(problems)
    table = validate_schools(files["schools"])
    rated = [*files["performance"], *files["schools"]]
    ratings, set_aside = validate_performance(rated, table.index)
    moves = validate_flows(files["flows"], table["grades_offered"])
    found = [problem for role in files for findings in files[role] for problem in findings.problems]
    if errors := [problem for problem in found if problem.is_error]:
        raise InputError(errors)
    _refuse_strangers(files["flows"], moves, table.index)
    unlisted = dict(zip((findings.table.name for findings in files["performance"]), set_aside, strict=False))
    accounted = tuple(
        findings.source_file(set_aside=unlisted.get(findings.table.name, 0), unused=_unused(findings, ratings))
        for role in files
        for findings in files[role]
    )
    report = _report(accounted, found, schools=table, flows=moves, ratings=ratings)
    digest = hash_tables(table, moves, ratings)
    return Scenario(schools=table, flows=moves, performance=ratings, report=report, content_sha256=digest)


def hash_tables(schools: gpd.GeoDataFrame, flows: pd.DataFrame, performance: pd.DataFrame) -> str:
    """
    Hash the tables of a scenario.

    Parameters
    ----------
    schools, flows, performance
        As in :class:`~clustering.model.Scenario`.

    Returns
    -------
    sha256
        Hexadecimal; equal tables have equal hashes.
    """
    digest = hashlib.sha256()
    plain = pd.DataFrame(schools.drop(columns="geometry")).assign(geometry=schools.geometry.to_wkb(hex=True))
    for frame in (plain, flows, performance):
        digest.update(pd.util.hash_pandas_object(frame.reset_index(), index=False).to_numpy().tobytes())
        digest.update("|".join(map(str, frame.columns)).encode())
    return digest.hexdigest()


def _as_sequence(sources: Source | Sequence[Source]) -> Sequence[Source]:
    return [sources] if isinstance(sources, (str, Path, NamedFile, pd.DataFrame)) else sources


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


def _open_files(role: str, sources: Sequence[Source], encoding: str | None, problems: list[Problem]) -> list[Findings]:
    opened = []
    for source in sources:
        try:
            table = read_table(source, encoding=encoding)
        except InputError as error:
            problems.extend(error.problems)
            continue
        headings, missing = recognise_headings(table, role)
        problems.extend(missing)
        findings = Findings(table=table, role=role, headings=headings)
        mark_overlong_cells(findings)
        opened.append(findings)
    return opened


def _unused(findings: Findings, ratings: pd.DataFrame) -> list[str]:
    used = {*findings.headings.values(), *(ratings.columns if findings.role != "flows" else ())}
    return [heading for heading in findings.table.cells.columns if heading not in used]


def _report(
    sources: tuple[SourceFile, ...],
    warnings: list[Problem],
    *,
    schools: gpd.GeoDataFrame,
    flows: pd.DataFrame,
    ratings: pd.DataFrame,
) -> IngestReport:
    by_kind = flows.groupby("kind", observed=True)
    # Of the protected table: a rounded sum of exact counts would narrow small ones.
    students = suppress_flows(flows).groupby("kind", observed=True)["students"].sum().sort_index()
    facts: dict[str, Any] = {
        "schools": len(schools),
        "schools_by_level": {
            str(level): int(count) for level, count in schools["level"].value_counts().sort_index().items()
        },
        "schools_without_coordinates": int(schools.geometry.isna().sum()),
        "schools_within_50_m_of_another": count_co_located(schools),
        "schools_without_grades": int((schools["grades_offered"] == 0).sum()),
        "schools_without_enrolment": int(schools["enrolment_students"].isna().sum()),
        "school_years": sorted(int(year) for year in flows["year"].dropna().unique()),
        "flow_cells": len(flows),
        "suppressed_flow_cells": int(flows["students"].isna().sum()),
        "suppressed_share_of_flow_cells": round(float(flows["students"].isna().mean()), 4) if len(flows) else None,
    }
    facts["official_list_columns"] = _likely_lists(ratings, len(schools))
    return IngestReport(
        files=sources,
        warnings=tuple(warnings[:MAXIMUM_WARNINGS]),
        warning_counts=dict(Counter(problem.message for problem in warnings)),
        flow_rows={str(kind): int(count) for kind, count in by_kind.size().sort_index().items()},
        flow_students={str(kind): int(total) for kind, total in students.items()},
        facts=facts,
    )


def _likely_lists(ratings: pd.DataFrame, school_count: int) -> dict[str, list[str]]:
    """Columns that look like official lists, those that mark the fewest schools first, with their entries."""
    marked = ratings.drop(columns=list(RATE_COLUMNS)).count().sort_values(kind="stable")
    lists = {name: sorted(ratings[name].dropna().unique().tolist()) for name in marked.index}
    telling = [
        name
        for name, entries in lists.items()
        if not (len(entries) == 1 and marked[name] == school_count) and not is_grade_heading(name)
    ]
    return {name: lists[name][:MAXIMUM_LISTED_ENTRIES] for name in telling[:MAXIMUM_LISTS]}
