"""Polygons made fit for overlays: repaired, and measured in a projection of true areas."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

# Overlays are snapped to this grid: none can then fail, and no border is known more finely.
GRID_M = 0.01
POLYGON_TYPES = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


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
    bounds = geometry.bounds
    longitude = float(((bounds["minx"] + bounds["maxx"]) / 2).median())
    latitude = float(((bounds["miny"] + bounds["maxy"]) / 2).median())
    return CRS.from_dict(
        {"proj": "laea", "lat_0": round(latitude, 3), "lon_0": round(longitude, 3), "datum": "WGS84", "units": "m"}
    )


def polygon_parts(geometries: np.ndarray) -> np.ndarray:
    """
    Repair geometries and keep their polygons, without the points and lines that a repair may leave.

    Parameters
    ----------
    geometries
        Shapely geometries, none missing.

    Returns
    -------
    polygons
        Polygons and multipolygons, valid; empty where no area is left.
    """
    repaired = shapely.make_valid(geometries)
    mixed = shapely.get_type_id(repaired) == shapely.GeometryType.GEOMETRYCOLLECTION
    if mixed.any():
        parts, owner = shapely.get_parts(repaired[mixed], return_index=True)
        kept = np.isin(shapely.get_type_id(parts), POLYGON_TYPES)
        owners = gpd.GeoSeries(parts[kept]).groupby(owner[kept])
        repaired[mixed] = [
            shapely.union_all(owners.get_group(place).to_numpy()) if place in owners.groups else shapely.Polygon()
            for place in range(int(mixed.sum()))
        ]
    is_polygon = np.isin(shapely.get_type_id(repaired), POLYGON_TYPES)
    return np.array(np.where(is_polygon, repaired, shapely.Polygon()), dtype=object)
