"""The best memberships of a whole request, or of each of its independent groups of anchors."""

from __future__ import annotations

import contextlib
import heapq
import math
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from time import monotonic

from networkx.utils import UnionFind

from clustering.errors import InputError, OutOfTimeError
from clustering.zones.audit import Membership
from clustering.zones.candidates import Candidates
from clustering.zones.parameters import parameter_problem
from clustering.zones.parts import work_out
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.branch_and_price.pricing_oracle import PricingOracle
from clustering.zones.solver.k_best.group import GroupRanking
from clustering.zones.solver.k_best.near_best import NearBest, NearBestSearch
from clustering.zones.solver.single_zone.zone_found import UnprovedZoneError

MAXIMUM_CANDIDATES = 20_000


def rank_memberships(candidates: Sequence[Candidates], request: ZoneRequest, *, count: int) -> tuple[Membership, ...]:
    """
    Find the best distinct memberships of a request, proved.

    Parameters
    ----------
    candidates
        One per anchor (see ``candidates.generate_candidates``).
    request
        The limits of the request; its time limit holds for all memberships together.
    count
        How many at most.

    Returns
    -------
    memberships
        The best first; of equal scores that with fewer schools. Fewer than ``count`` only if no others keep the
        limits. Anchors that could share a school, in any membership, are ranked together; groups that cannot are ranked
        alone and combined by a heap over the sums of their memberships' scores.

    Raises
    ------
    InputError
        There are more than 20,000 pairs of anchor and candidate, or time ran out.
    """
    refuse_too_many(candidates, request)
    deadline = monotonic() + request.parameters.time_limit_s
    found: list[Membership] = []
    try:
        able = able_oracles(candidates, request, deadline)
        within = {school for each in able for school in each.possible_members}
        if not within.issuperset(request.parameters.force_in):
            return ()
        groups = [
            GroupRanking(group, request, maximum_zones=request.parameters.maximum_zones, deadline=deadline)
            for group in independent_groups(able, request)
        ]
        _combine(groups, count, found)
    except OutOfTimeError:
        message = f"Time ran out when {len(found)} of {count} plans were proved."
        remedy = "Ask for fewer plans, allow more time, or leave fewer candidates (see minimum_link_share)."
        raise InputError(
            [parameter_problem("time_limit_s", request.parameters.time_limit_s, message, remedy)]
        ) from None
    return tuple(found)


def list_near_best(
    candidates: Sequence[Candidates],
    request: ZoneRequest,
    *,
    within_share: float,
    most: int,
    executor: Executor | None = None,
) -> tuple[NearBest, ...]:
    """
    List the memberships near the best, for each group of anchors that could share a school.

    Parameters
    ----------
    candidates
        One per anchor (see ``candidates.generate_candidates``).
    request
        The limits of the request; its time limit holds for all groups together.
    within_share
        What a membership of a group may lose against the best of the group, as a share of that [0 to 1].
    most
        How many memberships of each group at most; the best ones.
    executor
        Its processes each take some of the groups.

    Returns
    -------
    groups
        Every anchor that has a Zone in some membership is in one.

    Raises
    ------
    InputError
        There are more than 20,000 pairs of anchor and candidate, or time ran out.
    """
    refuse_too_many(candidates, request)
    deadline = monotonic() + request.parameters.time_limit_s
    found: list[NearBest | None] = [None]
    with contextlib.suppress(OutOfTimeError):
        groups = independent_groups(able_oracles(candidates, request, deadline), request)
        found = work_out(
            _list_groups,
            len(groups),
            lambda numbers: (groups[numbers.start : numbers.stop], request, within_share, most, deadline - monotonic()),
            executor=executor,
        )
    near_best = [each for each in found if each is not None]
    if len(near_best) < len(found):
        message = f"Time ran out when the plans of {len(near_best)} areas were counted."
        remedy = "Ask for a lesser within_share or fewer plans, or allow more time."
        raise InputError([parameter_problem("time_limit_s", request.parameters.time_limit_s, message, remedy)])
    return tuple(near_best)


def _list_groups(
    groups: Sequence[Sequence[PricingOracle]], request: ZoneRequest, within_share: float, most: int, left_s: float
) -> Iterator[NearBest | None]:
    """The memberships near the best of each group; ``None`` where time ran out."""
    deadline = monotonic() + left_s
    for group in groups:
        try:
            search = NearBestSearch(group, request, deadline=deadline)
            yield search.find(loss=within_share * max(0.0, search.best), most=most)
        except OutOfTimeError:
            yield None


def able_oracles(candidates: Sequence[Candidates], request: ZoneRequest, deadline: float) -> list[PricingOracle]:
    """Oracles of the anchors that have a Zone, or that may have one where time ran out."""
    oracles = [PricingOracle(each, request) for each in candidates if not each.has_impossible_group]
    return [each for each in oracles if _has_zone(each, deadline)]


def _has_zone(oracle: PricingOracle, deadline: float) -> bool:
    try:
        return oracle.find_best(deadline=deadline) is not None
    except UnprovedZoneError as late:
        return late.found is not None or late.bound > -math.inf


def refuse_too_many(candidates: Sequence[Candidates], request: ZoneRequest) -> None:
    """Refuse a request with more pairs of anchor and candidate than plans are ranked among."""
    pairs = sum(len(each.schools) for each in candidates)
    if pairs > MAXIMUM_CANDIDATES:
        message = (
            f"The request has {pairs:,} pairs of anchor and candidate school; plans are ranked among at most"
            f" {MAXIMUM_CANDIDATES:,}."
        )
        remedy = "Leave fewer: a lesser maximum_steps, a greater minimum_link_share, or a stricter identification."
        raise InputError([parameter_problem("maximum_steps", request.parameters.maximum_steps, message, remedy)])


def independent_groups(oracles: Sequence[PricingOracle], request: ZoneRequest) -> list[list[PricingOracle]]:
    """Groups of anchors that have no candidate in common; one group of all where the number of Zones is limited."""
    parameters, joined = request.parameters, UnionFind(range(len(oracles)))
    first_with: dict[str, int] = {}
    for number, oracle in enumerate(oracles):
        for school in oracle.possible_members:
            # Where schools may be shared, only those that must be in some Zone tie anchors together.
            if not parameters.shared_feeders or school in parameters.force_in:
                joined.union(number, first_with.setdefault(school, number))
        if parameters.maximum_zones is not None:
            joined.union(number, 0)
    return [[oracles[number] for number in sorted(group)] for group in sorted(joined.to_sets(), key=min)]


def _combine(groups: Sequence[GroupRanking], count: int, found: list[Membership]) -> None:
    """
    Add to ``found`` the sums of the groups' memberships, the best first.

    A choice is the groups that do not have their best membership, each with the rank of the one that it has. It comes
    from the choice in which its last group ranks one better, which loses no more: so a heap meets all choices in order,
    each once.
    """
    if any(group.find(0) is None for group in groups):
        return
    waiting: list[tuple[float, tuple[tuple[int, int], ...]]] = [(0.0, ())]
    while waiting and len(found) < count:
        _, choice = heapq.heappop(waiting)
        ranks = dict(choice)
        chosen = [group.found[ranks.get(number, 0)] for number, group in enumerate(groups)]
        zones = {anchor: feeders for each in chosen for anchor, feeders in each.zones.items()}
        found.append(dict(sorted(zones.items())))
        if len(found) == count:
            return
        last = choice[-1][0] if choice else 0
        for number in range(last, len(groups)):
            further = {**ranks, number: ranks.get(number, 0) + 1}
            if groups[number].find(further[number]) is not None:
                loss = math.fsum(
                    groups[each].found[0].value - groups[each].found[rank].value for each, rank in further.items()
                )
                heapq.heappush(waiting, (loss, tuple(sorted(further.items()))))
