"""Agglomerative clusters as a heuristic: schools whose students end at the same anchors, joined along links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from clustering.zones.candidates import Candidates
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.heuristics.assignment import (
    Assignment,
    CandidateArrivals,
    assign_clusters,
    measure_arrivals,
)

if TYPE_CHECKING:
    from scipy import sparse

# SciPy and scikit-learn are slow to load: only users of this method should wait for them.


def assign_agglomerative_clusters(
    tables: FeederTables, candidates: Sequence[Candidates], request: ZoneRequest
) -> Assignment:
    """
    Join neighbouring schools with similar flows until there are as many clusters as Zones, and assign them to anchors.

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
        The schools within reach of any anchor, and the anchors, are told apart by the shares of their promoted students
        who arrive at each anchor. They are joined along feeder links only, by the criterion of [1]_, each connected
        part of the graph down to as many clusters as it has Zones. Flows count, not coordinates, since it is promotions
        that a Zone is to keep, and many files have no coordinates. A school can be assigned to every anchor in its
        cluster within whose reach it is.

    References
    ----------
    .. [1] Ward (1963). Hierarchical grouping to optimize an objective function. Journal of the American Statistical
       Association 58.
    """
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    arrivals = measure_arrivals(candidates, request)
    zone_of = {anchor: number for number, each in enumerate(arrivals.candidates) for anchor in each.anchors}
    schools = pd.Index(sorted({*arrivals.pairs["school_id"], *zone_of}), dtype="str")
    connected = _connect(tables, schools)
    part_count, part_of = connected_components(connected, directed=False)
    by_part = np.argsort(part_of, kind="stable")
    starts = np.searchsorted(part_of[by_part], np.arange(part_count + 1))
    cluster_of, cluster_count = np.full(len(schools), -1), 0
    zone_at = pd.Series(zone_of).reindex(schools).fillna(-1).astype("int64").to_numpy()
    profiles = _profiles(arrivals, pd.Series(np.arange(len(schools)), index=schools), zone_of)
    for part in range(part_count):
        inside = by_part[starts[part] : starts[part + 1]]
        zone_count = len(np.unique(zone_at[inside][zone_at[inside] >= 0]))
        labels = _cluster(profiles[inside], connected[inside][:, inside], zone_count)
        cluster_of[inside] = labels + cluster_count
        cluster_count += int(labels.max()) + 1
    return assign_clusters(arrivals, pd.Series(cluster_of, index=schools))


def _connect(tables: FeederTables, schools: pd.Index) -> sparse.csr_array:
    """Feeder links among some schools, both ways."""
    from scipy import sparse  # noqa: PLC0415

    ends = [schools.get_indexer(pd.Index(tables.links[side])) for side in ("origin", "destination")]
    within = (ends[0] >= 0) & (ends[1] >= 0) & (tables.links["students"] > 0).to_numpy()
    shape = (len(schools), len(schools))
    links = sparse.csr_array((np.ones(within.sum()), (ends[0][within], ends[1][within])), shape=shape)
    return links + links.T


def _profiles(arrivals: CandidateArrivals, rows: pd.Series, zone_of: dict[str, int]) -> sparse.csr_array:
    """Share of each school's promoted students who arrive at each anchor; an anchor's own is 1 [schools, zones]."""
    from scipy import sparse  # noqa: PLC0415

    anchors = list(zone_of)
    is_feeder = ~arrivals.pairs["school_id"].isin(anchors).to_numpy()
    shares = np.concatenate([*arrivals.shares, np.ones(len(anchors))])
    keep = np.r_[is_feeder, np.ones(len(anchors), dtype=bool)]
    of_rows = np.r_[rows.loc[arrivals.pairs["school_id"]].to_numpy(), rows.loc[anchors].to_numpy()]
    of_zones = np.r_[arrivals.pairs["zone"].to_numpy(), list(zone_of.values())]
    shape = (len(rows), len(arrivals.candidates))
    return sparse.csr_array((shares[keep], (of_rows[keep], of_zones[keep])), shape=shape)


def _cluster(profiles: sparse.csr_array, connected: sparse.csr_array, cluster_count: int) -> np.ndarray:
    """Label the schools of one connected part."""
    if cluster_count < 2:
        return np.zeros(profiles.shape[0], dtype=np.int64)
    from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415

    ward = AgglomerativeClustering(n_clusters=cluster_count, connectivity=connected, linkage="ward")
    labels: np.ndarray = ward.fit_predict(profiles[:, np.unique(profiles.indices)].toarray())
    return labels
