"""Columns of a register that were not used although they look like ones that are known."""

from __future__ import annotations

from clustering.capacity.register.register_tables import DERIVED_COLUMNS
from clustering.model.spelling import british
from clustering.readers.recognition.headings import heading_key
from clustering.readers.recognition.likely_columns import like_known_heading
from clustering.validation.findings import Findings

_MAXIMUM_COMPARED = 100  # comparing letters is slow, and a file of thousands of columns is no register


def warn_of_unused_columns(findings: Findings) -> None:
    """
    Warn of each column that was not used and looks like one that is known.

    Parameters
    ----------
    findings
        A file of partners or preferences, after it was read; problems are added. A column looks like a known one if its
        heading is one of that column's, or nearly. If the file has no such column, one telling word is enough.
    """
    unused = [heading for heading in findings.unused_headings() if heading not in DERIVED_COLUMNS]
    for number, heading in enumerate(unused):
        canonical = like_known_heading(
            british(heading_key(heading)),
            findings.role,
            found=findings.headings,
            compares_letters=number < _MAXIMUM_COMPARED,
        )
        if canonical is None:
            continue
        findings.likely[heading] = canonical
        used = findings.headings.get(canonical)
        findings.note(
            f"The column was not used. It looks like {canonical}, which "
            + ("the file does not have otherwise." if used is None else f"was read from the column {used}."),
            f"If it is {canonical}, rename it so, or read the file with columns.{canonical}={heading}. If not, leave it"
            " as it is.",
            column=heading,
        )
