"""
Every rule of a match, checked on its tables alone: nothing here knows how the match was found.

Each rule is written from its statement in docs/capacity.md, row by row, and not with the tables that the model is built
from: what one of the two gets wrong, the other says.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pandas as pd

from clustering.capacity.matching.audited_values import NEED_ROUNDING, find_broken_locks, find_differences, is_same
from clustering.capacity.matching.match import Match
from clustering.capacity.matching.pair_audit import PairAudit
from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.matching.table_audit import audit_match_tables
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import Register


def audit_match(match: Match, needs: ZoneNeeds, register: Register, parameters: MatchParameters) -> list[str]:
    """
    Check a match against every rule.

    Parameters
    ----------
    match
        Everything is read but reasons, notes, provenance and dual prices.
    needs, register, parameters
        The request.

    Returns
    -------
    violations
        A sentence each; empty if every rule is kept: known ids, variants that are allowed, at most one partner a Zone
        (or a part of it), no school twice, capacity, Zones per partner, approval, duties, exclusions, levels, reach,
        start, budget, locks, and that every number is the sum of what it adds up.
    """
    audit = _MatchAudit(match, needs, register, parameters)
    if unknown := list(audit.unknown_ids()):
        return unknown  # the other rules need rows that can be looked up
    return [
        *audit.request(),
        *(each for part in (audit.rows, audit.once, audit.partners, audit.budget, audit.locks) for each in part()),
        *audit.sums(),
        *audit_match_tables(match, audit.pairs),
    ]


class _MatchAudit:
    """One match and its request."""

    def __init__(self, match: Match, needs: ZoneNeeds, register: Register, parameters: MatchParameters) -> None:
        self.match, self.needs, self.register, self.parameters = match, needs, register, parameters
        self.rows_given: list[dict[str, Any]] = match.matches.to_dict("records")  # type: ignore[assignment]
        self.pairs = PairAudit(needs, register, parameters)

    def unknown_ids(self) -> Iterator[str]:
        """Rows whose ids are not those of the request."""
        variants, partners = self.needs.variants, self.register.partners
        for row in self.rows_given:
            if row["variant_id"] not in variants.index:
                yield f"There is no variant {row['variant_id']}."
            elif variants.loc[row["variant_id"], "zone_id"] != row["zone_id"]:
                yield f"Variant {row['variant_id']} is not one of {row['zone_id']}."
            if row["partner_id"] not in partners.index:
                yield f"There is no partner {row['partner_id']}."

    def request(self) -> Iterator[str]:
        """The match is an answer to this request."""
        for name, value in {"fall": self.pairs.fall, "disclosure": self.needs.disclosure}.items():
            if getattr(self.match, name) != value:
                yield f"{name} is {getattr(self.match, name)}, and the request has {value}."

    def rows(self) -> Iterator[str]:
        """Rules of single matches, and the numbers in their rows."""
        wanted = {*self.parameters.force_served, *(text.rpartition("=")[0] for text in self.parameters.force_match)}
        for row in self.rows_given:
            label = f"{row['variant_id']} with {row['partner_id']}"
            yield from (f"{label}: {each}" for each in self.pairs.violations(row["variant_id"], row["partner_id"]))
            expected = self.pairs.numbers(row["variant_id"], row["partner_id"])
            yield from find_differences(label, row, expected)
            if not expected["need"] > 0 and row["zone_id"] not in wanted:
                yield f"{label}: the Zone has no known need, and no lock wants it served."

    def once(self) -> Iterator[str]:
        """At most one partner a Zone or part, and no school twice."""
        kinds = self.needs.variants["variant"]
        for zone, variants in sorted(_grouped(self.rows_given, "zone_id", "variant_id").items()):
            is_whole = [kinds[each] != "part" for each in variants]
            if sum(is_whole) > 1 or (any(is_whole) and not all(is_whole)):
                yield f"{zone} is served more than once."
            yield from (f"{each} has several partners." for each, count in Counter(variants).items() if count > 1)
        schools = Counter(
            school for row in self.rows_given for school in self.needs.variants.loc[row["variant_id"], "school_ids"]
        )
        yield from (f"School {school} is in {count} matches." for school, count in sorted(schools.items()) if count > 1)

    def partners(self) -> Iterator[str]:
        """Capacity and Zones of each partner."""
        most = self.parameters.maximum_zones_per_partner
        for partner, counts in sorted(_grouped(self.rows_given, "partner_id", "school_count").items()):
            free = self.pairs.free_schools(partner)
            if not sum(counts) <= free:
                yield f"{partner} is to run {sum(counts)} more schools, and can take on {free:g}."
            if most is not None and len(counts) > most:
                yield f"{partner} is to run {len(counts)} Zones, and maximum_zones_per_partner is {most}."

    def budget(self) -> Iterator[str]:
        """What all matches cost."""
        budget, cost = self.parameters.budget_dollars, math.fsum(row["cost_dollars"] for row in self.rows_given)
        if budget is not None and cost > budget:
            yield f"The matches cost {cost:,.0f} dollars, and budget_dollars is {budget:,.0f}."

    def locks(self) -> Iterator[str]:
        """Every lock is kept."""
        pairs = {f"{row['zone_id']}={row['partner_id']}" for row in self.rows_given}
        zones = {row["zone_id"] for row in self.rows_given}
        yield from find_broken_locks(self.parameters, pairs=pairs, zones=zones)

    def sums(self) -> Iterator[str]:
        """Totals, and that everybody is named once."""
        rows, solution = self.rows_given, self.match.solution
        zones = {row["zone_id"] for row in rows}
        totals = {
            "need_served": math.fsum(row["need"] for row in rows if not math.isnan(row["need"])),
            "cost_dollars": math.fsum(row["cost_dollars"] for row in rows),
            "zones_served": len(zones),
            "schools_served": sum(row["school_count"] for row in rows),
            "preferences_met": sum(row["preference"] for row in rows),
            "need_in_all": self.pairs.need_in_all(),
            "zones_in_all": len(self.needs.zones),
        }
        for name, value in totals.items():
            if not is_same(getattr(solution, name), value):
                yield f"{name} is {getattr(solution, name)}, and the matches add up to {value}."
        gap = (solution.bound - solution.need_served) / max(1.0, solution.bound)
        if not math.isclose(solution.gap, gap, abs_tol=1e-9) or (solution.status == "optimal") != (gap == 0):
            yield f"The status is {solution.status}, the gap {solution.gap}, and by the bound it is {gap}."
        if solution.need_served > solution.bound + NEED_ROUNDING:
            yield f"need_served ({solution.need_served}) is above its bound ({solution.bound})."
        yield from self._everybody(
            "Zone", self.needs.zones.index, zones, [each.zone_id for each in self.match.unserved]
        )
        used = _grouped(rows, "partner_id", "school_count")
        unused = [each.partner_id for each in self.match.unused]
        yield from self._everybody("partner", self.register.partners.index, set(used), unused)

    @staticmethod
    def _everybody(noun: str, known: pd.Index, chosen: set[str], others: list[str]) -> Iterator[str]:
        for each in sorted(known):
            if (each in chosen) + others.count(each) != 1:
                yield f"The {noun} {each} must be either in a match or among those without one."


def _grouped(rows: list[dict[str, Any]], by: str, name: str) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(row[by], []).append(row[name])
    return groups
