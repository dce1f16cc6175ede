"""One call for every method."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from clustering.candidates import Candidates
from clustering.constraints import Limits, told
from clustering.errors import InfeasibleError
from clustering.solve.answer import Answer
from clustering.solve.exact import solve_exact
from clustering.solve.greedy import solve_greedy


def solve(
    candidates: Sequence[Candidates],
    limits: Limits,
    *,
    progress: Callable[[float], None] | None = None,
    with_costs: bool = True,
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
    _refuse_hopeless_locks(candidates, limits)
    report = progress or (lambda fraction: None)
    if limits.parameters.method == "greedy":
        return solve_greedy(candidates, limits, report)
    return solve_exact(candidates, limits, report, with_costs=with_costs)


def _refuse_hopeless_locks(candidates: Sequence[Candidates], limits: Limits) -> None:
    reachable = {school for each in candidates for school in (each.anchor_id, *each.schools)}
    struck = {school: (each.anchor_id, reason) for each in candidates for school, reason in each.struck}
    violations = []
    for school in limits.parameters.force_in:
        if school in struck and school not in reachable:
            anchor, reason = struck[school]
            violations.append(
                f"{told(limits, school)} is forced in, but for anchor {told(limits, anchor)} it {reason}."
            )
        elif school not in reachable:
            violations.append(f"{told(limits, school)} is forced in, but no anchor is within reach of its promotions.")
    if violations:
        raise InfeasibleError(violations)
