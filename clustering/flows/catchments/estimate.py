"""
Flows estimated from attendance catchments: students go on to the schools whose catchments overlap that of their own.

The share that school A sends to school B is the part of A's catchment, by area or by population, that lies in B's
catchment for the next grade, of the part that lies in any. This estimates where students are entitled to go, not where
they go: about 70% of the country's pupils attend an assigned school, and 60% in cities (National Household Education
Survey 2019). Enrolment shows how many cannot go there (``capture``). Even so, the estimate is poor where Zones are
needed most.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache

import geopandas as gpd
import pandas as pd

from clustering.errors import CrsError, InputError, Problem
from clustering.flows.catchments.capture import (
    Capture,
    CaptureRule,
    estimate_capture,
    leavers_of_choice_schools,
    no_capture,
)
from clustering.flows.catchments.capture_notes import describe_capture
from clustering.flows.catchments.choice_catchments import find_choice_catchments
from clustering.flows.catchments.cohorts import SHARES_OF_ONE_COHORT
from clustering.flows.catchments.grades import catchments_by_grade, final_grades
from clustering.flows.catchments.measured_ground import MeasuredGround, measure_ground
from clustering.flows.catchments.overlaps import SENDER
from clustering.flows.catchments.paths import estimate_paths
from clustering.flows.catchments.student_shares import (
    KNOWN_COHORTS,
    EnrolmentSources,
    StudentShares,
    share_students,
)
from clustering.flows.catchments.warnings import warn_of_choice, warn_of_cohorts, warn_of_coverage, warn_of_schools
from clustering.flows.choice_schools import (
    FOUND,
    choice_schools_by_type,
    excluded_receivers,
    named_by_user,
    open_enrolment_school,
    school_labels,
    with_consequence,
)
from clustering.model.ingest_report import ChoiceSchool

_COVERAGE_COLUMNS = [
    *("origin", "grade", "next_grade", "students", "cohort", "measure", "receivers"),
    *("covered_share", "overlap_share", "sliver_share"),
]
_FLOW_KEYS = ["origin", "destination", "grade", "next_grade", "year"]


@dataclass(frozen=True, kw_only=True)
class CatchmentEstimate:
    """
    Flows estimated from attendance catchments, and what they rest on.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS`` without ``kind``, sorted; an estimate has no interval, so ``students_low`` and
        ``students_high`` are ``students``. The destination is missing for those who do not attend the
        school of their address.
    coverage
        One row per sending school and final grade, sorted:

        - ``origin``, ``grade``, ``next_grade``;
        - ``students``: the cohort that is shared out; ``cohort``: where it comes from (``grade enrolment``,
          ``enrolment``, ``median``, ``one``);
        - ``measure``: ``area`` or ``population``;
        - ``receivers``: schools it is shared out to;
        - ``covered_share``: share of the catchment that lies in any receiving catchment [0 to 1];
        - ``overlap_share``: what lies in several receiving catchments, each of which counts it, as a share of the
          catchment;
        - ``sliver_share``: share of the catchment in receiving catchments left out as slivers, reassigned to the
          others in proportion.
    paths
        ``columns.PATH_COLUMNS``: the same students by the school they are taken to go to after the next one.
    capture
        Who is taken to attend the school of the address.
    unit
        ``students``, or ``shares of one cohort`` where no cohort is known and each school sends 1.
    notes
        How the estimate was made, in sentences.
    warnings
        What it cannot tell; never errors.
    choice_schools
        Schools that are no neighbourhood schools, as far as the files tell, sorted; each once.
    ground
        The catchments, ready to be measured.
    """

    flows: pd.DataFrame
    coverage: pd.DataFrame
    paths: pd.DataFrame
    capture: Capture
    unit: str
    notes: tuple[str, ...]
    warnings: tuple[Problem, ...]
    choice_schools: tuple[ChoiceSchool, ...]
    ground: MeasuredGround


def estimate_catchment_flows(  # noqa: PLR0913 (a layer, a table or a rule each)
    catchments: gpd.GeoDataFrame,
    schools: pd.DataFrame,
    *,
    population: gpd.GeoDataFrame | None = None,
    grade_enrolment: pd.DataFrame | None = None,
    year: int | None = None,
    minimum_share: float = 0.01,
    exclude_receivers: Collection[str] = (FOUND,),
    capture: CaptureRule = "places",
) -> CatchmentEstimate:
    """
    Estimate flows from the overlap of catchments.

    Parameters
    ----------
    catchments
        As ``validate_catchments`` returns them, in any coordinate reference system.
    schools
        ``grades_offered`` and ``enrolment_students`` of ``columns.SCHOOL_COLUMNS``, index ``school_id``.
    population
        Points, in any coordinate reference system, with their number in ``students`` or else ``population``; without
        either, each point is one student. A catchment in which nobody lives is shared out by area.
    grade_enrolment
        ``school_id``, ``year``, ``grade``, ``students``: the cohort of each final grade, of ``year`` or else of the
        latest year. Without it a cohort is the school's enrolment by its number of grades.
    year
        Fall of the school year that the flows are given; ``None`` leaves it missing.
    minimum_share
        Overlaps below this share of the sending catchment are slivers, left by borders drawn twice [0 to below 1].
    exclude_receivers
        Schools that take no students: ``found`` stands for all whose catchment is found to say nothing of where
        students go (:func:`~clustering.flows.catchments.choice_catchments.find_choice_catchments`).
    capture
        ``places``: who finds no place in the school of the address is promoted to a school that is not known
        (:mod:`~clustering.flows.catchments.capture`). ``none``: every student attends the school of the address, and
        nothing is estimated out of the schools that are left out.

    Returns
    -------
    estimate
        Shares of a sender add up to 1 whatever part of its catchment is covered. Senders without any receiver have no
        flow; ``coverage`` and ``warnings`` name them.

    Raises
    ------
    CrsError
        A layer does not say its coordinate reference system.
    InputError
        ``minimum_share`` is out of range, or the population of a point is not a number of 0 or more.
    """
    _check(catchments, population, minimum_share)
    used = catchments[~catchments["is_open_enrolment"] & ~(catchments.geometry.isna() | catchments.geometry.is_empty)]
    served = catchments_by_grade(used, schools["grades_offered"])
    ground = measure_ground(used, served, final_grades(schools["grades_offered"], served), population)
    sources = EnrolmentSources(schools=schools, grade_enrolment=grade_enrolment, year=year)

    @cache
    def shared_without(excluded: frozenset[str]) -> StudentShares:
        """Measure again only where other receivers are left out."""
        return share_students(ground, excluded, sources, minimum_share)

    choice = _find_choice_schools(catchments, ground, shared_without, sources, exclude_receivers)
    excluded = frozenset(school.school_id for school in choice if school.is_excluded)
    strays = _stray_senders(choice, ground) if capture == "none" else frozenset()
    shared = (
        share_students(ground.without_senders(strays), excluded, sources, minimum_share)
        if strays
        else shared_without(excluded)
    )
    by_address = _flows(shared.pairs, shared.coverage, year)
    taken = no_capture()
    if capture == "places":
        leavers = leavers_of_choice_schools(shared.coverage, set(served["school_id"]), choice, sources)
        known = shared.coverage.loc[shared.coverage["cohort"].isin(KNOWN_COHORTS), SENDER]
        taken = estimate_capture(by_address.merge(known, on=SENDER), sources.places(ground.entering), leavers)
    flows = taken.apply(by_address)
    listed = flows[flows["destination"].notna()]
    warnings = [
        *warn_of_schools(catchments, used, served, schools),
        *warn_of_choice(choice),
        *warn_of_coverage(shared.coverage, by_population=population is not None),
        *warn_of_cohorts(shared.coverage),
    ]
    return CatchmentEstimate(
        flows=flows,
        coverage=shared.coverage[_COVERAGE_COLUMNS],
        paths=estimate_paths(listed, ground, captured=taken.of_entries(), minimum_share=minimum_share),
        capture=taken,
        unit=shared.unit,
        notes=(
            *ground.notes,
            *_notes_on_capture(taken, capture, schools),
            _note_on_cohorts(shared.coverage, shared.unit),
        ),
        warnings=tuple(warnings),
        choice_schools=choice,
        ground=ground,
    )


def _stray_senders(choice: Collection[ChoiceSchool], ground: MeasuredGround) -> frozenset[str]:
    """Choice schools left out as receivers whose own catchment would send students, though it tells nothing of them."""
    found = {school.school_id for school in choice if school.is_excluded and school.kind != "named by the user"}
    return frozenset(found.intersection(ground.senders["origin"]))


def _find_choice_schools(
    catchments: gpd.GeoDataFrame,
    ground: MeasuredGround,
    shared_without: Callable[[frozenset[str]], StudentShares],
    sources: EnrolmentSources,
    exclude_receivers: Collection[str],
) -> tuple[ChoiceSchool, ...]:
    """Schools that are no neighbourhood schools, and whether each is left out as a receiver."""
    labels = school_labels(sources.schools)
    found = find_choice_catchments(
        ground.entering,
        lambda excluded: shared_without(excluded).entrants(),
        sources.places(ground.entering),
        types=choice_schools_by_type(sources.schools),
        labels=labels,
    )
    excluded = excluded_receivers((school.school_id for school in found if school.is_excluded), exclude_receivers)
    decided = [with_consequence(school, is_excluded=school.school_id in excluded) for school in found]
    is_open = catchments["is_open_enrolment"] & ~catchments["school_id"].isin(ground.receiving["school_id"])
    open_ids = set(catchments.loc[is_open, "school_id"]) - {school.school_id for school in decided}
    decided += [open_enrolment_school(school, labels) for school in open_ids]
    named = excluded - {school.school_id for school in decided}
    return tuple(sorted([*decided, *named_by_user(named, labels)], key=lambda school: school.school_id))


def _check(catchments: gpd.GeoDataFrame, population: gpd.GeoDataFrame | None, minimum_share: float) -> None:
    for name, layer in (("catchments", catchments), ("population", population)):
        if layer is not None and layer.crs is None:
            message = "The layer does not say its coordinate reference system."
            raise CrsError([Problem(table=name, message=message, remedy="Say it, for example EPSG:4326.")])
    if not 0 <= minimum_share < 1:
        message = "The least share of an overlap must be at least 0 and below 1."
        problem = Problem(
            table="parameters", column="minimum_share", value=str(minimum_share), message=message, remedy="Try 0.01."
        )
        raise InputError([problem])


def _note_on_cohorts(coverage: pd.DataFrame, unit: str) -> str:
    """How the number of students of the sending schools was found."""
    if unit == SHARES_OF_ONE_COHORT:
        return "No enrolment is known: flows are shares of one cohort, the same for every school."
    sources = coverage.loc[coverage["receivers"] > 0, "cohort"]
    meanings = {
        "grade enrolment": "the enrolment of the final grade",
        "enrolment": "the school's enrolment by its number of grades",
        "median": "unknown, taken to be the median",
    }
    counted = [f"{meaning} ({int((sources == source).sum()):,})" for source, meaning in meanings.items()]
    return f"The cohort that leaves a school is {', or '.join(counted)}."


def _notes_on_capture(taken: Capture, rule: str, schools: pd.DataFrame) -> tuple[str, ...]:
    if rule == "none":
        return ("Every student is taken to attend the school of the address, as requested.",)
    return tuple(describe_capture(taken, school_labels(schools)))


def _flows(kept: pd.DataFrame, coverage: pd.DataFrame, year: int | None) -> pd.DataFrame:
    flows = kept.merge(coverage[[*SENDER, "next_grade", "students"]], on=SENDER)
    students = flows["share"] * flows["students"]
    flows = flows.assign(
        year=pd.Series(year, index=flows.index, dtype="Int64"),
        students=students,
        students_low=students,
        students_high=students,
    )
    flows = flows[[*_FLOW_KEYS, "students", "students_low", "students_high"]][students > 0]
    kinds = {"origin": "str", "destination": "str", "grade": "Int64", "next_grade": "Int64"}
    return flows.astype(kinds).sort_values(_FLOW_KEYS, ignore_index=True)
