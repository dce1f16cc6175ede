"""What all Zones together would score if one school were in, or out of, one anchor's Zone."""

from __future__ import annotations

import itertools
import math

from clustering.zones.solver.branch_and_price.branching import Branch
from clustering.zones.solver.decomposition import ExactSearch
from clustering.zones.solver.single_zone.constrained_search import UnprovedZoneError


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
    if anchor in search.lacks and not any(anchor in group for group in search.answers):
        if not inside:
            return search.value
        try:
            best = search.oracles[anchor].find_best(deadline=search.deadline)
        except UnprovedZoneError:
            return None
        if best is None or search.oracles[anchor].candidates.has_impossible_group:
            return -math.inf
    most = search.request.parameters.maximum_zones
    others = dict(search.answers)
    joined = {anchor} if most is None else {each for group in others for each in group} | {anchor}
    while True:
        near = [
            group
            for group, answer in others.items()
            if joined.intersection(group)
            or (inside and school in itertools.chain(*answer.zones.values()) and not search.is_shared)
        ]
        for group in near:
            joined.update(group)
            del others[group]
        group = tuple(sorted(joined))
        place = group.index(anchor), search.oracles[anchor].schools.index(school)
        branch = Branch(opened=frozenset({place[0]}), must=frozenset({place}))
        if not inside:
            branch = Branch(barred=frozenset({place}))
        answer = search.solve_packing(group, branch=branch, most_zones=most)
        held = set(itertools.chain(*answer.zones.values()))
        clash = {
            each[0]
            for each, other in others.items()
            if not search.is_shared and held.intersection(itertools.chain(*other.zones.values()))
        }
        if not clash:
            total = answer.value + math.fsum(other.value for other in others.values())
            return total if answer.is_proved else None
        joined |= clash
