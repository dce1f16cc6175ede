"""Which schools could belong to which anchor's Zone, for all anchors at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.model.positions import positions_of
from clustering.zones.distances import member_bonus
from clustering.zones.eligibility import find_excluded
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import Pairs, ZoneRequest, anchor_positions, anchors_of


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidates:
    """
    The schools within reach of one anchor, with the flows among them.

    Parameters
    ----------
    anchor_id
        The anchor, or the first of the anchors that are merged into one Zone.
    merged
        The other anchors of a merged Zone, sorted; they are among ``schools`` and belong to the Zone wherever it opens.
    schools
        Candidate feeders, sorted.
    promoted
        Students promoted out of each of them, per year, in the same order.
    bonus
        What the score gains, or loses, by the membership of each of them, whatever its flows (need, distance) [students
        per year].
    enrolment
        Students enrolled in each of them; 0 where no limit asks for it.
    anchor_enrolment
        Students enrolled in the anchor; 0 where no limit asks for it.
    origin, destination
        Ends of each link, as positions in ``schools``, the anchor being ``len(schools)``; sorted.
    students
        Of each link, per year.
    is_tie
        Whether the link is large enough to hold its origin in the Zone.
    excluded
        Schools within reach that a limit or lock excludes, sorted.
    has_impossible_group
        Whether an anchor of the Zone must keep together with a school that cannot be in it: then there is no Zone.
    """

    anchor_id: str
    merged: tuple[str, ...]
    schools: tuple[str, ...]
    promoted: np.ndarray
    bonus: np.ndarray
    enrolment: np.ndarray
    anchor_enrolment: float
    origin: np.ndarray
    destination: np.ndarray
    students: np.ndarray
    is_tie: np.ndarray
    excluded: tuple[str, ...]
    has_impossible_group: bool

    @property
    def anchors(self) -> tuple[str, ...]:
        """The anchors of the Zone."""
        return (self.anchor_id, *self.merged)


@dataclass(frozen=True, kw_only=True)
class _Reach:
    """Zones and the schools within their reach; a pair is written ``zone * schools + school``, by position."""

    anchors: np.ndarray  # a row of positions per Zone, padded with -1
    pairs: np.ndarray  # sorted; merged anchors among them
    excluded: np.ndarray  # sorted
    has_impossible_group: np.ndarray  # a truth value per Zone


def generate_candidates(tables: FeederTables, anchors: Iterable[str], request: ZoneRequest) -> tuple[Candidates, ...]:
    """
    Find every school that could belong to each anchor's Zone.

    Parameters
    ----------
    tables
        The feeder graph.
    anchors
        Ids of the low-performing high schools.
    request
        The limits of the request; ``request.merged`` says which anchors share a Zone.

    Returns
    -------
    candidates
        One per anchor or group of merged anchors, sorted by the first id. A candidate reaches an anchor of the Zone in
        at most ``maximum_steps`` promotions over flows of at least ``minimum_link_share``, passing only through
        candidates; other anchors are never candidates.
    """
    index = tables.totals.index
    ends = tuple(positions_of(tables.links[side], index) for side in ("origin", "destination"))
    sent, received = (tables.links[share].to_numpy() for share in ("send_share", "receive_share"))
    is_tie = (sent >= request.parameters.minimum_link_share) | (received >= request.parameters.minimum_link_share)
    groups = sorted({anchors_of(request, anchor) for anchor in _leading(anchors, request)})
    reach = _walk(groups, index, (ends[0][is_tie], ends[1][is_tie]), request)
    return _assemble(groups, tables, request, ends=ends, is_tie=is_tie, reach=reach)


def _leading(anchors: Iterable[str], request: ZoneRequest) -> set[str]:
    """Anchors without those that are merged behind another."""
    behind = {anchor for group in request.merged.values() for anchor in group[1:]}
    return set(anchors) - behind


def _walk(
    groups: list[tuple[str, ...]], index: pd.Index, ties: tuple[np.ndarray, np.ndarray], request: ZoneRequest
) -> _Reach:
    """Walk from the anchors against the promotions, through what no limit or lock excludes."""
    size = len(index)
    anchors = anchor_positions(request, groups)
    is_anchor = np.zeros(size, dtype=bool)
    is_anchor[anchors[anchors >= 0]] = True
    order = np.argsort(ties[1], kind="stable")
    senders, starts = ties[0][order], np.searchsorted(ties[1][order], np.arange(size + 1))
    keys = np.arange(len(groups))[:, None] * size + anchors
    frontier = seen = keys[anchors >= 0]
    reached, excluded = [keys[:, 1:][anchors[:, 1:] >= 0]], [np.empty(0, dtype=np.int64)]
    for _ in range(request.parameters.maximum_steps):
        rows, items = _expand(starts, frontier % size)
        is_free = ~is_anchor[senders[items]]
        found = np.unique((frontier // size)[rows[is_free]] * size + senders[items[is_free]])
        found = found[~np.isin(found, seen)]
        is_excluded = find_excluded(request, Pairs(schools=found % size, anchors=anchors[found // size]))
        excluded.append(found[is_excluded])
        frontier = found[~is_excluded]
        reached.append(frontier)
        seen = np.concatenate([seen, found])
    pairs = np.sort(np.concatenate(reached))
    separated = _find_separated(np.concatenate([pairs, keys[anchors >= 0]]), len(groups), index, request)
    has_impossible_group = np.isin(np.arange(len(groups)), (separated // size)[is_anchor[separated % size]])
    excluded.append(pairs[np.isin(pairs, separated)])
    pairs = pairs[~np.isin(pairs, separated) & ~has_impossible_group[pairs // size]]
    return _Reach(
        anchors=anchors,
        pairs=pairs,
        excluded=np.sort(np.concatenate(excluded)),
        has_impossible_group=has_impossible_group,
    )


def _expand(starts: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and items of a ragged table: for each position, every item between its start and the next."""
    counts = starts[positions + 1] - starts[positions]
    rows = np.repeat(np.arange(len(positions)), counts)
    items = np.arange(len(rows)) + np.repeat(starts[positions] - np.cumsum(counts) + counts, counts)
    return rows, items


def _find_separated(held: np.ndarray, zone_count: int, index: pd.Index, request: ZoneRequest) -> np.ndarray:
    """Find the schools of a Zone's reach, anchors among them, that must keep together with one that is not in it."""
    separated = [np.empty(0, dtype=np.int64)]
    for group in request.parameters.together():
        keys = np.arange(zone_count)[:, None] * len(index) + index.get_indexer(pd.Index(group))
        is_held = np.isin(keys, held)
        separated.append(keys[is_held & ~is_held.all(axis=1, keepdims=True)])
    return np.unique(np.concatenate(separated))


def _assemble(
    groups: list[tuple[str, ...]],
    tables: FeederTables,
    request: ZoneRequest,
    *,
    ends: tuple[np.ndarray, ...],
    is_tie: np.ndarray,
    reach: _Reach,
) -> tuple[Candidates, ...]:
    index = tables.totals.index
    size, zones = len(index), np.arange(len(groups) + 1)
    zone, school = np.divmod(reach.pairs, size)
    first, first_excluded = np.searchsorted(zone, zones), np.searchsorted(reach.excluded // size, zones)
    # Links by sender: those whose receiver is in the same Zone's reach, or its anchor.
    rows, items = _expand(np.searchsorted(ends[0], np.arange(size + 1)), school)
    receiver = zone[rows] * size + ends[1][items]
    position = np.searchsorted(reach.pairs, receiver)
    is_inside = np.r_[reach.pairs, -1][position] == receiver
    to_anchor = ends[1][items] == reach.anchors[zone[rows], 0]
    kept = is_inside | to_anchor
    rows, items, to_anchor = rows[kept], items[kept], to_anchor[kept]
    base = first[zone[rows]]
    origin = rows - base
    destination = np.where(to_anchor, (first[1:] - first[:-1])[zone[rows]], position[kept] - base)
    students, is_tie = tables.links["students"].to_numpy()[items], is_tie[items]
    first_link = np.searchsorted(zone[rows], zones)
    promoted = promoted_of(tables, request)
    bonus = member_bonus(request, Pairs(schools=school, anchors=reach.anchors[zone]), promoted[school])
    counted = request.parameters.maximum_enrolment_students is not None
    enrolment = request.schools["enrolment"].to_numpy() if counted else np.zeros(size)
    names, excluded = index.to_numpy()[school], index.to_numpy()[reach.excluded % size]
    found = []
    for number, group in enumerate(groups):
        own, links = slice(*first[number : number + 2]), slice(*first_link[number : number + 2])
        found.append(
            Candidates(
                anchor_id=group[0],
                merged=() if reach.has_impossible_group[number] else group[1:],
                schools=tuple(names[own].tolist()),
                promoted=promoted[school[own]],
                bonus=bonus[own],
                enrolment=enrolment[school[own]],
                anchor_enrolment=float(enrolment[reach.anchors[number, 0]]),
                origin=origin[links],
                destination=destination[links],
                students=students[links],
                is_tie=is_tie[links],
                excluded=tuple(excluded[slice(*first_excluded[number : number + 2])].tolist()),
                has_impossible_group=bool(reach.has_impossible_group[number]),
            )
        )
    return tuple(found)


def promoted_of(tables: FeederTables, request: ZoneRequest) -> np.ndarray:
    """Students promoted out of every school per year; with those who left, if ``count_exits``."""
    names = ["promoted_students", *["exit_students"] * request.parameters.count_exits]
    promoted: np.ndarray = np.nansum([tables.totals[name].to_numpy() for name in names], axis=0)
    return promoted
