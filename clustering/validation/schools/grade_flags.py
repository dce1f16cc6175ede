"""Which grades a school offers, from columns called by a grade that say yes or no: ``Grade 9``, ``Serves KG``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from clustering.model.grades import grade_mask
from clustering.readers.recognition.file_kinds import PLAIN_KINDS
from clustering.readers.recognition.grades_in_headings import LEAST_GRADES, columns_by_grade
from clustering.readers.text.values import NO_WORDS, YES_WORDS
from clustering.validation.findings import Findings


def read_grade_flags(findings: Findings) -> np.ndarray:
    """
    Read which grades the schools offer from columns called by a grade that hold yes and no, or a cross and nothing.

    Parameters
    ----------
    findings
        A plain file of schools; the columns are added to its headings, with a warning that names them.

    Returns
    -------
    masks
        Bit mask of the grades of each record (int64); 0 if there are no such columns.
    """
    masks = np.zeros(len(findings.table), dtype="int64")
    if findings.table.kind != PLAIN_KINDS["schools"]:
        return masks
    taken = set(findings.headings.values())
    called = [each for each in columns_by_grade(findings.table.headings) if each.year is None and not each.part]
    by_grade = {each.heading: each.grade for each in called if each.heading not in taken}
    columns = {heading: findings.table.column(heading) for heading in by_grade}
    grades = set(by_grade.values())
    if len(grades) < LEAST_GRADES or max(grades) - min(grades) >= len(grades):  # a gap: not all columns are known
        return masks
    if not _are_flags([text for each in columns.values() for text in each.texts]):
        return masks
    for heading, column in columns.items():
        offered = column.spread(column.distinct().str.lower().isin(YES_WORDS).to_numpy())
        masks |= np.where(offered, grade_mask(by_grade[heading], by_grade[heading]), 0)
        findings.headings.setdefault(f"offers grade {by_grade[heading]}", heading)
    message = f"The grades were taken from columns that say yes or no for each: {', '.join(columns)[:200]}."
    findings.note(
        message, "Nothing needs to be done if they say which grades a school offers.", column=next(iter(columns))
    )
    return masks


def _are_flags(cells: Sequence[pa.StringScalar]) -> bool:
    """Whether cells say yes and no, or yes and nothing; no file has classes of one student and none only."""
    words = {cell.as_py().lower() for cell in cells}
    return bool(words & YES_WORDS) and len(words) > 1 and words <= {*YES_WORDS, *NO_WORDS, ""}
