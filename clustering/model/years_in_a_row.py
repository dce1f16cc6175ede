"""School years that follow one another without a gap."""

from __future__ import annotations

import numpy as np


def last_in_a_row(years: np.ndarray, known: np.ndarray) -> np.ndarray:
    """
    Find how far the known years go on without a gap.

    Parameters
    ----------
    years
        Falls of school years.
    known
        Falls that are known, in any order.

    Returns
    -------
    last
        int64: for each year the last of the known ones in a row from it; the year before where it is not known itself.
    """
    ordered = np.unique(known).astype("int64")
    ends = ordered[np.append(np.diff(ordered) > 1, True)] if len(ordered) else ordered
    position = np.minimum(np.searchsorted(ends, years), max(len(ends) - 1, 0))
    before = years.astype("int64") - 1
    return np.where(np.isin(years, ordered), ends[position], before) if len(ends) else before
