"""Catchments drawn as rectangles, in kilometres of an equal-area projection, for shares worked out by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Geometry, box
from shapely.affinity import scale

from clustering.model.grades import parse_grade_set

# Albers' equal-area projection of the contiguous United States, metres.
ALBERS = "EPSG:5070"


def rectangle(left: float, bottom: float, right: float, top: float) -> Geometry:
    """A rectangle, its sides in kilometres."""
    return scale(box(left, bottom, right, top), 1000, 1000, origin=(0, 0))


def catchments(*rows: tuple[str, str, str | None, Geometry], open_ids: tuple[str, ...] = ()) -> gpd.GeoDataFrame:
    """Catchments of (school, grades, level, shape)."""
    table = pd.DataFrame(
        {
            "school_id": [row[0] for row in rows],
            "name": [row[0] for row in rows],
            "grades_offered": [parse_grade_set(row[1]) for row in rows],
            "level": pd.Series([row[2] for row in rows], dtype="str"),
            "is_open_enrolment": [row[0] in open_ids for row in rows],
        }
    )
    return gpd.GeoDataFrame(table, geometry=[row[3] for row in rows], crs=ALBERS)


def schools(**rows: tuple[str, float | None]) -> pd.DataFrame:
    """Schools of (grades, enrolment)."""
    return pd.DataFrame(
        {
            "grades_offered": [parse_grade_set(grades) for grades, _ in rows.values()],
            "enrolment_students": [np.nan if students is None else students for _, students in rows.values()],
        },
        index=pd.Index(rows, name="school_id"),
    )
