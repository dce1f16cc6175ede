"""What a table of protected flows and the public grade sizes say together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tests.oracles.disclosure_attacker.count_system import CountSystem, sums_by

_FROM = ["origin", "grade", "year"]
_TO = ["destination", "next_grade", "year"]


def with_sizes(cells: pd.DataFrame, least: np.ndarray, most: np.ndarray, sizes: pd.DataFrame) -> CountSystem:
    """
    Bound cells of single years by the sizes of the grades that they leave and arrive in.

    Parameters
    ----------
    cells
        Origin, destination, grade, next grade and year of every count, shape (n_cells,); all rows of the exact file.
    least, most
        What is shown of each [students].
    sizes
        ``public_sizes.SIZE_COLUMNS``.

    Returns
    -------
    system
        The cells in their order.
    """
    known = sizes.set_index(["school_id", "grade", "year"])
    leaving, leavers = _groups(cells[_FROM])
    arriving, arrivers = _groups(cells[_TO])
    left = known.reindex(leavers)
    came = known.reindex(arrivers.set_levels(arrivers.levels[2] + 1, level=2))
    size, room = left["students"].fillna(np.inf).to_numpy(), came["students"].fillna(np.inf).to_numpy()
    is_whole = left["is_whole"].eq(True).to_numpy()
    system = CountSystem(least, most, sums_by(leaving, len(leavers)), np.where(is_whole, size, 0.0), size)
    return system.joined(sums_by(arriving, len(arrivers)), np.zeros(len(room)), room)


def _groups(keys: pd.DataFrame) -> tuple[np.ndarray, pd.MultiIndex]:
    """Number the different keys; -1 where a part of one is missing."""
    whole = keys.notna().all(axis=1).to_numpy()
    codes = np.full(len(keys), -1)
    index = pd.MultiIndex.from_frame(keys[whole].astype({name: "int64" for name in keys.columns[1:]}))
    codes[whole], found = pd.factorize(index)
    return codes, pd.MultiIndex.from_tuples(found.tolist(), names=["school_id", "grade", "year"])
