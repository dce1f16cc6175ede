"""
Routes from the inner schools of one anchor to the anchor, and which share of the students sent on each arrives.

Most inner schools send their students straight to the anchor. Then the share that arrives is known beforehand, and the
route is open if the school is in the Zone. Where an inner school feeds others, the share depends on which are in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clustering.zones.candidates import Candidates


@dataclass(frozen=True, kw_only=True, eq=False)
class Routes:
    """
    The ways on from inner schools; ``n`` candidates, ``m`` of them inner.

    The first ``m`` routes lead from an inner school straight to the anchor; the shares that arrive are in ``carried``.
    ``u`` more lead on through other inner schools.

    Parameters
    ----------
    carried
        Students whom each candidate sends on each route; on the first ``m``, those of them who arrive [n, m + u;
        students per year].
    start
        Inner school, by number, at which each further route starts [u].
    straight
        Share on each further route that goes straight to the anchor [u].
    settled
        Share that goes on by one of the first ``m`` routes and arrives if it is open [u, m].
    onward
        Share that goes on by another of the further routes [u, u].
    rounds
        Inner schools that a further route passes at most, after the first two.
    """

    carried: np.ndarray
    start: np.ndarray
    straight: np.ndarray
    settled: np.ndarray
    onward: np.ndarray
    rounds: int

    def open(self, chosen: np.ndarray) -> np.ndarray:
        """
        Find the share of the students on each route who arrive.

        Parameters
        ----------
        chosen
            Sets of inner schools, as 0 and 1 [sets, m].

        Returns
        -------
        arriving
            1 or 0 for the first ``m`` routes, which are open or not [sets, m + u; 0 to 1].
        """
        if not len(self.start):
            return chosen
        is_open = chosen[:, self.start]
        known = self.straight + chosen @ self.settled.T
        arriving = is_open * known
        for _ in range(self.rounds):
            arriving = is_open * (known + arriving @ self.onward.T)
        return np.concatenate([chosen, arriving], axis=1)


def find_routes(candidates: Candidates, column: np.ndarray) -> Routes:
    """
    Find the routes of one anchor.

    Parameters
    ----------
    candidates
        Of the anchor.
    column
        Number of each candidate, and of the anchor behind them, among the inner schools; -1 for the others [n + 1].

    Returns
    -------
    routes
        All links to one inner school share a further route, but for those whose students' paths are known.
    """
    count, chains = len(candidates.schools), candidates.chains
    inner_count = int((column >= 0).sum())
    is_anchor = np.zeros(count + 1, dtype=bool)
    is_anchor[[count, *(candidates.schools.index(anchor) for anchor in candidates.merged)]] = True
    through = column[candidates.destination]
    # A link is settled if whatever leads on from it leads to an anchor.
    leads_on = ~is_anchor[candidates.destination[chains.second]]
    if not leads_on.any():
        return _routes_of_settled_links(candidates, through, inner_count)
    is_settled = np.ones(len(through), dtype=bool)
    is_settled[chains.first[leads_on]] = False
    key = np.where(candidates.is_followed, count + 1 + np.arange(len(through)), candidates.destination)
    further = np.flatnonzero(~is_settled)
    _, first, number = np.unique(key[further], return_index=True, return_inverse=True)
    route = np.full(len(through), -1)
    route[further] = inner_count + number
    route[is_settled] = through[is_settled]
    among = route >= 0
    carried = np.zeros((count, inner_count + len(first)))
    arriving = np.where(is_settled, candidates.arriving, 1.0) * candidates.students
    np.add.at(carried, (candidates.origin[among], route[among]), arriving[among])
    start = through[further[first]]
    straight, ahead = _lead_on(candidates, route, further[first], is_anchor, carried.shape[1])
    settled, onward = ahead[:, :inner_count], ahead[:, inner_count:]
    return Routes(
        carried=carried,
        start=start,
        straight=straight,
        settled=settled,
        onward=onward,
        rounds=_longest(onward > 0),
    )


def _routes_of_settled_links(candidates: Candidates, through: np.ndarray, inner_count: int) -> Routes:
    """Routes where every inner school sends its students straight to an anchor: most Zones are so."""
    among, count = through >= 0, len(candidates.schools)
    carried = np.zeros((count, inner_count))
    cell = candidates.origin[among] * inner_count + through[among]
    arriving = (candidates.arriving * candidates.students)[among]
    carried.ravel()[:] = np.bincount(cell, weights=arriving, minlength=carried.size)
    nothing = np.zeros(0)
    return Routes(
        carried=carried,
        start=nothing.astype(np.intp),
        straight=nothing,
        settled=np.zeros((0, inner_count)),
        onward=np.zeros((0, 0)),
        rounds=0,
    )


def _lead_on(
    candidates: Candidates, route: np.ndarray, links: np.ndarray, is_anchor: np.ndarray, route_count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Shares on some links that go straight to an anchor, and on by each route, and arrive if that is settled."""
    chains = candidates.chains
    straight, ahead = np.zeros(len(links)), np.zeros((len(links), route_count))
    row_of = np.full(len(route), -1)
    row_of[links] = np.arange(len(links))
    used = row_of[chains.first] >= 0
    row, second, shares = row_of[chains.first[used]], chains.second[used], chains.shares[used]
    to_anchor = is_anchor[candidates.destination[second]]
    np.add.at(straight, row[to_anchor], shares[to_anchor])
    row, second, shares = row[~to_anchor], second[~to_anchor], shares[~to_anchor]
    # Of those who go on by a settled route, the share that then arrives is known.
    is_settled = np.ones(len(route), dtype=bool)
    is_settled[chains.first[~is_anchor[candidates.destination[chains.second]]]] = False
    np.add.at(ahead, (row, route[second]), shares * np.where(is_settled[second], candidates.arriving[second], 1.0))
    return straight, ahead


def _longest(leads: np.ndarray) -> int:
    """Most steps that can be taken in a graph without cycles [u, u]."""
    steps, reached = -1, np.ones(len(leads), dtype=bool)
    while reached.any():
        reached = np.asarray((leads & reached).any(axis=1))
        steps += 1
    return max(steps, 0)
