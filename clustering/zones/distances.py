"""Distances and travel times from schools to the anchors of their Zone, and what membership adds to the score."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from pyproj import Geod

from clustering.zones.request import Pairs, ZoneRequest

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


def distances_of_pairs_km(request: ZoneRequest, pairs: Pairs) -> np.ndarray:
    """Distance of each pair's school to the nearest anchor of its Zone [kilometres]; NaN where none is known."""
    x, y = request.column("longitude"), request.column("latitude")
    nearest_km = np.full(len(pairs.schools), np.nan)
    for anchors in pairs.anchors.T:
        is_there = anchors >= 0
        schools, ends = pairs.schools[is_there], anchors[is_there]
        coordinates = (x[schools], y[schools], x[ends], y[ends])
        found = np.full(len(pairs.schools), np.nan)
        metres = np.asarray(_EARTH.inv(*coordinates)[2])
        found[is_there] = np.where(np.isnan(coordinates).any(axis=0), np.nan, metres / 1000)
        nearest_km = np.fmin(nearest_km, found)
    return nearest_km


def travel_minutes_of_pairs(request: ZoneRequest, pairs: Pairs) -> np.ndarray:
    """Minutes from each pair's school to the nearest anchor of its Zone; NaN where none is known."""
    ids = request.school_ids
    return np.array(
        [
            nearest(travel_minutes(request, ids[school], ids[anchor]) for anchor in anchors if anchor >= 0)
            for school, anchors in zip(pairs.schools, pairs.anchors, strict=True)
        ],
        dtype=np.float64,
    )


def member_bonus(request: ZoneRequest, pairs: Pairs, promoted: np.ndarray) -> np.ndarray:
    """
    Compute what the membership of a feeder adds to the score, whatever its flows.

    Parameters
    ----------
    request
        The weights of the request.
    pairs
        Feeders and their Zones.
    promoted
        Students promoted out of each pair's school, per year.

    Returns
    -------
    bonus
        ``need_weight * need * promoted - distance_weight * kilometres - travel_weight * minutes`` [students per year],
        a value per pair; an unknown need counts as the median of the known ones.
    """
    parameters = request.parameters
    bonus = np.zeros(len(pairs.schools))
    if parameters.need_weight > 0:
        bonus += parameters.need_weight * request.column("need")[pairs.schools] * promoted
    if parameters.distance_weight > 0:
        bonus -= parameters.distance_weight * distances_of_pairs_km(request, pairs)
    if parameters.travel_weight > 0:
        bonus -= parameters.travel_weight * travel_minutes_of_pairs(request, pairs)
    return bonus
