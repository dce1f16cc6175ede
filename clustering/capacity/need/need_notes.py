"""Sentences to be read with the needs: units, what is unknown of how many schools, what is protected."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from clustering.capacity.need.given_zones import GivenProposal
from clustering.capacity.need.school_counts import least_shown_below
from clustering.disclosure.protected_base import MINIMUM_CELL_STUDENTS
from clustering.model.disclosure_setting import Disclosure, is_exact

UNKNOWN = {
    "students": "Enrolment is unknown",
    "students_below": "Students below the mark are unknown",
}
_REMEDIES = {
    "students": "Give the enrolment of schools, such as CCD membership (ccd_sch_052), or serve the lowest_rates.",
    "students_below": "Give enrolment and published rates of proficiency, or serve another need.",
}
_STUDENTS = (
    "Students are those enrolled, as published. Students below the mark are an estimate, since not every grade is"
    " tested: enrolment times 1 less the mean of the school's newest rates of {measure}."
)
_PROTECTED = (
    "A school's count of 1 to {few} students is shown as an interval. Of students below the mark, fewer than {shown}"
    " are shown as an interval from none to {hidden} or more, and so are fewer than {shown} who are not below it. A sum"
    " takes the middle of an interval. Other counts of students below the mark are in tens. Sums are made of these"
    " numbers alone."
)


def describe_needs(
    variants: pd.DataFrame,
    zones: pd.DataFrame,
    given: GivenProposal,
    *,
    tables_sha256: str,
    minimum_students: int,
    without_smaller: Collection[str] = (),
) -> tuple[str, ...]:
    """
    Describe the needs of a proposal.

    Parameters
    ----------
    variants, zones
        As in ``ZoneNeeds``.
    given
        The proposal.
    tables_sha256
        Hash of the tables that the needs were computed on.
    minimum_students
        Of the policy that the counts are protected by.
    without_smaller
        Zones for which no smaller variant was found.

    Returns
    -------
    notes
        A sentence or two each.
    """
    parameters = given.parameters
    measure = parameters.need_measure
    notes = [
        _STUDENTS.format(measure=measure),
        *describe_disclosure(parameters.disclosure, minimum_students),
        *describe_unknown(variants, zones),
        *_describe_variants(variants, without_smaller),
    ]
    if given.provenance.get("tables_sha256") not in (None, tables_sha256):
        notes.append(
            "The proposal was made of other data than the needs are measured on. Propose again before relying on them."
        )
    return tuple(notes)


def describe_disclosure(disclosure: Disclosure, minimum_students: int = MINIMUM_CELL_STUDENTS) -> list[str]:
    """What is done to small counts."""
    if is_exact(disclosure):
        return ["Counts are exact and not for publication."]
    shown = least_shown_below(minimum_students)
    return [_PROTECTED.format(few=minimum_students - 1, shown=shown, hidden=shown - 1)]


def describe_unknown(variants: pd.DataFrame, zones: pd.DataFrame) -> list[str]:
    """Say for how many schools and Zones something is unknown."""
    proposed = variants[variants["variant"] == "as proposed"]
    schools = int(proposed["school_count"].sum())
    notes = []
    for name, what in UNKNOWN.items():
        count, in_zones = proposed[f"{name}_unknown_count"], int((proposed[f"{name}_unknown_count"] > 0).sum())
        if not count.sum():
            continue
        if count.sum() == schools:
            notes.append(f"{what} for all {schools:,} schools. {_REMEDIES[name]}")
            continue
        notes.append(
            f"{what} for {count.sum():,} of {schools:,} schools, in {in_zones:,} of {len(zones):,} Zones."
            " They are left out of sums and never counted as 0."
        )
    without_rate = int(zones["anchor_rate"].isna().sum())
    if without_rate:
        notes.append(f"No anchor of {without_rate:,} of {len(zones):,} Zones has a published graduation rate.")
    return notes


def _describe_variants(variants: pd.DataFrame, without_smaller: Collection[str]) -> list[str]:
    """How the variants beside the Zones as proposed were chosen."""
    notes, kinds = [], set(variants["variant"])
    if "smaller" in kinds:
        notes.append(
            "A smaller variant has the same anchors and only schools of its Zone. For each size it is the one that"
            " scores most and keeps every limit and lock of the request."
        )
    if without_smaller:
        notes.append(
            f"No smaller variant of {len(without_smaller):,} of the Zones keeps all limits, so they are served whole or"
            " not at all."
        )
    if "part" in kinds:
        notes.append(
            "A part is one anchor of a Zone of several, with the feeders of which more students arrive in it than in"
            " each other anchor of the Zone. Students still move between the parts."
        )
    return notes
