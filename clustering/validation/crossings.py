"""How often the sides of polygons cross, found before they are intersected: the work grows with the crossings."""

from __future__ import annotations

import numpy as np
import shapely

# More than polygons of a map have: borders drawn twice cross less than once a side.
CROSSINGS_ALLOWED, CROSSINGS_ALLOWED_PER_SIDE = 10_000, 2
_CANDIDATES_PER_CROSSING = 50
_FEW_PAIRS_OF_SIDES = 100_000  # so few that they need not be counted
_HITS_AT_A_TIME = 4_000_000


def cross_too_often(polygons: np.ndarray, first: np.ndarray, second: np.ndarray) -> bool:
    """
    Whether polygons cross so often that it would take very long to intersect them.

    Parameters
    ----------
    polygons
        Valid polygons and multipolygons.
    first, second
        Positions of the polygons of each pair that is to be intersected; no polygon is paired with itself.

    Returns
    -------
    is_too_often
        Two polygons of n sides can cross n times n / 2 times, so a small file may hold millions of common parts.
    """
    sides = shapely.get_num_coordinates(polygons).astype("float64")
    if (sides[first] * sides[second]).sum() <= _FEW_PAIRS_OF_SIDES:
        return False
    used, positions = np.unique(np.concatenate([first, second]), return_inverse=True)
    first, second = np.split(positions, 2)
    pairs = np.unique(np.minimum(first, second) * len(used) + np.maximum(first, second))
    return _cross_more_often_than_allowed(polygons[used], pairs)


def _cross_more_often_than_allowed(polygons: np.ndarray, pairs: np.ndarray) -> bool:
    """Count the crossings of pairs of polygons, the lower position times their number plus the higher one."""
    sides, owner = _sides(polygons)
    allowed = CROSSINGS_ALLOWED + CROSSINGS_ALLOWED_PER_SIDE * len(sides)
    tree = shapely.STRtree(sides)
    crossings = candidates = 0
    at_a_time = max(_HITS_AT_A_TIME // max(len(sides), 1), 64)
    for start in range(0, len(sides), at_a_time):
        left, right = tree.query(sides[start : start + at_a_time])
        left += start
        # A polygon comes before another with all of its sides, so each pair is met once in this order.
        is_before = owner[left] < owner[right]
        left, right = left[is_before], right[is_before]
        is_pair = np.isin(owner[left] * len(polygons) + owner[right], pairs)
        left, right = left[is_pair], right[is_pair]
        candidates += len(left)
        crossings += int(shapely.crosses(sides[left], sides[right]).sum())
        if crossings > allowed or candidates > _CANDIDATES_PER_CROSSING * allowed:
            return True
    return False


def _sides(polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each side of each ring as a line, and the position of its polygon."""
    parts, owner_of_part = shapely.get_parts(polygons, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    points, ring_of_point = shapely.get_coordinates(rings, return_index=True)
    is_side = ring_of_point[1:] == ring_of_point[:-1]
    lines = shapely.linestrings(np.stack([points[:-1][is_side], points[1:][is_side]], axis=1))
    return lines, owner_of_part[part_of_ring[ring_of_point[:-1][is_side]]]
