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
        ``nearest_schools`` and ``maximum_km``.

    Returns
    -------
    pairs
        ``sender`` and ``receiver`` (row numbers), ``distance_km`` (great circle on a sphere of radius 6371.0088 km) and
        ``same_district``; sorted by sender and receiver. Both have the same ``next_grade``.
    """
    points, other_points = (unit_vectors(schools.geometry.loc[table["school_id"]]) for table in (senders, receivers))
    grade, other_grade = senders["next_grade"].to_numpy(), receivers["next_grade"].to_numpy()
    count, chord = parameters.nearest_schools, chord_of(parameters.maximum_km)
    sender, receiver = [np.empty(0, dtype="int64")], [np.empty(0, dtype="int64")]
    for entered in np.intersect1d(grade, other_grade):
        rows, other_rows = np.flatnonzero(grade == entered), np.flatnonzero(other_grade == entered)
        near, other_near = _nearest(points[rows], other_points[other_rows], count, chord)
        other_far, far = _nearest(other_points[other_rows], points[rows], count, chord)
        width = len(other_rows)
        cells = np.unique(np.concatenate([near * width + other_near, far * width + other_far]))
        sender.append(rows[cells // width])
        receiver.append(other_rows[cells % width])
    pairs = pd.DataFrame({"sender": np.concatenate(sender), "receiver": np.concatenate(receiver)})
    pairs = pairs.sort_values(["sender", "receiver"], ignore_index=True)
    chords = np.linalg.norm(points[pairs["sender"]] - other_points[pairs["receiver"]], axis=1)
    districts = (
        table["school_id"].map(schools["district_id"]).to_numpy(dtype=object)[pairs[side]]
        for table, side in ((senders, "sender"), (receivers, "receiver"))
    )
    is_same = np.equal(*districts)  # missing equals nothing, itself included
    return pairs.assign(
        distance_km=2 * EARTH_RADIUS_KM * np.arcsin(np.clip(chords / 2, 0, 1)), same_district=is_same.astype(bool)
    )


def _nearest(points: Floats, others: Floats, count: int, chord: float) -> tuple[Positions, Positions]:
    """Row numbers of each point and of its nearest others within a chord, ties of distance included."""
    tree = cKDTree(others)
    farthest = tree.query(points, k=[min(count, len(others))])[0][:, 0]
    found = tree.query_ball_point(points, np.minimum(farthest, chord) + _TIE)
    lengths = np.fromiter(map(len, found), dtype="int64", count=len(found))
    return np.repeat(np.arange(len(points)), lengths), np.concatenate(found).astype("int64")
