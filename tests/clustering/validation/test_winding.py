"""Borders that pass themselves too often to be checked."""

from __future__ import annotations

import numpy as np
import shapely

from clustering.validation.winding import wind_too_often


def star(points: int, inner: float) -> shapely.Polygon:
    angles = np.linspace(0, 2 * np.pi, points, endpoint=False)
    radii = np.where(np.arange(points) % 2, inner, 1.0)
    return shapely.Polygon(np.column_stack([radii * np.cos(angles), radii * np.sin(angles)]))


def test_a_star_of_many_points_is_told_from_a_ragged_coast() -> None:
    # As many corners, but each point of the coast is a thousandth long and so meets only its neighbours.
    spiky, coast = star(30_000, 0.001), star(30_000, 0.999)
    few = star(500, 0.001)
    islands = shapely.multipolygons(shapely.box(np.arange(8_000), 0, np.arange(8_000) + 0.5, 1))
    polygons = np.array([few, spiky, coast, islands, shapely.Polygon()], dtype=object)
    assert wind_too_often(polygons).tolist() == [False, True, False, False, False]


def test_a_file_of_few_corners_is_not_counted_at_all() -> None:
    assert not wind_too_often(np.array([star(5_000, 0.001)], dtype=object)).any()
    assert wind_too_often(np.array([], dtype=object)).tolist() == []
