"""How far shares of arriving students can be off: least and greatest, by the intervals of the counts behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clustering.zones.zone_flows import ZoneFlows


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """
    Counts that belong to groups, each anywhere between two ends.

    Parameters
    ----------
    group
        Of each count [counts].
    low, high
        Its ends [counts; students].
    share
        Share of its students who arrive [counts; 0 to 1].
    rest_low, rest_high
        Ends of the students of each group of whom none arrive [groups].
    """

    group: np.ndarray
    low: np.ndarray
    high: np.ndarray
    share: np.ndarray
    rest_low: np.ndarray
    rest_high: np.ndarray


def extreme_share(cells: Cells, *, greatest: bool) -> np.ndarray:
    """
    Find the least, or the greatest, share of a group that can arrive.

    Parameters
    ----------
    cells
        Counts of the groups.
    greatest
        Which of the two.

    Returns
    -------
    shares
        Of each group, exactly, if its counts do not depend on each other [groups; 0 to 1]; missing for a group that is
        empty.

    Notes
    -----
    The ratio of two sums is least if every count whose share lies below that ratio is at its greatest, and every other
    at its least. Dinkelbach's method (W. Dinkelbach, On nonlinear fractional programming, Management Science 13, 1967)
    finds it in a few rounds: take a ratio, set the counts, and take the ratio that they give.
    """
    count = len(cells.rest_low)
    rest = cells.rest_low if greatest else cells.rest_high
    ratio = np.full(count, 0.0 if greatest else 1.0)
    while True:
        at_high = (cells.share > ratio[cells.group]) == greatest
        students = np.where(at_high, cells.high, cells.low)
        arriving = np.bincount(cells.group, weights=students * cells.share, minlength=count)
        whole = np.bincount(cells.group, weights=students, minlength=count) + rest
        following: np.ndarray = np.divide(arriving, whole, out=np.full(count, np.nan), where=whole > 0)
        # A ratio changes only for the better: otherwise rounding could move it up and down for ever.
        is_better = following > ratio if greatest else following < ratio
        if not is_better.any():
            # Whoever may be there, none of them arrive: such a group is left empty by the least of its counts.
            may_be_there = np.bincount(cells.group, weights=cells.high, minlength=count) + cells.rest_high > 0
            return np.where(np.isnan(following) & may_be_there, 0.0, following)
        ratio = np.where(is_better, following, ratio)


def extreme_retention(
    flows: ZoneFlows, rest: tuple[np.ndarray, np.ndarray], *, greatest: bool, only_moves: bool, count_exits: bool
) -> np.ndarray:
    """
    Find the least, or the greatest, retention of every Zone.

    Parameters
    ----------
    flows
        Of the Zones.
    rest
        Students of every Zone promoted out of it, at their least and at their greatest [zones].
    greatest
        Which of the two.
    only_moves
        Whether every promotion inside the Zone counts as retained.
    count_exits
        Whether those who left out of a final grade count as promoted.

    Returns
    -------
    shares
        No counts within their intervals give a share beyond them [zones; 0 to 1].
    """
    inside = flows.inside
    share = np.ones(len(inside)) if only_moves else extreme_arriving(flows, greatest=greatest, count_exits=count_exits)
    cells = Cells(
        group=inside["zone"].to_numpy(),
        low=inside["students_low"].to_numpy(),
        high=inside["students_high"].to_numpy(),
        share=share,
        rest_low=np.maximum(rest[0], 0.0),
        rest_high=np.maximum(rest[1], 0.0),
    )
    return extreme_share(cells, greatest=greatest)


def extreme_arriving(flows: ZoneFlows, *, greatest: bool, count_exits: bool) -> np.ndarray:
    """
    Find the least, or the greatest, share of the students on each link who can arrive.

    Parameters
    ----------
    flows
        Of the Zones.
    greatest
        Which of the two.
    count_exits
        Whether those who left out of a final grade count as promoted.

    Returns
    -------
    shares
        Of each of ``flows.inside`` [0 to 1]. Where the ways of its students may be known and left out, any.
    """
    links, inside, chains = flows.inside_links, flows.inside, flows.chains
    low, high = inside["students_low"].to_numpy(), inside["students_high"].to_numpy()
    rest_low, rest_high = (
        np.maximum(
            _promoted(flows, end, count_exits=count_exits)
            - np.bincount(links.origin, weights=part, minlength=links.member_count),
            0.0,
        )
        for end, part in (("_low", low), ("_high", high))
    )
    known = flows.tables.known_paths
    followed = np.zeros(len(links.rows), dtype=bool) if known is None else known.is_known[links.rows]
    shares, is_open = np.zeros(len(chains.first)), _is_open(flows)
    if known is not None:
        end = "_high" if greatest else "_low"
        shares = known.shares_of(links.rows[chains.first], links.rows[chains.second], end)
    arriving = links.reaches_anchor.astype(np.float64)
    while True:
        cells = Cells(group=links.origin, low=low, high=high, share=arriving, rest_low=rest_low, rest_high=rest_high)
        of_members = np.nan_to_num(extreme_share(cells, greatest=greatest))
        of_paths = np.bincount(chains.first, weights=shares * arriving[chains.second], minlength=len(arriving))
        onward = np.where(followed, np.minimum(of_paths, 1.0), of_members[links.destination])
        following = np.where(links.reaches_anchor, 1.0, np.where(is_open, float(greatest), onward))
        if np.array_equal(following, arriving):
            return arriving
        arriving = following


def _is_open(flows: ZoneFlows) -> np.ndarray:
    """Whether the ways of the students on each link inside a Zone may have been left out to protect others [links]."""
    tables, rows = flows.tables, flows.inside_links.rows
    if tables.may_be_followed is None:
        return np.zeros(len(rows), dtype=bool)
    known = tables.known_paths
    is_open: np.ndarray = tables.may_be_followed[rows]
    return is_open if known is None else is_open & (known.basis[rows] != "student records")


def _promoted(flows: ZoneFlows, end: str, *, count_exits: bool) -> np.ndarray:
    """Students promoted out of each member, at one end of their interval."""
    totals = flows.tables.totals
    promoted: np.ndarray = totals[f"promoted_students{end}"].to_numpy()[flows.members["position"]]
    if not count_exits:
        return promoted
    exits: np.ndarray = totals[f"exit_students{end}"].to_numpy()[flows.members["position"]]
    both: np.ndarray = promoted + exits
    return both
