"""One call for every method."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from clustering.errors import SolverError
from clustering.zones.candidates import Candidates
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.decomposition import ExactSearch
from clustering.zones.solver.heuristics.agglomerative import give_agglomerative_clusters
from clustering.zones.solver.heuristics.assignment import Given
from clustering.zones.solver.heuristics.communities import give_leiden_communities, give_louvain_communities
from clustering.zones.solver.heuristics.dominant_feeder import follow_dominant_feeders
from clustering.zones.solver.heuristics.greedy import grow_zones
from clustering.zones.solver.heuristics.repair import settle_zones
from clustering.zones.solver.infeasibility.forced_schools import refuse_hopeless_locks
from clustering.zones.solver.resources import Resources
from clustering.zones.solver.solution import ZoneSolution

# What ``method`` names beside ``exact`` and ``greedy``.
_ALTERNATIVES: Mapping[str, Callable[[FeederTables, Sequence[Candidates], ZoneRequest], Given]] = {
    "dominant feeder": follow_dominant_feeders,
    "louvain": give_louvain_communities,
    "leiden": give_leiden_communities,
    "agglomerative": give_agglomerative_clusters,
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
        Told the fraction done, 0 to 1.
    with_costs
        Whether the reason of an anchor without a Zone says what one would cost: one more model each.
    resources
        What was solved before, other processes, and until when; for ``exact``.

    Returns
    -------
    answer
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
    if method != "exact":
        refuse_hopeless_locks(candidates, request, tables)
    if method == "greedy":
        return settle_zones(grow_zones(candidates, request, report), candidates, request)
    if method in _ALTERNATIVES:
        if tables is None:
            raise SolverError(f"method={method} was given no feeder graph")
        return settle_zones(_ALTERNATIVES[method](tables, candidates, request), candidates, request)
    search = ExactSearch(candidates, request, resources or Resources())
    search.solve(report, tables=tables, with_costs=with_costs)
    return _answer_of(search)


def _answer_of(search: ExactSearch) -> ZoneSolution:
    """Status ``optimal``, or ``time limit`` with the bound that was reached."""
    answers = search.answers
    zones = {anchor: feeders for answer in answers.values() for anchor, feeders in answer.zones.items()}
    bound = math.fsum(answers[group].bound for group in sorted(answers))
    return ZoneSolution(
        membership=dict(sorted(zones.items())),
        without_zone={anchor: search.tell_lack(anchor) for anchor in sorted(search.lacks)},
        status="optimal" if all(answer.is_proved for answer in answers.values()) else "time limit",
        bound=bound if math.isfinite(bound) else None,
    )
