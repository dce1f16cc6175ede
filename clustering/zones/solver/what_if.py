"""What-if: the value of all Zones together if one school were in, or out of, one anchor's Zone."""

from __future__ import annotations

import itertools
import math

from clustering.zones.solver.branch_and_price.branching import Node
from clustering.zones.solver.decomposition import ExactSearch, Group
from clustering.zones.solver.single_zone.constrained_search import UnprovedZoneError
from clustering.zones.solver.solution import GroupSolution


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
    if anchor in search.no_zone_reasons and not any(anchor in group for group in search.solutions):
        if not inside:
            return search.value
        try:
            best = search.oracles[anchor].find_best(deadline=search.deadline)
        except UnprovedZoneError:
            return None
        if best is None or search.oracles[anchor].candidates.has_impossible_group:
            return -math.inf
    most = search.request.parameters.maximum_zones
    others = dict(search.solutions)
    joined = {anchor} if most is None else {each for group in others for each in group} | {anchor}
    # Groups that the change touches are joined and solved again, until their Zones want no school of the others.
    while True:
        for group in [group for group in others if joined.intersection(group)]:
            joined.update(group)
            del others[group]
        if inside and not search.is_shared:
            for group in _groups_holding({school}, others):
                joined.update(group)
                del others[group]
        group = tuple(sorted(joined))
        root = _root(search, group, anchor, school, inside=inside)
        solution = search.solve_group(group, root=root, maximum_zones=most)
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


def _root(search: ExactSearch, group: Group, anchor: str, school: str, *, inside: bool) -> Node:
    """Decide at the root of the branching tree that the school is in the anchor's Zone, or out of it."""
    number = group.index(anchor)
    candidate = number, search.oracles[anchor].schools.index(school)
    if inside:
        return Node(opened=frozenset({number}), required=frozenset({candidate}))
    return Node(forbidden=frozenset({candidate}))
