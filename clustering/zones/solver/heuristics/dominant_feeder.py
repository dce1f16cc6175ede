"""The usual practice as a heuristic: every school follows its dominant destination up to a high school."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from clustering.zones.candidates import Candidates
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.heuristics.assignment import Assignment, assign_schools, measure_arrivals


def assign_dominant_feeders(tables: FeederTables, candidates: Sequence[Candidates], request: ZoneRequest) -> Assignment:
    """
    Assign every school to the anchor at the end of its chain of dominant destinations.

    Parameters
    ----------
    tables
        The feeder graph.
    candidates
        One per anchor.
    request
        The limits of the request.

    Returns
    -------
    assignment
        A school goes with the listed school that takes most of its promoted students, the first by id if several take
        as many, that school with its own, and so on up to the first anchor or to a school that promotes nobody. Where
        that is an anchor within whose reach the school is, it is assigned to it; locks as for ``assign_schools``.
    """
    arrivals = measure_arrivals(candidates, request)
    index = tables.totals.index
    zone_at = np.full(len(index), -1)
    for number, each in enumerate(arrivals.candidates):
        zone_at[index.get_indexer(pd.Index(each.anchors))] = number
    ends = _end_of_chain(tables, is_end=zone_at >= 0)
    of_schools = ends[index.get_indexer(pd.Index(arrivals.pairs["school_id"]))]
    return assign_schools(arrivals, zone_at[of_schools] == arrivals.pairs["zone"].to_numpy())


def _end_of_chain(tables: FeederTables, *, is_end: np.ndarray) -> np.ndarray:
    """Position of the school where each school's chain of dominant destinations ends."""
    index = tables.totals.index
    by_size = tables.links.sort_values(["origin", "students", "destination"], ascending=[True, False, True])
    dominant = by_size[by_size["students"] > 0].drop_duplicates("origin")
    ahead = np.arange(len(index))
    ahead[index.get_indexer(pd.Index(dominant["origin"]))] = index.get_indexer(pd.Index(dominant["destination"]))
    ahead = np.where(is_end, np.arange(len(index)), ahead)
    # Promotions lead to schools that end in a higher grade, so doubling the length of all chains comes to an end.
    while (ahead[ahead] != ahead).any():
        ahead = ahead[ahead]
    return ahead
