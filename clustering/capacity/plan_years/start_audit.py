"""The rules of single starts, written from their statements: for the audit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from clustering.capacity.matching.audited_values import NEED_ROUNDING as HALF_A_DIGIT
from clustering.capacity.matching.audited_values import is_same
from clustering.capacity.matching.pair_audit import PairAudit
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.plan_years.parameters import PlanYearsParameters
from clustering.capacity.plan_years.tolerances import DOLLARS, NEED
from clustering.capacity.register.register import Register


@dataclass(frozen=True, kw_only=True)
class AuditedStart:
    """A row of the starts, and what its numbers must be."""

    row: Mapping[str, Any]
    zone_id: str
    variant_id: str
    partner_id: str
    start_fall: int
    contract_years: int
    renewals: int
    exit_fall: int
    school_ids: tuple[str, ...]
    students: float
    need: float
    preferences: int
    full_cost: float

    @property
    def label(self) -> str:
        """How the sentences call it."""
        return f"{self.variant_id} with {self.partner_id} from fall {self.start_fall}"

    @property
    def service(self) -> range:
        """Falls in which the partner runs it, those after the plan too."""
        return range(self.start_fall, self.exit_fall)

    @property
    def renewal_falls(self) -> range:
        """First falls of its renewals, up to the exit."""
        return range(self.start_fall + self.contract_years, self.exit_fall, self.contract_years)

    def years_until(self, last: int) -> int:
        """Falls in service until the last of the plan."""
        return len(range(self.start_fall, min(self.exit_fall, last + 1)))


class StartAudit:
    """
    Rules of single starts.

    Parameters
    ----------
    needs, register, parameters
        The request.
    """

    def __init__(self, needs: ZoneNeeds, register: Register, parameters: PlanYearsParameters) -> None:
        self.needs, self.register, self.parameters = needs, register, parameters
        first = needs.first_fall if parameters.start_year is None else parameters.start_year
        self.falls = range(first or 0, (first or 0) + parameters.years)
        self.variants: Mapping[Any, Mapping[Any, Any]] = needs.variants.to_dict("index")
        self.partners: Mapping[Any, Mapping[Any, Any]] = register.partners.to_dict("index")
        self._capacities: list[dict[Any, Any]] = register.capacities.to_dict("records")
        self.pairs_in = cache(self._pairs_in)
        self.free_schools = cache(self._free_schools)

    def unknown_ids(self, starts: pd.DataFrame) -> Iterator[str]:
        """Rows whose ids are not those of the request."""
        for row in starts.to_dict("records"):
            variant = self.variants.get(row["variant_id"])
            if variant is None:
                yield f"There is no variant {row['variant_id']}."
            elif variant["zone_id"] != row["zone_id"]:
                yield f"Variant {row['variant_id']} is not one of {row['zone_id']}."
            if row["partner_id"] not in self.partners:
                yield f"There is no partner {row['partner_id']}."
            if row["start_fall"] not in self.falls:
                yield f"{row['variant_id']} starts in {row['start_fall']}, which is no fall of the plan."

    def start(self, row: Mapping[Any, Any]) -> AuditedStart:
        """Work out what the numbers of a row must be."""
        fall, zone, partner = int(row["start_fall"]), row["zone_id"], row["partner_id"]
        own = self.partners[partner]["contract_years"]
        years, renewals = self.parameters.contract_years if pd.isna(own) else int(own), int(row["renewals"])
        stop = fall + years * (1 + renewals)
        cuts = [text.rpartition("=") for text in self.parameters.exits]
        exits = [int(cut[2]) for cut in cuts if cut[0].strip() == zone]
        numbers = self.pairs_in(fall).numbers(row["variant_id"], partner)
        return AuditedStart(
            row=row,
            zone_id=zone,
            variant_id=row["variant_id"],
            partner_id=partner,
            start_fall=fall,
            contract_years=years,
            renewals=renewals,
            exit_fall=min([stop, *exits]),
            school_ids=numbers["school_ids"],
            students=numbers["students"],
            need=numbers["need"],
            preferences=numbers["preference"],
            full_cost=numbers["cost_dollars"],
        )

    def violations(self, start: AuditedStart) -> Iterator[str]:
        """Every rule that a start breaks by itself, and every number of its row that is wrong."""
        yield from self.pairs_in(start.start_fall).violations(start.variant_id, start.partner_id)
        if start.start_fall - self.parameters.planning_years < self.falls[0]:
            yield "its planning would begin before the plan."
        if not len(start.service):
            yield "it would start after its exit."
        if not 0 <= start.renewals <= self.parameters.renewals:
            yield f"it has {start.renewals} renewals, and {self.parameters.renewals} are allowed."
        if start.renewals != len([fall for fall in start.renewal_falls if fall <= self.falls[-1]]):
            yield "a renewal begins after the plan, or after its exit."
        locked = {text.rpartition("=")[0].strip() for text in self.parameters.force_match}
        if not start.need > 0 and start.zone_id not in {*locked, *self.parameters.force_served}:
            yield "the Zone has no known need, and no lock wants it served."
        yield from self._wrong_cells(start)

    def _wrong_cells(self, start: AuditedStart) -> Iterator[str]:
        for name, value in self._texts(start).items():
            actual = start.row[name]
            if not (pd.isna(actual) if value is None else actual == value):
                yield f"{name} is {actual} and must be {value}."
        for name, (value, tolerance) in self._numbers(start).items():
            if not is_same(start.row[name], value, tolerance=tolerance):
                yield f"{name} is {start.row[name]} and must be {value}."

    def phase(self, start: AuditedStart, fall: int) -> str | None:
        """What a fall is for a start; ``None``: neither planned nor run."""
        if start.start_fall - self.parameters.planning_years <= fall < start.start_fall:
            return "planning"
        if fall not in start.service:
            return None
        return "intensive" if fall - start.start_fall < self.parameters.intensive_years else "later"

    def cost(self, start: AuditedStart, fall: int) -> float:
        """Dollars of a start in a fall."""
        phase = self.phase(start, fall)
        if phase is None:
            return 0.0
        is_by_student = self.parameters.cost_by == "student"
        is_known = not math.isnan(start.students)
        basis, size = ("student", start.students) if is_by_student and is_known else ("school", len(start.school_ids))
        if phase == "planning":
            return float(round(getattr(self.parameters, f"planning_cost_per_{basis}_dollars") * size))
        name = "student" if is_by_student else "school"
        if phase == "intensive" or getattr(self.parameters, f"later_cost_per_{name}_dollars") is None:
            return start.full_cost
        later = getattr(self.parameters, f"later_cost_per_{basis}_dollars")
        return start.full_cost if later is None else min(start.full_cost, float(round(later * size)))

    def budget(self, fall: int) -> float:
        """Dollars of a fall; infinite without a limit."""
        amounts, budget = self.parameters.budgets_dollars, self.parameters.budget_dollars
        if amounts:
            return amounts[fall - self.falls[0]]
        return math.inf if budget is None else budget

    def uses_capacity(self, start: AuditedStart, fall: int) -> bool:
        """Whether a start takes schools of its partner's capacity."""
        phase = self.phase(start, fall)
        return phase is not None and (phase != "planning" or self.parameters.planning_uses_capacity)

    def schools_available(self, partner_id: str, fall: int, running: list[AuditedStart]) -> float:
        """Schools that a partner can have in a fall, beside those of today: with growth, and not above its ceiling."""
        partner, free = self.partners[partner_id], self.free_schools(partner_id, fall)
        share = partner["growth_share"]
        if not self.parameters.growth or pd.isna(share):
            return free
        grown = share * sum(len(start.school_ids) for start in running if fall - start.start_fall >= 2)
        ceiling = math.inf if pd.isna(partner["growth_ceiling"]) else partner["growth_ceiling"] - partner["schools_now"]
        return float(min(free + grown, max(free, ceiling)))

    def _numbers(self, start: AuditedStart) -> dict[str, tuple[Any, float]]:
        """What the row must say, and how far it may be off."""
        planning, years = self.parameters.planning_years, start.years_until(self.falls[-1])
        within = sum(self.cost(start, fall) for fall in self.falls)
        afterwards = sum(self.cost(start, fall) for fall in start.service if fall > self.falls[-1])
        return {
            "planning_fall": (start.start_fall - planning if planning else math.nan, 0.0),
            "contract_years": (start.contract_years, 0.0),
            "last_service_fall": (start.exit_fall - 1, 0.0),
            "exit_fall": (start.exit_fall, 0.0),
            "school_count": (len(start.school_ids), 0.0),
            "students": (start.students, NEED),
            "need": (start.need, NEED_ROUNDING),
            "years_served": (years, 0.0),
            "need_years": (start.need * years, NEED_ROUNDING * years),
            "preferences": (start.preferences, 0.0),
            "cost_dollars": (within, DOLLARS),
            "cost_afterwards_dollars": (afterwards, DOLLARS),
        }

    def _texts(self, start: AuditedStart) -> dict[str, str | None]:
        """Names, kind and reviews of the row; a review after the first contract is missing."""
        first_contract = 12 * min(start.contract_years, len(start.service))
        months = {each: each if each <= first_contract else None for each in REVIEWS}
        return {
            "zone_name": self.needs.zones.loc[start.zone_id, "name"],
            "partner_name": self.partners[start.partner_id]["name"],
            "variant": self.variants[start.variant_id]["variant"],
            "renewal_falls": "; ".join(map(str, start.renewal_falls)) or None,
            **{f"review_{each}_months": self.month(start, after) for each, after in months.items()},
        }

    def month(self, start: AuditedStart, months: int | None) -> str | None:
        """Year and month so many months after a start; ``None`` for ``None``."""
        if months is None:
            return None
        year, month = divmod(12 * start.start_fall + self.parameters.first_month - 1 + months, 12)
        return f"{year}-{month + 1:02d}"

    def _pairs_in(self, fall: int) -> PairAudit:
        return PairAudit(self.needs, self.register, self.parameters.with_changes(start_year=fall))

    def _free_schools(self, partner_id: str, fall: int) -> float:
        """Schools that a partner can take on in a fall, growth apart; NaN if unknown."""
        stated = {
            row["fall"]: row["maximum_schools"]
            for row in self._capacities
            if row["partner_id"] == partner_id and row["fall"] <= fall
        }
        partner = self.partners[partner_id]
        maximum = stated[max(stated)] if stated else partner["maximum_schools"]
        free = float(maximum) - float(partner["schools_now"])
        return free if math.isnan(free) else max(0.0, free)


# Months from the start to each review.
REVIEWS = (18, 36)

# Half of the last digit of a need, and the tolerance of sums.
NEED_ROUNDING = HALF_A_DIGIT + NEED
