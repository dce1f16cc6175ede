"""Borders that pass themselves so often that to check them would take minutes, found before they are checked."""

from __future__ import annotations

import numpy as np
import shapely

# To check a border, every two stretches whose boxes meet are compared: some hundred million a second at most.
_PAIRS_WITHOUT_COUNT = 300_000_000
# A coast of a hundred thousand points has some ten for each stretch.
_PAIRS_ALLOWED, _PAIRS_ALLOWED_PER_STRETCH = 1_000_000, 100
_PAIRS_AT_A_TIME = 4_000_000


def wind_too_often(polygons: np.ndarray) -> np.ndarray:
    """
    Tell which polygons would take very long to check.

    Parameters
    ----------
    polygons
        Polygons and multipolygons, valid or not, with finite coordinates.

    Returns
    -------
    winding
        Boolean, one per polygon. A star of n points has stretches from its middle to its rim that all meet, n times
        n / 2 pairs of them; the borders of a map have a few for each stretch.
    """
    winding = np.zeros(len(polygons), dtype=bool)
    corners = shapely.get_num_coordinates(polygons).astype("float64")
    pairs_at_most = corners**2 / 2
    left = pairs_at_most.sum()
    for number in np.argsort(-corners, kind="stable"):
        if left <= _PAIRS_WITHOUT_COUNT:
            break
        left -= pairs_at_most[number]
        winding[number] = _winds_too_often(polygons[number])
    return winding


def _winds_too_often(polygon: shapely.Geometry) -> bool:
    boxes = _boxes_of_stretches(polygon)
    allowed = _PAIRS_ALLOWED + _PAIRS_ALLOWED_PER_STRETCH * len(boxes)
    if len(boxes) ** 2 / 2 <= allowed:
        return False
    tree, pairs = shapely.STRtree(boxes), 0
    at_a_time = max(_PAIRS_AT_A_TIME // len(boxes), 64)
    for start in range(0, len(boxes), at_a_time):
        pairs += tree.query(boxes[start : start + at_a_time]).shape[1] // 2
        if pairs > allowed:
            return True
    return False


def _boxes_of_stretches(polygon: shapely.Geometry) -> np.ndarray:
    """A box around each stretch of a border that keeps its direction: up or down, and left or right."""
    points, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(polygon)), return_index=True)
    steps = np.diff(points, axis=0)
    is_side = ring[1:] == ring[:-1]
    turns = (np.diff(np.sign(steps), axis=0) != 0).any(axis=1) | ~is_side[1:] | ~is_side[:-1]
    starts = np.concatenate([[0], np.flatnonzero(turns) + 1])
    low, high = np.minimum(points[:-1], points[1:]), np.maximum(points[:-1], points[1:])
    lowest, highest = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
    boxes = shapely.box(lowest[:, 0], lowest[:, 1], highest[:, 0], highest[:, 1])
    return np.asarray(boxes[is_side[starts]])
