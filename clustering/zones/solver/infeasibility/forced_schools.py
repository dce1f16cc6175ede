"""Schools forced in that no Zone can hold, whatever else is in it, and everything that stands against each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import networkx as nx

from clustering.errors import InfeasibleError
from clustering.zones.candidates import Candidates
from clustering.zones.eligibility import exclusions_of
from clustering.zones.exclusions import describe_exclusion, describe_exclusions
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.group_exclusions import find_all_exclusions
from clustering.zones.request import ZoneRequest, label

_MOST_ANCHORS_NAMED = 5


def refuse_hopeless_locks(candidates: Sequence[Candidates], request: ZoneRequest, tables: FeederTables | None) -> None:
    """
    Refuse schools forced in that are within reach of no anchor, or that a limit or lock excludes from all.

    Parameters
    ----------
    candidates
        One per anchor.
    request
        The limits of the request.
    tables
        The feeder graph that the candidates come from; ``None`` leaves out which school is in the way.

    Raises
    ------
    InfeasibleError
        With a sentence per school and anchor.
    """
    reachable = {school for each in candidates for school in (*each.anchors, *each.schools)}
    anchors = frozenset(head for each in candidates for head in each.anchors)
    violations: list[str] = []
    for school in request.parameters.force_in:
        if school in reachable:
            continue
        near = [each for each in candidates if school in each.excluded]
        violations += [
            f"{label(request, school)} is forced in, but for {_anchors_of(each, request)} it"
            f" {' and '.join(whats_against(request, school, each, anchors))}."
            for each in near[:_MOST_ANCHORS_NAMED]
        ]
        if len(near) > _MOST_ANCHORS_NAMED:
            violations.append(f"The same holds, or the like, for {len(near) - _MOST_ANCHORS_NAMED} more anchors.")
        if not near:
            ways = [] if tables is None else list(_ways_barred(school, candidates, request, tables))
            violations += ways or [f"{label(request, school)} is forced in, but its promotions lead to no anchor."]
    if violations:
        raise InfeasibleError(violations)


def whats_against(request: ZoneRequest, school: str, candidates: Candidates, anchors: Collection[str]) -> list[str]:
    """
    Tell everything that keeps a school within reach out of one anchor's Zone.

    Parameters
    ----------
    request
        The limits of the request.
    school
        Struck out of the candidates, or an anchor of the Zone.
    candidates
        Of the anchor.
    anchors
        All anchors of the request.

    Returns
    -------
    reasons
        Half sentences that follow "the school".
    """
    return [describe_exclusion(each) for each in find_all_exclusions(request, school, candidates, anchors)]


def _ways_barred(
    school: str, candidates: Sequence[Candidates], request: ZoneRequest, tables: FeederTables
) -> Iterator[str]:
    """Tell what bars the shortest way of a school's promotions to each anchor that they lead to."""
    parameters, links = request.parameters, tables.links
    is_tie = (links[["send_share", "receive_share"]] >= parameters.minimum_link_share).any(axis=1)
    ties = nx.from_pandas_edgelist(links[is_tie], "origin", "destination", create_using=nx.DiGraph)
    heads = {head for each in candidates for head in each.anchors}
    told_of = 0
    for each in candidates if school in ties else ():
        free = ties.subgraph(set(ties) - (heads - set(each.anchors)))
        near = [head for head in each.anchors if head in free and nx.has_path(free, school, head)]
        ways = [nx.shortest_path(free, school, head) for head in near]
        if ways and told_of < _MOST_ANCHORS_NAMED:
            told_of += 1
            yield _what_bars(min(ways, key=len), each, request)


def _what_bars(way: Sequence[str], candidates: Candidates, request: ZoneRequest) -> str:
    start, anchors = label(request, way[0]), _anchors_of(candidates, request)
    through = [(each, exclusions_of(request, each, candidates.anchors)) for each in way[1:-1]]
    barred = [
        f"through {label(request, each)}, which {describe_exclusions(against)}" for each, against in through if against
    ]
    if len(way) - 1 > request.parameters.maximum_steps:
        barred.append(f"in {len(way) - 1} steps, and maximum_steps is {request.parameters.maximum_steps}")
    itself = "".join(
        f", and {reason}" for reason in map(describe_exclusion, exclusions_of(request, way[0], candidates.anchors))
    )
    return f"{start} is forced in, but reaches {anchors} {', and '.join(barred)}{itself}."


def _anchors_of(candidates: Candidates, request: ZoneRequest) -> str:
    heads: Collection[str] = candidates.anchors
    return f"anchor{'s' if len(heads) > 1 else ''} {' and '.join(label(request, head) for head in heads)}"
