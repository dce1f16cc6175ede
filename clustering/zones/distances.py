"""Distances and travel times from schools to the anchors of their Zone, and what membership adds to the score."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from pyproj import Geod

from clustering.zones.request import ZoneRequest

_EARTH = Geod(ellps="WGS84")


def distance_km(request: ZoneRequest, first: str, second: str) -> float:
    """Distance between two schools on the WGS 84 ellipsoid [kilometres]; NaN without coordinates."""
    (x, y), (other_x, other_y) = (
        [float(request.cell(school, side)) for side in ("longitude", "latitude")] for school in (first, second)
    )
    if np.isnan([x, y, other_x, other_y]).any():
        return float("nan")
    return float(_EARTH.inv(x, y, other_x, other_y)[2]) / 1000


def travel_minutes(request: ZoneRequest, school_id: str, anchor_id: str) -> float:
    """Minutes from a school to an anchor by the user's own matrix; NaN where it does not say."""
    return 0.0 if school_id == anchor_id else request.travel_minutes.get((school_id, anchor_id), float("nan"))


def nearest(distances: Iterable[float]) -> float:
    """The least of some distances, of those that are known; NaN if none is."""
    return min(distances, key=lambda value: (bool(np.isnan(value)), value))


def _most(limit: float | None) -> float:
    return np.inf if limit is None else limit


def distances_of_pairs_km(request: ZoneRequest, schools: np.ndarray, heads: np.ndarray) -> np.ndarray:
    """Distance of each pair's school to the nearest anchor [kilometres]; places as for ``find_excluded``."""
    x, y = request.schools["longitude"].to_numpy(), request.schools["latitude"].to_numpy()
    nearest = np.full(len(schools), np.nan)
    for head in heads.T:
        known = head >= 0
        ends = (x[schools[known]], y[schools[known]], x[head[known]], y[head[known]])
        found = np.full(len(schools), np.nan)
        found[known] = np.where(np.isnan(ends).any(axis=0), np.nan, np.asarray(_EARTH.inv(*ends)[2]) / 1000)
        nearest = np.fmin(nearest, found)
    return nearest


def _travel_minutes(request: ZoneRequest, schools: np.ndarray, heads: np.ndarray) -> np.ndarray:
    names = request.schools.index
    return np.array(
        [
            nearest(travel_minutes(request, names[school], names[head]) for head in row if head >= 0)
            for school, row in zip(schools, heads, strict=True)
        ],
        dtype=np.float64,
    )


def member_bonus(request: ZoneRequest, schools: np.ndarray, heads: np.ndarray, promoted: np.ndarray) -> np.ndarray:
    """
    Say what the mere membership of a feeder adds to the score, whatever its flows.

    Parameters
    ----------
    request
        The limits of the request.
    schools, heads
        As for :func:`find_excluded`.
    promoted
        Students promoted out of each pair's school, per year.

    Returns
    -------
    bonus
        ``need_weight * need * promoted - distance_weight * kilometres - travel_weight * minutes`` [students per year],
        a value per pair; an unknown need counts as the median of the known ones.
    """
    parameters = request.parameters
    bonus = np.zeros(len(schools))
    if parameters.need_weight > 0:
        bonus += parameters.need_weight * request.schools["need"].to_numpy()[schools] * promoted
    if parameters.distance_weight > 0:
        bonus -= parameters.distance_weight * distances_of_pairs_km(request, schools, heads)
    if parameters.travel_weight > 0:
        bonus -= parameters.travel_weight * _travel_minutes(request, schools, heads)
    return bonus
