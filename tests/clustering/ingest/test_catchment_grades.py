"""Grades from the catchments, where the schools files have none."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely import box

from clustering import identify_high_schools, parse_rule, read_scenario
from clustering.model.grades import format_grades
from tests.examples.toy_district import toy_flows, toy_schools


def layer(path: Path, **columns: list[str]) -> Path:
    """A layer of adjoining squares, a row per school."""
    count = len(next(iter(columns.values())))
    shapes = [box(-98 + number / 10, 38, -97.9 + number / 10, 38.1) for number in range(count)]
    gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326").to_file(path, driver="GeoJSON")
    return path


def schools_without_grades(*but: str) -> pd.DataFrame:
    schools = toy_schools()
    return schools.assign(grades=schools["grades"].where(schools["school_id"].isin(but), ""))


def grades_of(schools: pd.DataFrame, *layers: Path) -> dict[str, str]:
    scenario = read_scenario(schools=schools, catchments=list(layers), require_flows=False, flows=toy_flows())
    return {school: format_grades(mask) for school, mask in scenario.schools["grades_offered"].items() if mask}


def test_lowest_and_highest_grade_of_a_boundary_survey_count(tmp_path: Path) -> None:
    found = layer(
        tmp_path / "sabs.geojson", ncessch=["0001", "0007", "0010"], gslo=["KG", "06", "09"], gshi=["05", "08", "12"]
    )
    assert grades_of(schools_without_grades(), found) == {"0001": "K-5", "0007": "6-8", "0010": "9-12"}


def test_grades_of_a_schools_file_count_before_those_of_a_catchment(tmp_path: Path) -> None:
    found = layer(tmp_path / "a.geojson", school_id=["0001", "0010"], grades=["K-8", "9-12"])
    assert grades_of(schools_without_grades("0001"), found) == {"0001": "K-5", "0010": "9-12"}


def test_a_school_has_the_grades_of_all_its_catchments(tmp_path: Path) -> None:
    first = layer(tmp_path / "es.geojson", school_id=["0001", "0002"], grades=["K-5", "K-5"])
    second = layer(tmp_path / "ms.geojson", school_id=["0001", "0007"], grades=["6-8", "6-8"])
    assert grades_of(schools_without_grades(), first, second) == {"0001": "K-8", "0002": "K-5", "0007": "6-8"}


def test_columns_with_the_school_of_each_grade_count(tmp_path: Path) -> None:
    found = layer(
        tmp_path / "chain.geojson",
        school_id=["0001", "0002"],
        GR_ID_K=["0001", "0002"],
        GR_ID_01=["0001", "0002"],
        GR_ID_02=["0007", "0007"],
        GR_ID_09=["0010", ""],
        GR_ID_Name=["0011", "0011"],
    )
    assert grades_of(schools_without_grades(), found) == {"0001": "K-1", "0002": "K-1", "0007": "2", "0010": "9"}


def test_it_is_said_with_number_and_examples_and_high_schools_are_judged(tmp_path: Path) -> None:
    found = layer(tmp_path / "hs.geojson", school_id=["0010", "0011"], grades=["9-12", "9-12"])
    scenario = read_scenario(schools=schools_without_grades(), flows=toy_flows(), catchments=found)
    (warning,) = [each for each in scenario.report.warnings if "those of their catchments count" in each.message]
    assert "(2): West High (0010), East High (0011)." in warning.message
    assert scenario.schools.loc["0010", "level"] == "high"
    assert scenario.report.facts["schools_without_grades"] == 9
    assert scenario.report.alarms == ()
    decisions = identify_high_schools(scenario, parse_rule("graduation_rate<0.67"))
    assert decisions["certainty"].to_dict() == {"0010": "certain", "0011": "no"}


def test_philadelphia_judges_its_high_schools_without_grades_in_its_schools_file(shared_data: Path) -> None:
    folder = shared_data / "philadelphia_2015"
    text = (folder / "schools_points.geojson").read_text(encoding="utf-8")
    published = {
        str(each["properties"]["LOCATION_ID"]): each["properties"]["GRADE_ORG"]
        for each in json.loads(text)["features"]
        if each["properties"]["LOCATION_ID"]
    }
    layers = [folder / f"{level}_2015.json" for level in ("es", "ms", "hs")]
    scenario = read_scenario(schools=pd.DataFrame({"school_id": list(published)}), catchments=layers)
    assert scenario.report.alarms == ()
    found = scenario.schools["grades_offered"].map(format_grades)
    high = found.index[found == "9-12"]
    assert len(high) >= 15
    agree = [published[school] == "9-12" for school in high if published[school]]
    assert sum(agree) >= 0.9 * len(agree)
