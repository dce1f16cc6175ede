"""The tables of a file: in which role each counts, and which headings it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from clustering.errors import Problem
from clustering.readers.feeder_tables import recognise_feeder_table
from clustering.readers.in_memory import IN_MEMORY
from clustering.readers.published.education_data_portal_tables import translate_portal_table
from clustering.readers.raw_table import RawTable, without_blank_records
from clustering.readers.recognition.file_kinds import MATRIX_VALUES, is_portal_kind
from clustering.readers.recognition.filled_identifiers import prefer_filled_identifier
from clustering.readers.recognition.headings import recognise_headings
from clustering.readers.reshape.reshape import reshape
from clustering.readers.written_identifiers import as_assigned
from clustering.validation.catchments.catchments import LAYER_HEADINGS, complete_layer_headings
from clustering.validation.catchments.examined_polygons import GIVE_POLYGONS, NO_GEOMETRY
from clustering.validation.enrolment.ccd_membership import Membership, read_membership
from clustering.validation.enrolment.grade_enrolment import holds_grade_enrolment, read_grade_enrolment
from clustering.validation.findings import Findings
from clustering.validation.flows.matrix import is_matrix
from clustering.validation.overlong_cells import mark_overlong_cells
from clustering.validation.rows_without_school.rows import without_rows_of_no_school

MEMBERSHIP_KINDS = ("CCD membership, long", "CCD membership, wide")


@dataclass(frozen=True)
class OpenTable:
    """
    A table of text with its recognised headings.

    Parameters
    ----------
    findings
        The table; warnings are among its problems.
    heading_errors
        Columns that are missing or that are ambiguous.
    """

    findings: Findings
    heading_errors: list[Problem]


Part = Membership | OpenTable


def parts_of(role: str, table: RawTable) -> list[Part]:
    """
    Recognise what a table holds.

    Parameters
    ----------
    role
        What the user gave the file as.
    table
        A table of text, as it was parsed.

    Returns
    -------
    parts
        Enrolment (CCD membership or enrolment by grade), or tables with recognised headings, each in its own role: a
        table of the Education Data Portal may hold several, and flows may turn out to be a feeder table.
    """
    if table.kind in MEMBERSHIP_KINDS:  # not streamed: in memory already
        return [read_membership(table)]
    if role in ("schools", "performance") and holds_grade_enrolment(table):
        return [read_grade_enrolment(table)]
    if not is_portal_kind(table.kind):
        return [_recognise(role, table)]
    translated = translate_portal_table(table)
    if translated.role == "membership":
        return [read_membership(each) for each in translated.tables]
    codes = tuple(_warn_of_codes(table.name, translated.facts))
    first = [replace(each, problems=(*each.problems, *codes)) for each in translated.tables[:1]]
    return [_recognise(translated.role, each) for each in (*first, *translated.tables[1:])]


def _warn_of_codes(name: str, facts: Mapping[str, int]) -> Iterator[Problem]:
    """Warn how many cells of the portal's columns hold no value."""
    for column, count in facts.items():
        message = f"{count:,} cells hold a code, or only a midpoint, instead of a value; they are read as missing."
        remedy = "Nothing needs to be done: the portal marks values that are not reported or suppressed with codes."
        yield Problem(table=name, column=column, message=message, remedy=remedy, is_error=False)


def _recognise(role: str, source: RawTable) -> OpenTable:
    recognised = recognise_feeder_table(reshape(without_blank_records(source), role), role)
    table, role = recognised.table, recognised.role
    found = recognise_headings(
        table.headings,
        table=table.name,
        role=role,
        options=table.options,
        header_row=None if table.container == IN_MEMORY else table.header_row,
        repeated=table.repeated,
    )
    (table, headings), missing = prefer_filled_identifier(table, found.headings, role), found.problems
    if recognised.question is not None:
        missing = [recognised.question]
    if role in MATRIX_VALUES and is_matrix(table.kind):
        missing = [problem for problem in missing if problem.column not in ("destination", MATRIX_VALUES[role])]
    if role == "catchments":
        layer = complete_layer_headings(headings, table.cells_of(LAYER_HEADINGS), table=table.name)
        headings = layer.headings
        missing = layer.problems or [
            problem for problem in missing if problem.column != "school_id" or "school_id" not in headings
        ]
        if table.geometry is None:
            missing.append(Problem(table=table.name, message=NO_GEOMETRY, remedy=GIVE_POLYGONS))
    table = as_assigned(table, headings, role, is_matrix=is_matrix(table.kind))
    table = without_rows_of_no_school(table, headings, role)
    findings = Findings(table=table, role=role, headings=headings, problems=list(table.problems), by_year=found.by_year)
    mark_overlong_cells(findings)
    return OpenTable(findings, missing)
