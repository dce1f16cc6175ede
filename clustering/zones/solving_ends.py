"""A request solved at one end of its counts: by a proof where that suffices, by a search elsewhere."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import numpy as np

from clustering.zones.candidate_reach import Reach, find_reach
from clustering.zones.candidates import Candidates, candidates_within, group_anchors
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import ZoneRequest
from clustering.zones.solver import Resources, ZoneSolution
from clustering.zones.solver.assignment_proof import AssignmentProof, prove_assignment
from clustering.zones.solving import ModelInstance, audit_solution, solve_instance


def find_zones_at_end(
    tables: FeederTables,
    anchors: Iterable[str],
    request: ZoneRequest,
    *,
    progress: Callable[[float], None] | None = None,
    resources: Resources,
) -> ZoneSolution:
    """
    Find the best Zones, and search only for those that are not proved without a search.

    Parameters
    ----------
    tables
        The feeder graph.
    anchors
        Ids of the low-performing high schools.
    request
        The limits of the request, with the anchors that are merged.
    progress, resources
        As for :func:`~clustering.zones.solver.solve`.

    Returns
    -------
    solution
        The Zones that ``solving.solve_instance`` finds for all candidates; what was searched for is audited. Reasons
        and bound are those of the last search.

    Raises
    ------
    InfeasibleError
        Locks contradict the limits.
    SolverError
        The solver failed, or its answer did not pass the audit.
    """
    groups = group_anchors(anchors, request)
    reach = find_reach(groups, tables, request)
    proof = prove_assignment(reach, tables, request)
    assigned = _assigned_feeders(proof, reach, tables, groups)
    report = progress or (lambda fraction: None)
    candidates: tuple[Candidates, ...] = ()
    is_searched = is_added = proof.with_dependent(proof.is_open)
    while True:
        added = list(itertools.compress(groups, is_added))
        within = reach.of_zones(is_added, len(tables.totals.index))
        candidates = (*candidates, *candidates_within(within, added, tables, request))
        instance = ModelInstance(tables=tables, request=request, candidates=candidates)
        solution = solve_instance(instance, progress=report, resources=resources)
        report = _at_end(report)
        # Where the search takes a school from a proved Zone, that Zone is searched for as well.
        found = {} if request.parameters.shared_feeders else solution.membership
        taken = set(itertools.chain(*found.values()))
        loses = np.array([not taken.isdisjoint(assigned.get(group[0], ())) for group in groups], dtype=bool)
        following = proof.with_dependent(is_searched | loses)
        is_added, is_searched = following & ~is_searched, following
        if not is_added.any():
            break
    audit_solution(instance, solution)
    searched = {each.anchor_id for each in candidates}
    proved = {anchor: feeders for anchor, feeders in assigned.items() if anchor not in searched}
    return replace(solution, membership=dict(sorted({**solution.membership, **proved}.items())))


def _at_end(report: Callable[[float], None]) -> Callable[[float], None]:
    """Report the end whatever is done: searching again takes little time, and progress must not go back."""
    return lambda fraction: report(1.0)


def _assigned_feeders(
    proof: AssignmentProof, reach: Reach, tables: FeederTables, groups: list[tuple[str, ...]]
) -> Mapping[str, tuple[str, ...]]:
    """Feeders that are assigned to each anchor; anchors without any are left out."""
    zone, school = np.divmod(reach.pairs[proof.is_in], len(tables.totals.index))
    names = tables.totals.index.to_numpy()[school]
    starts = np.searchsorted(zone, np.arange(len(groups) + 1)).tolist()
    feeders = (tuple(names[start:end].tolist()) for start, end in itertools.pairwise(starts))
    return {group[0]: of_group for group, of_group in zip(groups, feeders, strict=True) if of_group}
