"""The catchments of senders and receivers in one equal-area projection, and how much of each they have in common."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from clustering.errors import InputError, Problem
from clustering.flows.catchments.overlaps import (
    SENDER,
    Overlaps,
    common_parts,
    dissolve_catchments,
    overlaps_by_area,
    overlaps_by_population,
)
from clustering.model.columns import GEOGRAPHIC_CRS
from clustering.validation.polygons import centre_of, equal_area_crs, valid_polygons

_SHAPES = ["school_id", "grade", "shape"]


@dataclass(frozen=True, kw_only=True)
class MeasuredGround:
    """
    Catchments ready to be measured.

    Parameters
    ----------
    senders
        ``origin``, ``grade``: final grades.
    sending, receiving
        ``school_id``, ``grade``, ``shape`` [metre, equal-area]: catchments of final grades, and of the grades after
        them.
    entering
        The rows of ``receiving`` whose school does not offer the grade before: students have to enter there.
    commons
        ``origin``, ``grade``, ``destination``, ``shape`` and ``size``: what each of ``sending`` has in common with the
        catchments of ``receiving`` for the grade after.
    served, shapes
        ``school_id``, ``grade``, ``polygon`` of every school and grade, and the polygons that they name, in the same
        projection.
    population
        Points with ``weight``, in the same projection; ``None`` to measure areas.
    notes
        How is measured, in sentences.
    """

    senders: pd.DataFrame
    sending: pd.DataFrame
    receiving: pd.DataFrame
    entering: pd.DataFrame
    commons: pd.DataFrame
    served: pd.DataFrame
    shapes: pd.Series
    population: gpd.GeoDataFrame | None
    notes: tuple[str, ...]

    def catchments_of(self, wanted: pd.DataFrame) -> pd.DataFrame:
        """
        Unite the polygons of some schools and grades.

        Parameters
        ----------
        wanted
            ``school_id``, ``grade``; repeated rows count once.

        Returns
        -------
        areas
            ``school_id``, ``grade``, ``shape``, sorted: those that have a catchment.
        """
        return dissolve_catchments(self.served.merge(wanted.drop_duplicates(), on=["school_id", "grade"]), self.shapes)

    def without_senders(self, excluded: Collection[str]) -> MeasuredGround:
        """
        Leave out schools as senders.

        Parameters
        ----------
        excluded
            Schools whose students do not come from their catchment, so that it does not tell where they go.
        """
        gone = list(excluded)
        return replace(
            self,
            senders=self.senders[~self.senders["origin"].isin(gone)].reset_index(drop=True),
            sending=self.sending[~self.sending["school_id"].isin(gone)].reset_index(drop=True),
            commons=self.commons[~self.commons["origin"].isin(gone)],
        )

    def overlaps_without(self, excluded: Collection[str]) -> Overlaps:
        """
        Measure what senders and receivers have in common.

        Parameters
        ----------
        excluded
            Receivers to leave out.

        Returns
        -------
        overlaps
            Its senders also say ``measure``: ``area``, or ``population`` where anybody lives in the catchment.
        """
        if self.sending.empty:
            pairs = pd.DataFrame(columns=[*SENDER, "destination", "size"])
            return Overlaps(pairs=pairs, senders=self.senders.assign(size=0.0, covered=0.0, measure="area"))
        receiving = self.receiving[~self.receiving["school_id"].isin(list(excluded))].reset_index(drop=True)
        commons = self.commons[~self.commons["destination"].isin(list(excluded))]
        by_area = overlaps_by_area(self.sending, commons)
        pairs, sizes = by_area.pairs, by_area.senders.assign(measure="area")
        if self.population is not None:
            points, weights = self.population.geometry, self.population["weight"].to_numpy()
            people = overlaps_by_population(self.sending, receiving, points, weights)
            inhabited = people.senders[people.senders["size"] > 0].assign(measure="population")
            pairs = pd.concat([_without(pairs, inhabited), people.pairs], ignore_index=True)
            sizes = pd.concat([_without(sizes, inhabited), inhabited], ignore_index=True)
        sizes = self.senders.merge(sizes, on=SENDER, how="left")
        sizes = sizes.fillna({"size": 0.0, "covered": 0.0, "measure": "area"})
        return Overlaps(pairs=pairs, senders=sizes)


def measure_ground(
    used: gpd.GeoDataFrame, served: pd.DataFrame, senders: pd.DataFrame, population: gpd.GeoDataFrame | None
) -> MeasuredGround:
    """
    Project the catchments, and unite those of one school and grade.

    Parameters
    ----------
    used
        Polygons, in any coordinate reference system.
    served, senders
        See ``catchments_by_grade`` and ``final_grades``.
    population
        Points, as for ``estimate_catchment_flows``.

    Raises
    ------
    InputError
        The population of a point is not a number of 0 or more.
    """
    if served.empty:
        nothing = pd.DataFrame(columns=_SHAPES)
        return MeasuredGround(
            senders=senders,
            sending=nothing,
            receiving=nothing,
            entering=nothing,
            commons=pd.DataFrame(columns=[*SENDER, "destination", "size", "shape"]),
            served=served,
            shapes=pd.Series(dtype=object),
            population=None,
            notes=(),
        )
    geographic = used.geometry.to_crs(GEOGRAPHIC_CRS)
    crs = equal_area_crs(geographic)
    shapes = pd.Series(valid_polygons(geographic.to_crs(crs).to_numpy()), index=used.index)
    leaving = senders.rename(columns={"origin": "school_id"})
    receiving = dissolve_catchments(served[served["grade"].isin(senders["grade"] + 1)], shapes)
    sending = dissolve_catchments(served.merge(leaving, on=["school_id", "grade"]), shapes)
    latitude, longitude = centre_of(geographic)
    centre = f"latitude {latitude}, longitude {longitude}"
    notes = [f"Areas were measured in Lambert's azimuthal equal-area projection centred on {centre}."]
    people = None
    if population is not None:
        people = gpd.GeoDataFrame({"weight": _weights(population)}, geometry=population.geometry.to_crs(crs).to_numpy())
        notes.append(f"Catchments were shared out by the population of {len(population):,} points.")
    grades = pd.MultiIndex.from_frame(served[["school_id", "grade"]])
    before = pd.MultiIndex.from_arrays([receiving["school_id"], receiving["grade"] - 1])
    return MeasuredGround(
        senders=senders,
        sending=sending,
        receiving=receiving,
        entering=receiving[~before.isin(grades)].reset_index(drop=True),
        commons=common_parts(sending, receiving),
        served=served,
        shapes=shapes,
        population=people,
        notes=tuple(notes),
    )


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
