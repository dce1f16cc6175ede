"""What-if: the value of all Zones together if one school were in, or out of, one anchor's Zone or any Zone."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from clustering.zones.solver.branch_and_price.branching import Node
from clustering.zones.solver.decomposition import ExactSearch
from clustering.zones.solver.found_zones import Group, Resolved
from clustering.zones.solver.single_zone.zone_found import UnprovedZoneError
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
        if anchor not in search.found.group_of:
            return search.found.value
        resolved = None if search.known_bounds is None else search.known_bounds.leave_out(anchor, school)
        return _value_without(search, school, {anchor}, only=anchor) if resolved is None else _total(search, resolved)
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
    found = search.found
    holding = set(found.anchors_holding.get(school, ()))
    if found.has_zone(school):
        holding.add(school)
    if not holding:
        return ValueOtherwise(value=found.value)
    if search.known_bounds is not None and (resolved := search.known_bounds.leave_out_everywhere(school)) is not None:
        return ValueOtherwise(value=_total(search, resolved))
    return ValueOtherwise(value=_value_without(search, school, holding))


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


def _value_of_opening(search: ExactSearch, anchor: str, school: str | None) -> float | None:
    """Solve again where an anchor has a Zone, and one of its candidates is in it."""
    oracle = search.oracles[anchor]
    if anchor not in search.found.group_of:
        try:
            best = oracle.find_best(deadline=search.deadline)
        except UnprovedZoneError:
            return None
        if best is None or oracle.candidates.has_impossible_group:
            return -math.inf
    return _total(search, search.open_zone(anchor, school))


def _value_without(
    search: ExactSearch, school: str, anchors: Collection[str], *, only: str | None = None
) -> float | None:
    """Solve again with a school in no Zone of a group, or of one anchor only."""

    def solve(group: Group) -> GroupSolution:
        root = _without(search, group, school, anchors=group if only is None else (only,))
        return search.solve_group(group, root=root, maximum_zones=search.request.parameters.maximum_zones)

    return _total(search, search.found.solve_again(anchors, solve))


def _total(search: ExactSearch, resolved: Resolved) -> float | None:
    """Value of all Zones together; ``None`` if time ran out."""
    if not resolved.solution.is_proved:
        return None
    return search.found.value - resolved.value_before + resolved.solution.value


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
