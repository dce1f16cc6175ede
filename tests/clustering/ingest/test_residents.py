"""Residence-to-attended tables serve capture and never find feeders, in whatever form and beside whatever files."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from clustering import (
    Scenario,
    measure_capture,
    propose_zones,
    read_scenario,
    report_with_counts,
    scenario_from_bytes,
    scenario_to_bytes,
    with_crosswalk,
)
from clustering.disclosure.protected_base import protected_base
from tests.examples.residents import residents_table
from tests.examples.toy_district import toy_flows, toy_planner, toy_scenario, toy_schools

EXACT = {"disclosure": "exact"}  # whose numbers are worked out by hand here
# A K-8 school, where the grade after a resident's own does not tell residents from promotions.
K8 = pd.DataFrame([("E1", "K8", "90"), ("E2", "K8", "70"), ("K8", "K8", "300"), ("E1", "E1", "80"), ("E2", "E2", "60")])
FORMS = {
    "no grade": residents_table().drop(columns="grade"),
    "one grade": residents_table(),
    "one grade, the last": residents_table().assign(grade=lambda table: table["grade"].map({"3": "5", "7": "8"})),
    "grade twice": residents_table().assign(next_grade=lambda table: table["grade"]),
}


def with_residents(table: pd.DataFrame) -> Scenario:
    return read_scenario(schools=toy_schools(), flows=[toy_flows(), table])


@pytest.mark.parametrize("form", FORMS)
def test_residents_change_no_flow_and_no_zone(form: str) -> None:
    both, alone = with_residents(FORMS[form]), toy_scenario()
    pd.testing.assert_frame_equal(both.flows, alone.flows)
    with_residents_told, told = report_with_counts(both), report_with_counts(alone)
    assert with_residents_told.flow_students_low == told.flow_students_low
    assert with_residents_told.flow_students_high == told.flow_students_high
    assert propose_zones(both, {}).zones == propose_zones(alone, {}).zones
    assert both.content_sha256 != alone.content_sha256


@pytest.mark.parametrize("form", FORMS)
def test_every_row_counts_for_capture_beside_promotions(form: str) -> None:
    # E1: 80 of 80 + 20 + 7; Oak: 90 of 120.
    table = measure_capture(with_residents(FORMS[form]), EXACT).set_index("school_id")
    assert table.loc["0001", "capture_share"] == pytest.approx(80 / 107, abs=1e-6)
    assert table.loc["0007", "capture_share"] == 0.75
    assert table["residents"].to_dict() == {"0001": 107, "0002": 57, "0007": 120}


def test_rows_at_a_school_that_serves_the_next_grade_too_count() -> None:
    schools = pd.DataFrame(
        {"school_id": ["E1", "E2", "K8", "H"], "name": list("abcd"), "grades": ["K-5", "K-5", "K-8", "9-12"]}
    )
    flows = pd.DataFrame([("K8", "H", "60")], columns=["origin", "destination", "students"])
    residents = K8.set_axis(["origin", "destination", "students"], axis="columns")
    scenario = read_scenario(schools=schools, flows=[flows, residents])
    assert scenario.flows[["origin", "destination"]].to_numpy().tolist() == [["K8", "H"]]
    table = measure_capture(scenario, EXACT).set_index("school_id")
    # 80 of 80 + 90 residents, and 60 of 60 + 70.
    assert table.loc["E1", "capture_share"] == pytest.approx(80 / 170, abs=1e-6)
    assert table.loc["E2", "capture_share"] == pytest.approx(60 / 130, abs=1e-6)
    assert table.loc["K8", "come_from_elsewhere"] == 160


def test_no_warning_takes_residents_for_promotions() -> None:
    report = with_residents(FORMS["no grade"]).report
    assert not [each for each in report.warnings if "promot" in each.message or "grade" in each.message]
    (alarm,) = report.alarms
    assert "It takes no part in finding feeders" in alarm
    assert report.facts["resident_cells"] == 7


def test_years_of_residents_are_no_years_of_flows() -> None:
    scenario = with_residents(residents_table().assign(school_year="2030-31"))
    assert scenario.report.facts["school_years"] == [2022]
    assert propose_zones(scenario, {}).zones == propose_zones(toy_planner(), {}).zones
    assert measure_capture(scenario, {"years": [2030], **EXACT})["residents"].sum() == 284


def test_residents_alone_are_no_flows() -> None:
    scenario = read_scenario(schools=toy_schools(), flows=residents_table())
    assert scenario.flows.empty
    assert "no feeder comes of them" in scenario.report.basis.statement
    assert propose_zones(scenario, {}).zones == ()


def test_beside_residents_flows_can_be_estimated_and_small_counts_stay_hidden(tmp_path: Path) -> None:
    path = tmp_path / "catchments.geojson"
    layer = pd.DataFrame([("0001", "K-5"), ("0007", "6-8"), ("0010", "9-12")], columns=["school_id", "grades"])
    square = box(-98.1, 38, -98, 38.1)
    gpd.GeoDataFrame(layer, geometry=[square] * 3, crs="EPSG:4326").to_file(path, driver="GeoJSON")
    for method, more in (("catchments", {"catchments": path}), ("gravity", {"estimate": True})):
        scenario = read_scenario(schools=toy_schools(), flows=residents_table(), **more)  # type: ignore[arg-type]
        assert scenario.report.basis.method == method
        shown = protected_base(scenario, "protected").residents
        small = shown[scenario.residents["students"].to_numpy() < 10]
        assert (small["students_low"] <= 1).tolist() == [True, True]
        assert (small["students_high"] >= 9).all()
        assert measure_capture(scenario, EXACT)["residents"].sum() == 284


def test_residents_are_stored() -> None:
    scenario = with_residents(residents_table())
    back = scenario_from_bytes(scenario_to_bytes(scenario))
    pd.testing.assert_frame_equal(back.residents, scenario.residents)


def test_a_crosswalk_moves_residents_in_their_own_year(tmp_path: Path) -> None:
    # Old school E9 became E1 from 2022 on: residents and attended school of 2022 are looked up in 2022.
    old = residents_table().replace({"0001": "E9"}).assign(school_year="2022-23")
    rows = pd.DataFrame(
        {"old_id": ["E9"], "new_id": ["0001"], "share": ["1"], "last_year": ["2022"], "confirmed": ["yes"]}
    )
    path = tmp_path / "crosswalk.csv"
    rows.to_csv(path, index=False)
    read = read_scenario(schools=toy_schools(), flows=[toy_flows(), old], crosswalk=path)
    expected = with_residents(residents_table().assign(school_year="2022-23"))
    pd.testing.assert_frame_equal(read.residents, expected.residents)
    later = with_crosswalk(with_residents(old), [{**rows.iloc[0].drop("confirmed")}])
    pd.testing.assert_frame_equal(later.residents, expected.residents)
