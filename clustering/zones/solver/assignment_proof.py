"""
Zones that are best without a search: an assignment of the schools to the anchors, and its proof.

Each school goes to the anchor where it adds most. Then every school that several anchors want gets a price: the most
that any other anchor could gain from it. If every school of a Zone adds more than its price, no other Zone is better.

This is a proof because the score of a Zone is a sum over the ways of students, and a way counts if all its schools are
in the Zone. Let each way belong to one of its schools, or divide it among them.

- Leaving schools out of the Zone loses at least the ways that belong to them.
- Adding schools gains at most their contributions: the ways on which each of them is the last that the Zone lacks,
  where everything within reach may lie before it.

If the prices are at least these gains, and less than these losses, the Zone is the best at the prices. If every Zone is
the best at the prices, and every school that has a price is in a Zone, the Zones are the best together (the bound of
Lagrangian relaxation: M. L. Fisher, Management Science 27, 1981).

In a Zone that is full, each slot has a price too: the most that a school left out could add in it. A Zone that leaves a
school to another is proved only as long as the other is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clustering.zones.candidate_reach import Reach
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import ZoneRequest
from clustering.zones.solver.reach_flows import ReachFlows
from clustering.zones.tolerances import PROOF_STUDENTS, SCORE_STUDENTS

_ROUNDS_OF_ASSIGNMENT = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class AssignmentProof:
    """
    An assignment of the schools to Zones, and which of the Zones are proved.

    Parameters
    ----------
    is_in
        Whether the pair's school is in the Zone [pairs of ``Reach``].
    is_open
        Whether the Zone is not proved, whatever the others are [zones].
    dependent, holder
        Numbers of a Zone whose proof rests on a school that it leaves to another Zone, and of that Zone
        [dependencies].
    """

    is_in: np.ndarray
    is_open: np.ndarray
    dependent: np.ndarray
    holder: np.ndarray

    def with_dependent(self, is_open: np.ndarray) -> np.ndarray:
        """Whether each Zone is open if these are: they themselves, and all that depend on an open one [zones]."""
        while (more := ~is_open[self.dependent] & is_open[self.holder]).any():
            is_open = is_open.copy()
            is_open[self.dependent[more]] = True
        return is_open


def prove_assignment(reach: Reach, tables: FeederTables, request: ZoneRequest) -> AssignmentProof:
    """
    Assign the schools to Zones without a search, and find out which of the Zones are proved.

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
    proof
        A Zone that is neither open nor depends on an open one has exactly the schools that the exact search gives it;
        without any, the search finds no Zone either.
    """
    flows, parameters = ReachFlows.of(reach, tables, request), request.parameters
    zone, school, maximum_feeders = flows.zone, flows.school, parameters.maximum_schools - 1
    holder = _assign(flows, maximum_feeders, is_shared=parameters.shared_feeders)
    is_in = holder == zone
    is_out = flows.has_enough & ~is_in
    sizes = np.bincount(zone[is_in], minlength=len(reach.anchors))
    is_full = sizes == maximum_feeders
    gain = np.where(is_out, flows.contributions(is_in, coming_from=flows.has_enough), -np.inf)
    is_wanted = gain > -PROOF_STUDENTS
    # A Zone that is full needs no prices to do without a school: its slots have a price instead.
    price = np.zeros(len(tables.totals.index))
    is_bid = is_out & ~is_full[zone] & (holder >= 0)
    np.maximum.at(price, school[is_bid], gain[is_bid])
    slot_price = np.zeros(len(reach.anchors))
    np.maximum.at(slot_price, zone[is_full[zone]], (gain - price[school])[is_full[zone]])
    required = price[school] + slot_price[zone] + PROOF_STUDENTS
    losses = flows.divide_ways(flows.own_contributions(is_in), required, is_in)
    score = np.bincount(zone[is_in], losses[is_in], len(reach.anchors))
    is_open = _has_other_limits(reach, flows, request)
    is_open |= (sizes > 0) & (
        (sizes + 1 < parameters.minimum_schools) | (sizes > maximum_feeders) | (score <= SCORE_STUDENTS)
    )
    is_open[zone[is_in & ~((losses >= required) & flows.are_allowed(is_in))]] = True
    is_open[zone[is_wanted & (holder < 0) & ~is_full[zone]]] = True
    is_left = is_wanted & (holder >= 0)
    return AssignmentProof(is_in=is_in, is_open=is_open, dependent=zone[is_left], holder=holder[is_left])


def _has_other_limits(reach: Reach, flows: ReachFlows, request: ZoneRequest) -> np.ndarray:
    """Whether the proof does not cover a Zone: a limit or lock concerns more than sizes, links and arrival [zones]."""
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
    has_other: np.ndarray = (reach.anchors[:, 1:] >= 0).any(axis=1) | np.isin(reach.anchors[:, 0], forced)
    has_other[flows.zone[np.isin(flows.school, forced)]] = True
    return has_other


def _assign(flows: ReachFlows, maximum_feeders: int, *, is_shared: bool) -> np.ndarray:
    """
    Assign each school to the Zone to which it adds most: the Zone that holds each pair's school, or -1 [pairs].

    What a school adds depends on the Zones, so this is repeated with the Zones that it makes. The assignment need not
    be the best one: the proof decides that.
    """
    zone, school = flows.zone, flows.school
    may_hold = is_in = flows.has_enough
    for _ in range(_ROUNDS_OF_ASSIGNMENT):
        contributions = flows.contributions(is_in, coming_from=is_in)
        may_hold = may_hold & (contributions > 0)
        order = np.lexsort((-contributions, school))
        order = order[may_hold[order]]
        holder = np.full(flows.school_count, -1)
        best = order[np.unique(school[order], return_index=True)[1]]
        holder[school[best]] = zone[best]
        is_in = may_hold if is_shared else may_hold & (holder[school] == zone)
        # A Zone with too many schools gives up those that add least.
        order = np.lexsort((-np.where(is_in, contributions, -np.inf), zone))
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order)) - np.searchsorted(zone, zone[order])
        is_given_up = is_in & (rank >= maximum_feeders)
        is_in, may_hold = is_in & ~is_given_up, may_hold & ~is_given_up
    holder = np.full(flows.school_count, -1)
    holder[school[is_in]] = zone[is_in]
    return np.where(is_in, zone, -1) if is_shared else holder[school]
