"""The rules of single pairs, written from their statements: for the audit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import DUTIES, Register
from clustering.model.columns import EARTH_RADIUS_KM

_ROUNDING_KM = 0.001
_PASSING = {
    "met": ("met",),
    "met or promised": ("met", "promised"),
    "not missing": ("met", "promised", "unknown"),
}


class PairAudit:
    """
    Rules of single pairs.

    Parameters
    ----------
    needs, register, parameters
        The request.
    """

    def __init__(self, needs: ZoneNeeds, register: Register, parameters: MatchParameters) -> None:
        self.needs, self.register, self.parameters = needs, register, parameters
        self.fall = needs.first_fall if parameters.start_year is None else parameters.start_year
        self.variants: dict[str, dict[str, Any]] = needs.variants.to_dict("index")  # type: ignore[assignment]
        self.partners: dict[str, dict[str, Any]] = register.partners.to_dict("index")  # type: ignore[assignment]
        self.zones: dict[str, dict[str, Any]] = needs.zones.to_dict("index")  # type: ignore[assignment]
        self.schools: dict[str, dict[str, Any]] = needs.schools.to_dict("index")  # type: ignore[assignment]
        self.statements: list[dict[str, Any]] = register.preferences.to_dict("records")  # type: ignore[assignment]

    def violations(self, variant_id: str, partner_id: str) -> Iterator[str]:
        """Every rule that a pair breaks."""
        variant, partner, parameters = self.variants[variant_id], self.partners[partner_id], self.parameters
        kind = variant["variant"]
        if (kind == "smaller" and not parameters.allow_smaller) or (kind == "part" and not parameters.allow_parts):
            yield f"the request allows no variant of the kind {kind}."
        if partner["kind"] == "supporting partner":
            yield "a supporting partner runs no Zones."
        if parameters.approvals and partner["approval"] not in parameters.approvals:
            yield f"the approval {partner['approval']} is not accepted."
        if parameters.duties != "any":
            lacking = [name for name in DUTIES if self.duties(partner_id)[name] not in _PASSING[parameters.duties]]
            yield from (f"the duty {name} is not {parameters.duties}." for name in lacking)
        if self.count(variant_id, partner_id, "exclude"):
            yield "the pair is excluded."
        yield from self._places(variant, partner)
        if self.fall is not None and not pd.isna(partner["earliest_start"]) and partner["earliest_start"] > self.fall:
            yield f"the partner can start in {partner['earliest_start']}, later than {self.fall}."

    def duties(self, partner_id: str) -> Mapping[str, str]:
        """
        States of a partner's duties.

        A contract of less than 3 or more than 5 years promises accountability at most. Comprehensive services are those
        of the partner, or of a supporting partner that the state has not turned down, whichever is better.
        """
        partner = self.partners[partner_id]
        states = {name: partner[name] for name in DUTIES}
        if partner["kind"] == "supporting partner":
            return states
        years = partner["contract_years"]
        if states["accountability"] == "met" and not pd.isna(years) and not 3 <= years <= 5:
            states["accountability"] = "promised"
        supporters = [self.partners[each] for each in partner["supporting_partners"]]
        offered = {each["comprehensive_services"] for each in supporters if each["approval"] != "not approved"}
        own = states["comprehensive_services"]
        better = [state for state in ("met", "promised") if state in {own, *offered}]
        return {**states, "comprehensive_services": better[0] if better else own}

    def numbers(self, variant_id: str, partner_id: str) -> dict[str, Any]:
        """Numbers that the row of a match must have."""
        variant = self.variants[variant_id]
        return {
            "variant": variant["variant"],
            "school_ids": tuple(variant["school_ids"]),
            "school_count": len(variant["school_ids"]),
            "students": float(variant["students"]),
            "need": self.need(variant),
            "cost_dollars": self._cost(variant, self.partners[partner_id]),
            "preference": self.count(variant_id, partner_id, "prefer"),
            **self.duties(partner_id),
        }

    def need_in_all(self) -> float:
        """Need of all Zones as proposed, as far as it is known."""
        needs = [self.need(each) for each in self.variants.values() if each["variant"] == "as proposed"]
        return math.fsum(need for need in needs if not math.isnan(need))

    def free_schools(self, partner_id: str) -> float:
        """Schools that a partner can take on; 0 where that is unknown."""
        free = self.maximum_schools(partner_id) - float(self.partners[partner_id]["schools_now"])
        return 0.0 if math.isnan(free) else max(0.0, free)

    def maximum_schools(self, partner_id: str) -> float:
        """Schools that a partner can run in the year; NaN where that is unknown."""
        partner, years = self.partners[partner_id], self.register.capacities.to_dict("records")
        stated = [
            (row["fall"], row["maximum_schools"])
            for row in years
            if row["partner_id"] == partner_id and self.fall is not None and row["fall"] <= self.fall
        ]
        return float(max(stated)[1] if stated else partner["maximum_schools"])

    def count(self, variant_id: str, partner_id: str, choice: str) -> int:
        """Statements of a kind that fit a pair."""
        schools = {school: self.schools[school] for school in self.variants[variant_id]["school_ids"]}
        return sum(
            statement["choice"] == choice
            and (pd.isna(statement["partner_id"]) or statement["partner_id"] == partner_id)
            and any(_fits(statement, school, about) for school, about in schools.items())
            for statement in self.statements
        )

    def _places(self, variant: Mapping[str, Any], partner: Mapping[str, Any]) -> Iterator[str]:
        for level in sorted(set(variant["levels"]) - set(partner["levels"] or variant["levels"])):
            yield f"the partner does not serve {level} schools."
        for district in sorted(
            set(variant["district_ids"]) - set(partner["reach_districts"] or variant["district_ids"])
        ):
            yield f"the partner does not work in district {district}."
        distance = great_circle_km(self.zones[variant["zone_id"]], partner)
        if distance > partner["reach_km"] + _ROUNDING_KM:
            yield f"the anchor is {distance:.1f} km away, and the partner reaches {partner['reach_km']:g} km."

    def need(self, variant: Mapping[str, Any]) -> float:
        """Need of a variant by the measure of the request; NaN where that is unknown."""
        if self.parameters.need != "lowest_rates":
            return float(variant[self.parameters.need])
        rates = [zone["anchor_rate"] for zone in self.zones.values() if not pd.isna(zone["anchor_rate"])]
        mine = self.zones[variant["zone_id"]]["anchor_rate"]
        if pd.isna(mine):
            return math.nan
        whole = len(self.variants[variant["zone_id"]]["school_ids"])
        points = len(rates) - sum(rate < mine for rate in rates)
        return float(points * len(variant["school_ids"]) / whole)

    def _cost(self, variant: Mapping[str, Any], partner: Mapping[str, Any]) -> float:
        count, students, parameters = len(variant["school_ids"]), float(variant["students"]), self.parameters
        by_school, by_student = count * partner["cost_per_school"], students * partner["cost_per_student"]
        usual = count * parameters.cost_per_school_dollars
        costs = [by_school, by_student, usual]
        if parameters.cost_by == "student":
            costs = [by_student, by_school, students * parameters.cost_per_student_dollars, usual]
        return float(round(next(cost for cost in costs if not math.isnan(cost))))


def great_circle_km(zone: Mapping[str, Any], partner: Mapping[str, Any]) -> float:
    """Measure a great circle by the haversine; NaN where a position is unknown."""
    south, north = math.radians(zone["latitude"]), math.radians(partner["latitude"])
    turn = math.radians(zone["longitude"] - partner["longitude"])
    chord = math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * math.sin(turn / 2) ** 2
    return math.nan if math.isnan(chord) else float(2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord))))


def _fits(statement: Mapping[str, Any], school_id: str, school: Mapping[str, Any]) -> bool:
    about = {"school_id": school_id, "district_id": school["district_id"]}
    level = statement["level"]
    # A school may have several levels, and its level is then named by both, such as elementary-middle.
    has_level = pd.isna(level) or school["level"] == "all-grades" or level in school["level"].split("-")
    return has_level and all(pd.isna(statement[name]) or statement[name] == value for name, value in about.items())
