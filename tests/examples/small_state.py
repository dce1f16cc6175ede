"""Schools in a few lines, for tests of what is estimated from places and grades."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from clustering.model.grades import level_of, parse_grade_set

# Kilometres of one degree of latitude on a sphere of radius 6371.0088 km.
DEGREE_KM = 6371.0088 * np.pi / 180


def make_schools(*rows: tuple[str, str, float, float], **columns: Sequence[object]) -> gpd.GeoDataFrame:
    """``columns.SCHOOL_COLUMNS`` from (id, grades, longitude, latitude) and further columns, in the order given."""
    ids, grades, longitude, latitude = zip(*rows, strict=True)
    masks = [parse_grade_set(text) if text else 0 for text in grades]
    points = gpd.points_from_xy(longitude, latitude)
    table = pd.DataFrame(
        {
            "name": list(ids),
            "district_id": pd.Series(columns.get("district_id", [None] * len(ids)), dtype="str"),
            "district_name": pd.Series([None] * len(ids), dtype="str"),
            "grades_offered": masks,
            "level": [level_of(mask) for mask in masks],
            "status": pd.Series(columns.get("status", [None] * len(ids)), dtype="str"),
            "enrolment_students": pd.Series(columns.get("enrolment_students", [np.nan] * len(ids)), dtype="float64"),
        }
    ).set_index(pd.Index(ids, name="school_id"))
    located = ~np.isnan(np.asarray(longitude, dtype="float64"))
    return gpd.GeoDataFrame(table, geometry=np.where(located, points, None), crs="EPSG:4326")


def random_state(seed: int, *, senders: int = 12, receivers: int = 5, spread_degrees: float = 0.1) -> gpd.GeoDataFrame:
    """Elementary and middle schools scattered about a point, with enrolments."""
    random = np.random.default_rng(seed)
    count = senders + receivers
    places = random.uniform(-spread_degrees, spread_degrees, size=(count, 2))
    rows = [
        (
            f"{'E' if number < senders else 'M'}{number:02}",
            "K-5" if number < senders else "6-8",
            place[0],
            35 + place[1],
        )
        for number, place in enumerate(places.tolist())
    ]
    return make_schools(*rows, enrolment_students=random.integers(100, 900, size=count).tolist())


def grade_enrolment(*rows: tuple[str, int | None, int, float]) -> pd.DataFrame:
    """School, year, grade and students."""
    table = pd.DataFrame(rows, columns=["school_id", "year", "grade", "students"])
    return table.astype({"school_id": "str", "year": "Int64", "grade": "Int64", "students": "float64"})
