"""Communities of the feeder graph as heuristics: Louvain and Leiden."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module

import networkx as nx
import numpy as np
import pandas as pd

from clustering.errors import InputError
from clustering.zones.candidates import Candidates
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.parameters import parameter_problem
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.heuristics.assignment import Assignment, assign_clusters, measure_arrivals

# An edge as networkx and graspologic take it: two positions, and the students promoted between them per year.
WeightedEdge = tuple[int, int, float]
FindCommunities = Callable[[list[WeightedEdge]], Iterable[Iterable[int]]]

_SEED = 0


def assign_louvain_communities(
    tables: FeederTables, candidates: Sequence[Candidates], request: ZoneRequest
) -> Assignment:
    """
    Assign the schools of each Louvain community to its anchors.

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
        Communities of the greatest modularity that the method of [1]_ finds in the whole feeder graph, undirected,
        links weighted by their students, at resolution 1. A school can be assigned to every anchor of its community
        within whose reach it is (see ``assignment.assign_schools``); a community without an anchor stays outside.

    References
    ----------
    .. [1] Blondel, Guillaume, Lambiotte, Lefebvre (2008). Fast unfolding of communities in large networks.
       Journal of Statistical Mechanics P10008.
    """
    return _assign_communities(tables, candidates, request, _find_louvain)


def assign_leiden_communities(
    tables: FeederTables, candidates: Sequence[Candidates], request: ZoneRequest
) -> Assignment:
    """
    Assign the schools of each Leiden community to its anchors.

    Parameters
    ----------
    tables, candidates, request
        As for :func:`assign_louvain_communities`.

    Returns
    -------
    assignment
        As there, by the method of [1]_, whose communities are always connected.

    Raises
    ------
    InputError
        The package that finds them is not installed.

    References
    ----------
    .. [1] Traag, Waltman, van Eck (2019). From Louvain to Leiden: guaranteeing well-connected communities.
       Scientific Reports 9, 5233.
    """
    return _assign_communities(tables, candidates, request, _find_leiden)


def _assign_communities(
    tables: FeederTables, candidates: Sequence[Candidates], request: ZoneRequest, find: FindCommunities
) -> Assignment:
    index, links = tables.totals.index, tables.links[tables.links["students"] > 0]
    ends = [index.get_indexer(pd.Index(links[side])).tolist() for side in ("origin", "destination")]
    edges = list(zip(*ends, links["students"].tolist(), strict=True))
    cluster_of = np.full(len(index), -1)
    for number, community in enumerate(find(edges) if edges else ()):
        cluster_of[list(community)] = number
    return assign_clusters(measure_arrivals(candidates, request), pd.Series(cluster_of, index=index))


def _find_louvain(edges: list[WeightedEdge]) -> Iterable[Iterable[int]]:
    graph: nx.Graph = nx.Graph()
    # Positions, not ids: sets of text are walked in another order in every process.
    graph.add_nodes_from(sorted({end for edge in edges for end in edge[:2]}))
    graph.add_weighted_edges_from(edges)
    communities: Iterable[Iterable[int]] = nx.community.louvain_communities(graph, weight="weight", seed=_SEED)
    return communities


def _find_leiden(edges: list[WeightedEdge]) -> Iterable[Iterable[int]]:
    try:
        leiden = import_module("graspologic_native").leiden
    except ImportError:
        message = "Leiden communities need the package graspologic-native, which is not installed."
        remedy = "Install feeder-zones[fast], or choose louvain."
        raise InputError([parameter_problem("method", "leiden", message, remedy)]) from None
    _, community_of = leiden([(str(a), str(b), students) for a, b, students in edges], seed=_SEED)
    members: dict[int, list[int]] = {}
    for position, community in community_of.items():
        members.setdefault(community, []).append(int(position))
    return members.values()
