"""One call for every method."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from clustering.candidates import Candidates
from clustering.limits import Limits
from clustering.solve.answer import Answer
from clustering.solve.conflicts import refuse_hopeless_locks
from clustering.solve.exact import solve_exact
from clustering.solve.greedy import grow_zones
from clustering.solve.memory import Memory
from clustering.solve.settle import settle_zones


def solve(
    candidates: Sequence[Candidates],
    limits: Limits,
    *,
    progress: Callable[[float], None] | None = None,
    with_costs: bool = True,
    memory: Memory | None = None,
) -> Answer:
    """
    Choose the feeders of every anchor's Zone.

    Parameters
    ----------
    candidates
        One per anchor (see ``candidates.generate_candidates``).
    limits
        The limits of the request; ``limits.parameters.method`` names the method.
    progress
        Told the fraction done, 0 to 1.
    with_costs
        Whether the reason of an anchor without a Zone says what one would cost: one more model each.
    memory
        What was solved before for the same scenario; makes the answer quicker and no other.

    Returns
    -------
    answer
        The Zones of the greatest total score. An anchor has a Zone only where that raises the total, or where it is
        forced in. Every school is in at most one Zone; every member reaches its anchor over candidate links inside it.

    Raises
    ------
    InfeasibleError
        A school that is forced in cannot be in any Zone.
    SolverError
        The solver failed.
    """
    report = progress or (lambda fraction: None)
    if limits.parameters.method == "greedy":
        refuse_hopeless_locks(candidates, limits)
        return settle_zones(grow_zones(candidates, limits, report), candidates, limits)
    return solve_exact(candidates, limits, report, with_costs=with_costs, memory=memory)
