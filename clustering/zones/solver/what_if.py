"""What-if: the value of all Zones together if one school were in, or out of, one anchor's Zone or any Zone."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

from clustering.zones.solver.branch_and_price.branching import Node
from clustering.zones.solver.decomposition import ExactSearch, Group
from clustering.zones.solver.single_zone.constrained_search import UnprovedZoneError
from clustering.zones.solver.solution import GroupSolution


@dataclass(frozen=True, kw_only=True)
class ValueOtherwise:
    """
    The best Zones under a condition more.

    Parameters
    ----------
    value
        Of all Zones together [students per year]; minus infinity if there are no such Zones, ``None`` if time ran out.
    anchor_id
        The anchor whose Zone then has the school; ``None`` if it is in none.
    """

    value: float | None
    anchor_id: str | None = None


def value_if(search: ExactSearch, anchor: str, school: str, *, inside: bool) -> float | None:
    """
    Solve again with one school in, or out of, one anchor's Zone.

    Parameters
    ----------
    search
        Solved.
    anchor
        Whose Zone.
    school
        A candidate of it.
    inside
        Whether the Zone must have the school, or must not.

    Returns
    -------
    value
        Of all Zones together then; minus infinity if there are no such Zones, ``None`` if time ran out.
    """
    if not inside:
        if not _is_in_group(search, anchor):
            return search.value
        return _solve_again(search, {anchor}, lambda group: _without(search, group, school, anchors=(anchor,)))
    return _value_of_opening(search, anchor, school)


def value_without(search: ExactSearch, school: str) -> ValueOtherwise:
    """
    Solve again with one school in no Zone.

    Parameters
    ----------
    search
        Solved.
    school
        Any school; an anchor has no Zone then.

    Returns
    -------
    otherwise
        The best Zones without it.
    """
    holding = [
        anchor
        for solution in search.solutions.values()
        for anchor, feeders in solution.zones.items()
        if school in (anchor, *feeders)
    ]
    if not holding:
        return ValueOtherwise(value=search.value)
    value = _solve_again(search, set(holding), lambda group: _without(search, group, school, anchors=group))
    return ValueOtherwise(value=value)


def value_with(search: ExactSearch, school: str) -> ValueOtherwise:
    """
    Solve again with one school in a Zone, whichever is best; an anchor, with a Zone of its own.

    Parameters
    ----------
    search
        Solved.
    school
        An anchor, or a candidate of one at least.

    Returns
    -------
    otherwise
        The best Zones with it.
    """
    values = {
        anchor: _value_of_opening(search, anchor, None if school in oracle.candidates.anchors else school)
        for anchor, oracle in search.oracles.items()
        if school in oracle.possible_members
    }
    known = {anchor: value for anchor, value in values.items() if value is not None}
    if len(known) < len(values):
        return ValueOtherwise(value=None)
    best = max(sorted(known), key=lambda anchor: known[anchor])
    return ValueOtherwise(value=known[best], anchor_id=best if known[best] > -math.inf else None)


def _is_in_group(search: ExactSearch, anchor: str) -> bool:
    """Whether an anchor takes part in the search: one whose best Zone alone gains nothing does not."""
    return any(anchor in group for group in search.solutions)


def _value_of_opening(search: ExactSearch, anchor: str, school: str | None) -> float | None:
    """Solve again where an anchor has a Zone, and one of its candidates is in it."""
    oracle = search.oracles[anchor]
    if not _is_in_group(search, anchor):
        try:
            best = oracle.find_best(deadline=search.deadline)
        except UnprovedZoneError:
            return None
        if best is None or oracle.candidates.has_impossible_group:
            return -math.inf

    def root_of(group: Group) -> Node:
        number = group.index(anchor)
        required = [] if school is None else [(number, oracle.schools.index(school))]
        return Node(opened=frozenset({number}), required=frozenset(required))

    return _solve_again(search, {anchor}, root_of, taken=None if school is None or search.is_shared else school)


def _without(search: ExactSearch, group: Group, school: str, *, anchors: Collection[str]) -> Node:
    """Decide at the root of the branching tree that a school is in no Zone of some anchors."""
    closed, forbidden = set(), set()
    for number, anchor in enumerate(group):
        oracle = search.oracles[anchor]
        if anchor in anchors and school in oracle.candidates.anchors:
            closed.add(number)
        elif anchor in anchors and school in oracle.schools:
            forbidden.add((number, oracle.schools.index(school)))
    return Node(closed=frozenset(closed), forbidden=frozenset(forbidden))


def _solve_again(
    search: ExactSearch, anchors: Collection[str], root_of: Callable[[Group], Node], *, taken: str | None = None
) -> float | None:
    """
    Solve again what a change touches: the groups of some anchors, and those whose Zones want the same schools then.

    Parameters
    ----------
    search
        Solved.
    anchors
        That the change is about.
    root_of
        The change, as decisions at the root of the branching tree of a group.
    taken
        A school that no other Zone can have then.

    Returns
    -------
    value
        As :func:`value_if` answers.
    """
    most = search.request.parameters.maximum_zones
    others = dict(search.solutions)
    joined = set(anchors) if most is None else {each for group in others for each in group}.union(anchors)
    # Groups that the change touches are joined and solved again, until their Zones want no school of the others.
    while True:
        touched = [group for group in others if joined.intersection(group)]
        if taken is not None:
            touched = list(dict.fromkeys([*touched, *_groups_holding({taken}, others)]))
        for group in touched:
            joined.update(group)
            del others[group]
        group = tuple(sorted(joined))
        solution = search.solve_group(group, root=root_of(group), maximum_zones=most)
        held = set(itertools.chain(*solution.zones.values()))
        contending = [] if search.is_shared else _groups_holding(held, others)
        if not contending:
            total = solution.value + math.fsum(other.value for other in others.values())
            return total if solution.is_proved else None
        joined.update(each[0] for each in contending)


def _groups_holding(schools: set[str], solutions: dict[Group, GroupSolution]) -> list[Group]:
    """Groups that have any of some schools in their Zones."""
    return [
        group
        for group, solution in solutions.items()
        if schools.intersection(itertools.chain(*solution.zones.values()))
    ]
