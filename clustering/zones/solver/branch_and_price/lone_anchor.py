"""A group of one anchor: its best Zone is the best of the group, and no master problem is needed."""

from __future__ import annotations

import math
from dataclasses import replace

from clustering.zones.solver.branch_and_price.anchor_group import GroupConditions
from clustering.zones.solver.branch_and_price.branching import NOTHING_DECIDED
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.single_zone.zone_found import UnprovedZoneError
from clustering.zones.solver.solution import GroupSolution

_PLAIN = GroupConditions()


def solve_lone_anchor(oracle: PricingOracle, conditions: GroupConditions, *, deadline: float) -> GroupSolution | None:
    """
    Find the best Zone of an anchor that is alone in its group.

    Parameters
    ----------
    oracle
        Of the anchor.
    conditions
        What the Zone must keep to.
    deadline
        Of ``time.monotonic``.

    Returns
    -------
    solution
        Proved; ``None`` where it takes a tree: there are locks or other conditions beside the decisions at the root,
        or time ran out.
    """
    root = conditions.root
    if replace(conditions, root=NOTHING_DECIDED, maximum_zones=None) != _PLAIN or conditions.maximum_zones == 0:
        return None
    best = None
    if not root.closed:
        try:
            fixings = root.fixed(0).masks(len(oracle.schools))
            best = oracle.find_best(fixings=fixings, deadline=deadline)
        except UnprovedZoneError:
            return None
    if root.opened and best is None:
        return GroupSolution(zones={}, value=-math.inf, bound=-math.inf, is_proved=True)
    if best is None or (best.value <= 0 and not root.opened):
        return GroupSolution(zones={}, value=0.0, bound=0.0, is_proved=True)
    value = oracle.value_of(best.feeders)
    return GroupSolution(zones={oracle.anchor_id: oracle.feeders(best)}, value=value, bound=value, is_proved=True)
