"""Pairs of schools near enough for students of one to enter the other."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from clustering.flows.gravity.parameters import GravityParameters
from clustering.model.columns import EARTH_RADIUS_KM
from clustering.model.sphere import chord_of, unit_vectors

# A tie of distance is a tie, whatever the last digits say: about a tenth of a millimetre.
_TIE = 1e-11
# Along a fourth axis, districts are farther apart than any two places on the unit sphere.
_DISTRICT_SPACING = 10.0
# Shorter trips are all stops and parking, and say little of the minutes that a kilometre takes.
_LEAST_PACE_KM = 0.5

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]


def pair_neighbours(
    senders: pd.DataFrame, receivers: pd.DataFrame, schools: gpd.GeoDataFrame, parameters: GravityParameters
) -> pd.DataFrame:
    """
    Pair the schools that send students of a grade with the near schools that receive them.

    Parameters
    ----------
    senders, receivers
        ``school_id`` and ``next_grade``, the grade entered; one row per school and grade.
    schools
        Points of all of them, EPSG:4326, and ``district_id``; index ``school_id``.
    parameters
        ``own_district_first``, ``nearest_schools`` and ``maximum_km``.

    Returns
    -------
    pairs
        ``sender`` and ``receiver`` (row numbers), ``distance_km`` (great circle on a sphere of radius 6371.0088 km) and
        ``same_district``; sorted by sender and receiver. Both have the same ``next_grade``. Missing districts are equal
        to none.
    """
    points, other_points = (unit_vectors(schools.geometry.loc[table["school_id"]]) for table in (senders, receivers))
    codes = pd.Series(pd.factorize(schools["district_id"])[0], index=schools.index)
    district, other_district = (codes.loc[table["school_id"]].to_numpy(dtype="int64") for table in (senders, receivers))
    grade, other_grade = senders["next_grade"].to_numpy(), receivers["next_grade"].to_numpy()
    count, chord = parameters.nearest_schools, chord_of(parameters.maximum_km)
    sender, receiver = [np.empty(0, dtype="int64")], [np.empty(0, dtype="int64")]
    for entered in np.intersect1d(grade, other_grade):
        rows, other_rows = np.flatnonzero(grade == entered), np.flatnonzero(other_grade == entered)
        if parameters.own_district_first:
            inside, other_inside = rows[district[rows] >= 0], other_rows[other_district[other_rows] >= 0]
            near, other_near = _nearest(
                _apart(points[inside], district[inside]),
                _apart(other_points[other_inside], other_district[other_inside]),
                count,
                chord,
            )
            sender.append(inside[near])
            receiver.append(other_inside[other_near])
            rows = np.setdiff1d(rows, inside[near])
        near, other_near = _nearest(points[rows], other_points[other_rows], count, chord)
        sender.append(rows[near])
        receiver.append(other_rows[other_near])
    pairs = pd.DataFrame({"sender": np.concatenate(sender), "receiver": np.concatenate(receiver)})
    pairs = pairs.sort_values(["sender", "receiver"], ignore_index=True)
    chords = np.linalg.norm(points[pairs["sender"]] - other_points[pairs["receiver"]], axis=1)
    first, second = district[pairs["sender"]], other_district[pairs["receiver"]]
    return pairs.assign(
        distance_km=2 * EARTH_RADIUS_KM * np.arcsin(np.clip(chords / 2, 0, 1)),
        same_district=(first == second) & (first >= 0),
    )


def lengths_in_km(
    pairs: pd.DataFrame, senders: pd.DataFrame, receivers: pd.DataFrame, travel_times: pd.DataFrame | None
) -> Floats:
    """
    Measure how far each pair of schools is apart: by travel time where the files give it.

    Parameters
    ----------
    pairs
        As of :func:`pair_neighbours`.
    senders, receivers
        ``school_id``, one row per row number of the pairs.
    travel_times
        ``columns.TRAVEL_TIME_COLUMNS``, or ``None``.

    Returns
    -------
    lengths
        Kilometres. Minutes are converted at the median pace of all pairs that have them; the others keep the distance.
    """
    distance_km = pairs["distance_km"].to_numpy()
    if travel_times is None or travel_times.empty:
        return distance_km
    known = travel_times.set_index(["origin", "destination"])["minutes"]
    ends = pd.MultiIndex.from_arrays(
        [
            senders["school_id"].to_numpy()[pairs["sender"]],
            receivers["school_id"].to_numpy()[pairs["receiver"]],
        ]
    )
    minutes = known.reindex(ends).to_numpy(dtype="float64")
    is_telling = ~np.isnan(minutes) & (distance_km >= _LEAST_PACE_KM)
    minutes_per_km = float(np.median(minutes[is_telling] / distance_km[is_telling])) if is_telling.any() else 0.0
    if minutes_per_km <= 0:
        return distance_km
    return np.where(np.isnan(minutes), distance_km, minutes / minutes_per_km)


def _apart(points: Floats, districts: Positions) -> Floats:
    """Points with their district as a fourth coordinate, so that the nearest is always of the same district."""
    return np.column_stack([points, districts * _DISTRICT_SPACING])


def _nearest(points: Floats, others: Floats, count: int, chord: float) -> tuple[Positions, Positions]:
    """Row numbers of each point and of its nearest others within a chord, ties of distance included."""
    if not len(points) or not len(others):
        return np.empty(0, dtype="int64"), np.empty(0, dtype="int64")
    tree = cKDTree(others)
    farthest = tree.query(points, k=[min(count, len(others))])[0][:, 0]
    found = tree.query_ball_point(points, np.minimum(farthest, chord) + _TIE)
    lengths = np.fromiter(map(len, found), dtype="int64", count=len(found))
    return np.repeat(np.arange(len(points)), lengths), np.concatenate(found).astype("int64")
