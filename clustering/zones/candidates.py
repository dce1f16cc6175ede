"""Which schools could belong to which anchor's Zone, for all anchors at once."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from clustering.zones.arrival import LinkChains, ZoneLinks, chain_links, measure_arriving
from clustering.zones.candidate_reach import Reach, find_exempt, find_reach, is_tie, links_within
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
    groups = sorted({anchors_of(request, anchor) for anchor in _leading(anchors, request)})
    reach = find_reach(groups, tables, request)
    links = links_within(reach, tables)
    return _assemble(groups, tables, request, reach=reach, links=links)


def _leading(anchors: Iterable[str], request: ZoneRequest) -> set[str]:
    """Anchors without those that are merged behind another."""
    behind = {anchor for group in request.merged.values() for anchor in group[1:]}
    return set(anchors) - behind


def _assemble(
    groups: list[tuple[str, ...]], tables: FeederTables, request: ZoneRequest, *, reach: Reach, links: ZoneLinks
) -> tuple[Candidates, ...]:
    """Cut the columns of all Zones into those of each."""
    index, chains = tables.totals.index, chain_links(links, tables)
    size, zones = len(index), np.arange(len(groups) + 1)
    zone, school = np.divmod(reach.pairs, size)
    # Where the pairs, the links, the chains and the excluded schools of each Zone start, and where the last end.
    starts = np.searchsorted(zone, zones)
    of_links = zone[links.origin]
    link_starts = np.searchsorted(of_links, zones)
    chain_starts = np.searchsorted(of_links[chains.first], zones)
    excluded_starts = np.searchsorted(reach.excluded // size, zones)
    columns_of_links = {
        "origin": links.origin - starts[of_links],
        "destination": np.where(links.destination < 0, np.diff(starts)[of_links], links.destination - starts[of_links]),
        **_measures_of_links(tables, request, links=links, chains=chains),
    }
    enrolment = _enrolment(request, size)
    columns = _columns_of_schools(tables, request, reach=reach, enrolment=enrolment)
    names, excluded = index.to_numpy()[school], index.to_numpy()[reach.excluded % size]
    found = []
    for number, group in enumerate(groups):
        own, within, chained, left_out = (
            slice(*each[number : number + 2]) for each in (starts, link_starts, chain_starts, excluded_starts)
        )
        low = dict(zip(excluded[left_out].tolist(), reach.low_arrival[left_out].tolist(), strict=True))
        found.append(
            Candidates(
                anchor_id=group[0],
                merged=() if reach.has_impossible_group[number] else group[1:],
                schools=tuple(names[own].tolist()),
                **{name: values[own] for name, values in columns.items()},
                anchor_enrolment=float(enrolment[reach.anchors[number, 0]]),
                **{name: values[within] for name, values in columns_of_links.items()},
                chains=LinkChains(
                    first=chains.first[chained] - link_starts[number],
                    second=chains.second[chained] - link_starts[number],
                    shares=chains.shares[chained],
                ),
                excluded=tuple(low),
                low_arrival={name: share for name, share in low.items() if not math.isnan(share)},
                has_impossible_group=bool(reach.has_impossible_group[number]),
            )
        )
    return tuple(found)


def _measures_of_links(
    tables: FeederTables, request: ZoneRequest, *, links: ZoneLinks, chains: LinkChains
) -> dict[str, np.ndarray]:
    known = tables.known_paths
    return {
        "students": tables.links["students"].to_numpy()[links.rows],
        "is_tie": is_tie(tables, request)[links.rows],
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
        "is_exempt": find_exempt(reach, tables.totals.index, request),
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
