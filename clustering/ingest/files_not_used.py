"""Files of which no record is used: an error that says why, since the rest would be taken for a result of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clustering.readers.recognition.columns_of_students import is_of_student
from clustering.validation.findings import Findings, positions_of
from clustering.validation.flows.flow_cells import FlowCells
from clustering.validation.flows.flows import ListedSchools
from clustering.validation.listed_identifiers import column_of_listed_schools
from clustering.validation.lost_zeros import digits_with_zeros
from clustering.validation.repeated_identifiers import joining_option_of_listed
from clustering.validation.travel_times import SAME_TIME

_IDENTIFIERS: Mapping[str, tuple[str, ...]] = {
    "schools": (),
    "population": (),
    "performance": ("school_id",),
    "catchments": ("school_id",),
    "flows": ("origin", "destination"),
    "feeder_table": ("origin", "destination"),
    "travel_times": ("origin", "destination"),
    "crosswalk": ("old_id", "new_id"),
}
_NOT_LISTED = "not in the schools files."
_EXAMPLES = 2
_MAXIMUM_SHOWN_CHARACTERS = 64


def note_files_not_used(
    files: Mapping[str, Sequence[Findings]], flow_cells: Sequence[FlowCells], listed: ListedSchools
) -> None:
    """
    Note an error for each file of which no record is used.

    Parameters
    ----------
    files
        Role to files, after they were validated; an error is added to those of which every record is set aside or is of
        schools that are not listed. A file that has an error already gets none.
    flow_cells
        Cells of the flow files, in their order.
    listed
        The listed schools.
    """
    for role, named in _IDENTIFIERS.items():
        for number, findings in enumerate(files.get(role, ())):
            if any(problem.is_error for problem in findings.problems) or not len(findings.table):
                continue
            cells = flow_cells[number] if role == "flows" else None
            names_none = _names_no_school(findings, named, cells, listed)
            if findings.kept().any() and not names_none:
                continue
            if role == "crosswalk" and _names_schools_of_flows(findings, flow_cells):
                continue
            if SAME_TIME in findings.records_set_aside():  # what the file says is used, from an earlier file
                continue
            reason = _most_frequent_reason(findings)
            is_unlisted = reason is None or reason[0].endswith(_NOT_LISTED) or (names_none and _has_unlisted(findings))
            if reason is None or is_unlisted:
                _note_unlisted(findings, named, cells, listed, files["schools"])
            else:
                _note_set_aside(findings, *reason)


def _has_unlisted(findings: Findings) -> bool:
    """Whether records are set aside since their school is not listed, perhaps fewer than for other reasons."""
    return any(reason.endswith(_NOT_LISTED) for reason in findings.records_set_aside())


def _names_no_school(findings: Findings, named: Sequence[str], cells: FlowCells | None, listed: ListedSchools) -> bool:
    """Whether a file of schools' records is of no listed school."""
    known = [canonical for canonical in named if canonical in findings.headings]
    if not known or any(bool((findings.positions(each, listed.ids) >= 0).any()) for each in known):
        return False
    if cells is None:
        return True
    # In a matrix headings are schools. Zeros that were lost are an error of their own.
    ids = cells.named()
    return not (positions_of(ids, listed.ids) >= 0).any() and not digits_with_zeros(ids, listed.ids).any()


def _names_schools_of_flows(crosswalk: Findings, flow_cells: Sequence[FlowCells]) -> bool:
    """Whether earlier identifiers of a crosswalk are in the flows, though no school of it is listed."""
    return any(bool((crosswalk.positions("old_id", cells.named()) >= 0).any()) for cells in flow_cells)


def _most_frequent_reason(findings: Findings) -> tuple[str, int] | None:
    """Why most records are set aside, and the first of these records; ``None`` if some are not."""
    if findings.kept().any():
        return None
    reasons = findings.records_set_aside()
    reason = max(reasons, key=lambda each: int(reasons[each].sum()))
    return reason, int(np.flatnonzero(reasons[reason])[0])


def _note_set_aside(findings: Findings, reason: str, record: int) -> None:
    count = int(findings.records_set_aside()[reason].sum())
    findings.note_row(
        record,
        f"No record of the file is used: {count:,} of {len(findings.table):,} are set aside, this one among them."
        f" {reason}",
        "Correct these records, name the right columns (columns.NAME=HEADING), or leave the file out.",
    )


def _note_unlisted(
    findings: Findings,
    named: Sequence[str],
    cells: FlowCells | None,
    listed: ListedSchools,
    schools: Sequence[Findings],
) -> None:
    canonical = next((name for name in named if name in findings.headings), "school_id")
    column = findings.texts(canonical)
    of_file = [text for text in column.texts.to_pylist() if text][:_EXAMPLES]
    if is_of_student(findings.headings.get(canonical, "")):
        of_file = []
    elif not of_file and cells is not None:
        of_file = cells.named()[:_EXAMPLES].to_pylist()
    other = column_of_listed_schools(findings, listed.ids)
    joined = joining_option_of_listed(findings, listed.ids) if "school_id" in findings.headings else None
    if joined is not None:
        remedy = f"Set {joined}: these columns make up identifiers of the schools files."
    elif other is not None:
        remedy = f"Set columns.{canonical}={other}: this column has identifiers of the schools files."
    elif of_schools := _option_of_schools(schools, column.texts if cells is None else cells.named()):
        remedy = f"Set {of_schools}: this column has the identifiers of {findings.table.name}."
    else:
        remedy = (
            "Leave the file out if it is of other schools. Otherwise use files with the same identifiers, or name the"
            f" column that has them in this file (columns.{canonical}=HEADING) or in the schools files."
        )
    findings.note_row(
        0,
        "No record of the file is used: none of its schools is in the schools files. Its identifiers are like"
        f" {_shown(of_file)}, those of the schools files like {_shown(listed.ids[:_EXAMPLES].to_pylist())}.",
        remedy,
        column=findings.headings.get(canonical),
    )


def _option_of_schools(schools: Sequence[Findings], ids: pa.StringArray) -> str | None:
    """The option that takes another column of a schools file, one with the identifiers of a file."""
    named = ids.filter(pc.not_equal(ids, ""))
    for findings in schools:
        if (heading := column_of_listed_schools(findings, named)) is not None:
            return f"{findings.table.name}:columns.school_id={heading}"
    return None


def _shown(texts: Sequence[str]) -> str:
    return " and ".join(text[:_MAXIMUM_SHOWN_CHARACTERS] for text in texts) or "nothing"
