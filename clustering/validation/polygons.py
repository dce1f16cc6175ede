"""Polygons made fit for overlays: repaired, and measured in a projection of true areas."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

POLYGON_TYPES = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def centre_of(geometry: gpd.GeoSeries) -> tuple[float, float]:
    """Latitude and longitude amid geometries in EPSG:4326: the medians, so that a few far away move it little."""
    bounds = geometry.bounds
    latitudes, longitudes = (bounds["miny"] + bounds["maxy"]) / 2, (bounds["minx"] + bounds["maxx"]) / 2
    return round(float(latitudes.median()), 3), round(float(longitudes.median()), 3)


def equal_area_crs(geometry: gpd.GeoSeries) -> CRS:
    """
    Lambert's azimuthal equal-area projection, centred on the data: areas are true wherever the data lie.

    Parameters
    ----------
    geometry
        Longitude and latitude, EPSG:4326; not empty.

    Returns
    -------
    crs
        Unit metre.
    """
    latitude, longitude = centre_of(geometry)
    return CRS.from_dict({"proj": "laea", "lat_0": latitude, "lon_0": longitude, "datum": "WGS84", "units": "m"})


def valid_polygons(geometries: np.ndarray) -> np.ndarray:
    """
    Repair polygons: what a ring encloses, however often, belongs to the polygon; what encloses nothing is dropped.

    Parameters
    ----------
    geometries
        Shapely polygons and multipolygons, none missing.

    Returns
    -------
    polygons
        Valid polygons and multipolygons; empty where no area is left.
    """
    return np.asarray(shapely.make_valid(geometries, method="structure", keep_collapsed=False), dtype=object)
