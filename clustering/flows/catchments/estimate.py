"""
Flows estimated from attendance catchments: students go on to the schools whose catchments overlap that of their own.

The share that school A sends to school B is the part of A's catchment, by area or by population, that lies in B's
catchment for the next grade, of the part that lies in any. This estimates where students are entitled to go, not where
they go: about 70% of the country's pupils attend an assigned school, and 60% in cities (National Household Education
Survey 2019). So the estimate is poor where Zones are needed most.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from clustering.errors import CrsError, InputError, Problem
from clustering.flows.catchments.cohorts import SHARES_OF_ONE_COHORT, estimate_final_cohorts
from clustering.flows.catchments.grades import catchments_by_grade, final_grades
from clustering.flows.catchments.overlaps import (
    SENDER,
    Overlaps,
    dissolve_catchments,
    overlaps_by_area,
    overlaps_by_population,
)
from clustering.flows.catchments.paths import Residents, estimate_paths
from clustering.flows.catchments.warnings import warn_of_cohorts, warn_of_coverage, warn_of_schools
from clustering.model.columns import GEOGRAPHIC_CRS
from clustering.validation.polygons import centre_of, equal_area_crs, valid_polygons

_FLOW_KEYS = ["origin", "destination", "grade", "next_grade", "year"]


@dataclass(frozen=True, kw_only=True)
class CatchmentEstimate:
    """
    Flows estimated from attendance catchments, and what they rest on.

    Parameters
    ----------
    flows
        ``columns.FLOW_COLUMNS`` without ``kind``, sorted; an estimate has no interval, so ``students_low`` and
        ``students_high`` are ``students``.
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
        ``columns.PATH_COLUMNS``: the same students by the school they are entitled to go to after the next one.
    unit
        ``students``, or ``shares of one cohort`` where no cohort is known and each school sends 1.
    notes
        How the estimate was made, in sentences.
    warnings
        What it cannot tell; never errors.
    """

    flows: pd.DataFrame
    coverage: pd.DataFrame
    paths: pd.DataFrame
    unit: str
    notes: tuple[str, ...]
    warnings: tuple[Problem, ...]


def estimate_catchment_flows(
    catchments: gpd.GeoDataFrame,
    schools: pd.DataFrame,
    *,
    population: gpd.GeoDataFrame | None = None,
    grade_enrolment: pd.DataFrame | None = None,
    year: int | None = None,
    minimum_share: float = 0.01,
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
    senders = final_grades(schools["grades_offered"], served)
    measured = _measure(used, served, senders, population)
    shares = _share_out(measured.overlaps, minimum_share)
    final = estimate_final_cohorts(shares.coverage[SENDER], schools, grade_enrolment, year)
    coverage = shares.coverage.join(final.cohorts)
    flows = _flows(shares.pairs, coverage, year)
    warnings = [
        *warn_of_schools(catchments, used, served, schools),
        *warn_of_coverage(coverage, by_population=population is not None),
        *warn_of_cohorts(coverage),
    ]
    columns = ["origin", "grade", "next_grade", "students", "cohort", "measure", "receivers"]
    columns += ["covered_share", "overlap_share", "sliver_share"]
    return CatchmentEstimate(
        flows=flows,
        coverage=coverage[columns],
        paths=estimate_paths(
            flows,
            measured.commons,
            measured.receiving,
            senders=senders,
            residents=measured.residents,
            minimum_share=minimum_share,
        ),
        unit=final.unit,
        notes=(*measured.notes, _note_on_cohorts(coverage, final.unit)),
        warnings=tuple(warnings),
    )


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


@dataclass(frozen=True, kw_only=True)
class _MeasuredOverlaps:
    """
    Overlaps, whose senders say by which ``measure`` (``area`` or ``population``), and how they were measured.

    ``commons`` has the ``shape`` of each pair's common part, and ``receiving`` those of the catchments entered, both in
    the projection of ``residents``.
    """

    overlaps: Overlaps
    commons: pd.DataFrame
    receiving: pd.DataFrame
    residents: Residents | None
    notes: tuple[str, ...]


def _measure(
    used: gpd.GeoDataFrame, served: pd.DataFrame, senders: pd.DataFrame, population: gpd.GeoDataFrame | None
) -> _MeasuredOverlaps:
    if served.empty:
        pairs = pd.DataFrame(columns=[*SENDER, "destination", "size"])
        nothing = Overlaps(pairs=pairs, senders=senders.assign(size=0.0, covered=0.0, measure="area"))
        commons, receiving = pairs.assign(shape=None), pd.DataFrame(columns=["school_id", "grade", "shape"])
        return _MeasuredOverlaps(overlaps=nothing, commons=commons, receiving=receiving, residents=None, notes=())
    geographic = used.geometry.to_crs(GEOGRAPHIC_CRS)
    crs = equal_area_crs(geographic)
    shapes = pd.Series(valid_polygons(geographic.to_crs(crs).to_numpy()), index=used.index)
    leaving = senders.rename(columns={"origin": "school_id"})
    is_entered = served["grade"].isin(senders["grade"] + 1)
    receiving = dissolve_catchments(served[is_entered], shapes)
    sending = dissolve_catchments(served.merge(leaving, on=["school_id", "grade"]), shapes)
    by_area = overlaps_by_area(sending, receiving)
    commons = by_area.pairs[[*SENDER, "destination", "shape"]]
    pairs, sizes = by_area.pairs.drop(columns="shape"), by_area.senders.assign(measure="area")
    residents = None
    latitude, longitude = centre_of(geographic)
    centre = f"latitude {latitude}, longitude {longitude}"
    notes = [f"Areas were measured in Lambert's azimuthal equal-area projection centred on {centre}."]
    if population is not None:
        residents = Residents(points=population.geometry.to_crs(crs), weights=_weights(population))
        people = overlaps_by_population(sending, receiving, residents.points, residents.weights)
        inhabited = people.senders[people.senders["size"] > 0].assign(measure="population")
        pairs = pd.concat([_without(pairs, inhabited), people.pairs], ignore_index=True)
        sizes = pd.concat([_without(sizes, inhabited), inhabited], ignore_index=True)
        notes.append(f"Catchments were shared out by the population of {len(population):,} points.")
    sizes = senders.merge(sizes, on=SENDER, how="left")
    sizes = sizes.fillna({"size": 0.0, "covered": 0.0, "measure": "area"})
    return _MeasuredOverlaps(
        overlaps=Overlaps(pairs=pairs, senders=sizes),
        commons=commons,
        receiving=receiving,
        residents=residents,
        notes=tuple(notes),
    )


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


def _without(rows: pd.DataFrame, senders: pd.DataFrame) -> pd.DataFrame:
    """Rows of other senders than these."""
    is_theirs = pd.MultiIndex.from_frame(rows[SENDER]).isin(pd.MultiIndex.from_frame(senders[SENDER]))
    return rows[~is_theirs]


def _weights(population: gpd.GeoDataFrame) -> np.ndarray:
    heading = next((name for name in ("students", "population") if name in population.columns), None)
    if heading is None:
        return np.ones(len(population))
    weights: np.ndarray = pd.to_numeric(population[heading], errors="coerce").to_numpy(dtype="float64")
    bad = ~(np.isfinite(weights) & (weights >= 0))
    if bad.any():
        message = f"{int(bad.sum()):,} points have no usable population."
        remedy = "Give every point a number of 0 or more, or take it out."
        raise InputError([Problem(table="population", column=heading, message=message, remedy=remedy)])
    return weights


@dataclass(frozen=True, kw_only=True)
class _Shares:
    """Coverage of each sender, and the ``share`` of each pair that is no sliver."""

    coverage: pd.DataFrame
    pairs: pd.DataFrame


def _share_out(overlaps: Overlaps, minimum_share: float) -> _Shares:
    pairs, sizes = overlaps.pairs, overlaps.senders
    shares = pairs.merge(sizes[[*SENDER, "size"]].rename(columns={"size": "whole"}), on=SENDER)
    part = shares["size"] / shares["whole"]
    is_sliver = part < minimum_share
    kept = shares[~is_sliver]
    kept = kept.assign(share=kept["size"] / kept.groupby(SENDER)["size"].transform("sum"))
    per_sender = sizes.set_index(SENDER)
    whole = per_sender["size"].where(per_sender["size"] > 0)
    summed = pd.DataFrame({"all": part, "slivers": part.where(is_sliver, 0.0)}).groupby(
        [shares[name] for name in SENDER]
    )
    totals = summed.sum().reindex(per_sender.index).fillna(0.0)
    covered = (per_sender["covered"] / whole).fillna(0.0)
    coverage = pd.DataFrame(
        {
            "next_grade": per_sender.index.get_level_values("grade") + 1,
            "measure": per_sender["measure"],
            "receivers": kept.groupby(SENDER).size().reindex(per_sender.index).fillna(0).astype("int64"),
            "covered_share": covered.clip(0, 1),
            "overlap_share": (totals["all"] - covered).clip(lower=0),
            "sliver_share": totals["slivers"],
        }
    )
    return _Shares(coverage=coverage.reset_index(), pairs=kept)


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
