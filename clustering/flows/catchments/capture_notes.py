"""What is said of the students whom an estimate from catchments takes to go elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from clustering.flows.catchments.capture import Capture
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
    full = entries[entries["share"] < 1]
    if len(full):
        elsewhere = full["entrants_students"].sum() - full["places_students"].sum()
        yield (
            f"By their address more students would enter {_grades(full)} than it has:"
            f" about {elsewhere:,.0f} of {full['entrants_students'].sum():,.0f} are taken to go to a school that is not"
            f" known. {' '.join(_examples(full, labels))}"
        ).strip()
    if unknown := int(entries["places_students"].isna().sum()):
        yield (
            f"Of {unknown:,} school{'' if unknown == 1 else 's'} the places are not known: everyone who would enter by"
            " address is taken to do so."
        )
    yield from _describe_leavers(capture.leavers)


def _grades(full: pd.DataFrame) -> str:
    return "a grade of 1 school" if len(full) == 1 else f"each of {len(full):,} grades of schools"


def _examples(full: pd.DataFrame, labels: Mapping[str, str]) -> Iterator[str]:
    """The schools that most students cannot enter; small numbers stay hidden, for a grade's enrolment may be in them."""
    missing = full["entrants_students"] - full["places_students"]
    shown = full[(full["places_students"] > SUPPRESSED_HIGH) & (missing > SUPPRESSED_HIGH)]
    order = missing.loc[shown.index].sort_values(ascending=False, kind="stable").index[:MAXIMUM_NAMED]
    for row in shown.loc[order].itertuples():
        yield (
            f"By address {row.entrants_students:,.0f} students would enter grade {row.grade} of"
            f" {labels.get(row.school_id, row.school_id)}, which has {row.places_students:,.0f}:"
            f" {1 - row.share:.0%} are taken to go elsewhere."
        )


def _describe_leavers(leavers: pd.DataFrame) -> Iterator[str]:
    going = leavers.loc[leavers["share"] < 1, "origin"].nunique()
    if going:
        yield (
            f"Students of {going:,} choice school{'' if going == 1 else 's'} are taken to go on to a choice school, as"
            " far as those of the district have places, or the places are not known."
        )
