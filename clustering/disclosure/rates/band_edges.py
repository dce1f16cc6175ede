"""
The ends of bands for groups of a class of sizes, found once for all groups of the class.

A band must leave a small count enough values even to one who knows the exact size of the group. What a band leaves is
therefore counted for every size of the class, and bands are as narrow as the worst of these sizes allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from clustering.disclosure.rates.protection import RateProtection

PER_CENT = 100.0
Edges = tuple[float, ...]
_ONE_COUNT = 1e-9  # whole counts, off in the last binary digits
DIGITS_OF_HALVES = 10


@dataclass(frozen=True, kw_only=True)
class EndsOfBands:
    """
    The ends of the bands of some rates.

    Parameters
    ----------
    kind
        One per rate, a position in ``edges``.
    edges
        Each as :func:`band_edges` answers them [per cent].
    """

    kind: np.ndarray
    edges: tuple[Edges, ...]

    def take(self, rows: np.ndarray) -> EndsOfBands:
        """Those of some of the rates."""
        return EndsOfBands(kind=self.kind[rows], edges=self.edges)


def ends_of_bands(
    classes: np.ndarray,
    halves: np.ndarray,
    protection: RateProtection,
    among: Sequence[Edges | None] | None = None,
) -> EndsOfBands:
    """
    Find the ends of the bands of some rates.

    Parameters
    ----------
    classes
        A position in ``protection.classes`` for each rate.
    halves
        Half of what each is rounded to [per cent].
    protection
        The parameters.
    among
        For each rate the only ends that there may be, ``None`` for any; left out, for all.

    Returns
    -------
    ends
        As :func:`band_edges` finds them.
    """
    allowed = [None] * len(classes) if among is None else among
    halves = np.round(halves, DIGITS_OF_HALVES)
    keys = list(zip(classes.tolist(), halves.tolist(), allowed, strict=True))
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    edges = tuple(band_edges(size_class, half, protection, only) for size_class, half, only in numbers)
    return EndsOfBands(kind=np.array([numbers[key] for key in keys], dtype="int64"), edges=edges)


@lru_cache(maxsize=4096)
def band_edges(size_class: int, half: float, protection: RateProtection, among: Edges | None = None) -> Edges:
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
    among
        The only ends that there may be [per cent]: those of bands that somebody else is shown.

    Returns
    -------
    edges
        Per cent, from 0 to 100; no others below the first row of the ladder. An end belongs to the band above it, and
        100 to the last.

    Notes
    -----
    Ends are put in one by one, the rates at which the law decides first, then multiples of the width of the ladder from
    either side. One that would leave a small count fewer values at some size of the class is left out, and so is one
    that no count of some size makes, since such a band would tell the size.
    """
    points = protection.classes[size_class][1]
    sizes = _sizes_to_try(size_class, protection)
    edges = [0.0, PER_CENT]
    if points >= PER_CENT:
        return tuple(edges)
    for shifted, is_ladder in _candidates(points, half, protection, among):
        if not 0 < shifted < PER_CENT or shifted in edges:
            continue
        above = int(np.searchsorted(edges, shifted))
        below, over = edges[above - 1], edges[above]
        if is_ladder and _is_too_narrow(below, shifted, over, points, protection, half):
            continue
        if _leaves_enough(below, shifted, sizes, protection) and _leaves_enough(shifted, over, sizes, protection):
            edges.insert(above, shifted)
    return tuple(edges)


def shared_edges(classes: Iterable[int], half: float, protection: RateProtection) -> Edges:
    """
    Find the ends that bands of several classes have in common.

    Parameters
    ----------
    classes
        Positions in ``protection.classes``, one at least.
    half
        Half of what the file rounds its rates to [per cent].
    protection
        The parameters.

    Returns
    -------
    edges
        Per cent, from 0 to 100.
    """
    first, *others = (band_edges(each, half, protection) for each in classes)
    return tuple(edge for edge in first if all(edge in other for other in others))


def _candidates(
    points: float, half: float, protection: RateProtection, among: Edges | None
) -> list[tuple[float, bool]]:
    """Ends to put in, in this order, and whether each is one of the ladder."""
    steps = np.arange(points, PER_CENT, points).tolist()
    steps = sorted({*steps, *(PER_CENT - step for step in steps)}, key=_from_either_side)
    found = [(edge - half, edge not in protection.kept_ends) for edge in [*protection.kept_ends, *steps]]
    if among is None:
        return found
    known = [edge for edge, _ in found]
    others = [edge for edge in among if edge not in known]
    return [
        *((edge, is_ladder) for edge, is_ladder in found if edge in among),
        *((edge, True) for edge in sorted(others, key=_from_either_side)),
    ]


def _from_either_side(edge: float) -> float:
    return min(edge, PER_CENT - edge)


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
