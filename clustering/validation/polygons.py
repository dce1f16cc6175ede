"""Polygons repaired, and the equal-area projection in which they are measured."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

POLYGON_TYPES = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def centre_of(geometry: gpd.GeoSeries) -> tuple[float, float]:
    """Median latitude and longitude of geometries in EPSG:4326; a few far away hardly move it."""
    bounds = geometry.bounds
    latitudes, longitudes = (bounds["miny"] + bounds["maxy"]) / 2, (bounds["minx"] + bounds["maxx"]) / 2
    return round(float(latitudes.median()), 3), round(float(longitudes.median()), 3)


def equal_area_crs(geometry: gpd.GeoSeries) -> CRS:
    """
    Lambert's azimuthal equal-area projection, centred on the data.

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
    Repair polygons: any area that a ring encloses belongs to the polygon; rings without area are dropped.

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
