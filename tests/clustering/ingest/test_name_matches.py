"""Files that name schools in words: never joined in silence, joined by the rows that the user confirms."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from clustering import InputError, Scenario, propose_name_matches, read_scenario, table_bytes

SCHOOLS = pd.DataFrame(
    [
        ("0101", "Alder High School", "9-12", "Alder"),
        ("0102", "Lincoln Middle School", "6-8", "Alder"),
        ("0201", "Lincoln Middle School", "6-8", "Birch"),
        ("0202", "Birch High School", "9-12", "Birch"),
    ],
    columns=["school_id", "name", "grades", "district_name"],
)
RATES = pd.DataFrame(
    {
        "district": ["Alder", "Birch", ""],
        "school": ["ALDER HIGH SCHOOL", "Birch HS", "State Total"],
        "graduation_rate": ["58", "91", "70"],
    }
)
FLOWS = pd.DataFrame(
    [
        ("Alder", "Lincoln Middle School", "Alder", "Alder High School", "80"),
        ("Birch", "Lincoln Middle School", "Birch", "Birch High School", "70"),
        ("Birch", "Elm Middle", "Alder", "Alder High School", "20"),
    ],
    columns=["from_district", "from_school", "to_district", "to_school", "students"],
)
LAYER = gpd.GeoDataFrame(
    {"name": ["Alder High School", "Lincoln Middle School"], "district": ["Alder"] * 2, "level": ["high", "middle"]},
    geometry=[box(-80, 40, -79.9, 40.1)] * 2,
    crs="EPSG:4326",
)


def read(matches: pd.DataFrame | None = None, **files: Any) -> Scenario:
    given = {} if matches is None else {"name_matches": matches}
    return read_scenario(schools=SCHOOLS, require_flows=False, **given, **files)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"performance": RATES}, "names in school: 1 of 2, with their districts in district, are"),
        ({"flows": FLOWS}, "names in from_school: 2 of 3, with their districts in from_district, are"),
        ({"catchments": LAYER}, "names in name: 2 of 2, with their districts in district, are"),
        ({"performance": RATES.drop(columns="district")}, "names in school: 1 of 2 are"),
    ],
)
def test_a_file_of_names_is_refused_with_the_way_on(files: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        read(**files)
    problem = caught.value.problems[0]
    assert said in problem.message
    assert "zones match-names" in str(problem.remedy)
    assert "--name-matches" in str(problem.remedy)


def test_nothing_is_confirmed_unless_asked_for() -> None:
    matches = propose_name_matches(schools=SCHOOLS, performance=RATES)
    assert matches["school_id"].tolist() == ["0101", "0202"]
    assert set(matches["confirmed"]) == {""}
    with pytest.raises(InputError):
        read(matches, performance=RATES)
    exact = propose_name_matches(schools=SCHOOLS, performance=RATES, confirm_exact=True)
    assert exact["confirmed"].tolist() == ["yes", ""]


def test_rates_are_joined_by_confirmed_names() -> None:
    matches = propose_name_matches(schools=SCHOOLS, performance=RATES).assign(confirmed="yes")
    scenario = read(matches, performance=RATES)
    assert scenario.performance["graduation_rate_low"].to_dict() == {"0101": 0.58, "0202": 0.91}
    assert [each.message for each in scenario.report.warnings if "confirmed" in each.message] == [
        "The schools are named in words and joined by the names that you confirmed, 2 of 2."
    ]


def test_flows_are_joined_at_both_ends_and_a_name_without_a_match_stays_a_school_of_its_own() -> None:
    matches = propose_name_matches(schools=SCHOOLS, flows=FLOWS, confirm_exact=True)
    scenario = read(matches, flows=FLOWS)
    ends = scenario.flows[["origin", "destination"]].itertuples(index=False, name=None)
    assert sorted(ends) == [("0102", "0101"), ("0201", "0202"), ("Elm Middle (Birch)", "0101")]
    assert any("Not confirmed: Elm Middle." in each.message for each in scenario.report.warnings)


def test_catchments_are_joined_by_confirmed_names() -> None:
    matches = propose_name_matches(schools=SCHOOLS, catchments=LAYER, confirm_exact=True)
    scenario = read(matches, catchments=LAYER)
    assert {*scenario.flows["origin"], *scenario.flows["destination"]} == {"0101", "0102"}


def test_names_that_a_spreadsheet_would_run_are_known_again_in_our_own_csv() -> None:
    schools = SCHOOLS.assign(name=["=1+1", "-Lincoln", "+Birch", "@Elm"])
    rates = pd.DataFrame({"name": ["=1+1", "@Elm"], "graduation_rate": ["58", "91"]})
    matches = table_bytes(propose_name_matches(schools=schools, performance=rates, confirm_exact=True))
    assert b"'=1+1" in matches
    scenario = read_scenario(schools=schools, performance=rates, name_matches=io.BytesIO(matches), require_flows=False)
    assert scenario.performance["graduation_rate_low"].to_dict() == {"0101": 0.58, "0202": 0.91}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"school_id": "0999"}, "The school of a confirmed row is not in the schools files."),
        ({"confirmed": "maybe"}, "The entry is neither yes nor no."),
    ],
)
def test_wrong_rows_are_refused(change: dict[str, str], message: str) -> None:
    matches = propose_name_matches(schools=SCHOOLS, performance=RATES, confirm_exact=True)
    with pytest.raises(InputError) as caught:
        read(pd.concat([matches, matches.head(1).assign(school_name="Elm High", **change)]), performance=RATES)
    assert message in [problem.message for problem in caught.value.problems]


def test_a_name_confirmed_for_two_schools_is_refused() -> None:
    matches = propose_name_matches(schools=SCHOOLS, performance=RATES, confirm_exact=True)
    with pytest.raises(InputError) as caught:
        read(pd.concat([matches, matches.head(1).assign(school_id="0202")]), performance=RATES)
    assert "The name is confirmed for two schools." in [problem.message for problem in caught.value.problems]


def test_matches_of_names_that_no_file_needs_are_said() -> None:
    matches = propose_name_matches(schools=SCHOOLS, performance=RATES)
    assert any("change nothing" in each.message for each in read(matches).report.warnings)


def test_files_with_identifiers_leave_nothing_to_match() -> None:
    with pytest.raises(InputError, match="Every file has identifiers"):
        propose_name_matches(schools=SCHOOLS)
    with pytest.raises(InputError, match="No schools file has identifiers and names"):
        propose_name_matches(schools=SCHOOLS[["school_id", "grades"]], performance=RATES)


def test_a_pattern_and_a_folder_stand_for_their_files(tmp_path: Path) -> None:
    SCHOOLS.to_csv(tmp_path / "schools.csv", index=False)
    (tmp_path / "rates").mkdir()
    RATES.to_csv(tmp_path / "rates" / "rates.csv", index=False)
    for given in ("rates", "rates/*.csv"):
        matches = propose_name_matches(schools=tmp_path / "schools.csv", performance=str(tmp_path / given))
        assert set(matches["file"]) == {"rates.csv"}


@pytest.mark.parametrize(
    ("columns", "option"),
    [
        ({"OBJECTID": ["0101", "0202"], "ENTITY_CD": ["0101", "0202"]}, "columns.school_id=ENTITY_CD"),
        ({"school": ["0101", "0202"]}, "columns.school_id=school"),
        ({"District No": ["01", "02"], "Site Code": ["01", "02"]}, "columns.school_id=District No+Site Code"),
    ],
)
def test_the_columns_that_have_the_identifiers_are_named_and_work(columns: dict[str, list[str]], option: str) -> None:
    names = {"school": ["Alder High School", "Birch HS"], "graduation_rate": ["58", "91"]}
    rates = pd.DataFrame({**names, **columns})
    with pytest.raises(InputError) as caught:
        read(performance=rates)
    (problem,) = caught.value.problems
    assert problem.remedy.startswith(f"Set performance:{option}, which")
    scenario = read(performance=rates, options=[f"performance:{option}"])
    assert scenario.performance["graduation_rate_low"].to_dict() == {"0101": 0.58, "0202": 0.91}


def test_a_column_of_few_listed_identifiers_is_not_named() -> None:
    rates = pd.DataFrame({"school": ["Alder High School", "Birch HS", "Elm"], "graduation_rate": ["58", "91", "70"]})
    with pytest.raises(InputError) as caught:
        read(performance=rates.assign(region="0101", OBJECTID=["0101", "0102", "0201"]))
    assert caught.value.problems[0].remedy.startswith("Run zones match-names")


def test_short_numbers_are_identifiers_only_under_a_heading_that_says_so() -> None:
    schools = SCHOOLS.assign(school_id=["1", "2", "3", "4"])
    layer = LAYER.assign(width=["1", "2"])
    for columns, start in (
        ({}, "Run zones match-names"),
        ({"PLACE_ID": ["1", "2"]}, "Set catchments:columns.school_id="),
    ):
        with pytest.raises(InputError) as caught:
            read_scenario(schools=schools, catchments=layer.assign(**columns), require_flows=False)
        assert caught.value.problems[0].remedy.startswith(start)
