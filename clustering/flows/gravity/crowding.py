"""Students of each pair of schools: the nearest school first, and full schools count as farther away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.flows.gravity.neighbours import Floats
from clustering.flows.gravity.parameters import GravityParameters


@dataclass(frozen=True, kw_only=True)
class SharedOut:
    """
    Students by pair of schools.

    Parameters
    ----------
    students
        One per pair. Those of a sender add up to its students.
    crowding
        One per receiver: how many times as far away it counts; 1 unless it is crowded.
    iterations
        How many the search took.
    """

    students: Floats
    crowding: Floats
    iterations: int


def share_out(pairs: pd.DataFrame, leaving: Floats, places: Floats, parameters: GravityParameters) -> SharedOut:
    """
    Share each sender's students out to its receivers.

    Parameters
    ----------
    pairs
        ``sender``, ``receiver`` (row numbers), ``length_km``; sorted by sender. Every sender has a pair.
    leaving
        Students of each sender, O_i.
    places
        Places of each receiver, D_j; above 0.
    parameters
        ``added_km``, ``exponent_per_school``, ``nearest_schools``, ``crowding_limit``, ``tolerance`` and
        ``maximum_iterations``.

    Returns
    -------
    shared_out
        T_ij = O_i f_ij / sum of f_ik over the receivers k of i, with f_ij = (c_j (d_ij + added_km)) ** -e_i. The
        exponent e_i is ``exponent_per_school`` times the number of receivers of i (at most ``nearest_schools``). The
        crowding c_j is the greater of 1 and (sum of T_ij over i) / (crowding_limit D_j): a balance between how crowded
        a school is and how many still enter it.

    References
    ----------
    .. [1] Huff, D. L. (1963). A probabilistic analysis of shopping center trade areas. Land Economics 39(1), 81-90.
       doi:10.2307/3144521. The model without crowding, all places equal.
    """
    sender, receiver = pairs["sender"].to_numpy(), pairs["receiver"].to_numpy()
    considered = np.minimum(np.bincount(sender, minlength=len(leaving)), parameters.nearest_schools)
    exponent = parameters.exponent_per_school * considered
    by_pair = exponent[sender]
    logarithm = np.log(pairs["length_km"].to_numpy() + parameters.added_km)
    nearest = np.full(len(leaving), np.inf)
    np.minimum.at(nearest, sender, logarithm)
    pull = np.exp(-by_pair * (logarithm - nearest[sender]))  # relative to the nearest, so that none underflows
    crowding = np.zeros(len(places))  # its logarithm
    # The students who enter answer a change of crowding up to the greatest exponent: a shorter step never overshoots.
    step = 1 / (1 + float(exponent.max(initial=0.0)))
    iterations = 0
    while True:
        weight = pull * np.exp(-by_pair * crowding[receiver])
        total = np.bincount(sender, weight, minlength=len(leaving))
        students = weight * (leaving / np.where(total > 0, total, 1.0))[sender]
        entering = np.bincount(receiver, students, minlength=len(places))
        change = np.log(np.maximum(entering / (parameters.crowding_limit * places), 1.0)) - crowding
        iterations += 1
        if np.abs(change).max(initial=0.0) <= parameters.tolerance or iterations >= parameters.maximum_iterations:
            return SharedOut(students=students, crowding=np.exp(crowding), iterations=iterations)
        crowding += step * change
