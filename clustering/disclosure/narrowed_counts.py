"""
Schools between, the ways through which narrow a count of 1 to 9 students only when they are all read together.

The ways from origins through one school between are the cells of a table: those of a pair add up to its flow, and those
over a link to no more than the flow of the link. Each line of the table may be harmless by itself and still narrow a
count in another one. If every way can have a greatest count of its own, so that no link is too small for all of these
together and each pair still has room, then no pair tells anything of another. Whether there are such counts is a
question of a maximum flow, asked for all schools at once. Where there are none, linear programs find what the table
tells of each count, as audits of statistical tables do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.model.suppression import SUPPRESSED_HIGH, SUPPRESSED_LOW

_RANGE = SUPPRESSED_HIGH - SUPPRESSED_LOW
_TOLERANCE = 1e-6
# A school with more counts than this to look at is left out unseen: programs for each of them would take too long.
_MOST_AIMS = 400
_UNLIMITED = 1_000_000  # students


def vias_that_narrow(ways: pd.DataFrame, pairs: pd.DataFrame, links: pd.DataFrame) -> np.ndarray:
    """
    Find the schools between whose ways and flows together narrow a count of 1 to 9 students.

    Parameters
    ----------
    ways
        ``via``, ``pair`` and ``link`` (numbers), ``least`` and ``most`` students, and ``is_hidden`` where a count is
        suppressed.
    pairs
        Index ``pair``: ``least`` and ``most`` students of its flow, and whether this ``hides`` a suppressed count. Its
        ways may be known to be all of the flow.
    links
        Index ``link``: ``limit``, the most students of its flow, and whether this ``hides`` a suppressed count.

    Returns
    -------
    vias
        Sorted. What the bounds leave to a suppressed count is found exactly for these, unless they have too many counts
        to look at or their bounds contradict one another: such a school counts as one that narrows.
    """
    pairs, links = _consistent(ways, pairs, links)
    unsure = ways[ways["via"].isin(_vias_with_dependent_pairs(ways, pairs, links))]
    found = [via for via, rows in unsure.groupby("via") if _Table.of(rows, pairs, links).narrows()]
    return np.array(found, dtype="int64")


def _consistent(ways: pd.DataFrame, pairs: pd.DataFrame, links: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Flows of the pairs and links of these ways. One too small for its ways gives way; one not given has no bounds."""
    of_pair, of_link = (ways.groupby(key)[["least", "most"]].sum() for key in ("pair", "link"))
    pairs, links = pairs.reindex(of_pair.index), links.reindex(of_link.index)
    least = pairs["least"].fillna(0.0)
    pairs = pairs.assign(
        least=least,
        most=pairs["most"].fillna(_UNLIMITED).clip(lower=of_pair["least"]),
        hides=pairs["hides"].fillna(value=False).astype("bool"),
        is_whole=of_pair["most"] >= least,  # all who can be followed may have been, if there are not too many of them
    )
    limit = links["limit"].fillna(_UNLIMITED).clip(lower=of_link["least"])
    return pairs, links.assign(limit=limit, hides=links["hides"].fillna(value=False).astype("bool"))


def _vias_with_dependent_pairs(ways: pd.DataFrame, pairs: pd.DataFrame, links: pd.DataFrame) -> np.ndarray:
    """Schools for which no greatest counts of ways are found that make each pair independent of the others."""
    pair, pair_codes = pd.factorize(ways["pair"])
    link, link_codes = pd.factorize(ways["link"])
    flows, over = pairs.loc[pair_codes], links.loc[link_codes]
    least, most = ways["least"].to_numpy(), ways["most"].to_numpy()
    is_hidden, hides = ways["is_hidden"].to_numpy(), flows["hides"].to_numpy()
    has_hidden = np.bincount(pair, weights=is_hidden) > 0
    is_close = ((flows["most"] - flows["least"]).to_numpy() < _RANGE)[pair]
    extra = np.floor(np.where(is_hidden & is_close, np.minimum(most - least, _RANGE), most - least))
    need = np.where(flows["is_whole"], flows["least"] - np.bincount(pair, weights=least), 0.0)
    need = np.ceil(np.maximum(need, 0.0))
    # Suppressed counts stay at their least if the others are enough. If not, each has to be able to.
    is_enough = has_hidden & (np.bincount(pair, weights=np.where(is_hidden, 0.0, extra)) >= need)
    extra = np.where(is_hidden & is_enough[pair], 0.0, extra)
    need += np.where((has_hidden | hides) & ~is_enough & flows["is_whole"].to_numpy(), _RANGE, 0.0)
    # A suppressed count of a link may be the greatest, one at a time, if the link then has this much left.
    is_kept = (np.bincount(link, weights=ways["is_hidden"]) > 0) | over["hides"].to_numpy()
    room = np.floor(over["limit"].to_numpy() - np.where(is_kept, _RANGE, 0.0) - np.bincount(link, weights=least))
    reached = _reached(need, pair, extra, link, np.maximum(room, 0.0))
    return np.unique(ways["via"].to_numpy()[(reached < need)[pair] | (room < 0)[link]])


def _reached(need: np.ndarray, pair: np.ndarray, extra: np.ndarray, link: np.ndarray, room: np.ndarray) -> np.ndarray:
    """How many of the students that each pair needs find room on its links, in a maximum flow from pairs to links."""
    # SciPy is slow to load: files without known paths need not wait for it.
    from scipy.sparse import csr_array  # noqa: PLC0415
    from scipy.sparse.csgraph import maximum_flow  # noqa: PLC0415

    first_link, sink = 1 + len(need), 1 + len(need) + len(room)
    tails = np.concatenate([np.zeros(len(need), dtype="int64"), pair + 1, np.arange(first_link, sink)])
    heads = np.concatenate([np.arange(1, first_link), link + first_link, np.full(len(room), sink)])
    capacities = np.concatenate([need, extra, room]).clip(max=_UNLIMITED).astype("int32")
    graph = csr_array((capacities, (tails, heads)), shape=(sink + 1, sink + 1))
    flow = csr_array(maximum_flow(graph, 0, sink).flow)
    reached: np.ndarray = flow[[0], :].toarray()[0, 1:first_link]
    return reached


@dataclass(frozen=True)
class _Table:
    """Ways through one school, and which sums of them have to be able to be small."""

    bounds: np.ndarray  # least and most students of each way
    sums: np.ndarray  # a row for each sum of ways that is limited
    limits: np.ndarray
    aims: np.ndarray  # a row for each sum that is to be made small; negative where it is to be made large
    enough: np.ndarray  # no count is narrowed if each aim can be so small
    is_general: np.ndarray  # the row of the way says no more than its link

    @classmethod
    def of(cls, ways: pd.DataFrame, pairs: pd.DataFrame, links: pd.DataFrame) -> _Table:
        """Put together the table of one school: the ways with all that is known of their sums."""
        pair, pair_codes = pd.factorize(ways["pair"])
        link, link_codes = pd.factorize(ways["link"])
        of_pair, of_link = np.eye(len(pair_codes))[:, pair], np.eye(len(link_codes))[:, link]
        flows, over = pairs.loc[pair_codes], links.loc[link_codes]
        is_whole, hides = flows["is_whole"].to_numpy(), flows["hides"].to_numpy()
        is_hidden, over_hides = ways["is_hidden"].to_numpy(), over["hides"].to_numpy()
        least = ways["least"].to_numpy()
        is_general = is_hidden & (least < SUPPRESSED_LOW)
        hidden, way = ways[is_hidden & ~is_general], np.eye(len(ways))[is_hidden & ~is_general]
        aims = [
            (way, hidden["most"] - _RANGE),
            (-way, -hidden["least"] - _RANGE),
            (of_pair[hides], flows["most"][hides] - _RANGE),
            (-of_pair[hides & is_whole], -flows["least"][hides & is_whole] - _RANGE),
            (of_link[over_hides], over["limit"][over_hides] - _RANGE),
        ]
        return cls(
            bounds=ways[["least", "most"]].to_numpy(),
            sums=np.vstack([of_pair, -of_pair[is_whole], of_link]),
            limits=np.concatenate([flows["most"], -flows["least"][is_whole], over["limit"]]),
            aims=np.vstack([rows for rows, _ in aims]),
            enough=np.concatenate([enough for _, enough in aims]),
            is_general=is_general,
        )

    def narrows(self) -> bool:
        """Whether a count is narrowed. Each solution may serve several aims."""
        if len(self.aims) > _MOST_AIMS:
            return True
        of_all = np.abs(self.aims).sum(axis=0) + self.is_general
        seen = [self._smallest(of_all), self._smallest(-of_all)]  # these serve most aims
        for aim, enough in zip(self.aims, self.enough + _TOLERANCE, strict=True):
            if not (np.array(seen) @ aim <= enough).any():
                seen.append(self._smallest(aim))
                if not seen[-1] @ aim <= enough:
                    return True
        is_unsure = self.is_general & ~(np.ptp(seen, axis=0) >= _RANGE - _TOLERANCE)
        return any(self._leaves_little(way) for way in np.eye(len(self.bounds))[is_unsure])

    def _leaves_little(self, way: np.ndarray) -> bool:
        """Whether a way whose row says no more than its link is known to be small, within less than 1 to 9."""
        fewest, most = (way @ self._smallest(sign * way) for sign in (1.0, -1.0))
        return bool(not fewest > SUPPRESSED_HIGH and not most - fewest >= _RANGE - _TOLERANCE)

    def _smallest(self, aim: np.ndarray) -> np.ndarray:
        """Students of each way for which the sum is smallest; not numbers if the bounds contradict one another."""
        from scipy.optimize import linprog  # noqa: PLC0415 (see _reached)

        quick = {"presolve": False}  # it takes longer than so small a program
        solved = linprog(aim, A_ub=self.sums, b_ub=self.limits, bounds=self.bounds, options=quick)
        return np.full(len(aim), np.nan) if solved.x is None else np.asarray(solved.x)
