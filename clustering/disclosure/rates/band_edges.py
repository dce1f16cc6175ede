"""
The ends of bands for groups of a class of sizes, found once for all groups of the class.

A band must leave a small count enough values even to one who knows the exact size of the group. What a band leaves is
therefore counted for every size of the class, and bands are as narrow as the worst of these sizes allows.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from clustering.disclosure.rates.protection import RateProtection

PER_CENT = 100.0
_ONE_COUNT = 1e-9  # whole counts, off in the last binary digits


@lru_cache(maxsize=256)
def band_edges(size_class: int, half: float, protection: RateProtection) -> tuple[float, ...]:
    """
    Find the ends of the bands of a class.

    Parameters
    ----------
    size_class
        Position in ``protection.classes``.
    half
        Half of what the file rounds its rates to [per cent]: 0.5 for whole per cents, 0 for rates of counts. Bands of
        rounded rates begin and end where these do: 93 and 94 stand for 92.5 to 94.5.
    protection
        The parameters.

    Returns
    -------
    edges
        Per cent, from 0 to 100. An end belongs to the band above it, and 100 to the last.

    Notes
    -----
    Ends are put in one by one, the rates at which the law decides first, then multiples of the width of the ladder from
    either side. One that would leave a small count fewer values at some size of the class is left out, and so is one
    that no count of some size makes, since such a band would tell the size.
    """
    points = protection.classes[size_class][1]
    sizes = _sizes_to_try(size_class, protection)
    steps = np.arange(points, PER_CENT, points).tolist()
    steps = sorted({*steps, *(PER_CENT - step for step in steps)}, key=lambda edge: min(edge, PER_CENT - edge))
    edges = [0.0, PER_CENT]
    for edge in [*protection.kept_ends, *steps]:
        shifted = edge - half
        is_ladder = edge not in protection.kept_ends
        if not 0 < shifted < PER_CENT or shifted in edges:
            continue
        above = int(np.searchsorted(edges, shifted))
        below, over = edges[above - 1], edges[above]
        if is_ladder and _is_too_narrow(below, shifted, over, points, protection, half):
            continue
        if _leaves_enough(below, shifted, sizes, protection) and _leaves_enough(shifted, over, sizes, protection):
            edges.insert(above, shifted)
    return tuple(edges)


def _is_too_narrow(
    below: float, edge: float, over: float, points: float, protection: RateProtection, half: float
) -> bool:
    """Whether a band would be narrower than the ladder asks, apart from one that ends where the law decides."""
    kept = {0.0, PER_CENT, *(each - half for each in protection.kept_ends)}
    slack = half + _ONE_COUNT
    return bool(
        (edge - below < points - slack and below not in kept) or (over - edge < points - slack and over not in kept)
    )


def _sizes_to_try(size_class: int, protection: RateProtection) -> np.ndarray:
    """All sizes of a class; of the last, those up to which a band of the ladder may hold too few counts."""
    least, points = protection.classes[size_class]
    if size_class + 1 < len(protection.classes):
        return np.arange(least, protection.classes[size_class + 1][0])
    enough = int(np.ceil(PER_CENT * protection.least_possible_values / points))
    return np.arange(least, max(2 * least, enough) + 1)


def _leaves_enough(low: float, high: float, sizes: np.ndarray, protection: RateProtection) -> bool:
    """Whether a band with a small count in it, or none or all, holds enough counts at each of some sizes."""
    first = np.ceil(low * sizes / PER_CENT - _ONE_COUNT)
    last = sizes if high == PER_CENT else np.ceil(high * sizes / PER_CENT - _ONE_COUNT) - 1
    is_small = (first < protection.minimum_students) | (sizes - last < protection.minimum_students)
    needed = np.minimum(protection.least_possible_values, sizes + 1)
    return bool(((last - first + 1 >= np.where(is_small, needed, 1)) & (last >= first)).all())
