"""
Lagrangian relaxation of the enrolment limit, and the best Zone of one anchor within it.

Every student enrolled costs a price, the one at which the bound of all Zones is least. At that price every set of inner
schools has a bound of its own, and deciding an outer school against the relaxation loses a known amount. Sets and
decisions that lose more than the gap between the bound and the best Zone known are fixed. What is left of a set is a
core problem of few schools, all of whose subsets are tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from clustering.zones.solver.single_zone.branch_and_bound import WeighedSets, find_best_zone, weigh_sets
from clustering.zones.solver.single_zone.problem import Fixings, ZoneProblem
from clustering.zones.solver.single_zone.zone_found import ZoneFound
from clustering.zones.tolerances import DISTINCT_ENROLMENT_STUDENTS, ENROLMENT_STUDENTS, ROUNDING_STUDENTS

_MOST_PRICES_TRIED = 30
_MOST_SUBSETS_OF = 16  # schools, all of whose subsets are tried


@dataclass(frozen=True, kw_only=True, eq=False)
class EnrolmentLimit:
    """
    The enrolment limit of one anchor's Zone, at some prices and fixings.

    Parameters
    ----------
    problem
        The anchor's pricing problem.
    capacity
        Students enrolled at most in all feeders together.
    enrolment
        Students enrolled in each candidate [n].
    prices
        Dual price of each candidate [n; students per year].
    fixings
        Candidates that the Zone must have, and must not have.
    """

    problem: ZoneProblem
    capacity: float
    enrolment: np.ndarray
    prices: np.ndarray
    fixings: Fixings

    def solve_at_price(self, price: float) -> ZoneFound | None:
        """Find the best Zone at a price per student enrolled; its value is without that price."""
        prices = self.prices + price * self.enrolment if price else self.prices
        found = find_best_zone(self.problem, prices=prices, fixings=self.fixings)
        if not found:
            return None
        paid = price * float(self.enrolment[list(found[0].feeders)].sum())
        return ZoneFound(value=found[0].value + paid, feeders=found[0].feeders)

    def excess(self, zone: ZoneFound) -> float:
        """Students enrolled beyond the limit; negative where the Zone has capacity left."""
        return float(self.enrolment[list(zone.feeders)].sum()) - self.capacity


@dataclass(frozen=True, kw_only=True)
class LagrangianBound:
    """
    The least bound that a price per student enrolled gives.

    Parameters
    ----------
    bound
        No Zone within the limit has a greater value.
    price
        Per student enrolled.
    over, under
        The best Zones at that price: one beyond the limit (``None`` if the best of all keeps it), and one within.
    """

    bound: float
    price: float
    over: ZoneFound | None
    under: ZoneFound


def find_lagrangian_bound(limit: EnrolmentLimit) -> LagrangianBound | None:
    """Find the price per student at which the bound is least; ``None`` if no Zone keeps the limit."""
    over = limit.solve_at_price(0.0)
    if over is None:
        return None
    if limit.excess(over) <= ENROLMENT_STUDENTS:
        return LagrangianBound(bound=over.value, price=0.0, over=None, under=over)
    # A price at which one student less outweighs all scores.
    own = np.abs(limit.problem.own).sum() + np.abs(limit.prices).sum() + limit.problem.gain.sum()
    under = limit.solve_at_price(float(own + 1) / DISTINCT_ENROLMENT_STUDENTS)
    if under is None or limit.excess(under) > ENROLMENT_STUDENTS:
        return None
    bound, price = over.value, 0.0
    for _ in range(_MOST_PRICES_TRIED):
        tried = (over.value - under.value) / (limit.excess(over) - limit.excess(under))
        line = over.value - tried * limit.excess(over)
        zone = limit.solve_at_price(tried)
        reached = line if zone is None else max(line, zone.value - tried * limit.excess(zone))
        if reached < bound:
            bound, price = reached, tried
        if zone is None or reached <= line + ROUNDING_STUDENTS:
            break
        over, under = (zone, under) if limit.excess(zone) > ENROLMENT_STUDENTS else (over, zone)
    return LagrangianBound(bound=bound, price=price, over=over, under=under)


def find_within_capacity(limit: EnrolmentLimit, known: LagrangianBound) -> ZoneFound | None:
    """
    Find the best Zone within the limit.

    Parameters
    ----------
    limit
        The limit.
    known
        Of ``find_lagrangian_bound``.

    Returns
    -------
    best
        ``None`` if too many schools are left undecided to try all their subsets.
    """
    problem, best = limit.problem, known.under
    if known.over is None:
        return best
    priced = limit.prices + known.price * limit.enrolment
    floor = best.value - known.price * limit.capacity
    weighed = weigh_sets(problem, prices=priced, fixings=limit.fixings, floor=floor)
    if weighed is None:
        return best
    always = problem.mandatory[problem.outer]
    if limit.fixings.required is not None:
        always = always | limit.fixings.required[problem.outer]
    enrolled = weighed.table.chosen @ limit.enrolment[problem.inner] + limit.enrolment[problem.outer][always].sum()
    bounds = weighed.values + known.price * limit.capacity
    for number in np.argsort(-bounds, kind="stable"):
        if bounds[number] <= best.value + ROUNDING_STUDENTS:
            break
        core = _core_problem(limit, known.price, weighed, number, float(enrolled[number]))
        found = core.find_better(best.value)
        if found is None:
            return None
        for choice in found:
            inner = problem.inner[weighed.table.sets[number]]
            feeders = np.sort(np.concatenate([inner, problem.outer[always], problem.outer[choice.outer]]))
            best = ZoneFound(value=choice.value, feeders=tuple(feeders.tolist()))
    return best


def _core_problem(
    limit: EnrolmentLimit, price: float, weighed: WeighedSets, number: int, enrolled: float
) -> _CoreProblem:
    """The core problem of one set of inner schools; ``enrolled`` in those and in the outer schools that must be in."""
    return _CoreProblem(
        nets=weighed.nets[number],
        enrolment=limit.enrolment[limit.problem.outer],
        price=price,
        chosen=int(weighed.counts[number]),
        least=int(weighed.least[number]),
        most=int(weighed.most[number]),
        value=float(weighed.values[number]),
        capacity=limit.capacity - enrolled,
        paid=price * enrolled,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _OuterSet:
    """A set of outer schools, by number, and the value of the Zone with them."""

    value: float
    outer: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class _CoreProblem:
    """
    The choice of outer schools for one set of inner schools.

    ``nets`` is what each outer school adds at the price of its enrolment, minus infinity where it has no choice;
    ``chosen`` is how many of the best are in without the limit, ``value`` what the set then has; ``capacity`` is for
    the outer schools that have a choice; ``paid`` is the price of the enrolment of the rest of the Zone.
    """

    nets: np.ndarray
    enrolment: np.ndarray
    price: float
    chosen: int
    least: int
    most: int
    value: float
    capacity: float
    paid: float

    def find_better(self, known: float) -> list[_OuterSet] | None:
        """Find better choices than one of a known value, the last the best; ``None`` if too many are undecided."""
        order = np.argsort(-self.nets, kind="stable")
        order = order[np.isfinite(self.nets[order])]
        losses = np.fromiter(self._losses(self.nets[order]), dtype=float, count=len(order))
        found: list[_OuterSet] = []
        for is_last in (False, True):
            gap = self.value + self.price * self.capacity + self.paid - known
            undecided = np.flatnonzero(losses <= gap + ROUNDING_STUDENTS)
            is_whole = len(undecided) <= _MOST_SUBSETS_OF
            if not is_whole:
                undecided = np.sort(np.argsort(losses, kind="stable")[:_MOST_SUBSETS_OF])
            best = self._try_all(order, undecided, known)
            if best is not None:
                found.append(best)
                known = best.value
            if is_whole:
                return found
            if is_last:
                return None
        return found

    def _losses(self, nets: np.ndarray) -> Iterator[float]:
        """What the set loses if each school, the best first, is decided against the relaxation."""
        count = self.chosen
        least_in = nets[count - 1] if count else np.inf
        after = nets[count] if count < len(nets) else -np.inf
        for position, net in enumerate(nets):
            if position < count:
                instead = after if count <= self.least else max(0.0, after)
                yield net - instead
            else:
                swapped = least_in - net
                yield min(swapped, -net) if count < self.most else swapped

    def _try_all(self, order: np.ndarray, undecided: np.ndarray, known: float) -> _OuterSet | None:
        """Try all subsets of the undecided schools, the others being as in the relaxation."""
        is_undecided = np.zeros(len(order), dtype=bool)
        is_undecided[undecided] = True
        fixed = order[: self.chosen][~is_undecided[: self.chosen]]
        free = order[undecided]
        subsets = (np.arange(2 ** len(free))[:, None] >> np.arange(len(free)) & 1).astype(bool)
        sizes = subsets.sum(axis=1) + len(fixed)
        enrolled = subsets @ self.enrolment[free] + self.enrolment[fixed].sum()
        base = self.value - self.nets[order[: self.chosen]].sum()
        value = base + subsets @ self.nets[free] + self.nets[fixed].sum() + self.price * enrolled + self.paid
        possible = (sizes >= self.least) & (sizes <= self.most) & (enrolled <= self.capacity + ENROLMENT_STUDENTS)
        value = np.where(possible, value, -np.inf)
        best = int(np.argmax(value))
        if value[best] <= known + ROUNDING_STUDENTS:
            return None
        return _OuterSet(value=float(value[best]), outer=np.concatenate([fixed, free[subsets[best]]]))
