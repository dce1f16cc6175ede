"""Columns that were not used although heading and cells look like a column that is known: named, with their option."""

from __future__ import annotations

import re

from clustering.readers.raw_table import SAMPLED_RECORDS
from clustering.readers.recognition.file_kinds import is_described
from clustering.readers.recognition.likely_columns import holds_likely_cells, likely_columns, likely_headings
from clustering.readers.text.columns import from_arrow
from clustering.validation.findings import Findings
from clustering.validation.flows.matrix import is_matrix

ROLES = ("schools", "performance", "flows", "feeder_table", "catchments", "population", "crosswalk", "travel_times")
_MAXIMUM_NAMED = 10
_MAXIMUM_TEXTS = 200


def warn_of_likely_columns(findings: Findings) -> None:
    """
    Warn once of all columns that were not used and look like ones that are.

    Parameters
    ----------
    findings
        A file in one of ``ROLES``, after it was read; a warning is added, and ``likely`` is filled. Headings come
        first; only of columns with likely ones are some cells looked at. Columns that a published kind of file is known
        to have are left alone.
    """
    if findings.role not in ROLES or is_matrix(findings.table.kind):
        return
    kind = findings.table.kind
    unused = [heading for heading in findings.unused_headings() if not is_described(kind, heading)]
    likely = likely_columns(unused, findings.role, found=_found(findings))
    findings.likely |= {
        heading: canonical for heading, canonical in likely.items() if _looks_like(findings, heading, canonical)
    }
    if not findings.likely:
        return
    named = list(findings.likely.items())[:_MAXIMUM_NAMED]
    further = len(findings.likely) - len(named)
    shown = ", ".join(f"{heading} (like {canonical})" for heading, canonical in named)
    more = f" and {further:,} more" if further else ""
    first: dict[str, str] = {}
    for heading, canonical in findings.likely.items():
        chosen = first.setdefault(canonical, heading)
        if re.sub(r"\d+", "", heading) == re.sub(r"\d+", "", chosen):  # of years the latest
            first[canonical] = max(chosen, heading)
    options = " and ".join(f"columns.{canonical}={heading}" for canonical, heading in first.items())
    findings.note(
        f"Columns were not used, though they look like columns that are known: {shown}{more}.",
        f"Set {options} to use them. If they are something else, leave them.",
        column=named[0][0],
    )


def likely_columns_of(findings: Findings, canonical: str) -> list[str]:
    """Headings of columns that were not used and look like a canonical column."""
    headings = likely_headings(canonical, findings.unused_headings())
    return [heading for heading in headings if _looks_like(findings, heading, canonical)]


def _found(findings: Findings) -> set[str]:
    """Canonical columns that a file has, or has in another shape."""
    found = set(findings.headings)
    if {"lowest_grade", "highest_grade"} <= found or "grades" in found:
        found |= {"grades", "lowest_grade", "highest_grade"}
    if findings.table.geometry is not None:
        found |= {"latitude", "longitude"}
    if "state_school_id" in found:
        found.add("school_id")
    return found


def _looks_like(findings: Findings, heading: str, canonical: str) -> bool:
    sample = from_arrow(findings.table.encoded[heading][:SAMPLED_RECORDS])
    return holds_likely_cells(canonical, sample.texts[:_MAXIMUM_TEXTS].to_pylist()) is True
