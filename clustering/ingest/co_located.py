"""Schools at the same coordinates as another school, or within a few metres of it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from clustering.model.columns import EARTH_RADIUS_KM
from clustering.model.sphere import chord_of, unit_vectors_of

# So many are compared pair by pair: SciPy's search tree is slow to load.
_COMPARED_IN_PAIRS = 500


def count_co_located(schools: gpd.GeoDataFrame, *, within_km: float = 0.05) -> int:
    """
    Count the schools within a distance of another school: one campus, or the default position of a geocoder.

    Parameters
    ----------
    schools
        EPSG:4326; schools without coordinates are left out.
    within_km
        Great-circle distance [km].

    Returns
    -------
    count
        Schools with at least one neighbour.
    """
    longitude, latitude = np.radians(shapely.get_coordinates(schools.geometry.array)).T
    is_candidate = _may_have_neighbours(longitude, latitude, within_km / EARTH_RADIUS_KM)
    if is_candidate.sum() < 2:
        return 0
    points = unit_vectors_of(longitude[is_candidate], latitude[is_candidate])
    return int((_distances_to_nearest(points) < chord_of(within_km)).sum())


def _distances_to_nearest(points: np.ndarray) -> np.ndarray:
    """Distance of each point to the nearest other; two points or more."""
    if len(points) <= _COMPARED_IN_PAIRS:
        squares = np.square(points[:, None] - points).sum(axis=-1)
        np.fill_diagonal(squares, np.inf)
        return np.asarray(np.sqrt(squares.min(axis=1)))
    from scipy.spatial import cKDTree  # noqa: PLC0415 (slow to load, and rarely needed)

    # A tree cannot divide points of one place: it would compare each with all of them.
    places, place, schools = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    # The nearest point of each is the point itself; the second nearest is its neighbour, at infinity if there is none.
    distances, _ = cKDTree(places).query(places, k=2)
    return np.where(schools > 1, 0.0, distances[:, 1])[place.reshape(-1)]


def _may_have_neighbours(longitude: np.ndarray, latitude: np.ndarray, within: float) -> np.ndarray:
    """
    Whether another school may be within the distance: one is in the same cell of a grid, or in a cell next to it.

    All values are in radians. Few schools are close to another, so few are left for a search tree, which takes several
    times as long.
    """
    if not len(latitude):
        return np.zeros(0, dtype=bool)
    # Two schools within the distance differ in longitude by at most the angle to the circle's tangent meridians.
    flattest = np.cos(np.abs(latitude).max())
    width = np.arcsin(np.sin(within) / flattest) if np.sin(within) < flattest else 2 * np.pi  # the circle holds a pole
    columns = max(1, int(2 * np.pi / width))  # whole cells around the earth, none narrower
    row = np.floor((latitude + np.pi / 2) / within).astype("int64")
    column = np.floor((longitude + np.pi) / (2 * np.pi) * columns).astype("int64") % columns
    cells = row * columns + column
    order = np.argsort(cells)
    cells = cells[order]
    # In the same row. Schools two cells apart are too far, but it is quicker to keep them than to tell them apart.
    is_close = np.diff(cells) <= 2
    has_near_cell = np.append(is_close, False) | np.append(False, is_close)
    # In the next row to the north: in the same column, or in one next to it.
    first = np.minimum(np.searchsorted(cells, cells + columns - 1), len(cells) - 1)
    is_north = (cells[first] >= cells + columns - 1) & (cells[first] <= cells + columns + 1) & (cells[first] != cells)
    has_near_cell |= is_north
    has_near_cell[first[is_north]] = True
    # Cells on both sides of the meridian where the columns begin have numbers that are far apart.
    is_candidate: np.ndarray = (column == 0) | (column == columns - 1)
    is_candidate[order] |= has_near_cell
    return is_candidate
