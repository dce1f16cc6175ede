"""Which share of the students on one link goes on over another, where the files tell the paths of students."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from clustering.model.positions import positions_of
from clustering.zones.link_ends import LinkEnds


@dataclass(frozen=True, kw_only=True, eq=False)
class KnownPaths:
    """
    Shares of known paths, by rows of ``FeederTables.links``.

    Parameters
    ----------
    basis
        What tells where the students on each link went next: an entry of ``PATH_BASES``, or empty if nothing does
        [links].
    keys
        Pairs of links, as ``first * links + second``, sorted [pairs].
    shares, shares_low, shares_high
        Of those on the first link, the share that goes on over the second, and its ends by the intervals
        [pairs; 0 to 1]. A pair that is not there has the share 0.
    """

    basis: np.ndarray
    keys: np.ndarray
    shares: np.ndarray
    shares_low: np.ndarray
    shares_high: np.ndarray

    @cached_property
    def is_known(self) -> np.ndarray:
        """Whether it is known where the students on each link went next [links]."""
        known: np.ndarray = self.basis != ""
        return known

    def shares_of(self, first: np.ndarray, second: np.ndarray, end: str = "") -> np.ndarray:
        """Shares of some pairs of links; ``end`` is ``_low`` or ``_high`` for the ends [pairs; 0 to 1]."""
        shares = {"": self.shares, "_low": self.shares_low, "_high": self.shares_high}[end]
        keys = first * len(self.basis) + second
        positions = np.minimum(np.searchsorted(self.keys, keys), max(len(self.keys) - 1, 0))
        found: np.ndarray = (
            np.where(self.keys[positions] == keys, shares[positions], 0.0) if len(self.keys) else 0.0 * keys
        )
        return found


def find_known_paths(paths: pd.DataFrame, ends: LinkEnds, index: pd.Index) -> KnownPaths | None:
    """
    Look up the links of known paths.

    Parameters
    ----------
    paths
        ``columns.PATH_COLUMNS``; ``students`` under one reading of the suppressed cells.
    ends
        Of the links of the feeder graph.
    index
        Identifiers of all schools.

    Returns
    -------
    known
        ``None`` if the files tell no paths of students on any link.
    """
    if paths.empty:
        return None
    size, count = len(index), len(ends.origin)
    link_keys = ends.origin * size + ends.destination
    origin, via, destination = (positions_of(paths[name], index) for name in ("origin", "via", "destination"))
    first = _rows_of(link_keys, origin * size + via)
    second = np.where(destination >= 0, _rows_of(link_keys, via * size + destination), -1)
    students, low, high = (paths[name].to_numpy() for name in ("students", "students_low", "students_high"))
    total, total_low, total_high = (_sum_by(first, values, count) for values in (students, low, high))
    is_used = (first >= 0) & (total[first] > 0)
    basis = np.full(count, "", dtype=object)
    basis[first[is_used]] = paths["basis"].to_numpy(dtype=object)[is_used]
    kept = np.flatnonzero(is_used & (second >= 0))
    kept = kept[np.argsort(first[kept] * count + second[kept], kind="stable")]
    rows = first[kept]
    return KnownPaths(
        basis=basis,
        keys=rows * count + second[kept],
        shares=students[kept] / total[rows],
        shares_low=_share(low[kept], low[kept] + total_high[rows] - high[kept]),
        shares_high=_share(high[kept], high[kept] + total_low[rows] - low[kept]),
    )


def _rows_of(keys: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Row of each key that is wanted among sorted keys; -1 where it is not there."""
    if not len(keys):
        return np.full(len(wanted), -1)
    positions = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    rows: np.ndarray = np.where(keys[positions] == wanted, positions, -1)
    return rows


def _sum_by(rows: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    listed = rows >= 0
    return np.bincount(rows[listed], weights=values[listed], minlength=count)


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    shares: np.ndarray = np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
    return shares
