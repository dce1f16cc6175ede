"""The ground of one district: square blocks, and how many children live in each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clustering.datasets.geography import FloatArray, IntArray

BLOCK_KM = 0.5
BLOCKS_PER_ELEMENTARY = 40
ELEMENTARIES_PER_HIGH = 6
KINDERGARTEN_PER_ELEMENTARY = 65.0
_NEIGHBOURHOODS_PER_HIGH = 3


@dataclass(frozen=True, kw_only=True)
class Blocks:
    """
    Blocks of one district.

    Parameters
    ----------
    row, column
        Place of each block in the district's grid, from 0; shape (n_blocks,).
    children
        Children of each block who enter kindergarten in a year, on average.
    """

    row: IntArray
    column: IntArray
    children: FloatArray

    @property
    def centres(self) -> FloatArray:
        """Middle of each block in units of the grid, shape (n_blocks, 2): column, row."""
        centres: FloatArray = np.column_stack([self.column, self.row]).astype("float64") + 0.5
        return centres


def lay_out_blocks(high_schools: int, rng: np.random.Generator) -> Blocks:
    """
    Lay out a district with ground and children for a number of high schools.

    Parameters
    ----------
    high_schools
        Ordinary high schools of the district.
    rng
        Source of chance: the outline of the district, and neighbourhoods in which more children live.

    Returns
    -------
    blocks
        In one piece, sorted by row and column.
    """
    count = high_schools * ELEMENTARIES_PER_HIGH * BLOCKS_PER_ELEMENTARY
    side = int(2 * np.ceil(np.sqrt(count)))
    row, column = (axis.ravel() for axis in np.indices((side, side)))
    east, north = column - side / 2 + 0.5, row - side / 2 + 0.5
    distance, angle = np.hypot(east, north), np.arctan2(north, east)
    phase = rng.uniform(0, 2 * np.pi, 2)
    outline = 1 + 0.12 * np.cos(2 * angle + phase[0]) + 0.06 * np.cos(3 * angle + phase[1])
    inside = np.sort(np.argsort(distance / outline, kind="stable")[:count])
    centres = np.column_stack([east[inside], north[inside]])
    return Blocks(row=row[inside], column=column[inside], children=_settle(centres, high_schools, rng))


def _settle(centres: FloatArray, high_schools: int, rng: np.random.Generator) -> FloatArray:
    """Children of each block: a centre, some dense neighbourhoods, and chance."""
    radius = np.abs(centres).max()
    density = 0.25 + np.exp(-np.hypot(*centres.T) / (0.7 * radius))
    for _ in range(_NEIGHBOURHOODS_PER_HIGH * high_schools):
        middle = rng.uniform(-radius, radius, 2)
        density += rng.uniform(0.2, 1.0) * np.exp(-((np.hypot(*(centres - middle).T) / (0.15 * radius)) ** 2))
    density *= rng.lognormal(0, 0.5, len(centres))
    total = high_schools * ELEMENTARIES_PER_HIGH * KINDERGARTEN_PER_ELEMENTARY
    children: FloatArray = density / density.sum() * total
    return children
