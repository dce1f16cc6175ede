"""One function for every method: the exact search, or one of the heuristics it is compared with."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from clustering.errors import SolverError
from clustering.zones.candidates import Candidates
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.decomposition import ExactSearch
from clustering.zones.solver.heuristics.agglomerative import assign_agglomerative_clusters
from clustering.zones.solver.heuristics.assignment import Assignment
from clustering.zones.solver.heuristics.communities import assign_leiden_communities, assign_louvain_communities
from clustering.zones.solver.heuristics.dominant_feeder import assign_dominant_feeders
from clustering.zones.solver.heuristics.greedy import assign_greedily
from clustering.zones.solver.heuristics.repair import repair_zones
from clustering.zones.solver.infeasibility.forced_schools import refuse_unreachable_locks
from clustering.zones.solver.resources import Resources
from clustering.zones.solver.solution import ZoneSolution

# What ``method`` names apart from ``exact`` and ``greedy``.
_ALTERNATIVES: Mapping[str, Callable[[FeederTables, Sequence[Candidates], ZoneRequest], Assignment]] = {
    "dominant feeder": assign_dominant_feeders,
    "louvain": assign_louvain_communities,
    "leiden": assign_leiden_communities,
    "agglomerative": assign_agglomerative_clusters,
}


def solve(
    candidates: Sequence[Candidates],
    request: ZoneRequest,
    *,
    tables: FeederTables | None = None,
    progress: Callable[[float], None] | None = None,
    with_costs: bool = True,
    resources: Resources | None = None,
) -> ZoneSolution:
    """
    Choose the feeders of every anchor's Zone.

    Parameters
    ----------
    candidates
        One per anchor (see ``candidates.generate_candidates``).
    request
        The limits of the request; ``request.parameters.method`` names the method.
    tables
        The feeder graph that the candidates come from; ``exact`` and ``greedy`` use it for their errors only.
    progress
        Called with the fraction done, 0 to 1.
    with_costs
        Whether the reason of an anchor without a Zone says what one would cost: one more model each.
    resources
        Solutions found before, other processes, and until when; for ``exact``.

    Returns
    -------
    solution
        The Zones of the greatest total score. An anchor has a Zone only where that raises the total, or where it is
        forced in. Every school is in at most one Zone; every member reaches its anchor over candidate links inside it.

    Raises
    ------
    InfeasibleError
        A school that is forced in cannot be in any Zone.
    InputError
        The method needs a package that is not installed.
    SolverError
        The solver failed, or has no feeder graph where the method needs it.
    """
    report = progress or (lambda fraction: None)
    method = request.parameters.method
    if method == "exact":
        search = ExactSearch(candidates, request, resources or Resources())
        search.solve(report, tables=tables, with_costs=with_costs)
        return _solution_of(search)
    refuse_unreachable_locks(candidates, request, tables)
    if method == "greedy":
        return repair_zones(assign_greedily(candidates, request, report), candidates, request)
    if tables is None:
        raise SolverError(f"method={method} was given no feeder graph")
    return repair_zones(_ALTERNATIVES[method](tables, candidates, request), candidates, request)


def _solution_of(search: ExactSearch) -> ZoneSolution:
    """Status ``optimal``, or ``time limit`` with the bound that was reached."""
    solutions = search.solutions
    bound = math.fsum(solutions[group].bound for group in sorted(solutions))
    return ZoneSolution(
        membership=search.membership,
        without_zone=dict(sorted(search.no_zone_reasons.items())),
        status="optimal" if all(each.is_proved for each in solutions.values()) else "time limit",
        bound=bound if math.isfinite(bound) else None,
    )
