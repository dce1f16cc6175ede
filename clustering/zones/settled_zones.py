"""
Zones that are best without a search: a division of the schools among the anchors, and its proof.

Each school goes to the anchor where it adds most. Then every school that several anchors want gets a price: the most
that any other anchor could gain from it. If every school of a Zone adds more than its price, no other Zone scores more.

Why this is a proof: the score of a Zone is a sum over ways of students, and a way counts if all its schools are in the
Zone. So adding schools to a Zone gains at most the sum, over these schools, of the ways on which each is the last that
the Zone lacks. And leaving schools out loses at least the sum of the ways that are counted for them, if each way is
counted for one of its schools, or divided among them. If prices cover those gains and the losses exceed the prices, the
Zone is the best at these prices. Zones that are each the best at the prices, and use every school that has one, are the
best together (the bound of Lagrangian relaxation: M. L. Fisher, Management Science 27, 1981). In a Zone that is full,
each place has a price too. Zones that leave schools to each other can only be settled together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clustering.zones.arrival import LinkChains, ZoneLinks, arrival_shares, chain_links, measure_arriving
from clustering.zones.candidate_reach import Reach, find_exempt, is_tie
from clustering.zones.candidates import promoted_of
from clustering.zones.distances import member_bonus
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import Pairs, ZoneRequest
from clustering.zones.solver.single_zone.build_problem import tie_cost
from clustering.zones.tolerances import ARRIVAL_SHARE, SCORE_STUDENTS, SETTLED_STUDENTS

_ROUNDS_OF_DIVIDING = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class SettledZones:
    """
    A division of the schools among the Zones, and where it is proved.

    Parameters
    ----------
    is_in
        Whether the pair's school is in the Zone [pairs of ``Reach``].
    is_open
        Whether the Zone is not proved, whatever the others are [zones].
    leaning, holder
        Zones whose proof rests on a school that they leave to another Zone, and that Zone [dependences].
    """

    is_in: np.ndarray
    is_open: np.ndarray
    leaning: np.ndarray
    holder: np.ndarray

    def open_with(self, is_open: np.ndarray) -> np.ndarray:
        """Whether each Zone is open where these are: they, and all that lean on an open one [zones]."""
        while (more := ~is_open[self.leaning] & is_open[self.holder]).any():
            is_open = is_open.copy()
            is_open[self.leaning[more]] = True
        return is_open


def settle_zones(reach: Reach, tables: FeederTables, request: ZoneRequest) -> SettledZones:
    """
    Divide the schools among the Zones without a search, and tell for which of them this is proved.

    Parameters
    ----------
    reach
        The schools within reach of each Zone.
    tables
        The feeder graph.
    request
        The limits of the request.

    Returns
    -------
    settled
        A Zone that is neither open nor leans on an open one is what the exact search finds, to the last school; no
        Zone where it has no school.
    """
    flows, parameters = _ReachFlows.of(reach, tables, request), request.parameters
    zone, school, most = flows.zone, flows.school, parameters.maximum_schools - 1
    holder = _divide(flows, most, is_shared=parameters.shared_feeders)
    is_in = holder == zone
    is_out = flows.counts & ~is_in
    sizes = np.bincount(zone[is_in], minlength=len(reach.anchors))
    is_full = sizes == most
    gain = np.where(is_out, flows.worth(is_in, coming_from=flows.counts), -np.inf)
    wanted = gain > -SETTLED_STUDENTS
    # A Zone that is full needs no prices to do without a school: each of its places has a price instead.
    price = np.zeros(len(tables.totals.index))
    pays = is_out & ~is_full[zone] & (holder >= 0)
    np.maximum.at(price, school[pays], gain[pays])
    place = np.zeros(len(reach.anchors))
    np.maximum.at(place, zone[is_full[zone]], (gain - price[school])[is_full[zone]])
    asked = price[school] + place[zone] + SETTLED_STUDENTS
    net = flows.lend(flows.net(is_in), asked, is_in)
    score = np.bincount(zone[is_in], net[is_in], len(reach.anchors))
    is_open = _is_special(reach, flows, request)
    is_open |= (sizes > 0) & ((sizes + 1 < parameters.minimum_schools) | (sizes > most) | (score <= SCORE_STUDENTS))
    is_open[zone[is_in & ~((net >= asked) & flows.may_stay(is_in))]] = True
    is_open[zone[wanted & (holder < 0) & ~is_full[zone]]] = True
    leans = wanted & (holder >= 0)
    return SettledZones(is_in=is_in, is_open=is_open, leaning=zone[leans], holder=holder[leans])


def _is_special(reach: Reach, flows: _ReachFlows, request: ZoneRequest) -> np.ndarray:
    """Whether a limit or lock asks of a Zone more than sizes, links and arrival do [zones]."""
    parameters = request.parameters
    if (
        parameters.method != "exact"
        or parameters.maximum_zones is not None
        or parameters.maximum_enrolment_students is not None
        or parameters.contiguous
        or parameters.keep_together
    ):
        return np.ones(len(reach.anchors), dtype=bool)
    forced = request.positions_of(parameters.force_in)
    is_special: np.ndarray = (reach.anchors[:, 1:] >= 0).any(axis=1) | np.isin(reach.anchors[:, 0], forced)
    is_special[flows.zone[np.isin(flows.school, forced)]] = True
    return is_special


def _divide(flows: _ReachFlows, most: int, *, is_shared: bool) -> np.ndarray:
    """
    Give each school to the Zone to which it adds most, again as the Zones that this makes are known.

    A good guess and no more: it is the proof that counts. Zone that holds each pair's school, or -1 [pairs].
    """
    zone, school = flows.zone, flows.school
    may_hold = is_in = flows.counts
    for _ in range(_ROUNDS_OF_DIVIDING):
        worth = flows.worth(is_in, coming_from=is_in)
        may_hold = may_hold & (worth > 0)
        order = np.lexsort((-worth, school))
        order = order[may_hold[order]]
        holder = np.full(flows.school_count, -1)
        best = order[np.unique(school[order], return_index=True)[1]]
        holder[school[best]] = zone[best]
        is_in = may_hold if is_shared else may_hold & (holder[school] == zone)
        # Of a Zone with too many, the least go elsewhere.
        order = np.lexsort((-np.where(is_in, worth, -np.inf), zone))
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order)) - np.searchsorted(zone, zone[order])
        is_left = is_in & (rank >= most)
        is_in, may_hold = is_in & ~is_left, may_hold & ~is_left
    holder = np.full(flows.school_count, -1)
    holder[school[is_in]] = zone[is_in]
    return np.where(is_in, zone, -1) if is_shared else holder[school]


@dataclass(frozen=True, kw_only=True, eq=False)
class _ReachFlows:
    """
    The flows within reach of all Zones; ``pairs`` are those of ``Reach``.

    Parameters
    ----------
    tables, links, chains
        The feeder graph, the links among the pairs of each Zone, and which leads on from which.
    zone, school
        Of each pair [pairs].
    counts
        Whether the Zone of the pair has enough schools within reach: others are none and claim no school [pairs].
    students
        Of each link, times one plus ``leakage_weight`` [links; students per year].
    own
        What each pair adds apart from students retained, less what breaks ties [pairs; students per year].
    is_tie
        Whether the link holds its origin in the Zone [links].
    least_arrival
        What ``minimum_arrival_share`` asks of each pair [pairs; 0 to 1].
    only_moves
        Whether every promotion inside the Zone counts as retained.
    """

    tables: FeederTables
    links: ZoneLinks
    chains: LinkChains
    zone: np.ndarray
    school: np.ndarray
    counts: np.ndarray
    students: np.ndarray
    own: np.ndarray
    is_tie: np.ndarray
    least_arrival: np.ndarray
    only_moves: bool

    @classmethod
    def of(cls, reach: Reach, tables: FeederTables, request: ZoneRequest) -> _ReachFlows:
        """Collect them."""
        parameters, links, index = request.parameters, reach.links, tables.totals.index
        zone, school = np.divmod(reach.pairs, len(index))
        chains, promoted = chain_links(links, tables), promoted_of(tables, request)[school]
        bonus = member_bonus(request, Pairs(schools=school, anchors=reach.anchors[zone]), promoted)
        names, anchors = index.to_numpy()[school], index.to_numpy()[reach.anchors[zone, 0]]
        ties = [tie_cost(*pair) for pair in zip(names.tolist(), anchors.tolist(), strict=True)]
        only_moves, is_exempt = parameters.score_by == "moves", find_exempt(reach, request)
        return cls(
            tables=tables,
            links=links,
            chains=chains,
            zone=zone,
            school=school,
            counts=np.bincount(zone, minlength=len(reach.anchors))[zone] + 1 >= parameters.minimum_schools,
            students=(1 + parameters.leakage_weight) * tables.links["students"].to_numpy()[links.rows],
            own=bonus - parameters.leakage_weight * promoted - np.array(ties),
            is_tie=is_tie(tables, request, links.rows),
            least_arrival=np.where(is_exempt, -np.inf, parameters.minimum_arrival_share - ARRIVAL_SHARE),
            only_moves=only_moves,
        )

    @property
    def school_count(self) -> int:
        """Schools of the feeder graph."""
        return len(self.tables.totals)

    def net(self, is_in: np.ndarray) -> np.ndarray:
        """What each pair adds by its own students, if these pairs are in [pairs; students per year]."""
        return self._with_own(self.students * self._retained_within(is_in))

    def worth(self, is_in: np.ndarray, *, coming_from: np.ndarray) -> np.ndarray:
        """
        What each pair adds by students whose way from it on lies among the pairs that are in.

        Its own students count, and those of others whose way up to it lies among the pairs ``coming_from`` [pairs;
        students per year].
        """
        retained = self._retained_within(is_in)
        onward = np.bincount(self.chains.first, self.chains.shares * retained[self.chains.second], len(retained))
        through = self._passing(coming_from) * (1.0 if self.only_moves else onward)
        worth: np.ndarray = self._with_own(self.students * retained) + self._coming(through)
        return worth

    def lend(self, net: np.ndarray, asked: np.ndarray, is_in: np.ndarray) -> np.ndarray:
        """
        Let pairs that add less than is asked of them count students who come to them from other pairs of the Zone.

        Each student counts once, at the school of origin or at the next [pairs; students per year].
        """
        links = self.links
        counted = self.students * self._retained_within(is_in) * (is_in[links.origin] & ~links.reaches_anchor)
        coming = self._coming(counted)
        lacking = np.maximum(asked + SETTLED_STUDENTS - net, 0.0)
        lent = np.minimum(np.divide(lacking, coming, out=np.zeros(len(net)), where=coming > 0), 1.0)
        given = np.bincount(links.origin, counted * np.append(lent, 0.0)[links.destination], links.member_count)
        lending: np.ndarray = net + lent * coming - given
        return lending

    def may_stay(self, is_in: np.ndarray) -> np.ndarray:
        """Whether each pair has a link into the Zone of these pairs, and enough arriving students [pairs]."""
        is_held = np.zeros(self.links.member_count, dtype=bool)
        is_held[self.links.origin[self.is_tie & self._leads_inside(is_in)]] = True
        shares = arrival_shares(self.links, self._arriving_within(is_in), self.tables)
        may_stay: np.ndarray = is_held & (shares >= self.least_arrival)
        return may_stay

    def _with_own(self, retained: np.ndarray) -> np.ndarray:
        values: np.ndarray = self.own + np.bincount(self.links.origin, retained, self.links.member_count)
        return values

    def _coming(self, students: np.ndarray) -> np.ndarray:
        """Students on the links into each pair [pairs]."""
        into = ~self.links.reaches_anchor
        coming: np.ndarray = np.bincount(self.links.destination[into], students[into], self.links.member_count)
        return coming

    def _passing(self, is_in: np.ndarray) -> np.ndarray:
        """Students on each link whose way up to it lies in the Zone of these pairs [links]."""
        starts_inside = is_in[self.links.origin]
        own: np.ndarray = self.students * starts_inside
        passing = own
        while not self.only_moves:
            onward = np.bincount(self.chains.second, self.chains.shares * passing[self.chains.first], len(passing))
            following = (own + onward) * starts_inside
            if np.array_equal(following, passing):
                break
            passing = following
        return passing

    def _retained_within(self, is_in: np.ndarray) -> np.ndarray:
        """Share of the students on each link who are retained, if these pairs are in [links; 0 to 1]."""
        return self._leads_inside(is_in).astype(np.float64) if self.only_moves else self._arriving_within(is_in)

    def _leads_inside(self, is_in: np.ndarray) -> np.ndarray:
        leads_inside: np.ndarray = self.links.reaches_anchor | np.append(is_in, False)[self.links.destination]
        return leads_inside

    def _arriving_within(self, is_in: np.ndarray) -> np.ndarray:
        """Share of the students on each link whose whole way lies in the Zone of these pairs [links; 0 to 1]."""
        kept = self._leads_inside(is_in)[self.chains.first]
        chains = LinkChains(
            first=self.chains.first[kept], second=self.chains.second[kept], shares=self.chains.shares[kept]
        )
        return measure_arriving(self.links, chains)
