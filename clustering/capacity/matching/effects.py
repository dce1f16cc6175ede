"""What a changed request serves more than the one before: solved again, unless a bound shows that there is nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass

from clustering.capacity.matching.instance import MatchInstance
from clustering.capacity.matching.opened_pairs import ChangedChoice
from clustering.capacity.matching.solve_match import solve_match
from clustering.capacity.matching.variants import NEED_DIGITS
from clustering.capacity.solver import AssignmentSolution, bound_assignment
from clustering.model.rounding import rounded

# A gain below this is the rounding of sums of needs.
_NO_GAIN = 1e-6


@dataclass(frozen=True, kw_only=True)
class Effect:
    """
    What a change brings to the whole match.

    Parameters
    ----------
    need_gained
        At least 0.
    zones_gained, zones_lost
        Ids, sorted; none if no need is gained.
    cost_dollars
        More dollars a year; fewer, if below 0.
    proof
        ``solved`` again; ``bound``: the linear relaxation shows that there is nothing to gain; ``within gap`` or ``time
        limit``: the best found.
    """

    need_gained: float
    zones_gained: tuple[str, ...]
    zones_lost: tuple[str, ...]
    cost_dollars: float
    proof: str


def measure_effect(
    instance: MatchInstance, solution: AssignmentSolution, changed: ChangedChoice, *, deadline: float
) -> Effect:
    """
    Match again with a change that only adds to what is possible.

    Parameters
    ----------
    instance, solution
        The request before, and its best choice.
    changed
        The request with the change.
    deadline
        Of ``time.monotonic``.

    Returns
    -------
    effect
        The same that ``match_zones`` finds with and without the change.
    """
    if solution.status == "optimal" and bound_assignment(changed.choice.model) <= solution.value + _NO_GAIN:
        return Effect(need_gained=0.0, zones_gained=(), zones_lost=(), cost_dollars=0.0, proof="bound")
    after = solve_match(changed.instance, changed.choice, deadline=max(deadline, time.monotonic() + 0.1))
    proof = {"optimal": "solved"}.get(after.status, after.status)
    gain = rounded(after.value - solution.value, NEED_DIGITS)
    if gain <= _NO_GAIN:
        return Effect(need_gained=0.0, zones_gained=(), zones_lost=(), cost_dollars=0.0, proof=proof)
    old, new = instance.options[solution.chosen], changed.instance.options[after.chosen]
    zones_before, zones_after = set(old["zone_id"]), set(new["zone_id"])
    return Effect(
        need_gained=gain,
        zones_gained=tuple(sorted(zones_after - zones_before)),
        zones_lost=tuple(sorted(zones_before - zones_after)),
        cost_dollars=float(new["cost_dollars"].sum() - old["cost_dollars"].sum()),
        proof=proof,
    )
