"""Which schools lie within reach of each Zone: along promotions, through what no limit or lock excludes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from clustering.model.positions import expand_rows
from clustering.zones.arrival import ZoneLinks, arrival_shares, chain_links, measure_arriving
from clustering.zones.eligibility import find_excluded
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import Pairs, ZoneRequest, anchor_positions
from clustering.zones.tolerances import ARRIVAL_SHARE


@dataclass(frozen=True, kw_only=True, eq=False)
class Reach:
    """
    Zones and the schools within their reach; a pair is written ``zone * schools + school``, by position.

    Parameters
    ----------
    anchors
        Positions of the anchors, a row per Zone, padded with -1.
    pairs
        Candidates, sorted; merged anchors among them.
    links
        Between the candidates of a Zone, and from them to its leading anchor. Members are numbered as in ``pairs``; a
        link to the leading anchor has the destination -1. Sorted by origin, then in the order of the feeder graph.
    excluded
        Schools within reach that a limit or lock excludes, sorted.
    low_arrival
        For each of them, the share of its promoted students who would arrive if every school within reach were in the
        Zone [excluded; 0 to 1]; missing where another limit or lock excludes it.
    has_impossible_group
        Whether an anchor must keep together with a school that cannot be in its Zone [zones].
    """

    anchors: np.ndarray
    pairs: np.ndarray
    links: ZoneLinks
    excluded: np.ndarray
    low_arrival: np.ndarray
    has_impossible_group: np.ndarray

    def among(self, is_kept: np.ndarray) -> Reach:
        """The same with some of the candidates only; the others are not even listed as excluded."""
        return self if is_kept.all() else replace(self, pairs=self.pairs[is_kept], links=_among(self.links, is_kept))

    def without(self, is_out: np.ndarray, shares: np.ndarray | None = None) -> Reach:
        """The same with some candidates excluded; ``shares`` [pairs] are kept in ``low_arrival``, if any are given."""
        excluded = np.concatenate([self.excluded, self.pairs[is_out]])
        low = np.concatenate([self.low_arrival, np.full(is_out.sum(), np.nan) if shares is None else shares[is_out]])
        order = np.argsort(excluded, kind="stable")
        return replace(self.among(~is_out), excluded=excluded[order], low_arrival=low[order])

    def of_zones(self, is_chosen: np.ndarray, school_count: int) -> Reach:
        """The same for some of the Zones, numbered anew."""
        number = np.cumsum(is_chosen) - 1
        is_kept = is_chosen[self.pairs // school_count]
        pairs, excluded = self.pairs[is_kept], self.excluded[is_chosen[self.excluded // school_count]]
        return Reach(
            anchors=self.anchors[is_chosen],
            pairs=number[pairs // school_count] * school_count + pairs % school_count,
            links=_among(self.links, is_kept),
            excluded=number[excluded // school_count] * school_count + excluded % school_count,
            low_arrival=self.low_arrival[is_chosen[self.excluded // school_count]],
            has_impossible_group=self.has_impossible_group[is_chosen],
        )


def find_reach(
    groups: list[tuple[str, ...]], tables: FeederTables, request: ZoneRequest, *, others: Sequence[str] = ()
) -> Reach:
    """
    Find the schools within reach of each Zone.

    Parameters
    ----------
    groups
        Anchors of each Zone.
    tables
        The feeder graph.
    request
        The limits of the request.
    others
        Identifiers of the anchors of further Zones: no anchor is within reach of another.

    Returns
    -------
    reach
        A candidate is at most ``maximum_steps`` candidate links from an anchor, no limit or lock excludes it, it keeps
        together with candidates only, and if all candidates were in the Zone, at least ``minimum_arrival_share`` of its
        promoted students would arrive: with fewer schools, not more of them do.
    """
    reach = _walk(groups, tables, request, others=others)
    if request.parameters.minimum_arrival_share > 0:
        reach = _without_low_arrival(reach, tables, request)
    return _without_separated(reach, request)


def find_schools_ahead(schools: Collection[str], tables: FeederTables, request: ZoneRequest) -> frozenset[str]:
    """
    Find the schools that candidate links lead to from some schools.

    Parameters
    ----------
    schools
        Identifiers.
    tables
        The feeder graph.
    request
        Only its ``maximum_steps`` and ``minimum_link_share`` count.

    Returns
    -------
    ahead
        Identifiers, those given among them. An anchor that is not among them can have none of the given schools within
        reach.
    """
    ends = tables.ends
    frontier = seen = np.unique(request.positions_of(sorted(schools)))
    for _ in range(request.parameters.maximum_steps):
        _, rows = expand_rows(ends.starts, frontier)
        frontier = np.setdiff1d(ends.destination[rows[is_tie(tables, request, rows)]], seen)
        seen = np.concatenate([seen, frontier])
    return frozenset(tables.totals.index[seen].to_list())


def find_exempt(reach: Reach, request: ZoneRequest) -> np.ndarray:
    """
    Find the candidates that ``minimum_arrival_share`` does not bind.

    Parameters
    ----------
    reach
        The candidates.
    request
        The locks of the request.

    Returns
    -------
    exempt
        Whether a school is forced in, is an anchor, or must keep together with an anchor of the Zone [pairs].
    """
    zone, school = np.divmod(reach.pairs, len(request.schools))
    anchors = reach.anchors[zone]
    exempt: np.ndarray = (school[:, None] == anchors).any(axis=1)
    exempt |= np.isin(school, request.positions_of(request.parameters.force_in))
    for group in request.parameters.together():
        positions = request.positions_of(group)
        exempt |= np.isin(school, positions) & np.isin(anchors, positions).any(axis=1)
    return exempt


def _walk(groups: list[tuple[str, ...]], tables: FeederTables, request: ZoneRequest, *, others: Sequence[str]) -> Reach:
    """Walk from the anchors of each Zone against the promotions, through what no limit or lock excludes."""
    size, incoming = len(tables.totals.index), tables.ends.incoming
    of_zones = anchor_positions(request, groups)
    is_anchor = np.zeros(size, dtype=bool)
    is_anchor[of_zones[of_zones >= 0]] = True
    is_anchor[request.positions_of(others)] = True
    keys = np.arange(len(groups))[:, None] * size + of_zones
    frontier = seen = keys[of_zones >= 0]
    reached, excluded = [keys[:, 1:][of_zones[:, 1:] >= 0]], [np.empty(0, dtype=np.int64)]
    for _ in range(request.parameters.maximum_steps):
        owners, items = expand_rows(incoming.starts, frontier % size)
        rows = incoming.links[items]
        senders = tables.ends.origin[rows]
        leads_on = is_tie(tables, request, rows) & ~is_anchor[senders]
        found = np.unique((frontier // size)[owners[leads_on]] * size + senders[leads_on])
        found = found[~np.isin(found, seen)]
        is_excluded = find_excluded(request, Pairs(schools=found % size, anchors=of_zones[found // size]))
        excluded.append(found[is_excluded])
        frontier = found[~is_excluded]
        reached.append(frontier)
        seen = np.concatenate([seen, found])
    pairs, without = np.sort(np.concatenate(reached)), np.sort(np.concatenate(excluded))
    return Reach(
        anchors=of_zones,
        pairs=pairs,
        links=_links_within(pairs, of_zones, tables),
        excluded=without,
        low_arrival=np.full(len(without), np.nan),
        has_impossible_group=np.zeros(len(groups), dtype=bool),
    )


def _links_within(pairs: np.ndarray, anchors: np.ndarray, tables: FeederTables) -> ZoneLinks:
    """Find the links of a ``Reach``."""
    size, ends = len(tables.totals.index), tables.ends
    zone, school = np.divmod(pairs, size)
    origin, rows = expand_rows(ends.starts, school)
    receiver = zone[origin] * size + ends.destination[rows]
    position = np.searchsorted(pairs, receiver)
    to_leading = ends.destination[rows] == anchors[zone[origin], 0]
    kept = (np.r_[pairs, -1][position] == receiver) | to_leading
    origin, rows, to_leading = origin[kept], rows[kept], to_leading[kept]
    destination = np.where(to_leading, -1, position[kept])
    is_merged = (school[:, None] == anchors[zone, 1:]).any(axis=1)
    return ZoneLinks(
        rows=rows,
        origin=origin,
        destination=destination,
        reaches_anchor=to_leading | np.append(is_merged, True)[destination],
        member_count=len(pairs),
    )


def _among(links: ZoneLinks, is_kept: np.ndarray) -> ZoneLinks:
    """The links among some of the candidates, which are numbered anew, and from them to the leading anchor."""
    number = np.append(np.cumsum(is_kept) - 1, -1)
    kept = is_kept[links.origin] & np.append(is_kept, True)[links.destination]
    return ZoneLinks(
        rows=links.rows[kept],
        origin=number[links.origin[kept]],
        destination=number[links.destination[kept]],
        reaches_anchor=links.reaches_anchor[kept],
        member_count=int(is_kept.sum()),
    )


def is_tie(tables: FeederTables, request: ZoneRequest, rows: np.ndarray) -> np.ndarray:
    """Whether each of some links of the feeder graph is large enough to hold its origin in a Zone [rows]."""
    tied: np.ndarray = tables.greater_shares[rows] >= request.parameters.minimum_link_share
    return tied


def _without_low_arrival(reach: Reach, tables: FeederTables, request: ZoneRequest) -> Reach:
    """Exclude schools of which too few students arrive whatever else is in the Zone, again until none is left."""
    least = request.parameters.minimum_arrival_share - ARRIVAL_SHARE
    while True:
        links = reach.links
        shares = arrival_shares(links, measure_arriving(links, chain_links(links, tables)), tables)
        is_low = (shares < least) & ~find_exempt(reach, request)
        if not is_low.any():
            return reach
        reach = reach.without(is_low, shares)
        # What was within reach only through these schools is not any more.
        reach = reach.among(_is_within_steps(reach, tables, request))


def _is_within_steps(reach: Reach, tables: FeederTables, request: ZoneRequest) -> np.ndarray:
    """Whether few enough candidate links lead from each candidate to an anchor, through candidates [pairs]."""
    links = reach.links
    tied = is_tie(tables, request, links.rows)
    zone, school = np.divmod(reach.pairs, len(tables.totals.index))
    is_within: np.ndarray = (school[:, None] == reach.anchors[zone, 1:]).any(axis=1)
    for _ in range(request.parameters.maximum_steps):
        leads_there = tied & (links.reaches_anchor | is_within[links.destination])
        is_within = is_within.copy()
        is_within[links.origin[leads_there]] = True
    return is_within


def _without_separated(reach: Reach, request: ZoneRequest) -> Reach:
    """Exclude schools that must keep together with one that is out of reach; if one is an anchor, its whole Zone."""
    size, zone_count = len(request.schools), len(reach.anchors)
    keys = np.arange(zone_count)[:, None] * size + reach.anchors
    of_anchors = keys[reach.anchors >= 0]
    separated = _find_separated(np.concatenate([reach.pairs, of_anchors]), zone_count, request)
    has_impossible_group = np.isin(np.arange(zone_count), np.intersect1d(separated, of_anchors) // size)
    reach = reach.without(np.isin(reach.pairs, separated))
    reach = reach.among(~has_impossible_group[reach.pairs // size])
    return replace(reach, has_impossible_group=has_impossible_group)


def _find_separated(held: np.ndarray, zone_count: int, request: ZoneRequest) -> np.ndarray:
    """Find the pairs within reach, anchors among them, that must keep together with a school that is not."""
    separated = [np.empty(0, dtype=np.int64)]
    for group in request.parameters.together():
        keys = np.arange(zone_count)[:, None] * len(request.schools) + request.positions_of(group)
        is_held = np.isin(keys, held)
        separated.append(keys[is_held & ~is_held.all(axis=1, keepdims=True)])
    return np.unique(np.concatenate(separated))
