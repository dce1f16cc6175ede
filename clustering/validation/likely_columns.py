"""Columns that were not used although heading and cells look like a column that is known: named, with their option."""

from __future__ import annotations

import re
from collections.abc import Mapping

from clustering.readers.raw_table import SAMPLED_RECORDS
from clustering.readers.recognition.file_kinds import is_described
from clustering.readers.recognition.likely_columns import (
    NAMED_BESIDE,
    holds_likely_cells,
    likely_columns,
    likely_headings,
)
from clustering.readers.recognition.rate_headings import order_of_rates, paired_counts
from clustering.readers.text.columns import from_arrow
from clustering.validation.findings import Findings
from clustering.validation.flows.matrix import is_matrix

ROLES = (
    *("schools", "performance", "grade_enrolment", "flows", "feeder_table", "catchments", "population", "crosswalk"),
    "travel_times",
)
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
    found = {
        heading: canonical
        for heading, canonical in likely.items()
        if heading not in findings.likely and _looks_like(findings, heading, canonical)
    }
    findings.likely |= found
    if not found:
        return
    named = list(found.items())[:_MAXIMUM_NAMED]
    further = len(found) - len(named)
    shown = ", ".join(f"{heading} (like {canonical})" for heading, canonical in named)
    more = f" and {further:,} more" if further else ""
    chosen = _with_counts_that_belong(findings, _chosen(found))
    chosen = {  # a rate of a group is never offered in place of the rate that was read
        canonical: heading
        for canonical, heading in chosen.items()
        if canonical not in findings.headings or not order_of_rates(heading)[0]
    }
    findings.note(
        f"Columns were not used, though they look like columns that are known: {shown}{more}.",
        _remedy(chosen, found, has_rates=findings.role != "performance" or _has_rates(findings.headings)),
        column=named[0][0],
    )


def _has_rates(headings: Mapping[str, str]) -> bool:
    """Whether a file of rates has a column of rates, or of graduates."""
    names = {name.split(",")[0].split(" (")[0] for name in headings}
    return any(name in NAMED_BESIDE or name == "graduates" or name.startswith("proficiency") for name in names)


def _remedy(chosen: Mapping[str, str], found: Mapping[str, str], *, has_rates: bool) -> str:
    if set(chosen) == {"cohort"} and not has_rates:
        cohort = f"columns.cohort={chosen['cohort']}"
        return f"Set columns.graduates=HEADING and {cohort} if another column counts the graduates of this cohort."
    if chosen:
        options = " and ".join(f"columns.{canonical}={heading}" for canonical, heading in chosen.items())
        return f"Set {options} to use them. If they are something else, leave them."
    if "graduates" in found.values():
        return "Set columns.graduates=HEADING and columns.cohort=HEADING if two of them count the same students."
    return "Nothing needs to be done if they are rates of groups of students."


def _chosen(likely: Mapping[str, str]) -> dict[str, str]:
    """Canonical column to the heading that is likeliest it; rates come first, and of years the latest."""
    chosen: dict[str, str] = {}
    rates_first = sorted(likely.items(), key=lambda item: item[1] not in NAMED_BESIDE)
    for heading, canonical in rates_first:
        other = chosen.setdefault(canonical, heading)
        if re.sub(r"\d{2,}", "", heading) == re.sub(r"\d{2,}", "", other):
            chosen[canonical] = max(other, heading)
        elif canonical in NAMED_BESIDE:
            chosen[canonical] = min(other, heading, key=order_of_rates)
    return chosen


def _with_counts_that_belong(findings: Findings, chosen: Mapping[str, str]) -> dict[str, str]:
    """Leave out a count of graduates, and a cohort, that are not of the same students."""
    if "graduates" not in {*chosen, *findings.headings}:
        return dict(chosen)
    candidates = [
        [findings.headings[name]]
        if name in findings.headings
        else [heading for heading, canonical in findings.likely.items() if canonical == name]
        for name in ("graduates", "cohort")
    ]
    pair = paired_counts(*candidates)
    counts = {} if pair is None else dict(zip(("graduates", "cohort"), pair, strict=True))
    others = {canonical: heading for canonical, heading in chosen.items() if canonical not in ("graduates", "cohort")}
    return others | {canonical: heading for canonical, heading in counts.items() if canonical in chosen}


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
