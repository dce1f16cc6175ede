"""Files that are refused together: what they lack, what they give twice, and what does not belong together."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pyarrow.compute as pc

from clustering.errors import InputError, Problem
from clustering.ingest.open_files import Opened
from clustering.ingest.student_files import StudentFiles
from clustering.validation.findings import Findings, positions_of
from clustering.validation.flows.flow_cells import FlowCells
from clustering.validation.flows.flows import ListedSchools
from clustering.validation.flows.matrix import is_matrix
from clustering.validation.identifiers import SCHOOLS_LACK_ZEROS


def refuse_combinations(
    opened: Opened, counted: StudentFiles | None, problems: list[Problem], *, has_basis: bool
) -> None:
    """Refuse what lacks, and what would count students twice."""
    flows = opened.files["flows"]
    if not problems and not opened.files["schools"]:
        remedy = "Name at least one file of schools."
        problems.append(Problem(table="files", message="Schools are missing.", remedy=remedy))
    if not problems and not flows and counted is None and not has_basis:
        remedy = (
            "Name at least one file of flows, of student records or of catchments, or ask for an estimate (estimate)."
        )
        problems.append(Problem(table="files", message="Flows are missing.", remedy=remedy))
    if flows and counted is not None:
        message = "Both flows and student records are given; their students would be counted twice."
        problems.append(Problem(table="files", message=message, remedy="Give the one or the other."))
    names: dict[str, str] = {}
    for findings in flows:
        if (first := names.get(findings.table.sha256)) is not None:
            message = f"The file has the same content as {first}; its students would be counted twice."
            problems.append(Problem(table=findings.table.name, message=message, remedy="Give it once."))
        names[findings.table.sha256] = findings.table.name


def refuse_judged(
    found: Sequence[Problem],
    files: Sequence[Findings],
    counted: StudentFiles | None,
    parts: Sequence[FlowCells],
    listed: ListedSchools,
) -> None:
    """Refuse files with errors, and flows in which not one school is listed: the files do not belong together."""
    errors = [problem for problem in found if problem.is_error]
    are_strangers = bool(parts) and not _name_listed(files, parts, listed)
    name = files[0].table.name if files else counted.names[0] if counted else "flows"
    if are_strangers and _have_lost_zeros(listed, parts):
        message = "The identifiers of the schools files have lost their leading zeros: the flows have them with them."
        remedy = "Format the column of the schools files as text and write the zeros back, or export them again."
        others = [problem for problem in errors if problem.message != SCHOOLS_LACK_ZEROS]
        raise InputError([Problem(table=name, message=message, remedy=remedy), *others])
    if errors:
        raise InputError(errors)
    if counted is not None and counted.promotions.flows.empty:
        message = "No two school years follow one another: there are no flows."
        remedy = "Add the file of the next school year."
        raise InputError([Problem(table=counted.names[0], message=message, remedy=remedy)])
    if are_strangers:
        message = "None of the schools of the flows is in the schools files."
        remedy = "Give both files of the same state, with the same identifiers."
        raise InputError([Problem(table=name, message=message, remedy=remedy)])


def _name_listed(files: Sequence[Findings], parts: Sequence[FlowCells], listed: ListedSchools) -> bool:
    """Whether flows name a listed school."""
    long = (each for each in files if "origin" in each.headings and not is_matrix(each.table.kind))
    origins = (findings.places("origin", listed.ids) for findings in long)
    others = (positions_of(part.named(), listed.ids) for part in parts)  # looked up only where no origin is listed
    return any(bool((places >= 0).any()) for places in itertools.chain(origins, others))


def _have_lost_zeros(listed: ListedSchools, parts: Sequence[FlowCells]) -> bool:
    """Whether identifiers of the schools files are those of the flows but for zeros before them."""
    restored = [pc.binary_join_element_wise("0" * zeros, listed.ids, "") for zeros in range(1, 4)]
    return any(bool((positions_of(ids, part.named()) >= 0).any()) for ids in restored for part in parts)
