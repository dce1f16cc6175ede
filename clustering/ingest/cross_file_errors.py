"""Errors between files: a file that is missing, students counted twice, files that do not belong together."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pyarrow.compute as pc

from clustering.errors import InputError, Problem
from clustering.ingest.open_files import InputFiles
from clustering.ingest.student_files import StudentFiles
from clustering.readers.text.columns import numpy_of
from clustering.validation.findings import Findings, positions_of
from clustering.validation.flows.flow_cells import FlowCells
from clustering.validation.flows.flows import ListedSchools
from clustering.validation.flows.matrix import is_matrix
from clustering.validation.lost_zeros import SCHOOLS_LACK_ZEROS, digits_with_zeros


def validate_combinations(
    inputs: InputFiles, student_files: StudentFiles | None, problems: list[Problem], *, has_basis: bool
) -> None:
    """Note files that are missing, and files that would count students twice."""
    flows = inputs.files["flows"]
    if not problems and not inputs.files["schools"]:
        remedy = "Name at least one file of schools."
        problems.append(Problem(table="files", message="Schools are missing.", remedy=remedy))
    if not problems and not flows and student_files is None and not has_basis:
        remedy = (
            "Name at least one file of flows, of student records or of catchments, or request an estimate (estimate)."
        )
        problems.append(Problem(table="files", message="Flows are missing.", remedy=remedy))
    if flows and student_files is not None:
        message = "There are both flows and student records: students would be counted twice."
        problems.append(Problem(table="files", message=message, remedy="Name either flows or student records."))
    names: dict[str, str] = {}
    for findings in flows:
        if (first := names.get(findings.table.sha256)) is not None:
            message = f"The file has the same content as {first}: students would be counted twice."
            problems.append(Problem(table=findings.table.name, message=message, remedy="Name it once."))
        names[findings.table.sha256] = findings.table.name


def raise_cross_file_errors(
    problems_found: Sequence[Problem],
    files: Sequence[Findings],
    student_files: StudentFiles | None,
    flow_cells: Sequence[FlowCells],
    listed: ListedSchools,
) -> None:
    """Raise the errors of all files; flows without a single listed school are one, for the files do not match."""
    errors = [problem for problem in problems_found if problem.is_error]
    none_listed = bool(flow_cells) and not _name_listed(files, flow_cells, listed)
    name = files[0].table.name if files else student_files.names[0] if student_files else "flows"
    if none_listed and (digits := digits_without_loss(listed, flow_cells)):
        message = "The identifiers of the schools files have lost their leading zeros; those of the flows have them."
        remedy = "Format the column of the schools files as text and write the zeros back, or export them again."
        if len(digits) == 1:
            remedy = f"Set *:identifier_digits={digits.pop()} for all files. Or f{remedy[1:]}"
        other_errors = [problem for problem in errors if problem.message != SCHOOLS_LACK_ZEROS]
        raise InputError([Problem(table=name, message=message, remedy=remedy), *other_errors])
    if errors:
        raise InputError(errors)
    if student_files is not None and student_files.promotions.flows.empty:
        message = "No two school years follow each other, so there are no flows."
        remedy = "Add the file of the next school year."
        raise InputError([Problem(table=student_files.names[0], message=message, remedy=remedy)])
    if none_listed:
        message = "None of the schools of the flows is in the schools files."
        remedy = "Use files of the same state, with the same identifiers."
        raise InputError([Problem(table=name, message=message, remedy=remedy)])


def _name_listed(files: Sequence[Findings], flow_cells: Sequence[FlowCells], listed: ListedSchools) -> bool:
    """Whether the flows name any listed school."""
    long_files = (each for each in files if "origin" in each.headings and not is_matrix(each.table.kind))
    of_origins = (findings.positions("origin", listed.ids) for findings in long_files)
    of_cells = (positions_of(cells.named(), listed.ids) for cells in flow_cells)  # only where no origin is listed
    return any(bool((positions >= 0).any()) for positions in itertools.chain(of_origins, of_cells))


def digits_without_loss(listed: ListedSchools, flow_cells: Sequence[FlowCells]) -> set[int]:
    """Digits of the identifiers of flows that have more zeros in front than those of the schools files."""
    digits: set[int] = set()
    for ids in (cells.named() for cells in flow_cells):
        of_school, lengths = digits_with_zeros(ids, listed.ids), numpy_of(pc.binary_length(ids))
        digits |= set(lengths[(of_school > 0) & (of_school < lengths)].tolist())
    return digits
