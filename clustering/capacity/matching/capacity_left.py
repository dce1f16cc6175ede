"""What a choice leaves: schools, Zones and dollars that could still be used, and schools that are taken."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from clustering.capacity.matching.losses import SolvedMatch


@dataclass(frozen=True, kw_only=True, eq=False)
class CapacityLeft:
    """
    What a choice leaves.

    Parameters
    ----------
    schools
        Partner to schools that it can still take on; NaN: unknown.
    zones
        Partner to Zones that it may still run.
    dollars
        Of the budget.
    zones_run
        Partner to the Zones that it runs, sorted.
    zone_of_school
        School to the Zone served that has it.
    """

    schools: Mapping[str, float]
    zones: Mapping[str, float]
    dollars: float
    zones_run: Mapping[str, tuple[str, ...]]
    zone_of_school: Mapping[str, str]

    def can_take_on(self, partner: str, school_count: float) -> bool:
        """Whether a partner can take on as many schools in one more Zone."""
        return self.zones[partner] >= 1 and self.schools[partner] >= school_count

    def zones_with(self, school_ids: tuple[str, ...]) -> tuple[str, ...]:
        """Zones served that have any of some schools, sorted."""
        return tuple(sorted({self.zone_of_school[each] for each in school_ids if each in self.zone_of_school}))


def find_capacity_left(solved: SolvedMatch) -> CapacityLeft:
    """
    Find what a choice leaves.

    Parameters
    ----------
    solved
        The match.

    Returns
    -------
    capacity_left
        Of every partner.
    """
    instance, chosen = solved.instance, solved.chosen
    parameters, partners = instance.parameters, instance.register.partners.index
    used = chosen.groupby("partner_id")["school_count"].sum().reindex(partners, fill_value=0)
    count = chosen.groupby("partner_id").size().reindex(partners, fill_value=0)
    most = math.inf if parameters.maximum_zones_per_partner is None else parameters.maximum_zones_per_partner
    budget = math.inf if parameters.budget_dollars is None else parameters.budget_dollars
    runs = chosen.groupby("partner_id")["zone_id"]
    held = pd.Series(instance.variants.loc[chosen["variant_id"], "school_ids"].to_numpy(), index=chosen["zone_id"])
    held = held.explode().dropna()
    return CapacityLeft(
        schools={str(partner): float(left) for partner, left in (instance.free - used).items()},
        zones={str(partner): float(left) for partner, left in (most - count).items()},
        dollars=budget - float(chosen["cost_dollars"].sum()),
        zones_run={str(partner): tuple(sorted(set(zones))) for partner, zones in runs},
        zone_of_school=dict(zip(held, held.index, strict=True)),
    )
