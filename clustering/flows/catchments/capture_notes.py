"""What is said of the students whom an estimate from catchments takes to go elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from clustering.flows.catchments.capture import ENTRY_CAPTURE_COLUMNS, Capture
from clustering.model.suppression import SUPPRESSED_HIGH

MAXIMUM_NAMED = 5


def describe_capture(capture: Capture, labels: Mapping[str, str]) -> Iterator[str]:
    """
    Say in sentences who is taken to go elsewhere, and what is not known.

    Parameters
    ----------
    capture
        Of the estimate.
    labels
        What to call a school, where it has a name.
    """
    entries = capture.entries
    if entries["places_students"].isna().all():
        yield "No places are known: every student is taken to attend the school of the address."
        return
    full = entries[entries["share"] < 1]
    if len(full):
        elsewhere = full["entrants_students"].sum() - full["places_students"].sum()
        yield (
            f"By address more students would enter {_grades(full)} than it has: about {elsewhere:,.0f} of"
            f" {full['entrants_students'].sum():,.0f} are taken to go to a school that is not known."
            f" {' '.join(_examples(full, labels))}"
        ).strip()
    if unknown := int(entries["places_students"].isna().sum()):
        yield (
            f"The places of {unknown:,} {'grade' if unknown == 1 else 'grades'} of schools are not known: everyone who"
            " would enter by address is taken to do so."
        )
    yield from _describe_leavers(capture.leavers)


def _grades(full: pd.DataFrame) -> str:
    return "a grade of 1 school" if len(full) == 1 else f"each of {len(full):,} grades of schools"


def _examples(full: pd.DataFrame, labels: Mapping[str, str]) -> Iterator[str]:
    """The schools that most students cannot enter; small numbers stay hidden: they may be a grade's enrolment."""
    missing = full["entrants_students"] - full["places_students"]
    shown = full[(full["places_students"] > SUPPRESSED_HIGH) & (missing > SUPPRESSED_HIGH)]
    order = missing.loc[shown.index].sort_values(ascending=False, kind="stable").index[:MAXIMUM_NAMED]
    columns = [shown.loc[order, name].to_list() for name in ENTRY_CAPTURE_COLUMNS]
    for school, grade, entrants, places, share in zip(*columns, strict=True):
        yield (
            f"By address {entrants:,.0f} students would enter grade {grade} of {labels.get(school, school)}, which has"
            f" {places:,.0f}: {1 - share:.0%} are taken to go elsewhere."
        )


def _describe_leavers(leavers: pd.DataFrame) -> Iterator[str]:
    going = leavers.loc[leavers["share"] < 1, "origin"].nunique()
    if going:
        yield (
            f"Students of {going:,} choice school{'' if going == 1 else 's'} are taken to go on to a choice school, as"
            " far as those of the district have places, or the places are not known."
        )
