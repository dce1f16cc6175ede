"""What an attacker knows of hidden counts: a least and a greatest value of each, and of sums of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, vstack


@dataclass(frozen=True, eq=False)
class CountSystem:
    """
    Counts of students that nobody tells the attacker, and what is known of them.

    Parameters
    ----------
    least, most
        Of each count [students], shape (n_counts,); ``inf`` where nothing is known.
    sums
        Shape (n_sums, n_counts): how often each count is in each sum.
    sum_least, sum_most
        Of each sum [students], shape (n_sums,).
    """

    least: np.ndarray
    most: np.ndarray
    sums: csr_array
    sum_least: np.ndarray
    sum_most: np.ndarray

    def joined(self, sums: csr_array, least: np.ndarray, most: np.ndarray) -> CountSystem:
        """Add further sums of the same counts."""
        return CountSystem(
            self.least,
            self.most,
            csr_array(vstack([self.sums, sums])),
            np.concatenate([self.sum_least, least]),
            np.concatenate([self.sum_most, most]),
        )

    def holds(self, counts: np.ndarray) -> bool:
        """Whether these counts agree with all that is known: the truth has to."""
        totals = self.sums @ counts
        near = 1e-6
        return bool(
            (counts >= self.least - near).all()
            and (counts <= self.most + near).all()
            and (totals >= self.sum_least - near).all()
            and (totals <= self.sum_most + near).all()
        )


def sums_by(groups: np.ndarray, number: int) -> csr_array:
    """Add up counts by group: row ``g`` has the counts whose group is ``g``; counts of group -1 are in no sum."""
    counts = np.flatnonzero(groups >= 0)
    return csr_array((np.ones(len(counts)), (groups[counts], counts)), shape=(number, len(groups)))
