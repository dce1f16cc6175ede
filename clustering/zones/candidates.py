"""Which schools could belong to which anchor's Zone, for all anchors at once."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from clustering.zones.arrival import LinkChains, ZoneLinks, chain_links, measure_arriving
from clustering.zones.candidate_reach import Reach, find_exempt, find_reach, is_tie
from clustering.zones.distances import member_bonus
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import Pairs, ZoneRequest, anchors_of


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
    arriving
        Share of the students on each link who arrive, if all candidates are in the Zone [links; 0 to 1].
    is_followed
        Whether it is known where the students on the link went next; if not, the send shares of its destination tell.
    chains
        Which link leads on from which, by position, and the share that goes on.
    is_exempt
        Whether ``minimum_arrival_share`` does not bind the candidate: it is forced in, is an anchor or must keep
        together with one.
    excluded
        Schools within reach that a limit or lock excludes, sorted.
    low_arrival
        Those of them that are excluded because too few of their students would arrive even with all candidates in the
        Zone, with that share [0 to 1].
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
    arriving: np.ndarray
    is_followed: np.ndarray
    chains: LinkChains
    is_exempt: np.ndarray
    excluded: tuple[str, ...]
    low_arrival: Mapping[str, float]
    has_impossible_group: bool

    @property
    def anchors(self) -> tuple[str, ...]:
        """The anchors of the Zone."""
        return (self.anchor_id, *self.merged)

    @cached_property
    def digest(self) -> bytes:
        """Of everything that the best Zone depends on: equal candidates have an equal one."""
        text = "\n".join([*self.anchors, "", *self.schools, "", *self.excluded])
        digest = hashlib.blake2b(text.encode(), digest_size=16)
        for part in (
            self.promoted,
            self.bonus,
            self.enrolment,
            self.origin,
            self.destination,
            self.students,
            self.is_tie,
            self.is_followed,
            self.chains.shares,
            self.is_exempt,
        ):
            digest.update(part.tobytes())
        digest.update(repr((self.anchor_enrolment, self.has_impossible_group)).encode())
        return digest.digest()


def generate_candidates(
    tables: FeederTables, anchors: Collection[str], request: ZoneRequest, *, only: Collection[str] | None = None
) -> tuple[Candidates, ...]:
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
    only
        Only Zones of these anchors; identifiers of other schools are ignored. ``None`` means all Zones.

    Returns
    -------
    candidates
        One per anchor or group of merged anchors, sorted by the first id. A candidate reaches an anchor of the Zone in
        at most ``maximum_steps`` promotions over flows of at least ``minimum_link_share``, passing only through
        candidates; other anchors are never candidates.
    """
    groups = group_anchors(anchors, request)
    if only is not None:
        groups = [group for group in groups if not set(only).isdisjoint(group)]
    reach = find_reach(groups, tables, request, others=sorted(anchors))
    return candidates_within(reach, groups, tables, request)


def group_anchors(anchors: Iterable[str], request: ZoneRequest) -> list[tuple[str, ...]]:
    """Anchors by the Zone that they share, sorted by the first of each Zone."""
    behind = {anchor for group in request.merged.values() for anchor in group[1:]}
    return sorted({anchors_of(request, anchor) for anchor in set(anchors) - behind})


def candidates_within(
    reach: Reach, groups: list[tuple[str, ...]], tables: FeederTables, request: ZoneRequest
) -> tuple[Candidates, ...]:
    """
    Cut what is within reach of some Zones into the candidates of each.

    Parameters
    ----------
    reach
        Of these Zones.
    groups
        Anchors of each Zone.
    tables, request
        As for :func:`generate_candidates`.

    Returns
    -------
    candidates
        One per Zone, in the same order.
    """
    return tuple(_cut_by_zone(groups, tables, request, reach=reach))


def _cut_by_zone(
    groups: list[tuple[str, ...]], tables: FeederTables, request: ZoneRequest, *, reach: Reach
) -> Iterator[Candidates]:
    """Cut the columns of all Zones into those of each."""
    index, links, chains = tables.totals.index, reach.links, chain_links(reach.links, tables)
    zone, school = np.divmod(reach.pairs, len(index))
    of_links = zone[links.origin]
    of_chains = of_links[chains.first]
    starts, link_starts = (np.searchsorted(zones, np.arange(len(groups))) for zones in (zone, of_links))
    columns_of_links = {
        "origin": links.origin - starts[of_links],
        "destination": np.where(
            links.destination < 0,
            np.bincount(zone, minlength=len(groups))[of_links],
            links.destination - starts[of_links],
        ),
        **_measures_of_links(tables, request, links=links, chains=chains),
    }
    columns_of_chains = {
        "first": chains.first - link_starts[of_chains],
        "second": chains.second - link_starts[of_chains],
        "shares": chains.shares,
    }
    enrolment = _enrolment(request, len(index))
    columns = _columns_of_schools(tables, request, reach=reach, enrolment=enrolment)
    names, excluded = index[school].to_list(), index[reach.excluded % len(index)].to_list()
    anchor_enrolment, impossible = enrolment[reach.anchors[:, 0]].tolist(), reach.has_impossible_group.tolist()
    low_arrival = reach.low_arrival.tolist()
    runs = (_runs(zones, len(groups)) for zones in (zone, of_links, of_chains, reach.excluded // len(index)))
    for number, (group, own, within, chained, left_out) in enumerate(zip(groups, *runs, strict=True)):
        low = dict(zip(excluded[left_out], low_arrival[left_out], strict=True))
        yield Candidates(
            anchor_id=group[0],
            merged=() if impossible[number] else group[1:],
            schools=tuple(names[own]),
            **{name: values[own] for name, values in columns.items()},
            anchor_enrolment=anchor_enrolment[number],
            **{name: values[within] for name, values in columns_of_links.items()},
            chains=LinkChains(**{name: values[chained] for name, values in columns_of_chains.items()}),
            excluded=tuple(low),
            low_arrival={name: share for name, share in low.items() if not math.isnan(share)},
            has_impossible_group=impossible[number],
        )


def _runs(zones: np.ndarray, zone_count: int) -> list[slice]:
    """Rows of each Zone, where the rows are sorted by the number of their Zone."""
    bounds = np.searchsorted(zones, np.arange(zone_count + 1)).tolist()
    return list(itertools.starmap(slice, itertools.pairwise(bounds)))


def _measures_of_links(
    tables: FeederTables, request: ZoneRequest, *, links: ZoneLinks, chains: LinkChains
) -> dict[str, np.ndarray]:
    known = tables.known_paths
    return {
        "students": tables.links["students"].to_numpy()[links.rows],
        "is_tie": is_tie(tables, request, links.rows),
        "arriving": measure_arriving(links, chains),
        "is_followed": np.zeros(len(links.rows), dtype=bool) if known is None else known.is_known[links.rows],
    }


def _columns_of_schools(
    tables: FeederTables, request: ZoneRequest, *, reach: Reach, enrolment: np.ndarray
) -> dict[str, np.ndarray]:
    zone, school = np.divmod(reach.pairs, len(tables.totals.index))
    promoted = promoted_of(tables, request)[school]
    return {
        "promoted": promoted,
        "bonus": member_bonus(request, Pairs(schools=school, anchors=reach.anchors[zone]), promoted),
        "enrolment": enrolment[school],
        "is_exempt": find_exempt(reach, request),
    }


def _enrolment(request: ZoneRequest, size: int) -> np.ndarray:
    """Students enrolled in each school; 0 where no limit asks for it."""
    if request.parameters.maximum_enrolment_students is None:
        return np.zeros(size)
    enrolment: np.ndarray = request.schools["enrolment"].to_numpy()
    return enrolment


def promoted_of(tables: FeederTables, request: ZoneRequest) -> np.ndarray:
    """Students promoted out of every school per year; with those who left, if ``count_exits``."""
    names = ["promoted_students", *["exit_students"] * request.parameters.count_exits]
    promoted: np.ndarray = np.nansum([tables.totals[name].to_numpy() for name in names], axis=0)
    return promoted
