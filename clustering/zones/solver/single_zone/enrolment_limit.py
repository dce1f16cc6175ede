"""
The best Zone of one anchor with a limit on its students enrolled.

Every student enrolled pays a price, the one that makes the bound of all Zones least (a Lagrangian relaxation). At that
price every set of inner schools has a bound of its own, and every outer school a loss if it is decided otherwise than
the bound has it: sets, and decisions, that lose more than parts the bound from the best Zone known are settled. What is
left of a set is few schools, all of whose subsets are tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from clustering.zones.solver.single_zone.branch_and_bound import ZoneFound, find_best_zone, weigh_sets
from clustering.zones.solver.single_zone.problem import ZoneProblem
from clustering.zones.solver.single_zone.side_constraints import ROUNDING_STUDENTS

# Enrolments that differ by less than a thousandth of a student count as equal where the least enrolment is looked for.
_DISTINCT_STUDENTS = 1e-3
_MOST_PRICES_TRIED = 30
_MOST_TRIED = 16  # schools, all of whose subsets are tried
_NEGLIGIBLE = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class Room:
    """
    The limit, at some prices and locks.

    Parameters
    ----------
    problem
        The anchor's Zone.
    most
        Students enrolled at most in all feeders together.
    enrolment
        Students enrolled in each candidate [n].
    prices
        What each candidate costs [n; students per year].
    must, barred
        Candidates that the Zone must have, must not have [n].
    """

    problem: ZoneProblem
    most: float
    enrolment: np.ndarray
    prices: np.ndarray
    must: np.ndarray
    barred: np.ndarray

    def ask(self, price: float) -> ZoneFound | None:
        """Best Zone at a price per student enrolled; its value is without that price."""
        prices = self.prices + price * self.enrolment if price else self.prices
        found = find_best_zone(self.problem, prices=prices, must=self.must, barred=self.barred)
        if not found:
            return None
        paid = price * float(self.enrolment[list(found[0].feeders)].sum())
        return ZoneFound(value=found[0].value + paid, feeders=found[0].feeders)

    def surplus(self, zone: ZoneFound) -> float:
        """Students enrolled beyond the limit; negative where there is room left."""
        return float(self.enrolment[list(zone.feeders)].sum()) - self.most


@dataclass(frozen=True, kw_only=True)
class RoomBound:
    """
    What the price that bounds best tells.

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


def bound_by_price(room: Room) -> RoomBound | None:
    """Find the price per student that makes the bound least; ``None`` if no Zone keeps the limit."""
    over = room.ask(0.0)
    if over is None:
        return None
    if room.surplus(over) <= ROUNDING_STUDENTS:
        return RoomBound(bound=over.value, price=0.0, over=None, under=over)
    own = np.abs(room.problem.own).sum() + np.abs(room.prices).sum() + room.problem.gain.sum()
    under = room.ask(float(own + 1) / _DISTINCT_STUDENTS)
    if under is None or room.surplus(under) > ROUNDING_STUDENTS:
        return None
    bound, price = over.value, 0.0
    for _ in range(_MOST_PRICES_TRIED):
        tried = (over.value - under.value) / (room.surplus(over) - room.surplus(under))
        line = over.value - tried * room.surplus(over)
        zone = room.ask(tried)
        reached = line if zone is None else max(line, zone.value - tried * room.surplus(zone))
        if reached < bound:
            bound, price = reached, tried
        if zone is None or reached <= line + _NEGLIGIBLE:
            break
        over, under = (zone, under) if room.surplus(zone) > ROUNDING_STUDENTS else (over, zone)
    return RoomBound(bound=bound, price=price, over=over, under=under)


def find_within_room(room: Room, known: RoomBound) -> ZoneFound | None:
    """
    Find the best Zone within the limit.

    Parameters
    ----------
    room
        The limit.
    known
        Of ``bound_by_price``.

    Returns
    -------
    best
        ``None`` if too many schools are left undecided to try all their subsets.
    """
    problem, best = room.problem, known.under
    if known.over is None:
        return best
    priced = room.prices + known.price * room.enrolment
    floor = best.value - known.price * room.most
    sets = weigh_sets(problem, prices=priced, must=room.must, barred=room.barred, floor=floor)
    if sets is None:
        return best
    table, weighed = sets
    # Places that are in whatever the set: what they enrol is paid for with the set.
    always = room.must[problem.outer] | problem.mandatory[problem.outer]
    enrolled = table.chosen @ room.enrolment[problem.inner] + room.enrolment[problem.outer][always].sum()
    bounds = weighed.values + known.price * room.most
    for number in np.argsort(-bounds, kind="stable"):
        if bounds[number] <= best.value + _NEGLIGIBLE:
            break
        core = _Core(
            nets=weighed.nets[number],
            enrolment=room.enrolment[problem.outer],
            price=known.price,
            chosen=int(weighed.counts[number]),
            least=int(weighed.least[number]),
            most=int(weighed.most[number]),
            value=float(weighed.values[number]),
            room=room.most - float(enrolled[number]),
            paid=known.price * float(enrolled[number]),
        )
        found = core.find_better(best.value)
        if found is None:
            return None
        for value, outer in found:
            places = [problem.inner[table.sets[number]], problem.outer[always], problem.outer[outer]]
            best = ZoneFound(value=value, feeders=tuple(np.sort(np.concatenate(places)).tolist()))
    return best


@dataclass(frozen=True, kw_only=True, eq=False)
class _Core:
    """
    The choice of outer schools for one set of inner schools.

    ``nets`` are what each adds with its enrolment paid for, minus infinity where it has no choice; ``chosen`` is how
    many of the best are in without the limit, ``value`` what the set then has; ``room`` is for the outer schools that
    have a choice; ``paid`` what the rest of the Zone pays for its enrolment.
    """

    nets: np.ndarray
    enrolment: np.ndarray
    price: float
    chosen: int
    least: int
    most: int
    value: float
    room: float
    paid: float

    def find_better(self, known: float) -> list[tuple[float, np.ndarray]] | None:
        """Better choices than one of a known value, the last being the best; ``None`` if too many are undecided."""
        order = np.argsort(-self.nets, kind="stable")
        order = order[np.isfinite(self.nets[order])]
        losses = np.fromiter(self._losses(self.nets[order]), dtype=float, count=len(order))
        found: list[tuple[float, np.ndarray]] = []
        for is_last in (False, True):
            gap = self.value + self.price * self.room + self.paid - known
            open_places = np.flatnonzero(losses <= gap + _NEGLIGIBLE)
            is_whole = len(open_places) <= _MOST_TRIED
            if not is_whole:
                open_places = np.sort(np.argsort(losses, kind="stable")[:_MOST_TRIED])
            best = self._try_all(order, open_places, known)
            if best is not None:
                found.append(best)
                known = best[0]
            if is_whole:
                return found
            if is_last:
                return None
        return found

    def _losses(self, nets: np.ndarray) -> Iterator[float]:
        """What the set loses if each school, the best first, is decided otherwise than without the limit."""
        count = self.chosen
        least_in = nets[count - 1] if count else np.inf
        after = nets[count] if count < len(nets) else -np.inf
        for place, net in enumerate(nets):
            if place < count:
                instead = after if count <= self.least else max(0.0, after)
                yield net - instead
            else:
                swapped = least_in - net
                yield min(swapped, -net) if count < self.most else swapped

    def _try_all(self, order: np.ndarray, open_places: np.ndarray, known: float) -> tuple[float, np.ndarray] | None:
        """Try all subsets of some of the schools, the others being as without the limit."""
        is_open = np.zeros(len(order), dtype=bool)
        is_open[open_places] = True
        fixed = order[: self.chosen][~is_open[: self.chosen]]
        free = order[open_places]
        subsets = (np.arange(2 ** len(free))[:, None] >> np.arange(len(free)) & 1).astype(bool)
        sizes = subsets.sum(axis=1) + len(fixed)
        enrolled = subsets @ self.enrolment[free] + self.enrolment[fixed].sum()
        base = self.value - self.nets[order[: self.chosen]].sum()
        value = base + subsets @ self.nets[free] + self.nets[fixed].sum() + self.price * enrolled + self.paid
        possible = (sizes >= self.least) & (sizes <= self.most) & (enrolled <= self.room + ROUNDING_STUDENTS)
        value = np.where(possible, value, -np.inf)
        best = int(np.argmax(value))
        if value[best] <= known + _NEGLIGIBLE:
            return None
        return float(value[best]), np.concatenate([fixed, free[subsets[best]]])
