"""What would have to change for an unserved Zone to have a partner, and what that brings to the whole match."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from clustering.capacity.matching.capacity_left import CapacityLeft
from clustering.capacity.matching.effects import Effect, measure_effect
from clustering.capacity.matching.free_capacity import maximum_schools
from clustering.capacity.matching.losses import SolvedMatch
from clustering.capacity.matching.obstacles import PairDetails
from clustering.capacity.matching.opened_pairs import OF_SEVERAL, Trial, change_choices
from clustering.capacity.matching.reasons import PairObstacle, Remedy
from clustering.capacity.matching.request_changes import without_obstacles

# Each change is solved again, so few are tried: by count and not by time, the same on every machine.
ZONES_TRIED, PARTNERS_TRIED = 3, 3
_STEPS, _LEAST_NAMED = 2, 3
# Changes of which there is more or less; of the others there is none or all.
_WITH_NUMBER = ("size", "reach", "start", "budget")

Pair = Mapping[Any, Any]
# A partner, what is lifted, and the variant where that decides what is lifted.
_Change = tuple[str, tuple[PairObstacle, ...], str]


@dataclass(frozen=True, eq=False)
class RemedySearch:
    """
    Tries changes against one match.

    Parameters
    ----------
    solved
        The match.
    capacity_left
        What it leaves.
    """

    solved: SolvedMatch
    capacity_left: CapacityLeft
    _effects: dict[_Change, Effect | None] = field(default_factory=dict)

    @property
    def is_measured(self) -> bool:
        """Whether changes are solved again: as losses are, where the request is small enough for all of them."""
        return self.solved.is_small and self.solved.is_measured

    def describe(self, pair: Pair) -> Remedy | None:
        """Say what would have to change for a pair, all Zones served keeping their partners; nothing is solved."""
        changes = list(self._steps(pair))[-1]
        return _remedy(pair, changes) if changes else None

    def measure(self, pairs: Sequence[Pair]) -> list[tuple[Remedy, ...]]:
        """
        Measure of each pair the changes that serve its Zone, and more need in all.

        Parameters
        ----------
        pairs
            Rows of the instance's ``pairs``, of Zones without a partner.

        Returns
        -------
        remedies
            The least change first, and then one with which no Zone need lose its partner; ``()`` where no change does.
        """
        steps = [list(self._steps(pair)) for pair in pairs]
        remedies: list[tuple[Remedy, ...]] = [()] * len(pairs)
        for step in range(_STEPS):
            waiting = [
                number
                for number, each in enumerate(steps)
                if step < len(each) and (not remedies[number] or remedies[number][-1].zones_lost)
            ]
            self._try({_change(pairs[number], steps[number][step]): pairs[number] for number in waiting})
            for number in waiting:
                remedy = self._remedy_by(pairs[number], steps[number][step])
                remedies[number] += () if remedy is None else (remedy,)
        return remedies

    def _try(self, changes: Mapping[_Change, Pair]) -> None:
        """Measure the changes of partners that were not measured before."""
        solved, trials = self.solved, []
        new = [each for each in changes if each not in self._effects]
        self._effects.update(dict.fromkeys(new))
        for change in new:
            partner, lifted, _ = change
            if (request := without_obstacles(solved.instance, changes[change], lifted)) is not None:
                trials.append((change, Trial(partner_id=partner, changes=lifted, request=request)))
        prepared = change_choices(solved.instance, [trial for _, trial in trials])
        for (change, _), changed in zip(trials, prepared, strict=True):
            self._effects[change] = measure_effect(solved.instance, solved.solution, changed, deadline=solved.deadline)

    def _remedy_by(self, pair: Pair, changes: tuple[PairObstacle, ...]) -> Remedy | None:
        effect = self._effects[_change(pair, changes)]
        if effect is not None and effect.proof == "time limit":
            return _remedy(pair, changes)
        if effect is None or pair["zone_id"] not in effect.zones_gained:
            return None
        return replace(
            _remedy(pair, changes),
            need_gained=effect.need_gained,
            zones_gained=effect.zones_gained,
            zones_lost=effect.zones_lost,
            cost_dollars=effect.cost_dollars,
            proof="solved",
        )

    def _steps(self, pair: Pair) -> Iterator[tuple[PairObstacle, ...]]:
        """Changes, the less first: the obstacles alone, then enough to run it with all Zones served as they are."""
        details = PairDetails(self.solved.instance, pair)
        stated = [details.explain(each) for each in pair["obstacles"]]
        own = {each.obstacle: each for each in stated}
        schools, capacity_left = float(details.variant["school_count"]), self.capacity_left
        limit, left = self._most_schools(pair["partner_id"]), capacity_left.schools[pair["partner_id"]]
        used = self._free(pair["partner_id"]) - left
        with_all = dict(own)
        if "size" in own and not pd.isna(limit):
            own["size"] = PairObstacle(obstacle="size", value=schools, limit=limit)
            with_all["size"] = PairObstacle(obstacle="size", value=schools + used, limit=limit)
        elif schools > left:
            with_all["size"] = PairObstacle(obstacle="size", value=schools + used, limit=limit)
            if not own:
                own["size"] = PairObstacle(obstacle="size", value=limit + 1, limit=limit)
        zones = self.solved.instance.parameters.maximum_zones_per_partner
        if zones is not None and capacity_left.zones[pair["partner_id"]] < 1:
            with_all["zones per partner"] = PairObstacle(obstacle="zones per partner", value=zones + 1, limit=zones)
        budget = self.solved.instance.parameters.budget_dollars
        if budget is not None and pair["cost_dollars"] > capacity_left.dollars:
            short = float(pair["cost_dollars"]) - capacity_left.dollars
            with_all["budget"] = PairObstacle(obstacle="budget", value=budget + short, limit=budget)
        if own and own != with_all:
            yield tuple(own.values())
        yield tuple(with_all.values())

    def _most_schools(self, partner: str) -> float:
        """Schools that it can take on; below 0 if it runs more now than it can."""
        instance = self.solved.instance
        now = instance.partner_records[partner]["schools_now"]
        return float(maximum_schools(instance.register, instance.fall)[partner]) - float(now)

    def _free(self, partner: str) -> float:
        return float(self.solved.instance.free[partner])


def choose_remedies(measured: Sequence[tuple[Remedy, ...]]) -> tuple[Remedy, ...]:
    """
    Pick the least changes, and the one that brings the most.

    Parameters
    ----------
    measured
        Of the partners tried for one Zone, the one with the least change first: what ``measure`` finds.

    Returns
    -------
    remedies
        The least ones first, at most three; ``()`` if no change that was tried serves more. Of changes that bring
        equally much, the one with the fewest changes; of these the one that costs least; of these one with which no
        Zone loses its partner.
    """
    least_of_each = [each[0] for each in measured if each]
    if not least_of_each:
        return ()
    fewest = min(_count(each.changes) for each in least_of_each)
    few = [each for each in least_of_each if _count(each.changes) == fewest]
    sizes = {each.partner_id: _size(each.changes) for each in few}
    smallest = min((size for size in sizes.values() if size is not None), default=None)
    least = [each for each in few if sizes[each.partner_id] in (None, smallest)][:_LEAST_NAMED]
    # Of equals the first is taken: the least changes of all partners come before the greater ones.
    further = [remedy for each in measured for remedy in each[1:]]
    most = min([*least_of_each, *further], key=by_gain)
    is_more = all((most.need_gained or 0.0) > (each.need_gained or 0.0) for each in least)
    return (*least, *[replace(most, is_least=False)] * is_more)


def by_gain(remedy: Remedy) -> tuple[float, ...]:
    """
    Rank a remedy.

    Parameters
    ----------
    remedy
        Measured.

    Returns
    -------
    rank
        The less, the better: the greatest gain, the fewest changes, the least dollars, no Zone lost.
    """
    dollars = math.inf if remedy.cost_dollars is None else remedy.cost_dollars
    return -(remedy.need_gained or 0.0), _count(remedy.changes), dollars, bool(remedy.zones_lost)


def _count(changes: tuple[PairObstacle, ...]) -> int:
    """How many changes there are; each district in which a partner would have to work is one."""
    return sum(max(1, len(each.items)) if each.obstacle == "reach" else 1 for each in changes)


def _change(pair: Pair, changes: tuple[PairObstacle, ...]) -> _Change:
    is_of_variant = any(each.obstacle in OF_SEVERAL for each in changes)
    return str(pair["partner_id"]), changes, str(pair["variant_id"]) if is_of_variant else ""


def _remedy(pair: Pair, changes: tuple[PairObstacle, ...]) -> Remedy:
    return Remedy(partner_id=str(pair["partner_id"]), variant_id=str(pair["variant_id"]), changes=changes)


def _size(changes: tuple[PairObstacle, ...]) -> float | None:
    """How large changes are relative to what there is; ``None`` if one of them has no number."""
    sizes = []
    for each in changes:
        if each.obstacle not in _WITH_NUMBER or each.value is None or each.limit is None or each.items:
            return None
        there = 1.0 if each.obstacle == "start" else max(1.0, each.limit)
        sizes.append((each.value - each.limit) / there)
    return round(sum(sizes), 9)
