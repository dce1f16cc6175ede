"""
Schools between, the ways through which narrow a count of 1 to 9 students only when they are all read together.

The ways from origins through one school between are the cells of a table: those of a pair add up to its flow, and those
over a link to no more than the flow of the link. Each line of the table may be harmless by itself and still narrow a
count in another one. If every way can have a greatest count of its own, so that no link is too small for all of these
together and each pair still has room, then no pair tells anything of another. Whether there are such counts is a
question of a maximum flow, asked for all schools at once. Where there are none, linear programs find what the table
tells of each count (the audit of Fischetti and Salazar-Gonzalez, 2005, without its choice of cells).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from clustering.model.suppression import SUPPRESSED_HIGH, SUPPRESSED_LOW

_RANGE = SUPPRESSED_HIGH - SUPPRESSED_LOW
_TOLERANCE = 1e-6
# A school with more counts than this to look at is left out unseen: programs for each of them would take too long.
_MOST_AIMS = 400


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
    unsure = ways[ways["via"].isin(_vias_with_dependent_pairs(ways, pairs, links))]
    found = [via for via, rows in unsure.groupby("via") if _narrows(_Table.of(rows, pairs, links))]
    return np.array(found, dtype="int64")


def _vias_with_dependent_pairs(ways: pd.DataFrame, pairs: pd.DataFrame, links: pd.DataFrame) -> np.ndarray:
    """Schools for which no greatest counts of ways are found that make each pair independent of the others."""
    pair, pair_codes = pd.factorize(ways["pair"])
    link, link_codes = pd.factorize(ways["link"])
    flows, limits = pairs.loc[pair_codes], links.loc[link_codes]
    least, most, is_hidden = (ways[name].to_numpy() for name in ("least", "most", "is_hidden"))
    base = np.ceil(np.where(is_hidden, np.minimum(least + _RANGE, most), least))
    has_small = (np.bincount(pair, weights=is_hidden) > 0) | flows["hides"].to_numpy()
    is_whole = np.bincount(pair, weights=most) >= flows["least"].to_numpy()
    need = np.ceil(flows["least"].to_numpy()) + np.where(has_small, _RANGE, 0.0) - np.bincount(pair, weights=base)
    need = np.where(is_whole, np.maximum(need, 0.0), 0.0)
    room = np.floor(limits["limit"].to_numpy()) - np.where(limits["hides"], _RANGE, 0.0)
    room = room - np.bincount(link, weights=base)
    first_link, sink = 1 + len(pair_codes), 1 + len(pair_codes) + len(link_codes)
    pair_nodes, link_nodes = np.arange(1, first_link), np.arange(first_link, sink)
    tails = np.concatenate([np.zeros(len(pair_codes), dtype="int64"), pair + 1, link_nodes])
    heads = np.concatenate([pair_nodes, link + first_link, np.full(len(link_codes), sink)])
    capacities = np.concatenate([need, np.floor(np.maximum(most - base, 0.0)), np.maximum(room, 0.0)])
    graph = csr_array((capacities.astype("int32"), (tails, heads)), shape=(sink + 1, sink + 1))
    flow = maximum_flow(graph, 0, sink).flow
    reached = np.asarray(flow[[0], :].todense()).ravel()[1:first_link]
    is_unsure = (reached < need)[pair] | (room < 0)[link]
    return np.unique(ways["via"].to_numpy()[is_unsure])


@dataclass(frozen=True)
class _Table:
    """Ways through one school: bounds of each, and of the sums that are known, ``most`` of ``sums @ ways``."""

    least: np.ndarray
    most: np.ndarray
    sums: np.ndarray  # a row for each limit
    limits: np.ndarray
    aims: np.ndarray  # a row for each sum to be made small
    small_enough: np.ndarray  # at most this, if the count that an aim stands for is not narrowed

    @classmethod
    def of(cls, rows: pd.DataFrame, pairs: pd.DataFrame, links: pd.DataFrame) -> _Table:
        pair, pair_codes = pd.factorize(rows["pair"])
        link, link_codes = pd.factorize(rows["link"])
        of_pair = np.eye(len(pair_codes))[pair].T
        of_link = np.eye(len(link_codes))[link].T
        flows, over = pairs.loc[pair_codes], links.loc[link_codes]
        least, most = rows["least"].to_numpy(), rows["most"].to_numpy()
        is_whole = of_pair @ most >= flows["least"].to_numpy()
        ways = np.eye(len(rows))[rows["is_hidden"].to_numpy()]
        whole, shut = of_pair[flows["hides"] & is_whole], of_pair[flows["hides"]]
        hidden_least, hidden_most = ways @ least, ways @ most
        hidden = flows[flows["hides"].to_numpy()]
        narrow = over[over["hides"].to_numpy()]
        return cls(
            least=least,
            most=most,
            sums=np.vstack([of_pair, -of_pair[is_whole], of_link]),
            limits=np.concatenate([flows["most"], -flows["least"][is_whole], over["limit"]]),
            aims=np.vstack([ways, -ways, shut, -whole, of_link[over["hides"].to_numpy()]]),
            small_enough=np.concatenate(
                [
                    hidden_most - _RANGE,
                    -(hidden_least + _RANGE),
                    hidden["most"] - _RANGE,
                    -(flows["least"][(flows["hides"] & is_whole).to_numpy()] + _RANGE),
                    narrow["limit"] - _RANGE,
                ]
            ),
        )


def _narrows(table: _Table) -> bool:
    """Whether some aim cannot be as small as it should: every solution of a program also serves the other aims."""
    if len(table.aims) > _MOST_AIMS:
        return True
    bounds = np.column_stack([table.least, table.most])
    is_open = np.ones(len(table.aims), dtype=bool)
    while is_open.any():
        place = int(np.argmax(is_open))
        solved = linprog(table.aims[place], A_ub=table.sums, b_ub=table.limits, bounds=bounds, method="highs")
        if solved.x is None or solved.fun > table.small_enough[place] + _TOLERANCE:
            return True
        is_open &= table.aims @ solved.x > table.small_enough + _TOLERANCE
        is_open[place] = False
    return False
