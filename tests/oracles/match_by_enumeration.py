"""Small random matching problems with every option of the model, and their best choices by trying everything."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pandas as pd

from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.register import Register
from tests.examples.capacity_tables import needs_of, register_of

Choice = tuple[tuple[str, str], ...]  # variant and partner, sorted
LEVELS = ("elementary", "middle", "high")
FALL = 2025


class Instance(NamedTuple):
    """A request."""

    needs: ZoneNeeds
    register: Register
    parameters: MatchParameters


class RankedChoice(NamedTuple):
    """A choice with what it is ranked by, the greatest first: need, preferences, -cost, -positions."""

    rank: tuple[float, float, float, float]
    pairs: Choice


def random_instance(seed: int) -> Instance:
    """Draw two to four Zones, one to three partners and a request; most options are off in most instances."""
    chance = random.Random(seed)
    needs = _needs(chance)
    register = _register(chance, sorted(needs.schools.index))
    return Instance(needs, register, _parameters(chance, sorted(needs.zones.index), sorted(register.partners.index)))


def ranked_choices(instance: Instance) -> list[RankedChoice]:
    """Every choice that keeps all limits and locks, the best first."""
    offers = _Offers(instance)
    found = [offers.ranked(pairs) for pairs in offers.choices() if offers.keeps_limits(pairs)]
    return sorted(found, key=lambda each: (tuple(-value for value in each.rank), each.pairs))


def difference(earlier: Choice, later: Choice, instance: Instance) -> int:
    """Pairs of the earlier that are gone, and pairs of the later of what the earlier leaves unserved."""
    variants = instance.needs.variants

    def replaces(new: str, old: str) -> bool:
        both = variants.loc[[new, old]]
        same_zone = both["zone_id"].iloc[0] == both["zone_id"].iloc[1]
        return bool(same_zone and (new == old or (both["variant"] != "part").any()))

    gone = sum(pair not in later for pair in earlier)
    return gone + sum(not any(replaces(new[0], old[0]) for old in earlier) for new in later if new not in earlier)


def _needs(chance: random.Random) -> ZoneNeeds:
    schools: dict[str, dict[str, Any]] = {}
    zones, smaller, parts, about = {}, {}, {}, {}
    for number in range(chance.choice([2, 3, 4])):
        zone, members = f"zone-{number}", [f"{number}{letter}" for letter in "abcd"[: chance.choice([2, 3, 4])]]
        for each in members:
            students = chance.choice([math.nan, *[float(100 * chance.randint(1, 9)) for _ in range(7)]])
            schools[each] = {
                "students": students,
                "students_below": students if math.isnan(students) else round(students * chance.random()),
                "level": chance.choice(LEVELS),
                "district_id": chance.choice(["D1", "D1", "D2"]),
            }
        if number and chance.random() < 0.15:  # a feeder that two Zones share
            members.append("0b")
        zones[zone] = members
        if chance.random() < 0.5:
            smaller[f"{zone}~{len(members) - 1}"] = (zone, members[:-1])
        if chance.random() < 0.4 and len(members) > 2:
            parts[f"{zone}/a"], parts[f"{zone}/b"] = (zone, members[:1]), (zone, members[1:])
        rate = chance.choice([math.nan, 0.4, 0.5, 0.5, 0.6])
        position = (chance.choice([40.0, 40.5, math.nan]), -75.0)
        about[zone] = {"anchor_rate": rate, "latitude": position[0], "longitude": position[1]}
    return needs_of(schools, zones, smaller=smaller, parts=parts, about=about, first_fall=chance.choice([FALL, None]))


def _register(chance: random.Random, schools: list[str]) -> Register:
    def sometimes(value: object, otherwise: object, probability: float = 0.15) -> Any:
        return value if chance.random() < probability else otherwise

    partners = {}
    for number in range(chance.choice([1, 2, 3, 3, 3])):
        partners[f"P{number}"] = {
            "kind": sometimes("supporting partner", "organisation", 0.05),
            "latitude": sometimes(math.nan, 40.0),
            "longitude": -75.0,
            "reach_districts": sometimes(("D1",), (), 0.1),
            "reach_km": sometimes(30.0, math.nan),
            "levels": sometimes(("middle", "high"), (), 0.1),
            "schools_now": sometimes(math.nan, float(chance.randint(0, 2)), 0.05),
            "maximum_schools": sometimes(math.nan, float(chance.randint(3, 12)), 0.05),
            "earliest_start": sometimes(FALL + chance.choice([0, 1]), pd.NA),
            "cost_per_school": sometimes(500_000.0, math.nan, 0.3),
            "cost_per_student": sometimes(1_000.0, math.nan, 0.3),
            "approval": sometimes(chance.choice(["applied", "unknown", "not approved"]), "pre-qualified", 0.2),
            "accountability": sometimes("missing", "met", 0.05),
            "contract_years": sometimes(chance.choice([2, 5]), pd.NA, 0.2),
            "comprehensive_services": sometimes("missing", "met", 0.1),
            "supporting_partners": sometimes(("P0",), (), 0.4) if number else (),
            "authority": sometimes(chance.choice(["promised", "unknown"]), "met", 0.3),
        }
    said = [
        {
            "partner_id": sometimes(None, chance.choice(list(partners))),
            **chance.choice(
                [
                    {"district_id": "D2"},
                    {"district_id": "D1"},
                    {"school_id": chance.choice(schools)},
                    {"level": chance.choice(LEVELS), "district_id": "D1"},
                ]
            ),
            "choice": chance.choice(["prefer", "prefer", "prefer", "exclude"]),
            "stated_by": chance.choice(["partner", "district", "state"]),
        }
        for _ in range(chance.choice([0, 2, 4]))
    ]
    years = [("P0", FALL - 1, 4.0), ("P0", FALL + 1, 20.0)] if chance.random() < 0.2 else []
    return register_of(partners, statements=said, capacities=years)


def _parameters(chance: random.Random, zones: list[str], partners: list[str]) -> MatchParameters:
    def sometimes(value: object, otherwise: object, probability: float = 0.2) -> Any:
        return value if chance.random() < probability else otherwise

    zone, other = chance.sample(zones, 2)
    return MatchParameters(
        need=chance.choice(["students", "students", "students_below", "lowest_rates"]),
        start_year=sometimes(FALL, None),
        duties=chance.choice(["not missing", "not missing", "any", "met or promised", "met"]),
        approvals=sometimes(chance.choice([(), ("pre-qualified",)]), ("pre-qualified", "applied", "unknown")),
        budget_dollars=sometimes(float(chance.randint(3, 12)) * 1e6, None, 0.4),
        cost_by=chance.choice(["school", "student"]),
        maximum_zones_per_partner=sometimes(chance.choice([1, 2]), None),
        allow_smaller=chance.random() < 0.4,
        allow_parts=chance.random() < 0.4,
        force_match=sometimes((f"{zone}={chance.choice(partners)}",), (), 0.15),
        forbid_match=sometimes((f"{other}={chance.choice(partners)}",), ()),
        force_served=sometimes((other,), (), 0.1),
        force_unserved=sometimes((chance.choice(zones),), (), 0.1),
    )


def records_of(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Rows by their index."""
    columns = {str(name): column.to_list() for name, column in table.items()}
    return {
        str(name): dict(zip(columns, row, strict=True))
        for name, row in zip(table.index, zip(*columns.values(), strict=True), strict=True)
    }


class _Offers:
    """What may be chosen, by the rules as docs/capacity.md states them, one by one."""

    def __init__(self, instance: Instance) -> None:
        self.needs, self.register, self.parameters = instance
        self.schools = records_of(self.needs.schools)
        self.zones = records_of(self.needs.zones)
        self.said = self.register.preferences.to_dict("records")
        self.years = self.register.capacities.to_dict("records")
        # Each is asked for again and again.
        self.need, self.cost, self.free = cache(self.need), cache(self.cost), cache(self.free)  # type: ignore[method-assign]
        self.statements = cache(self.statements)  # type: ignore[method-assign]
        self.fall = self.parameters.start_year or self.needs.first_fall
        kinds = ["as proposed"] + ["smaller"] * self.parameters.allow_smaller + ["part"] * self.parameters.allow_parts
        self.all_variants = records_of(self.needs.variants.sort_index())
        self.variants = {name: row for name, row in self.all_variants.items() if row["variant"] in kinds}
        self.partners = records_of(self.register.partners.sort_index())
        self.everything = list(itertools.product(self.variants, self.partners))
        self.admissible = [pair for pair in self.everything if self.is_admissible(*pair)]

    def choices(self) -> Iterator[Choice]:
        """All choices of pairs in which a Zone is served whole once, or in parts, or not."""
        wanted = {text.split("=")[0] for text in self.parameters.force_match} | set(self.parameters.force_served)
        by_zone = []
        for zone in sorted(self.zones):
            pairs = [
                pair
                for pair in self.admissible
                if self.variants[pair[0]]["zone_id"] == zone and ((self.need(pair[0]) or 0) > 0 or zone in wanted)
            ]
            whole = [(pair,) for pair in pairs if self.variants[pair[0]]["variant"] != "part"]
            by_part: dict[str, list[tuple[str, str] | None]] = {}
            for pair in pairs:
                if self.variants[pair[0]]["variant"] == "part":
                    by_part.setdefault(pair[0], [None]).append(pair)
            split = [tuple(each for each in some if each) for some in itertools.product(*by_part.values())]
            by_zone.append([(), *whole, *(each for each in split if each)])
        for some in itertools.product(*by_zone):
            yield tuple(sorted(pair for pairs in some for pair in pairs))

    def ranked(self, pairs: Choice) -> RankedChoice:
        need = round(sum(self.need(variant) or 0.0 for variant, _ in pairs), 1)
        preferences = sum(len(self.statements(*pair, "prefer")) for pair in pairs)
        cost = sum(self.cost(*pair) for pair in pairs)
        return RankedChoice((need, preferences, -cost, -sum(map(self.everything.index, pairs))), pairs)

    def need(self, variant: str) -> float | None:
        row, measure = self.variants[variant], self.parameters.need
        if measure != "lowest_rates":
            return None if math.isnan(row[measure]) else round(float(row[measure]), 1)
        rates = [zone["anchor_rate"] for zone in self.zones.values() if not math.isnan(zone["anchor_rate"])]
        mine = self.zones[row["zone_id"]]["anchor_rate"]
        if math.isnan(mine):
            return None
        points = len(rates) - sum(rate < mine for rate in rates)
        return float(round(points * row["school_count"] / self.all_variants[row["zone_id"]]["school_count"], 1))

    def cost(self, variant: str, partner: str) -> float:
        row, said = self.variants[variant], self.partners[partner]
        school, student = said["cost_per_school"] * row["school_count"], said["cost_per_student"] * row["students"]
        usual_school = self.parameters.cost_per_school_dollars * row["school_count"]
        usual_student = self.parameters.cost_per_student_dollars * row["students"]
        if self.parameters.cost_by == "school":
            order = [school, student, usual_school]
        else:
            order = [student, school, usual_student, usual_school]
        return float(round(next(each for each in order if not math.isnan(each))))

    def statements(self, variant: str, partner: str, choice: str) -> list[int]:
        held = {school: self.schools[school] for school in self.variants[variant]["school_ids"]}
        fitting = []
        for number, said in enumerate(self.said):
            if said["choice"] != choice or not (pd.isna(said["partner_id"]) or said["partner_id"] == partner):
                continue
            if any(
                all(
                    pd.isna(said[name]) or said[name] == (school if name == "school_id" else row[name])
                    for name in ("district_id", "school_id", "level")
                )
                for school, row in held.items()
            ):
                fitting.append(number)
        return fitting

    def free(self, partner: str) -> float:
        said = self.partners[partner]
        most = said["maximum_schools"]
        years = [
            (row["fall"], row["maximum_schools"])
            for row in self.years
            if row["partner_id"] == partner and self.fall is not None and row["fall"] <= self.fall
        ]
        most = max(years)[1] if years else most
        return max(0.0, most - said["schools_now"]) if not math.isnan(most - said["schools_now"]) else 0.0

    def is_admissible(self, variant: str, partner: str) -> bool:
        row, said, asked = self.variants[variant], self.partners[partner], self.parameters
        zone = self.zones[row["zone_id"]]
        states = self.duties(said)
        passing = {
            "any": {"met", "promised", "unknown", "missing"},
            "not missing": {"met", "promised", "unknown"},
            "met or promised": {"met", "promised"},
            "met": {"met"},
        }[asked.duties]
        # A degree of the meridian is 111.19 km.
        is_near = not abs(zone["latitude"] - said["latitude"]) * 111.19 > said["reach_km"]
        return (
            said["kind"] != "supporting partner"
            and (not asked.approvals or said["approval"] in asked.approvals)
            and all(state in passing for state in states)
            and not self.statements(variant, partner, "exclude")
            and f"{row['zone_id']}={partner}" not in asked.forbid_match
            and (not said["levels"] or set(row["levels"]) <= set(said["levels"]))
            and (not said["reach_districts"] or set(row["district_ids"]) <= set(said["reach_districts"]))
            and is_near
            and (pd.isna(said["earliest_start"]) or self.fall is None or said["earliest_start"] <= self.fall)
            and row["school_count"] <= self.free(partner)
            and self.cost(variant, partner) <= (asked.budget_dollars or math.inf)
            and row["zone_id"] not in asked.force_unserved
        )

    def duties(self, said: dict[str, Any]) -> list[str]:
        years, services = said["contract_years"], said["comprehensive_services"]
        is_short = said["accountability"] == "met" and not pd.isna(years) and not 3 <= years <= 5
        for other in said["supporting_partners"]:
            offered = self.partners[other]
            order = ["met", "promised", "unknown", "missing"]
            is_better = order.index(offered["comprehensive_services"]) < order.index(services)
            if offered["approval"] != "not approved" and is_better and offered["comprehensive_services"] in order[:2]:
                services = offered["comprehensive_services"]
        return [
            "promised" if is_short else said["accountability"],
            said["authority"],
            services,
            said["embedded_presence"],
        ]

    def keeps_limits(self, pairs: Choice) -> bool:
        asked = self.parameters
        schools = [school for variant, _ in pairs for school in self.variants[variant]["school_ids"]]
        chosen = {(self.variants[variant]["zone_id"], partner) for variant, partner in pairs}
        if len(schools) != len(set(schools)):
            return False
        for partner in self.partners:
            mine = [variant for variant, each in pairs if each == partner]
            if sum(self.variants[each]["school_count"] for each in mine) > self.free(partner):
                return False
            if len(mine) > (asked.maximum_zones_per_partner or math.inf):
                return False
        if sum(self.cost(*pair) for pair in pairs) > (asked.budget_dollars or math.inf):
            return False
        return all(tuple(text.split("=")) in chosen for text in asked.force_match) and {*asked.force_served} <= {
            zone for zone, _ in chosen
        }
