"""
Every rule of a multi-year plan, checked on its tables alone: nothing here knows how the plan was found.

Each rule is written from its statement in docs/capacity.md, row by row, and not with the arrays that the model is built
from: what one of the two gets wrong, the other says.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

from clustering.capacity.matching.audited_values import find_broken_locks, find_differences
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.plan_years.start_audit import NEED_ROUNDING, REVIEWS, AuditedStart, StartAudit
from clustering.capacity.plan_years.tolerances import DOLLARS, NEED, PROVED_SHARE, SCHOOLS
from clustering.capacity.plan_years.year_plan import YearPlan
from clustering.capacity.register.register import Register


def audit_year_plan(plan: YearPlan, needs: ZoneNeeds, register: Register) -> list[str]:
    """
    Check a plan against every rule.

    Parameters
    ----------
    plan
        The plan, its request among it.
    needs, register
        What it was made of.

    Returns
    -------
    violations
        A sentence each; empty if every rule is kept: ids that there are, variants that are allowed, partners that may
        run them, falls, renewals, each Zone and school once, capacity with growth, Zones per partner, budget, locks,
        exits; and that every number is the sum of what it adds up.
    """
    audit = StartAudit(needs, register, plan.parameters)
    if unknown := [*audit.unknown_ids(plan.starts), *_audit_falls(plan, audit)]:
        return unknown  # the other rules need rows that can be looked up
    starts = [audit.start(row) for row in plan.starts.to_dict("records")]
    return [
        *(f"{start.label}: {each}" for start in starts for each in audit.violations(start)),
        *_audit_once(starts, audit),
        *_audit_partners(plan, starts, audit),
        *_audit_money(plan, starts, audit),
        *_audit_locks(plan, starts),
        *_audit_years(plan, starts),
        *_audit_solution(plan, starts),
        *_audit_zones(plan, starts, audit),
        *_audit_timeline(plan, starts, audit),
    ]


def _audit_falls(plan: YearPlan, audit: StartAudit) -> Iterator[str]:
    if (plan.first_fall, plan.last_fall) != (audit.falls[0], audit.falls[-1]):
        yield f"The plan runs from fall {plan.first_fall} to {plan.last_fall}, not as the request asks."
    if plan.years["fall"].tolist() != list(audit.falls):
        yield "The table years does not have one row for each fall of the plan."


def _audit_once(starts: list[AuditedStart], audit: StartAudit) -> Iterator[str]:
    """Each Zone starts once, or each of its parts; no school is run twice."""
    of_zone: dict[str, list[AuditedStart]] = {}
    for start in starts:
        of_zone.setdefault(start.zone_id, []).append(start)
    for zone, group in sorted(of_zone.items()):
        variants = [start.variant_id for start in group]
        is_whole = [audit.variants[each]["variant"] != "part" for each in variants]
        if len(group) > 1 and (any(is_whole) or len(set(variants)) < len(group)):
            yield f"{zone} starts more than once."
    schools = Counter(school for start in starts for school in start.school_ids)
    yield from (f"School {school} is in {count} starts." for school, count in sorted(schools.items()) if count > 1)


def _audit_partners(plan: YearPlan, starts: list[AuditedStart], audit: StartAudit) -> Iterator[str]:
    """Capacity with growth, and Zones, of each partner in each fall; and the table that shows them."""
    most_zones = plan.parameters.maximum_zones_per_partner
    shown = {(row["partner_id"], row["fall"]): row for row in plan.partners.to_dict("records")}
    if len(shown) != len(plan.partners) or set(shown) != {(p, fall) for p in audit.partners for fall in audit.falls}:
        yield "The table partners does not have one row for each partner and fall."
        return
    for partner in sorted(audit.partners):
        own = [start for start in starts if start.partner_id == partner]
        for fall in audit.falls:
            running = [start for start in own if fall in start.service]
            used = sum(len(start.school_ids) for start in own if audit.uses_capacity(start, fall))
            there = audit.schools_available(partner, fall, running)
            if used and not used <= there + SCHOOLS:
                yield f"{partner} is to run {used} schools in fall {fall}, and can run {there:g}."
            if most_zones is not None and len(running) > most_zones:
                yield f"{partner} is to run {len(running)} Zones in fall {fall}, and {most_zones} are allowed."
            whole = there if math.isnan(there) else math.floor(there + SCHOOLS)
            free = audit.free_schools(partner, fall)
            expected = {
                "partner_name": audit.partners[partner]["name"],
                "schools_before_growth": free,
                "schools_grown": whole - free,
                "schools_free": whole,
                "schools_used": used,
                "schools_left": whole - used,
                "zones_in_service": len(running),
            }
            yield from find_differences(f"{partner} in fall {fall}", shown[partner, fall], expected, tolerance=SCHOOLS)
            if own and not shown[partner, fall]["is_eligible"]:
                yield f"{partner} runs Zones, and is_eligible says that it may not."


def _audit_money(plan: YearPlan, starts: list[AuditedStart], audit: StartAudit) -> Iterator[str]:
    """Cost of each start and fall, and of each fall in all, against the budget."""
    costs = {(row["variant_id"], row["fall"]): row for row in plan.costs.to_dict("records")}
    expected = {
        (start.variant_id, fall): phase
        for start in starts
        for fall in audit.falls
        if (phase := audit.phase(start, fall))
    }
    if len(costs) != len(plan.costs) or set(costs) != set(expected):
        yield "The table costs does not have one row for each start and fall in which it is planned or run."
        return
    by_start = {start.variant_id: start for start in starts}
    for (variant, fall), phase in sorted(expected.items()):
        row, start = costs[variant, fall], by_start[variant]
        wanted: dict[str, Any] = {"zone_id": start.zone_id, "partner_id": start.partner_id, "phase": phase}
        wanted["cost_dollars"] = audit.cost(start, fall)
        yield from find_differences(f"The cost of {variant} in fall {fall}", row, wanted, tolerance=DOLLARS)
    spent = there = 0.0
    years = {row["fall"]: row for row in plan.years.to_dict("records")}
    for fall in audit.falls:
        cost, budget = sum(audit.cost(start, fall) for start in starts), audit.budget(fall)
        carried = there - spent if plan.parameters.carry_over else 0.0
        if cost > budget + carried + DOLLARS:
            yield f"The plan costs {cost:,.0f} dollars in fall {fall}, and there are {budget + carried:,.0f}."
        spent, there = spent + cost, there + budget
        by_phase = {
            f"{name}_cost_dollars": sum(audit.cost(each, fall) for each in starts if audit.phase(each, fall) == name)
            for name in ("planning", "intensive", "later")
        }
        limited = {"budget_dollars": budget, "available_dollars": budget + carried}
        limited["left_dollars"] = budget + carried - cost
        shown = {name: value if math.isfinite(value) else math.nan for name, value in limited.items()}
        amounts = {"cost_dollars": cost, "cumulative_cost_dollars": spent, **by_phase, **shown}
        yield from find_differences(
            f"Fall {fall}", years[fall], amounts, tolerance=DOLLARS * (1 + fall - audit.falls[0])
        )


def _audit_locks(plan: YearPlan, starts: list[AuditedStart]) -> Iterator[str]:
    pairs = {f"{start.zone_id}={start.partner_id}" for start in starts}
    zones = {start.zone_id for start in starts}
    yield from find_broken_locks(plan.parameters, pairs=pairs, zones=zones)


def _audit_years(plan: YearPlan, starts: list[AuditedStart]) -> Iterator[str]:
    """What each fall adds up; money and capacity apart."""
    planning = plan.parameters.planning_years
    for row in plan.years.to_dict("records"):
        fall = row["fall"]
        running = [start for start in starts if fall in start.service]
        cohort = sorted(start.variant_id for start in starts if start.start_fall == fall)
        expected = {
            "zones_planned": sum(start.start_fall - planning <= fall < start.start_fall for start in starts),
            "zones_starting": len(cohort),
            "cohort": "; ".join(cohort),
            "zones_in_service": len(running),
            "zones_renewed": sum(fall in start.renewal_falls for start in starts),
            "zones_leaving": sum(start.exit_fall == fall for start in starts),
            "schools_leaving": sum(len(start.school_ids) for start in starts if start.exit_fall == fall),
            "schools_in_service": sum(len(start.school_ids) for start in running),
            "students_in_service": _sum_of_known([start.students for start in running]),
            "need_served": _sum(start.need for start in running),
        }
        yield from find_differences(f"Fall {fall}", row, expected, tolerance=NEED_ROUNDING * (1 + len(starts)))
        of_fall = plan.partners[plan.partners["fall"] == fall]
        sums = {name: of_fall[name].sum() for name in ("schools_used", "schools_free")}
        sums["schools_eligible"] = of_fall.loc[of_fall["is_eligible"], "schools_free"].sum()
        yield from find_differences(f"Fall {fall}", row, sums, tolerance=SCHOOLS)


def _audit_solution(plan: YearPlan, starts: list[AuditedStart]) -> Iterator[str]:
    solution, last = plan.solution, plan.last_fall
    is_by_year = plan.parameters.count_by == "years served"
    expected = {
        "need": _sum(start.need * (start.years_until(last) if is_by_year else 1) for start in starts),
        "preferences": sum(start.preferences for start in starts),
    }
    totals = {name: getattr(solution, name) for name in expected}
    yield from find_differences(
        "The solution", totals, expected, tolerance=NEED_ROUNDING * (1 + len(starts)) * plan.parameters.years
    )
    is_first = plan.costs["fall"] < plan.first_fall + 3
    costs = {
        "cost_dollars": plan.costs["cost_dollars"].sum(),
        "first_three_years_cost_dollars": plan.costs.loc[is_first, "cost_dollars"].sum(),
    }
    yield from find_differences(
        "The solution", {name: getattr(solution, name) for name in costs}, costs, tolerance=DOLLARS
    )
    gap = (solution.bound - solution.need) / max(1.0, abs(solution.bound))
    if not math.isclose(solution.gap, gap, abs_tol=1e-6) or (solution.status == "optimal" and gap > PROVED_SHARE):
        yield f"The status is {solution.status}, the gap {solution.gap}, and by the bound it is {gap}."
    if solution.need > solution.bound + NEED:
        yield f"The need served ({solution.need}) is above its bound ({solution.bound})."


def _audit_zones(plan: YearPlan, starts: list[AuditedStart], audit: StartAudit) -> Iterator[str]:
    """Every Zone starts, or never_started names it with its own numbers."""
    started = {start.zone_id for start in starts}
    others = plan.never_started["zone_id"].tolist()
    zones = audit.needs.zones
    for zone in sorted(zones.index):
        if (zone in started) + others.count(zone) != 1:
            yield f"The Zone {zone} must either start or be among those that never do."
    pairs = audit.pairs_in(audit.falls[0])
    is_told = plan.never_started["zone_id"].isin(zones.index.difference(sorted(started)))
    for row in plan.never_started[is_told].to_dict("records"):
        whole = audit.variants[row["zone_id"]]
        expected = {
            "zone_name": zones.loc[row["zone_id"], "name"],
            "school_count": len(whole["school_ids"]),
            "students": float(whole["students"]),
            "need": pairs.need(whole),
            "first_fall": audit.falls[0],
            "last_fall": audit.falls[-1],
        }
        yield from find_differences(f"The Zone {row['zone_id']}", row, expected, tolerance=NEED_ROUNDING)


def _audit_timeline(plan: YearPlan, starts: list[AuditedStart], audit: StartAudit) -> Iterator[str]:
    """Every event of every start, by month: a school year begins in the month that the request names."""
    month, planning = plan.parameters.first_month, plan.parameters.planning_years
    expected = Counter[tuple[Any, ...]]()
    for start in starts:
        begins = [start.start_fall, *start.renewal_falls]
        after = [("start", 0), ("exit", 12 * len(start.service)), *[("planning", -12)] * bool(planning)]
        for begin, end in zip(begins, [*begins[1:], start.exit_fall], strict=True):
            passed = 12 * (begin - start.start_fall)
            after += [("renewal", passed)] * bool(passed)
            after += [(f"review at {each} months", passed + each) for each in REVIEWS if each <= 12 * (end - begin)]
        for event, months in after:
            date = str(audit.month(start, months))
            fall = int(date[:4]) - (int(date[5:]) < month)
            ids = start.zone_id, start.variant_id, start.partner_id
            expected[(date, fall, event, *ids, fall <= plan.last_fall)] += 1
    columns = ["date", "fall", "event", "zone_id", "variant_id", "partner_id", "is_within_plan"]
    if Counter(plan.timeline[columns].itertuples(index=False, name=None)) != expected:
        yield "The timeline does not have every planning, start, review, renewal and exit of the starts once."


def _sum(values: Iterator[float] | Any) -> float:
    """Sum of what is known."""
    return math.fsum(value for value in values if not math.isnan(value))


def _sum_of_known(values: list[float]) -> float:
    """Sum of what is known; NaN where there is something and nothing of it is known."""
    return math.nan if values and all(map(math.isnan, values)) else _sum(values)
