"""A request solved under another reading of its cells: by proof where that suffices, by search where it does not."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from clustering.zones.anchor_selection import AnchorSelection
from clustering.zones.candidate_reach import Reach, find_reach
from clustering.zones.candidates import candidates_within, group_anchors
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.merged_anchors import merge_anchors
from clustering.zones.settled_zones import SettledZones, settle_zones
from clustering.zones.solver import Resources, ZoneSolution
from clustering.zones.solving import ModelInstance, audit_solution, solve_instance


def solve_open_zones(
    tables: FeederTables,
    selection: AnchorSelection,
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
    selection
        The anchors and limits of the request.
    progress, resources
        As for :func:`~clustering.zones.solver.solve`; each search reports anew.

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
    request = replace(selection.request, merged=merge_anchors(tables, selection.anchors, selection.request))
    groups = group_anchors(selection.anchors, request)
    reach = find_reach(groups, tables, request)
    settled = settle_zones(reach, tables, request)
    is_open = settled.open_with(settled.is_open)
    known = _zones_by_proof(settled, reach, tables, groups)
    fresh, candidates = is_open, ()
    while True:
        chosen = list(itertools.compress(groups, fresh))
        within = reach.of_zones(fresh, len(tables.totals.index))
        candidates = (*candidates, *candidates_within(within, chosen, tables, request))
        instance = ModelInstance(tables=tables, request=request, candidates=candidates)
        solution = solve_instance(instance, progress=progress, resources=resources)
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


def _zones_by_proof(
    settled: SettledZones, reach: Reach, tables: FeederTables, groups: list[tuple[str, ...]]
) -> Mapping[str, tuple[str, ...]]:
    """Feeders by anchor, as the division of the schools has them; anchors without any are left out."""
    zone, school = np.divmod(reach.pairs[settled.is_in], len(tables.totals.index))
    names = tables.totals.index.to_numpy()[school]
    starts = np.searchsorted(zone, np.arange(len(groups) + 1)).tolist()
    parts = (tuple(names[start:end].tolist()) for start, end in itertools.pairwise(starts))
    return {group[0]: part for group, part in zip(groups, parts, strict=True) if part}
