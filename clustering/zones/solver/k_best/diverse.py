"""Plans that differ from each other in many schools: each the best that differs enough from those before it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from time import monotonic

from clustering.errors import InputError
from clustering.zones.audit import Membership
from clustering.zones.candidates import Candidates
from clustering.zones.parameters import parameter_problem
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.branch_and_price.anchor_group import AnchorGroup, GroupConditions
from clustering.zones.solver.branch_and_price.branch_and_price import solve_group
from clustering.zones.solver.branch_and_price.differences import Placement
from clustering.zones.solver.k_best.combine import able_oracles, refuse_too_many


def find_diverse_memberships(
    candidates: Sequence[Candidates], request: ZoneRequest, *, count: int, minimum_difference: int
) -> tuple[Membership, ...]:
    """
    Find the best membership, then again and again the best that differs enough from all found before, proved.

    Parameters
    ----------
    candidates
        One per anchor (see ``candidates.generate_candidates``).
    request
        The limits of the request, without shared feeders; its time limit holds for all memberships together.
    count
        How many at most.
    minimum_difference
        In how many schools at least any two of them differ (see ``branch_and_price.differences``).

    Returns
    -------
    memberships
        In the order found: the first is the best there is, and none scores more than the one before it. Fewer than
        ``count`` only if no further one keeps the limits and differs enough.

    Raises
    ------
    InputError
        There are more than 20,000 pairs of anchor and candidate, or time ran out.
    """
    refuse_too_many(candidates, request)
    deadline = monotonic() + request.parameters.time_limit_s
    oracles = able_oracles(candidates, request, deadline)
    within = {school for each in oracles for school in each.possible_members}
    if not within.issuperset(request.parameters.force_in):
        return ()
    group, found = AnchorGroup(oracles), list[Membership]()
    while len(found) < count:
        conditions = GroupConditions(
            locks=frozenset(request.parameters.force_in),
            maximum_zones=request.parameters.maximum_zones,
            differ_from=tuple(map(_placements, found)),
            minimum_difference=minimum_difference,
        )
        solution = solve_group(group, conditions, deadline=deadline)
        if not solution.is_proved:
            raise _out_of_time(len(found), count, request)
        if solution.value == -math.inf:
            break
        found.append(solution.zones)
    return tuple(found)


def _placements(membership: Membership) -> frozenset[Placement]:
    return frozenset((school, anchor) for anchor, feeders in membership.items() for school in (anchor, *feeders))


def _out_of_time(found: int, count: int, request: ZoneRequest) -> InputError:
    message = f"Time ran out when {found} of {count} plans were proved."
    remedy = "Ask for fewer plans or a lesser minimum_difference_schools, or allow more time."
    return InputError([parameter_problem("time_limit_s", request.parameters.time_limit_s, message, remedy)])
