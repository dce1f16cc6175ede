"""Small random multi-year plans with every option of the model, and the best of them by trying everything."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pandas as pd

from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.plan_years.parameters import PlanYearsParameters
from clustering.capacity.register.register import Register
from tests.examples.capacity_tables import needs_of, register_of


class Start(NamedTuple):
    """A variant that a partner starts in a fall, and how often its contract is renewed."""

    variant: str
    partner: str
    fall: int
    renewals: int


class Worth(NamedTuple):
    """What a plan is worth, in the order of importance."""

    need: float
    earliness: float
    service: float
    preferences: int
    less_cost: float


class Instance(NamedTuple):
    """A request, and its tables as plain values: rows of variants and partners by id, maximum by partner and fall."""

    needs: ZoneNeeds
    register: Register
    parameters: PlanYearsParameters
    variants: dict[str, dict[str, Any]]
    partners: dict[str, dict[str, Any]]
    maximum: dict[tuple[str, int], float]
    statements: list[dict[str, Any]]


def instance_of(needs: ZoneNeeds, register: Register, parameters: PlanYearsParameters) -> Instance:
    """Take a request apart."""
    years = register.capacities.to_dict("records")
    return Instance(
        needs=needs,
        register=register,
        parameters=parameters,
        variants=needs.variants.to_dict("index"),
        partners=register.partners.to_dict("index"),
        maximum={(row["partner_id"], row["fall"]): row["maximum_schools"] for row in years},
        statements=register.preferences.to_dict("records"),
    )


class World(NamedTuple):
    """Zones and partners."""

    needs: ZoneNeeds
    register: Register


def random_world(chance: random.Random) -> World:
    """Draw two or three Zones, and one or two partners of whom some things are unknown."""
    zones, schools, smaller, parts = _random_zones(chance)
    partners = {each: _random_partner(chance) for each in ("P", "Q")[: chance.choice([1, 2, 2])]}
    capacities = [
        (partner, fall, float(chance.choice([0, 2, 3, 5])))
        for partner in partners
        for fall in range(2025, 2030)
        if chance.random() < 0.1
    ]
    statements = [
        {"partner_id": partner, "district_id": district, "choice": "prefer", "stated_by": "district"}
        for partner in partners
        for district in ("D1", "D2")
        if chance.random() < 0.3
    ]
    return World(
        needs=needs_of(schools, zones, smaller=smaller, parts=parts),
        register=register_of(partners, statements=statements, capacities=capacities),
    )


def random_instance(chance: random.Random, world: World) -> Instance:
    """Draw a request; every option of the model has a chance."""
    names, partners = list(world.needs.zones.index), list(world.register.partners.index)

    def sometimes(value: object, otherwise: object, probability: float = 0.2) -> object:
        return value if chance.random() < probability else otherwise

    years = chance.choice([3, 4, 4]) if len(names) * len(partners) > 4 else chance.choice([4, 5])
    has_list = chance.random() < 0.3
    amounts = [chance.choice([100, 300, 500, 900]) * 1000.0 for _ in range(years)]
    settings: dict[str, Any] = {
        "years": years,
        "need": chance.choice(["students", "students", "students_below"]),
        "budgets_dollars": amounts if has_list else (),
        "budget_dollars": None if has_list else chance.choice([None, 400_000.0, 600_000.0, 900_000.0]),
        "carry_over": sometimes(True, False, 0.4),
        "planning_years": chance.choice([0, 1]),
        "cost_by": chance.choice(["school", "school", "student"]),
        "cost_per_school_dollars": 100_000.0,
        "cost_per_student_dollars": 1_000.0,
        "planning_cost_per_school_dollars": sometimes(20_000.0, 0.0, 0.4),
        "planning_cost_per_student_dollars": sometimes(150.0, 0.0, 0.4),
        "later_cost_per_school_dollars": sometimes(50_000.0, None, 0.4),
        "later_cost_per_student_dollars": sometimes(700.0, None, 0.4),
        "intensive_years": chance.choice([1, 2, 3]),
        "contract_years": chance.choice([1, 2, 3, 5]),
        "renewals": chance.choice([0, 1, 1, 3]),
        "count_by": chance.choice(["years served", "years served", "Zones reached"]),
        "growth": sometimes(False, True),
        "planning_uses_capacity": sometimes(True, False, 0.25),
        "maximum_zones_per_partner": sometimes(1, None),
        "allow_smaller": sometimes(True, False, 0.5),
        "allow_parts": sometimes(True, False, 0.5),
        "exits": sometimes((f"{chance.choice(names)}={2025 + chance.randrange(1, years)}",), ()),
        "force_match": sometimes((f"{chance.choice(names)}={chance.choice(partners)}",), (), 0.15),
        "forbid_match": sometimes((f"{chance.choice(names)}={chance.choice(partners)}",), (), 0.15),
        "force_served": sometimes((chance.choice(names),), (), 0.15),
        "force_unserved": sometimes((chance.choice(names),), (), 0.1),
    }
    if set(settings["force_served"]) & set(settings["force_unserved"]):
        settings["force_served"] = ()
    locked = {text.split("=")[0] for text in settings["force_match"]}
    if locked & set(settings["force_unserved"]) or set(settings["force_match"]) & set(settings["forbid_match"]):
        settings["force_match"] = ()
    return instance_of(world.needs, world.register, PlanYearsParameters(**settings))


def find_best(instance: Instance) -> tuple[Worth, list[tuple[Start, ...]]] | None:
    """Try every plan: what the best is worth, and all plans that are worth as much; ``None`` if no plan keeps all."""
    known = list(_kept_plans(instance))
    if not known:
        return None
    best = max(worth for worth, _ in known)
    return best, [tuple(each.start for each in plan) for worth, plan in known if worth == best]


def _kept_plans(instance: Instance) -> Iterator[tuple[Worth, tuple[_Traced, ...]]]:
    zones = sorted({row["zone_id"] for row in instance.variants.values()})
    for combination in itertools.product(*(list(_choices(zone, instance)) for zone in zones)):
        plan = tuple(itertools.chain.from_iterable(combination))
        if _keeps_all(plan, instance):
            yield _worth_of(plan), plan


def every_worth(instance: Instance) -> list[Worth]:
    """What every plan that keeps all rules is worth, the best first."""
    return sorted((worth for worth, _ in _kept_plans(instance)), reverse=True)


def greatest_number_of_zones(instance: Instance, last_start: int) -> int:
    """The most Zones that a plan can have started by a fall."""
    started = (
        {each.zone for each in plan}
        for _, plan in _kept_plans(instance)
        if all(each.start.fall <= last_start for each in plan)
    )
    return max(map(len, started))


def worth_of(plan: Sequence[Start], instance: Instance) -> Worth:
    """Sum up a plan, in exact thousandths and dollars."""
    return _worth_of([_trace(start, instance) for start in plan])


def keeps_all(plan: Sequence[Start], instance: Instance) -> bool:
    """Check every rule of a plan, one after another, from its definition."""
    return _keeps_all([_trace(start, instance) for start in plan], instance)


class _Traced(NamedTuple):
    """A start, and what it does in each fall of the plan."""

    start: Start
    zone: str
    schools: frozenset[str]
    planned: tuple[bool, ...]
    run: tuple[bool, ...]
    run_long: tuple[bool, ...]
    costs: tuple[float, ...]
    whole_cost: float
    need: float
    service: float
    preferences: int
    earliness: float


def _trace(start: Start, instance: Instance) -> _Traced:
    parameters, falls, variant = instance.parameters, _falls_of(instance), instance.variants[start.variant]
    service = _service_of(start, instance)
    run = tuple(fall in service for fall in falls)
    times = sum(run) if parameters.count_by == "years served" else 1
    return _Traced(
        start=start,
        zone=variant["zone_id"],
        schools=frozenset(variant["school_ids"]),
        planned=tuple(start.fall - parameters.planning_years <= fall < start.fall for fall in falls),
        run=run,
        run_long=tuple(fall in service and fall - start.fall >= 2 for fall in falls),
        costs=tuple(_cost_of(start, fall, instance) for fall in falls),
        whole_cost=sum(_cost_of(start, fall, instance) for fall in range(falls[0], service.stop)),
        need=_need_of(start.variant, instance) * times,
        service=_need_of(start.variant, instance) * sum(run),
        preferences=sum(
            row["partner_id"] == start.partner and row["district_id"] in variant["district_ids"]
            for row in instance.statements
        ),
        earliness=max(1.0, _need_of(start.variant, instance)) * (falls[-1] + 1 - start.fall),
    )


def _worth_of(plan: Sequence[_Traced]) -> Worth:
    return Worth(
        need=round(sum(each.need for each in plan), 3),
        earliness=round(sum(each.earliness for each in plan), 3),
        service=round(sum(each.service for each in plan), 3),
        preferences=sum(each.preferences for each in plan),
        less_cost=-round(sum(each.whole_cost for each in plan), 0),
    )


def _keeps_all(plan: Sequence[_Traced], instance: Instance) -> bool:
    schools = [school for each in plan for school in each.schools]
    return (
        len(schools) == len(set(schools))
        and _keeps_budget(plan, instance)
        and _keeps_locks(plan, instance)
        and _keeps_capacity(plan, instance)
    )


def _falls_of(instance: Instance) -> range:
    return range(2025, 2025 + instance.parameters.years)


def _service_of(start: Start, instance: Instance) -> range:
    """Falls in which the partner runs the Zone, those after the plan too."""
    return range(start.fall, min([_end_of_contract(start, start.renewals, instance), *_exits(start, instance)]))


def _end_of_contract(start: Start, number: int, instance: Instance) -> int:
    own = instance.partners[start.partner]["contract_years"]
    years = instance.parameters.contract_years if pd.isna(own) else int(own)
    return start.fall + years * (1 + number)


def _exits(start: Start, instance: Instance) -> list[int]:
    zone = instance.variants[start.variant]["zone_id"]
    return [int(text.rpartition("=")[2]) for text in instance.parameters.exits if text.rpartition("=")[0] == zone]


def _renewals_begin_in_time(start: Start, instance: Instance) -> bool:
    """Whether start and renewals lie within the plan, and before the Zone's exit."""
    last_begin = _end_of_contract(start, start.renewals - 1, instance)
    return last_begin < min([_falls_of(instance)[-1] + 1, *_exits(start, instance)])


def _need_of(variant: str, instance: Instance) -> float:
    need = instance.variants[variant][instance.parameters.need]
    return 0.0 if pd.isna(need) else float(need)


def _cost_of(start: Start, fall: int, instance: Instance) -> float:
    """Dollars that a start costs in a fall: its year of planning, an intensive one, or a later one."""
    parameters, own = instance.parameters, instance.partners[start.partner]["cost_per_school"]
    students = instance.variants[start.variant]["students"]
    count = instance.variants[start.variant]["school_count"]
    is_by_student = parameters.cost_by == "student" and not pd.isna(students)
    size = students if is_by_student else count
    basis = "student" if is_by_student else "school"
    if start.fall - parameters.planning_years <= fall < start.fall:
        return float(round(getattr(parameters, f"planning_cost_per_{basis}_dollars") * size))
    if fall not in _service_of(start, instance):
        return 0.0
    default = getattr(parameters, f"cost_per_{basis}_dollars") * size
    full = float(round(default if pd.isna(own) else count * own))
    later = getattr(parameters, f"later_cost_per_{basis}_dollars")
    is_late = fall >= start.fall + parameters.intensive_years
    return min(full, float(round(later * size))) if is_late and later is not None else full


def _keeps_capacity(plan: Sequence[_Traced], instance: Instance) -> bool:
    parameters, most_zones = instance.parameters, instance.parameters.maximum_zones_per_partner
    for partner in {each.start.partner for each in plan}:
        own = [each for each in plan if each.start.partner == partner]
        said = instance.partners[partner]
        share = said["growth_share"] if parameters.growth and not pd.isna(said["growth_share"]) else 0.0
        for number, fall in enumerate(_falls_of(instance)):
            running = [each for each in own if each.run[number]]
            planned = [each for each in own if each.planned[number] and parameters.planning_uses_capacity]
            used = sum(len(each.schools) for each in running + planned)
            free = max(0.0, _maximum(partner, fall, instance) - said["schools_now"])
            there = free + share * sum(len(each.schools) for each in running if each.run_long[number])
            if share and not pd.isna(said["growth_ceiling"]):
                there = min(there, max(free, said["growth_ceiling"] - said["schools_now"]))
            if used and not used <= there + 1e-6:
                return False
            if most_zones is not None and len(running) > most_zones:
                return False
    return True


def _maximum(partner: str, fall: int, instance: Instance) -> float:
    """Of the last year until the fall for which the register says it, else what it says of every year."""
    until = [year for each, year in instance.maximum if each == partner and year <= fall]
    return float(instance.maximum[partner, max(until)] if until else instance.partners[partner]["maximum_schools"])


def _keeps_budget(plan: Sequence[_Traced], instance: Instance) -> bool:
    parameters, spent, there = instance.parameters, 0.0, 0.0
    for number in range(parameters.years):
        budget = parameters.budgets_dollars[number] if parameters.budgets_dollars else parameters.budget_dollars
        if budget is None:
            return True
        cost = sum(each.costs[number] for each in plan)
        spent, there = (spent + cost, there + budget) if parameters.carry_over else (cost, budget)
        if spent > there + 0.5:
            return False
    return True


def _keeps_locks(plan: Sequence[_Traced], instance: Instance) -> bool:
    zones = {each.zone for each in plan}
    matches = {f"{each.zone}={each.start.partner}" for each in plan}
    return set(instance.parameters.force_served) <= zones and set(instance.parameters.force_match) <= matches


def _choices(zone: str, instance: Instance) -> Iterator[tuple[_Traced, ...]]:
    """What can be done for a Zone: nothing, the whole of one variant, or some of its parts."""
    parameters = instance.parameters
    own = {variant: row["variant"] for variant, row in instance.variants.items() if row["zone_id"] == zone}
    yield ()
    for variant, kind in own.items():
        if kind == "as proposed" or (kind == "smaller" and parameters.allow_smaller):
            yield from ((each,) for each in _starts(variant, instance))
    parts = [[None, *_starts(each, instance)] for each, kind in own.items() if kind == "part"]
    for combination in itertools.product(*parts) if parameters.allow_parts else ():
        if chosen := tuple(each for each in combination if each is not None):
            yield chosen


def _starts(variant: str, instance: Instance) -> Iterator[_Traced]:
    parameters, zone = instance.parameters, instance.variants[variant]["zone_id"]
    locked = {*parameters.force_served, *(text.partition("=")[0] for text in parameters.force_match)}
    if zone in parameters.force_unserved or not (_need_of(variant, instance) > 0 or zone in locked):
        return
    for values in itertools.product(instance.partners, _falls_of(instance), range(1 + parameters.renewals)):
        start, (partner, fall, _) = Start(variant, *values), values
        earliest = instance.partners[partner]["earliest_start"]
        if (
            fall >= 2025 + parameters.planning_years
            and (pd.isna(earliest) or fall >= earliest)
            and f"{zone}={partner}" not in parameters.forbid_match
            and _renewals_begin_in_time(start, instance)
        ):
            yield _trace(start, instance)


def _random_zones(chance: random.Random) -> tuple[dict[str, list[str]], dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Zones of two to four schools, the schools, a smaller variant of one and two parts of another."""
    zones, schools = {}, {}
    for zone in "ABC"[: chance.choice([2, 3])]:
        zones[zone] = [f"{zone}{number}" for number in range(chance.choice([2, 3, 4]))]
        unknown = chance.random() < 0.1
        for school in zones[zone]:
            schools[school] = {
                "students": None if unknown else chance.choice([50, 80, 100, 120]),
                "students_below": None if chance.random() < 0.05 else chance.choice([20, 30, 40]),
                "district_id": chance.choice(["D1", "D2"]),
            }
    first, last = min(zones), max(zones)
    if chance.random() < 0.25:  # a feeder that two Zones share
        zones[last].append(zones[first][-1])
    smaller = {f"{first}-small": (first, zones[first][:-1])} if chance.random() < 0.4 else {}
    half = len(zones[last]) // 2
    parts = {f"{last}-1": (last, zones[last][:half]), f"{last}-2": (last, zones[last][half:])}
    return zones, schools, smaller, parts if chance.random() < 0.4 else {}


def _random_partner(chance: random.Random) -> dict[str, Any]:
    unknown = float("nan")
    return {
        "schools_now": chance.choice([0.0, 0.0, 0.0, 1.0] if chance.random() < 0.95 else [9.0, unknown]),
        "maximum_schools": chance.choice([3.0, 4.0, 6.0] if chance.random() < 0.95 else [unknown]),
        "growth_share": chance.choice([unknown, 0.5, 1.0, 2.0]),
        "growth_ceiling": chance.choice([unknown, 4.0, 6.0]),
        "earliest_start": chance.choice([pd.NA, pd.NA, 2026, 2027]),
        "contract_years": chance.choice([pd.NA, pd.NA, 2, 3]),
        "cost_per_school": chance.choice([unknown, unknown, 80_000.0, 130_000.0]),
    }
