"""Schools forced in that no Zone can hold, whatever else is in it, and everything that keeps each of them out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import networkx as nx

from clustering.errors import InfeasibleError
from clustering.zones.candidates import Candidates
from clustering.zones.exclusions import describe_exclusion, describe_exclusions
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.group_exclusions import exclusions_within_reach, find_all_exclusions
from clustering.zones.request import ZoneRequest, label

_MOST_ANCHORS_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class BlockedPath:
    """
    The shortest path of a school's promotions to the anchors of a Zone, which it cannot take.

    Parameters
    ----------
    schools
        From the school to the anchor.
    candidates
        Of the Zone.
    """

    schools: tuple[str, ...]
    candidates: Candidates

    @property
    def steps(self) -> int:
        """Promotions on the path."""
        return len(self.schools) - 1


def refuse_unreachable_locks(
    candidates: Sequence[Candidates], request: ZoneRequest, tables: FeederTables | None
) -> None:
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
    reachable = {school for each in candidates for school in _find_connected(each, request)}
    violations: list[str] = []
    for school in request.parameters.force_in:
        if school in reachable:
            continue
        excluding = [each for each in candidates if school in each.excluded]
        if excluding:
            violations += _explain_excluded(school, excluding, candidates, request)
            continue
        paths = [] if tables is None else _find_blocked_paths(school, candidates, request, tables)
        nowhere = "where its students go on is unknown" if school in request.unknown_promotions else ""
        violations += [_explain_path(path, request) for path in paths] or [
            f"{label(request, school)} is forced in, but {nowhere or 'its promotions lead to no anchor'}."
        ]
    if violations:
        raise InfeasibleError(violations)


def _find_connected(candidates: Candidates, request: ZoneRequest) -> set[str]:
    """The anchors of a Zone, and the schools forced in that candidates connect with one of them."""
    forced = set(request.parameters.force_in).intersection(candidates.schools)
    if not forced:
        return set(candidates.anchors)
    names = (*candidates.schools, candidates.anchor_id)
    ties = nx.DiGraph()
    ties.add_nodes_from(candidates.anchors)
    ties.add_edges_from(
        (names[end], names[start])
        for start, end in zip(
            candidates.origin[candidates.is_tie], candidates.destination[candidates.is_tie], strict=True
        )
    )
    connected = {school for anchor in candidates.anchors for school in nx.descendants(ties, anchor)}
    return {*candidates.anchors, *(forced & connected)}


def explain_exclusion(request: ZoneRequest, school: str, candidates: Candidates, anchors: Collection[str]) -> list[str]:
    """
    Say everything that keeps a school within reach out of one anchor's Zone.

    Parameters
    ----------
    request
        The limits of the request.
    school
        Excluded from the candidates, or an anchor of the Zone.
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


def _explain_excluded(
    school: str, excluding: Sequence[Candidates], candidates: Sequence[Candidates], request: ZoneRequest
) -> Iterator[str]:
    """Say of each anchor that has a school within reach why its Zone cannot hold it."""
    anchors = frozenset(anchor for each in candidates for anchor in each.anchors)
    for each in excluding[:_MOST_ANCHORS_NAMED]:
        reasons = " and ".join(explain_exclusion(request, school, each, anchors))
        yield f"{label(request, school)} is forced in, but for {_label_anchors(each.anchors, request)} it {reasons}."
    if len(excluding) > _MOST_ANCHORS_NAMED:
        yield f"Similar reasons exclude it for {len(excluding) - _MOST_ANCHORS_NAMED} more anchors."


def _find_blocked_paths(
    school: str, candidates: Sequence[Candidates], request: ZoneRequest, tables: FeederTables
) -> list[BlockedPath]:
    """Find the shortest path of a school's promotions to each of the first anchors that they lead to."""
    links = tables.links
    is_tie = (links[["send_share", "receive_share"]] >= request.parameters.minimum_link_share).any(axis=1)
    ties = nx.from_pandas_edgelist(links[is_tie], "origin", "destination", create_using=nx.DiGraph)
    anchors = {anchor for each in candidates for anchor in each.anchors}
    found: list[BlockedPath] = []
    for each in candidates if school in ties else ():
        # No path leads through the anchors of other Zones.
        free = ties.subgraph(set(ties) - (anchors - set(each.anchors)))
        near = [anchor for anchor in each.anchors if anchor in free and nx.has_path(free, school, anchor)]
        paths = [tuple(nx.shortest_path(free, school, anchor)) for anchor in near]
        if paths:
            found.append(BlockedPath(schools=min(paths, key=len), candidates=each))
        if len(found) == _MOST_ANCHORS_NAMED:
            break
    return found


def _explain_path(path: BlockedPath, request: ZoneRequest) -> str:
    """Say what is in the way on a path: schools that cannot be in the Zone, too many steps, or the school itself."""
    school, *between = path.schools[:-1]
    obstacles = [
        f"through {label(request, each)}, which {describe_exclusions(against)}"
        for each in between
        if (against := exclusions_within_reach(request, each, path.candidates))
    ]
    if path.steps > request.parameters.maximum_steps:
        obstacles.append(f"in {path.steps} steps, and maximum_steps is {request.parameters.maximum_steps}")
    against_itself = exclusions_within_reach(request, school, path.candidates)
    itself = "".join(f", and {describe_exclusion(each)}" for each in against_itself)
    reached = _label_anchors(path.candidates.anchors, request)
    return f"{label(request, school)} is forced in, but reaches {reached} {', and '.join(obstacles)}{itself}."


def _label_anchors(anchors: Sequence[str], request: ZoneRequest) -> str:
    return f"anchor{'s' if len(anchors) > 1 else ''} {' and '.join(label(request, anchor) for anchor in anchors)}"
