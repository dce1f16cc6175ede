"""Catchments of the three levels drawn over the blocks of one district, their borders partly along each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.cluster.vq import kmeans2
from scipy.ndimage import distance_transform_edt, label
from scipy.spatial import KDTree

from clustering.datasets.catchment_state.blocks import ELEMENTARIES_PER_HIGH, Blocks
from clustering.datasets.geography import BoolArray, IntArray

MIDDLES_PER_HIGH = 2
K8_SHARE = 0.15
# A catchment of which less than this share lies across a border is not worth a border through it.
LEAST_SPLIT_SHARE = 0.05
_HOMES_DRAWN = 4_000
_MOST_PASSES = 5


@dataclass(frozen=True, kw_only=True)
class DrawnCatchments:
    """
    The catchments in which each block lies.

    Parameters
    ----------
    elementary, middle, high
        A number per block. No two schools have the same number: where the middle level has one of the elementary level,
        the block is served by a K-8 school.
    """

    elementary: IntArray
    middle: IntArray
    high: IntArray


def draw_catchments(
    blocks: Blocks, high_schools: int, rng: np.random.Generator, *, split_share: float, with_k8: bool
) -> DrawnCatchments:
    """
    Draw catchments as districts do: mostly along those of the level below, but some borders cut through one.

    Parameters
    ----------
    blocks
        Of one district.
    high_schools
        Number of catchments of high schools.
    rng
        Source of chance.
    split_share
        Share of the catchments of each lower level that a border of the level above may cut: those that straddle it
        most [0 to 1]. 0 is a district whose levels are aligned.
    with_k8
        Whether some elementary schools go on to eighth grade, so that no middle school serves their blocks.

    Returns
    -------
    drawn
        Every catchment is in one piece, except where K-8 schools leave no way.
    """
    elementary = _join_pieces(blocks, _nearest(blocks, high_schools * ELEMENTARIES_PER_HIGH, rng))
    numbers = np.unique(elementary)
    k8 = rng.permutation(numbers)[: round(K8_SHARE * len(numbers)) if with_k8 else 0]
    is_k8 = np.isin(elementary, k8)
    first_middle = int(numbers.max()) + 1
    near_middle = _nearest(blocks, high_schools * MIDDLES_PER_HIGH, rng) + first_middle
    middle = np.where(is_k8, elementary, _follow(blocks, elementary, near_middle, split_share))
    middle = _join_pieces(blocks, middle, fixed=is_k8)
    near_high = _nearest(blocks, high_schools, rng) + int(near_middle.max()) + 1
    high = _follow(blocks, middle, near_high, split_share)
    return DrawnCatchments(elementary=elementary, middle=middle, high=_join_pieces(blocks, high))


def _nearest(blocks: Blocks, count: int, rng: np.random.Generator) -> IntArray:
    """Number of the nearest of some centres, which are placed so that each has about as many children around it."""
    chance = blocks.children / blocks.children.sum()
    homes = blocks.centres[rng.choice(len(chance), _HOMES_DRAWN, p=chance)] + rng.uniform(-0.5, 0.5, (_HOMES_DRAWN, 2))
    centres, _ = kmeans2(homes, count, minit="++", rng=rng)
    nearest: IntArray = KDTree(centres).query(blocks.centres)[1].astype("int64")
    return nearest


def _follow(blocks: Blocks, lower: IntArray, near: IntArray, split_share: float) -> IntArray:
    """Give each lower catchment to the upper one of most of its children, and split those that straddle most."""
    children = pd.crosstab(lower, near, values=blocks.children, aggfunc="sum").fillna(0.0)
    main, main_share = children.idxmax(axis="columns"), children.max(axis="columns") / children.sum(axis="columns")
    straddling = main_share[main_share < 1 - LEAST_SPLIT_SHARE].sort_values(kind="stable").index
    is_split = np.isin(lower, straddling[: round(split_share * len(main))])
    followed: IntArray = np.where(is_split, near, main.reindex(lower).to_numpy())
    return followed


def _join_pieces(blocks: Blocks, numbers: IntArray, *, fixed: BoolArray | None = None) -> IntArray:
    """Give the smaller pieces of a catchment to what lies next to them; ``fixed`` blocks neither change nor take."""
    shape = (int(blocks.row.max()) + 1, int(blocks.column.max()) + 1)
    grid = np.full(shape, -1, dtype="int64")
    grid[blocks.row, blocks.column] = numbers
    is_free = np.zeros(shape, dtype=bool)
    is_free[blocks.row, blocks.column] = True if fixed is None else ~fixed
    for _ in range(_MOST_PASSES):
        detached = _find_detached(grid, is_free)
        if not detached.any():
            break
        # The nearest block that stays gives its number.
        nearest = distance_transform_edt(~is_free | detached, return_distances=False, return_indices=True)
        grid[detached] = grid[tuple(nearest)][detached]
    joined: IntArray = grid[blocks.row, blocks.column]
    return joined


def _find_detached(grid: IntArray, is_free: BoolArray) -> BoolArray:
    """Blocks that do not hang together with the largest piece of their catchment."""
    detached = np.zeros(grid.shape, dtype=bool)
    for number in np.unique(grid[is_free]):
        pieces, count = label((grid == number) & is_free)
        if count > 1:
            largest = np.argmax(np.bincount(pieces.ravel())[1:]) + 1
            detached |= (pieces > 0) & (pieces != largest)
    return detached
