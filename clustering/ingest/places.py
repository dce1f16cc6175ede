"""Schools that stand where another stands."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import cKDTree

from clustering.columns import EARTH_RADIUS_KM


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
    points = schools.geometry.array[schools.geometry.notna().to_numpy()]
    if len(points) < 2:
        return 0
    longitude, latitude = np.radians(shapely.get_coordinates(points)).T
    flat = np.cos(latitude)
    places = np.column_stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)])
    # On the unit sphere a great circle of so many radians is spanned by this chord.
    chord = 2 * np.sin(within_km / EARTH_RADIUS_KM / 2)
    # A school may stand in the very place of another: the nearest two of every place, itself among them.
    tree = cKDTree(places, balanced_tree=False, compact_nodes=False)
    distances, _ = tree.query(places, k=2, distance_upper_bound=chord, workers=-1)
    return int(np.isfinite(distances[:, 1]).sum())
