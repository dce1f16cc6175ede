"""The state's tables as an agency would hold them: identifiers, grades and school years as text."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from clustering.datasets.catchment_state.counts import NOWHERE
from clustering.datasets.geography import IntArray
from clustering.datasets.published import grade_texts, school_years
from clustering.datasets.schools import KINDS, NEWEST_FALL, NUMBER

_FIRST_STUDENT = 1_000_000


def publish_schools(schools: pd.DataFrame, enrolled: IntArray) -> pd.DataFrame:
    """
    Write the directory of schools.

    Parameters
    ----------
    schools
        As ``generate`` describes them.
    enrolled
        Students by row of ``schools`` and grade, kindergarten to 12.
    """
    columns = ["school_id", "name", "district_id", "district_name", "latitude", "longitude"]
    tiers = np.array([kind.tier for kind in KINDS])[schools["kind"]]
    is_alternative = schools["kind"] == NUMBER["alternative"]
    return schools[columns].assign(
        lowest_grade=grade_texts(schools["lowest"].to_numpy()),
        highest_grade=grade_texts(schools["highest"].to_numpy()),
        school_type=np.where(is_alternative, "Alternative School", "Regular School"),
        magnet=np.where(tiers == "choice", "Yes", "No"),
        charter=np.where(schools["is_charter"], "Yes", "No"),
        enrolment=enrolled.sum(axis=1),
    )


def publish_membership(schools: pd.DataFrame, enrolled: IntArray) -> pd.DataFrame:
    """Write students by grade as CCD did before 2016-17: a row per school, a column per grade."""
    grades = {f"G{grade:02d}": enrolled[:, grade] for grade in range(1, 13)}
    columns = {"SURVYEAR": str(NEWEST_FALL), "NCESSCH": schools["school_id"], "MEMBER": enrolled.sum(axis=1)}
    return pd.DataFrame({**columns, "KG": enrolled[:, 0], **grades})


def publish_catchments(schools: pd.DataFrame, polygons: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Write the catchments, those of choice schools among them; see ``CatchmentState.catchments``."""
    shown = schools.loc[polygons["geometry"].notna().to_numpy()]
    table = pd.DataFrame(
        {
            "school_id": shown["school_id"],
            "name": shown["name"],
            "level": shown["level"],
            "lowest_grade": grade_texts(shown["lowest"].to_numpy()).to_numpy(),
            "highest_grade": grade_texts(shown["highest"].to_numpy()).to_numpy(),
            "open_enrolment": (shown["polygon"] == "district").astype("int64"),
        }
    )
    return gpd.GeoDataFrame(table, geometry=polygons["geometry"].loc[shown.index], crs=polygons.crs).reset_index(
        drop=True
    )


def publish_promotions(promotions: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    """Write the promotions; ``promotions`` as ``counts.count_promotions`` gives them, ``ids`` by row of the schools."""
    left = (promotions["destination"] == NOWHERE).to_numpy()
    return pd.DataFrame(
        {
            "school_year": school_years(promotions["fall"]),
            "origin": _ids_of(promotions["origin"], ids),
            "destination": _ids_of(promotions["destination"], ids),
            "grade": grade_texts(promotions["grade"].to_numpy()),
            "next_grade": grade_texts(promotions["grade"].to_numpy() + 1).mask(left),
            "students": promotions["students"],
        }
    )


def publish_records(records: pd.DataFrame, ids: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """Write a record per student and year, as in a state's own extract, students numbered by chance."""
    numbers = _FIRST_STUDENT + rng.permutation(int(records["student"].max()) + 1)
    return pd.DataFrame(
        {
            "student_id": pd.Series(numbers[records["student"]]).astype("str"),
            "school_year": school_years(records["fall"]),
            "school_id": _ids_of(records["school"], ids),
            "grade": grade_texts(records["grade"].to_numpy()),
        }
    )


def publish_paths(paths: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    """Write the true paths: see ``CatchmentState.paths``."""
    ends = {column: _ids_of(paths[column], ids) for column in ("origin", "via", "destination")}
    return pd.DataFrame({**ends, "students": paths["students"]})


def publish_homes(blocks: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    """Write the schools of the catchments in which each block lies."""
    return pd.DataFrame({level: _ids_of(blocks[level], ids) for level in ("elementary", "middle", "high")})


def _ids_of(rows: pd.Series, ids: pd.Series) -> pd.Series:
    """Identifiers of rows of the schools; missing for -1."""
    is_missing = (rows == NOWHERE).to_numpy()
    return ids.take(rows.where(~is_missing, 0).to_numpy()).reset_index(drop=True).mask(is_missing)
