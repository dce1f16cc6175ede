"""The Zones that a search found, looked up by anchor and by school."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from clustering.zones.solver.solution import GroupSolution

# Anchors of a group, sorted.
Group = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Resolved:
    """
    Groups that were joined and solved again under a condition.

    Parameters
    ----------
    value_before
        Of their Zones without the condition [students per year].
    solution
        Of all of them together.
    """

    value_before: float
    solution: GroupSolution


@dataclass(frozen=True, kw_only=True, eq=False)
class FoundZones:
    """
    Zones of groups of anchors that share no school.

    Parameters
    ----------
    solutions
        By group.
    is_shared
        Whether a feeder may be in several Zones.
    maximum_zones
        Zones at most; ``None`` means no limit.
    """

    solutions: Mapping[Group, GroupSolution]
    is_shared: bool
    maximum_zones: int | None

    @cached_property
    def value(self) -> float:
        """Of all Zones together [students per year], less what breaks ties."""
        return math.fsum(solution.value for solution in self.solutions.values())

    @cached_property
    def group_of(self) -> Mapping[str, Group]:
        """The group of each anchor that takes part in the search."""
        return {anchor: group for group in self.solutions for anchor in group}

    @cached_property
    def anchors_holding(self) -> Mapping[str, tuple[str, ...]]:
        """Anchors whose Zones have a school as a feeder, sorted, by school."""
        found: dict[str, list[str]] = {}
        for solution in self.solutions.values():
            for anchor, feeders in solution.zones.items():
                for school in feeders:
                    found.setdefault(school, []).append(anchor)
        return {school: tuple(sorted(anchors)) for school, anchors in found.items()}

    def feeders_of(self, anchor: str) -> tuple[str, ...]:
        """Feeders of the Zone of an anchor; none where it has no Zone."""
        group = self.group_of.get(anchor)
        return () if group is None else self.solutions[group].zones.get(anchor, ())

    def has_zone(self, anchor: str) -> bool:
        """Whether an anchor has a Zone."""
        group = self.group_of.get(anchor)
        return group is not None and anchor in self.solutions[group].zones

    def groups_holding(self, schools: Iterable[str]) -> set[Group]:
        """Groups that have any of some schools as feeders of their Zones."""
        return {self.group_of[anchor] for school in schools for anchor in self.anchors_holding.get(school, ())}

    def solve_again(
        self, anchors: Collection[str], solve: Callable[[Group], GroupSolution], *, taken: str | None = None
    ) -> Resolved:
        """
        Solve the groups concerned again: those of some anchors, and those whose Zones want the same schools.

        Parameters
        ----------
        anchors
            That the change is about.
        solve
            Finds the best Zones of a group under the change.
        taken
            A school that no other Zone can have then.

        Returns
        -------
        resolved
            The other groups keep their Zones: these are the best even if they had all schools to themselves.
        """
        joined = {*anchors, *itertools.chain(*self.groups_holding([] if taken is None else [taken]))}
        while True:
            concerned = {self.group_of[anchor] for anchor in joined if anchor in self.group_of}
            joined.update(*concerned)
            solution = solve(tuple(sorted(joined)))
            held = set(itertools.chain(*solution.zones.values()))
            contending = set() if self.is_shared else self.groups_holding(held) - concerned
            if not contending and self._has_room(solution, concerned):
                value = math.fsum(self.solutions[group].value for group in concerned)
                return Resolved(value_before=value, solution=solution)
            joined.update(*(contending or self.solutions))

    def _has_room(self, solution: GroupSolution, concerned: set[Group]) -> bool:
        """Whether the Zones of the other groups leave ``maximum_zones`` enough for these."""
        if self.maximum_zones is None or len(concerned) == len(self.solutions):
            return True
        others = sum(len(each.zones) for group, each in self.solutions.items() if group not in concerned)
        return others + len(solution.zones) <= self.maximum_zones


def find_contended_schools(solutions: Mapping[Group, GroupSolution], *, is_shared: bool) -> dict[str, list[str]]:
    """
    Find schools that are in the Zones of several groups.

    Parameters
    ----------
    solutions
        By group.
    is_shared
        Whether a feeder may be in several Zones: then none is contended.

    Returns
    -------
    anchors
        One of each such group, by school.
    """
    if is_shared:
        return {}
    first: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    for group, solution in solutions.items():
        for school in itertools.chain(*solution.zones.values()):
            if (other := first.setdefault(school, group[0])) != group[0]:
                found.setdefault(school, [other]).append(group[0])
    return found
