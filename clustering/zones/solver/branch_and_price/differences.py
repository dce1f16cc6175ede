"""
In how many schools Zones differ from a plan, as a row of the master problem.

A school differs if it is in a Zone in one of the two and in none in the other, or in Zones of different anchors. Where
no school is in two Zones, the number of schools that differ is a sum over the Zones: it starts at the number of schools
in the plan, as if all of them had left it. A Zone takes one away for each of its schools that the plan has in the Zone
of the same anchor, and adds one for each that the plan has in no Zone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle

# The id of a school and that of the first anchor of its Zone.
Placement = tuple[str, str]


@dataclass(frozen=True, kw_only=True, eq=False)
class DifferenceRow:
    """
    The row of one plan.

    Parameters
    ----------
    least
        What the Zones must add at least: the schools that must differ, less those in the plan.
    opening
        What a Zone adds for its anchor [anchors].
    members
        What it adds for each of its feeders, by anchor [candidates of the anchor].
    """

    least: float
    opening: np.ndarray
    members: Sequence[np.ndarray]

    @cached_property
    def of_candidates(self) -> np.ndarray:
        """What a Zone adds for each of its feeders, anchor after anchor [candidates]."""
        return np.concatenate([np.zeros(0), *self.members])

    def added(self, anchor: int, feeders: Sequence[int]) -> float:
        """What a Zone adds in all; the anchor by its number, the feeders by position."""
        return float(self.opening[anchor] + self.members[anchor][list(feeders)].sum())


def difference_row(
    oracles: Sequence[PricingOracle], plan: Collection[Placement], *, minimum_difference: int
) -> DifferenceRow:
    """
    Write the row of a plan.

    Parameters
    ----------
    oracles
        One per anchor.
    plan
        Every school that is in a Zone of the plan, once.
    minimum_difference
        Schools that must differ.

    Returns
    -------
    row
        For Zones of these anchors.
    """
    zone_of = dict(plan)

    def added(school: str, anchor: str) -> float:
        """Whether the school is in no Zone of the plan, in this one, or in another."""
        if school not in zone_of:
            return 1.0
        return -1.0 if zone_of[school] == anchor else 0.0

    return DifferenceRow(
        least=float(minimum_difference - len(plan)),
        opening=np.array([added(each.anchor_id, each.anchor_id) for each in oracles]),
        members=[np.array([added(school, each.anchor_id) for school in each.schools]) for each in oracles],
    )
