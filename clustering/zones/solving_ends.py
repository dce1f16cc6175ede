"""A request solved at one end of its counts: by proof where that suffices, and by search where it does not."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import numpy as np

from clustering.zones.candidate_reach import Reach, find_reach
from clustering.zones.candidates import Candidates, candidates_within, group_anchors
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import ZoneRequest
from clustering.zones.settled_zones import SettledZones, settle_zones
from clustering.zones.solver import Resources, ZoneSolution
from clustering.zones.solving import ModelInstance, audit_solution, solve_instance


def solve_open_zones(
    tables: FeederTables,
    anchors: Iterable[str],
    request: ZoneRequest,
    *,
    progress: Callable[[float], None] | None = None,
    resources: Resources,
) -> ZoneSolution:
    """
    Find the best Zones, and search only for those that are not proved without.

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
    settled = settle_zones(reach, tables, request)
    is_open = settled.open_with(settled.is_open)
    known = _zones_by_proof(settled, reach, tables, groups)
    report = progress or (lambda fraction: None)
    candidates: tuple[Candidates, ...] = ()
    fresh, heard = is_open, report
    while True:
        chosen = list(itertools.compress(groups, fresh))
        within = reach.of_zones(fresh, len(tables.totals.index))
        candidates = (*candidates, *candidates_within(within, chosen, tables, request))
        instance = ModelInstance(tables=tables, request=request, candidates=candidates)
        solution = solve_instance(instance, progress=heard, resources=resources)
        heard = _at_end(report)
        held = {} if request.parameters.shared_feeders else solution.membership
        wanted = set(itertools.chain(*held.values()))
        is_wanted = np.array([not wanted.isdisjoint(known.get(group[0], ())) for group in groups], dtype=bool)
        following = settled.open_with(is_open | is_wanted)
        fresh, is_open = following & ~is_open, following
        if not fresh.any():
            break
    audit_solution(instance, solution)
    searched = {each.anchor_id for each in candidates}
    kept = {anchor: feeders for anchor, feeders in known.items() if anchor not in searched}
    return replace(solution, membership=dict(sorted({**solution.membership, **kept}.items())))


def _at_end(report: Callable[[float], None]) -> Callable[[float], None]:
    """Report the end whatever is done: a search again takes little, and no progress goes back."""
    return lambda fraction: report(1.0)


def _zones_by_proof(
    settled: SettledZones, reach: Reach, tables: FeederTables, groups: list[tuple[str, ...]]
) -> Mapping[str, tuple[str, ...]]:
    """Feeders by anchor, as the division of the schools has them; anchors without any are left out."""
    zone, school = np.divmod(reach.pairs[settled.is_in], len(tables.totals.index))
    names = tables.totals.index.to_numpy()[school]
    starts = np.searchsorted(zone, np.arange(len(groups) + 1)).tolist()
    parts = (tuple(names[start:end].tolist()) for start, end in itertools.pairwise(starts))
    return {group[0]: part for group, part in zip(groups, parts, strict=True) if part}
