"""What an estimate does not know is unknown, and not none."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely import box

from clustering import Scenario, proposal_document, propose_zones, read_scenario, report_document
from tests.examples.toy_district import toy_schools

RULE = {"identification": "graduation_rate<0.67", "minimum_schools": 2}


def district(tmp_path: Path) -> Scenario:
    """E1 lies in Oak, Oak in West; E2 has no catchment, and East, a high school, has none either."""
    schools = toy_schools()
    schools = schools[schools["name"].isin(["E1", "E2", "Oak Middle", "West High", "East High"])]
    square = box(-98.1, 38, -98, 38.1)
    rows = [("0001", "K-5"), ("0007", "6-8"), ("0010", "9-12")]
    table = pd.DataFrame(rows, columns=["school_id", "grades"])
    path = tmp_path / "catchments.geojson"
    gpd.GeoDataFrame(table, geometry=[square] * 3, crs="EPSG:4326").to_file(path, driver="GeoJSON")
    return read_scenario(schools=schools, catchments=path)


def test_a_school_without_a_catchment_has_unknown_promotions(tmp_path: Path) -> None:
    report = district(tmp_path).report
    assert report.unknown_promotions == ("0002",)  # nobody is promoted out of a high school
    sentence = (
        "Where the students of 1 of the 5 schools go on is unknown, not nowhere: no catchment tells it (1 school: E2"
        " (0002))."
    )
    assert sentence in report.basis.details
    assert report_document(report)["unknown_promotions"] == ["0002"]
    (warning,) = [each for each in report.warnings if "without a catchment" in each.message]
    assert "(2): 0002, 0011." in warning.message
    assert "unknown, not none" in warning.remedy


def test_a_proposal_says_so(tmp_path: Path) -> None:
    notes = proposal_document(propose_zones(district(tmp_path), RULE))["notes"]
    assert "is unknown, not nowhere" in " ".join(notes)


def test_a_gravity_model_does_not_know_schools_without_coordinates() -> None:
    schools = toy_schools()
    schools.loc[0, ["lat", "lon"]] = ""
    report = read_scenario(schools=schools, estimate=True).report
    assert report.unknown_promotions == ("0001",)
    assert any("the files give no coordinates (1 school: E1 (0001))" in each for each in report.basis.details)


def test_counted_flows_leave_nothing_unknown_of_this_kind() -> None:
    schools = toy_schools()
    flows = pd.DataFrame([("0007", "0010", "8", "60")], columns=["origin", "destination", "grade", "students"])
    assert read_scenario(schools=schools, flows=flows).report.unknown_promotions == ()
