"""From the feeder graph to audited Zones: find the candidates, solve, audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import networkx as nx

from clustering.errors import SolverError
from clustering.zones.anchor_selection import AnchorSelection
from clustering.zones.audit import ClaimedScores, audit
from clustering.zones.candidate_cache import CandidateCache
from clustering.zones.candidates import Candidates
from clustering.zones.feeder_graph import FeederTables, graph_of_tables
from clustering.zones.member_arrival import Arrival, measure_member_arrival
from clustering.zones.merged_anchors import merge_anchors
from clustering.zones.metrics import evaluate_zones
from clustering.zones.no_room import find_no_room
from clustering.zones.proposal import ZoneMetrics
from clustering.zones.request import ZoneRequest
from clustering.zones.solver import Resources, ZoneSolution, solve
from clustering.zones.solver.solution import NoZoneReason


@dataclass(frozen=True, kw_only=True, eq=False)
class ModelInstance:
    """
    What the solver solves.

    Parameters
    ----------
    tables
        The feeder graph under one reading of the suppressed cells.
    request
        With the anchors that are merged.
    candidates
        One per anchor, or per group of merged anchors.
    """

    tables: FeederTables
    request: ZoneRequest
    candidates: tuple[Candidates, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Solved:
    """
    One solved reading of the suppressed cells.

    Parameters
    ----------
    tables, graph
        The feeder graph, as tables and as a graph of the members of Zones and the schools they lead to.
    solution
        Audited.
    metrics
        Of every Zone, by anchor.
    request
        With the anchors that are merged.
    candidates
        By anchor, or by group of merged anchors; none for a plan.
    """

    tables: FeederTables
    graph: nx.DiGraph
    solution: ZoneSolution
    metrics: Mapping[str, ZoneMetrics]
    request: ZoneRequest
    candidates: Mapping[str, Candidates]

    @cached_property
    def arrivals(self) -> Mapping[tuple[str, str], Arrival]:
        """How many students of each feeder arrive, by anchor of the Zone and feeder."""
        return measure_member_arrival(self.tables, self.solution.membership, self.request)


def with_merged_anchors(tables: FeederTables, selection: AnchorSelection) -> ZoneRequest:
    """Return the request with the anchors that are merged; raises what :func:`find_candidates` does."""
    merged = merge_anchors(tables, selection.anchors, selection.request)
    is_unchanged = merged == selection.request.merged
    return selection.request if is_unchanged else replace(selection.request, merged=merged)


def find_candidates(
    tables: FeederTables, selection: AnchorSelection, cache: CandidateCache | None = None
) -> ModelInstance:
    """
    Merge anchors and find the schools that could belong to each Zone.

    Parameters
    ----------
    tables
        The feeder graph.
    selection
        The anchors and limits of the request.
    cache
        Candidates of earlier requests of the same scenario; ``None`` if there are none.

    Returns
    -------
    instance
        Ready for the solver.

    Raises
    ------
    InputError
        A school named in ``merge_anchors`` is no anchor.
    """
    request = with_merged_anchors(tables, selection)
    candidates = (cache or CandidateCache()).generate(tables, selection.anchors, request)
    return ModelInstance(tables=tables, request=request, candidates=candidates)


def solve_instance(
    instance: ModelInstance,
    *,
    progress: Callable[[float], None] | None = None,
    with_costs: bool = False,
    resources: Resources,
) -> ZoneSolution:
    """
    Choose the feeders of every Zone; add what leaves no room for a feeder where merged anchors have no Zone.

    Parameters
    ----------
    instance
        As :func:`find_candidates` makes it.
    progress, with_costs, resources
        As for :func:`~clustering.zones.solver.solve`.

    Returns
    -------
    solution
        Not audited yet.

    Raises
    ------
    InfeasibleError
        A school that is forced in cannot be in any Zone.
    SolverError
        The solver failed.
    """
    request = instance.request
    solution = solve(
        instance.candidates,
        request,
        tables=instance.tables,
        progress=progress,
        with_costs=with_costs,
        resources=resources,
    )
    no_room = {
        each.anchor_id: NoZoneReason(kind="no_room", no_room=found)
        for each in instance.candidates
        if each.anchor_id in solution.without_zone and (found := find_no_room(each, request))
    }
    return replace(solution, without_zone={**solution.without_zone, **no_room})


def solve_tables(
    tables: FeederTables,
    selection: AnchorSelection,
    *,
    progress: Callable[[float], None] | None = None,
    resources: Resources | None = None,
) -> Solved:
    """
    Find candidates, solve and audit on any feeder graph of the schools of a request.

    Parameters
    ----------
    tables, selection
        As for :func:`find_candidates`.
    progress, resources
        As for :func:`solve_instance`; by default nothing is known before, and nothing is kept.

    Returns
    -------
    solved
        Audited.

    Raises
    ------
    InputError, InfeasibleError, SolverError
        As :func:`find_candidates`, :func:`solve_instance` and :func:`audit_solution` do.
    """
    instance = find_candidates(tables, selection)
    solution = solve_instance(instance, progress=progress, resources=resources or Resources())
    return audit_solution(instance, solution, evaluate_zones(tables, solution.membership, instance.request))


def audit_solution(
    instance: ModelInstance, solution: ZoneSolution, metrics: Mapping[str, ZoneMetrics] | None = None
) -> Solved:
    """
    Audit a solution, its scores included.

    Parameters
    ----------
    instance
        What was solved.
    solution
        What the solver found; if it claims the optimum, its bound is the total score that it claims.
    metrics
        Of every Zone, with the score that is claimed. ``None`` if no score is claimed: then the graph has only the
        links inside Zones.

    Returns
    -------
    solved
        With the graph that it was audited on.

    Raises
    ------
    SolverError
        The solution breaks a constraint, or a score is not what it is claimed to be.
    """
    members = {school for anchor, feeders in solution.membership.items() for school in (anchor, *feeders)}
    graph = graph_of_tables(instance.tables, instance.request.schools, origins=members, only_among=metrics is None)
    claimed = ClaimedScores(
        of_zones={anchor: each.score for anchor, each in (metrics or {}).items()},
        total=solution.bound if solution.status == "optimal" else None,
    )
    if violations := audit(graph, solution.membership, instance.request, claimed=claimed):
        raise SolverError("the answer did not pass the audit: " + " ".join(violations))
    return Solved(
        tables=instance.tables,
        graph=graph,
        solution=solution,
        metrics=metrics or {},
        request=instance.request,
        candidates={each.anchor_id: each for each in instance.candidates},
    )
