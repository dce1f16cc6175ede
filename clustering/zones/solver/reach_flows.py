"""The flows among the schools within reach of all Zones, and what each school adds to the score of a Zone."""

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
from clustering.zones.tolerances import ARRIVAL_SHARE, PROOF_STUDENTS


@dataclass(frozen=True, kw_only=True, eq=False)
class ReachFlows:
    """
    The flows within reach of all Zones; ``pairs`` are those of ``Reach``.

    Parameters
    ----------
    tables, links, chains
        The feeder graph, the links among the pairs of each Zone, and which leads on from which.
    zone, school
        Of each pair [pairs].
    has_enough
        Whether enough schools are within reach of the pair's Zone: otherwise there is no Zone, and it wants no school
        [pairs].
    weights
        What the score gains if all students on a link are retained: their number, times one plus ``leakage_weight``
        [links; students per year].
    base
        What each pair adds apart from students retained, less what breaks ties [pairs; students per year].
    is_tie
        Whether the link is large enough to hold its origin in the Zone [links].
    least_arrival
        The arrival share that each pair needs: ``minimum_arrival_share``, or -inf if it is exempt [pairs; 0 to 1].
    only_moves
        Whether every promotion inside the Zone counts as retained.
    """

    tables: FeederTables
    links: ZoneLinks
    chains: LinkChains
    zone: np.ndarray
    school: np.ndarray
    has_enough: np.ndarray
    weights: np.ndarray
    base: np.ndarray
    is_tie: np.ndarray
    least_arrival: np.ndarray
    only_moves: bool

    @classmethod
    def of(cls, reach: Reach, tables: FeederTables, request: ZoneRequest) -> ReachFlows:
        """Collect them; the arguments are those of ``assignment_proof.prove_assignment``."""
        parameters, links, index = request.parameters, reach.links, tables.totals.index
        zone, school = np.divmod(reach.pairs, len(index))
        chains, promoted = chain_links(links, tables), promoted_of(tables, request)[school]
        bonus = member_bonus(request, Pairs(schools=school, anchors=reach.anchors[zone]), promoted)
        names, anchors = index.to_numpy()[school], index.to_numpy()[reach.anchors[zone, 0]]
        tie_costs = [tie_cost(*pair) for pair in zip(names.tolist(), anchors.tolist(), strict=True)]
        only_moves, is_exempt = parameters.score_by == "moves", find_exempt(reach, request)
        return cls(
            tables=tables,
            links=links,
            chains=chains,
            zone=zone,
            school=school,
            has_enough=np.bincount(zone, minlength=len(reach.anchors))[zone] + 1 >= parameters.minimum_schools,
            weights=(1 + parameters.leakage_weight) * tables.links["students"].to_numpy()[links.rows],
            base=bonus - parameters.leakage_weight * promoted - np.array(tie_costs),
            is_tie=is_tie(tables, request, links.rows),
            least_arrival=np.where(is_exempt, -np.inf, parameters.minimum_arrival_share - ARRIVAL_SHARE),
            only_moves=only_moves,
        )

    @property
    def school_count(self) -> int:
        """Schools of the feeder graph."""
        return len(self.tables.totals)

    def own_contributions(self, is_in: np.ndarray) -> np.ndarray:
        """What each pair adds by its own students, if these pairs are in [pairs; students per year]."""
        return self._with_base(self.weights * self._retained_within(is_in))

    def contributions(self, is_in: np.ndarray, *, coming_from: np.ndarray) -> np.ndarray:
        """
        What each pair adds by students whose way from it on lies among the pairs that are in.

        Its own students count, and those of others whose way up to it lies among the pairs ``coming_from`` [pairs;
        students per year].
        """
        retained = self._retained_within(is_in)
        onward = np.bincount(self.chains.first, self.chains.shares * retained[self.chains.second], len(retained))
        through = self._passing(coming_from) * (1.0 if self.only_moves else onward)
        contributions: np.ndarray = self._with_base(self.weights * retained) + self._coming(through)
        return contributions

    def divide_ways(self, contributions: np.ndarray, required: np.ndarray, is_in: np.ndarray) -> np.ndarray:
        """
        Divide the ways of students so that pairs of too small a contribution get a part of those that lead to them.

        Each student counts once: at the school of origin, at the next one, or in part at both [pairs; students per
        year].
        """
        links = self.links
        counted = self.weights * self._retained_within(is_in) * (is_in[links.origin] & ~links.reaches_anchor)
        coming = self._coming(counted)
        lacking = np.maximum(required + PROOF_STUDENTS - contributions, 0.0)
        part = np.minimum(np.divide(lacking, coming, out=np.zeros(len(coming)), where=coming > 0), 1.0)
        given_up = np.bincount(links.origin, counted * np.append(part, 0.0)[links.destination], links.member_count)
        divided: np.ndarray = contributions + part * coming - given_up
        return divided

    def are_allowed(self, is_in: np.ndarray) -> np.ndarray:
        """Whether each pair has a tie into the Zone of these pairs, and a large enough arrival share [pairs]."""
        is_held = np.zeros(self.links.member_count, dtype=bool)
        is_held[self.links.origin[self.is_tie & self._leads_inside(is_in)]] = True
        shares = arrival_shares(self.links, self._arriving_within(is_in), self.tables)
        are_allowed: np.ndarray = is_held & (shares >= self.least_arrival)
        return are_allowed

    def _with_base(self, retained: np.ndarray) -> np.ndarray:
        """What each pair adds, given what the students on each link add [pairs; students per year]."""
        values: np.ndarray = self.base + np.bincount(self.links.origin, retained, self.links.member_count)
        return values

    def _coming(self, students: np.ndarray) -> np.ndarray:
        """Students on the links into each pair [pairs]."""
        into = ~self.links.reaches_anchor
        coming: np.ndarray = np.bincount(self.links.destination[into], students[into], self.links.member_count)
        return coming

    def _passing(self, is_in: np.ndarray) -> np.ndarray:
        """Students on each link whose way up to it lies in the Zone of these pairs [links]."""
        starts_inside = is_in[self.links.origin]
        own: np.ndarray = self.weights * starts_inside
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
        """Whether each link leads to an anchor or to one of these pairs [links]."""
        leads_inside: np.ndarray = self.links.reaches_anchor | np.append(is_in, False)[self.links.destination]
        return leads_inside

    def _arriving_within(self, is_in: np.ndarray) -> np.ndarray:
        """Share of the students on each link whose whole way lies in the Zone of these pairs [links; 0 to 1]."""
        kept = self._leads_inside(is_in)[self.chains.first]
        chains = LinkChains(
            first=self.chains.first[kept], second=self.chains.second[kept], shares=self.chains.shares[kept]
        )
        return measure_arriving(self.links, chains)
