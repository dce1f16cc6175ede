"""Warnings about what an estimate from catchments does not know: one per reason, naming the schools."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import pandas as pd

from clustering.errors import Problem
from clustering.model.ingest_report import ChoiceSchool

MAXIMUM_NAMED = 20
# With less of a catchment covered, the covered part says little of where the rest goes.
LOW_COVERAGE_SHARE = 0.5
NOTED_OVERLAP_SHARE = 0.01


def warn_of_schools(
    catchments: gpd.GeoDataFrame, used: gpd.GeoDataFrame, served: pd.DataFrame, schools: pd.DataFrame
) -> Iterable[Problem]:
    """
    Name schools whose catchments are missing or could not be used.

    Parameters
    ----------
    catchments, used
        All polygons; those without open enrolment.
    served
        As ``catchments_by_grade`` returns it.
    schools
        ``grades_offered``, index ``school_id``.
    """
    is_open = catchments["is_open_enrolment"]
    yield from _warning(
        catchments.loc[is_open, "school_id"].unique(),
        "Schools with open enrolment were left out, since their polygons say nothing of where students go",
        "Give recorded flows for them if there are any.",
    )
    with_catchment = set(catchments["school_id"])
    yield from _warning(
        [school for school in schools.index[schools["grades_offered"] != 0] if school not in with_catchment],
        "Schools without a catchment: nothing is estimated into or out of them",
        "Their promotions are unknown, not none. Add their catchments, or recorded flows; charter and magnet schools"
        " have none.",
    )
    yield from _warning(
        used.loc[~used["school_id"].isin(schools.index), "school_id"].unique(),
        "Catchments of schools that the schools files do not list",
        "Check that the identifiers are of the same kind and the files of the same years.",
    )
    yield from _warning(
        used.loc[~used.index.isin(served["polygon"]), "school_id"].unique(),
        "Catchments left out that serve none of their school's grades, as far as grades are known",
        "Give the grades of the school, or those that the catchment serves.",
    )


def warn_of_choice(choice_schools: Iterable[ChoiceSchool]) -> Iterable[Problem]:
    """Name each school that is no neighbourhood school, with its numbers."""
    for school in choice_schools:
        if school.kind not in ("open enrolment", "named by the user"):
            yield Problem(
                table="catchments",
                school_id=school.school_id,
                message=school.statement,
                remedy="Give recorded flows for it if there are any. The option exclude_receivers says which schools an"
                " estimate leaves out.",
                is_error=False,
            )


def warn_of_coverage(coverage: pd.DataFrame, *, by_population: bool) -> Iterable[Problem]:
    """
    Name senders that the estimate serves badly.

    Parameters
    ----------
    coverage
        See ``CatchmentEstimate``.
    by_population
        Whether population points were given.
    """
    sends = coverage["receivers"] > 0
    yield from _warning(
        coverage.loc[~sends, "origin"].unique(),
        "Schools whose catchment overlaps no catchment of the next grade: nothing is estimated out of them",
        "Their promotions are unknown, not none. Add the layer of the next level.",
    )
    yield from _warning(
        coverage.loc[sends & (coverage["covered_share"] < LOW_COVERAGE_SHARE), "origin"].unique(),
        "Schools with less than half of their catchment covered by catchments of the next grade",
        "Take their flows as a guess, or add the catchments that are missing.",
    )
    yield from _warning(
        coverage.loc[coverage["overlap_share"] > NOTED_OVERLAP_SHARE, "origin"].unique(),
        "Schools that lie where catchments of the next grade overlap, each of which counts the common part",
        "Check that the layer is of one level and year, unless students may choose there.",
    )
    if by_population:
        yield from _warning(
            coverage.loc[sends & (coverage["measure"] == "area"), "origin"].unique(),
            "Catchments in which none of the population lives were shared out by area",
            "Check that the population covers the district.",
        )


def warn_of_cohorts(coverage: pd.DataFrame) -> Iterable[Problem]:
    """Name senders of unknown enrolment, from ``coverage``."""
    yield from _warning(
        coverage.loc[(coverage["cohort"] == "median") & (coverage["receivers"] > 0), "origin"].unique(),
        "Schools without enrolment: their cohort is taken to be the median of the others",
        "Add their enrolment to a schools file.",
    )
    if len(coverage) and (coverage["cohort"] == "one").all():
        message = "No enrolment is known: every school sends one cohort, and flows are shares of one cohort."
        remedy = "Add enrolment to a schools file; until then large and small schools weigh the same."
        yield Problem(table="catchments", message=message, remedy=remedy, is_error=False)


def _warning(school_ids: Iterable[str], what: str, remedy: str) -> Iterable[Problem]:
    """One warning of all schools concerned, the first of them named."""
    ids = sorted(str(school) for school in school_ids)
    if ids:
        named = ", ".join(ids[:MAXIMUM_NAMED]) + (", ..." if len(ids) > MAXIMUM_NAMED else "")
        message = f"{what} ({len(ids):,}): {named}."
        yield Problem(table="catchments", message=message, remedy=remedy, is_error=False)
