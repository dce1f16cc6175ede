"""Schools that stand where another stands."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import cKDTree

from clustering.model.columns import EARTH_RADIUS_KM


def count_co_located(schools: gpd.GeoDataFrame, *, within_km: float = 0.05) -> int:
    """
    Count the schools that stand, great circle, within a distance of another: one campus, or a geocoder's default.

    Parameters
    ----------
    schools
        EPSG:4326; schools without coordinates are left out.
    within_km
        Kilometres.

    Returns
    -------
    count
        Schools with at least one neighbour.
    """
    longitude, latitude = np.radians(shapely.get_coordinates(schools.geometry.array)).T
    crowded = _have_company(longitude, latitude, within_km / EARTH_RADIUS_KM)
    longitude, latitude = longitude[crowded], latitude[crowded]
    if len(longitude) < 2:
        return 0
    flat = np.cos(latitude)
    places = np.column_stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)])
    # On the unit sphere a great circle of so many radians is spanned by this chord.
    chord = 2 * np.sin(within_km / EARTH_RADIUS_KM / 2)
    # A school may stand in the very place of another: the nearest two of every place, itself among them.
    distances, _ = cKDTree(places).query(places, k=2, distance_upper_bound=chord)
    return int(np.isfinite(distances[:, 1]).sum())


def _have_company(longitude: np.ndarray, latitude: np.ndarray, within: float) -> np.ndarray:
    """
    Whether another place is in the same cell of a grid or in one beside it; those alone have none within the distance.

    All in radians. Few schools stand close to another, and a tree of all takes several times as long.
    """
    if not len(latitude):
        return np.zeros(0, dtype=bool)
    # Places so far apart on a parallel differ by at most so much in longitude: the circle's tangent meridians.
    flattest = np.cos(np.abs(latitude).max())
    width = np.arcsin(np.sin(within) / flattest) if np.sin(within) < flattest else 2 * np.pi  # the circle holds a pole
    columns = max(1, int(2 * np.pi / width))  # whole cells around the earth, none narrower
    row = np.floor((latitude + np.pi / 2) / within).astype("int64")
    column = np.floor((longitude + np.pi) / (2 * np.pi) * columns).astype("int64") % columns
    cells, own, counts = np.unique(row * columns + column, return_inverse=True, return_counts=True)
    has_company = counts > 1
    for north, east in ((0, 1), (1, -1), (1, 0), (1, 1)):
        beside = (cells // columns + north) * columns + (cells % columns + east) % columns
        place = np.minimum(np.searchsorted(cells, beside), len(cells) - 1)
        is_there = (cells[place] == beside) & (beside != cells)
        has_company |= is_there
        has_company[place[is_there]] = True
    return has_company[own]
