"""Files with the state's identifiers, joined by a directory that has both."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering import InputError, read_scenario
from tests.examples.toy_district import toy_flows, toy_schools


def directory() -> pd.DataFrame:
    schools = toy_schools()
    return schools.assign(ST_SCHID="KS-100-" + schools["school_id"], NCESSCH="20000500" + schools["school_id"]).drop(
        columns="school_id"
    )


def federal_flows() -> pd.DataFrame:
    flows = toy_flows()
    ends = {end: ("20000500" + flows[end]).where(flows[end] != "", "") for end in ("origin", "destination")}
    return flows.assign(**ends)


def of_state(ids: pd.Series) -> pd.Series:
    return ("KS-100-" + ids).where(ids != "", "")


def test_flows_and_rates_of_the_state_are_joined_to_the_directory() -> None:
    flows = toy_flows()
    flows = flows.assign(origin=of_state(flows["origin"]), destination=of_state(flows["destination"]))
    rates = pd.DataFrame({"ST_SCHID": ["KS-100-0010"], "graduation_rate": ["55"]})
    plain = directory().drop(columns="graduation_rate")
    scenario = read_scenario(schools=plain, flows=flows, performance=rates)
    assert set(scenario.flows["origin"]) == {"20000500" + each for each in toy_flows()["origin"]}
    assert set(scenario.report.flow_rows) == {"feeding"}
    assert scenario.performance.loc["200005000010", "graduation_rate_low"] == 0.55
    told = [each for each in scenario.report.warnings if "translated" in each.message]
    assert len(told) == 3
    assert "ST_SCHID" in told[0].message


def test_two_school_files_are_joined_by_either_identifier() -> None:
    places = toy_schools()[["school_id", "lat", "lon"]]
    places = places.assign(school_id=of_state(places["school_id"]))
    flows = toy_flows()
    for end in ("origin", "destination"):
        flows[end] = "20000500" + flows[end]
    scenario = read_scenario(schools=[directory().drop(columns=["lat", "lon"]), places], flows=flows)
    assert len(scenario.schools) == 11
    assert scenario.schools.geometry.notna().all()


def test_an_identifier_that_two_districts_use_is_not_translated() -> None:
    both = directory().assign(ST_SCHID=["1"] * 11)
    flows = toy_flows()
    for end in ("origin", "destination"):
        flows[end] = "20000500" + flows[end]
    scenario = read_scenario(schools=both, flows=flows)
    assert not [each for each in scenario.report.warnings if "translated" in each.message]


def test_a_school_named_by_both_its_identifiers_stands_twice() -> None:
    rates = pd.DataFrame(
        {"school_id": ["KS-100-0010", "KS-100-0011", "200005000010"], "graduation_rate": ["50", "60", "90"]}
    )
    with pytest.raises(InputError) as caught:
        read_scenario(schools=directory().drop(columns="graduation_rate"), flows=federal_flows(), performance=rates)
    assert [(each.row, each.message) for each in caught.value.problems] == [
        (2, "The rate of this school, year, group and grade appears more than once."),
        (4, "The rate of this school, year, group and grade appears more than once."),
    ]


TWO_DISTRICTS = pd.DataFrame(
    {
        "NCESSCH": ["340001000001", "340001000002", "340002000003"],
        "LEAID": ["3400010", "3400010", "3400020"],
        "ST_SCHID": ["NJ-130010-020", "NJ-130010-030", "NJ-250020-020"],
        "grades": ["9-12"] * 3,
    }
)


@pytest.mark.parametrize(
    ("rates", "how"),
    [
        ({"school_id": ["NJ-130010-020", "NJ-130010-030", "NJ-250020-020"]}, "the state's; they"),
        ({"school_id": ["130010-020", "130010-030", "250020-020"]}, "without the letters of the state"),
        ({"school_id": ["130010020", "130010030", "250020020"]}, "in one number"),
        (
            {"school_id": ["020", "030", "020"], "district_code": ["130010", "130010", "250020"]},
            "district in district_code",
        ),
        ({"school_id": ["020", "030", "020"], "leaid": ["3400010", "3400010", "3400020"]}, "district in leaid"),
    ],
)
def test_identifiers_are_translated_however_they_are_written(rates: dict[str, list[str]], how: str) -> None:
    table = pd.DataFrame({**rates, "graduation_rate": ["50", "60", "90"]})
    scenario = read_scenario(schools=TWO_DISTRICTS, performance=table, require_flows=False)
    assert scenario.performance["graduation_rate_low"].to_dict() == {
        "340001000001": 0.5,
        "340001000002": 0.6,
        "340002000003": 0.9,
    }
    (told,) = [each.message for each in scenario.report.warnings if "translated" in each.message]
    assert how in told


def test_the_schools_part_of_one_district_is_enough() -> None:
    rates = pd.DataFrame({"school_id": ["020", "030"], "graduation_rate": ["50", "60"]})
    scenario = read_scenario(schools=TWO_DISTRICTS.head(2), performance=rates, require_flows=False)
    assert scenario.performance.index.tolist() == ["340001000001", "340001000002"]


def test_the_schools_part_of_several_districts_is_refused_and_the_option_named_works() -> None:
    rates = pd.DataFrame(
        {"code": ["020", "030"], "where": ["130010", "130010"], "graduation_rate": ["50", "60"]}
    ).rename(columns={"code": "school_id"})
    with pytest.raises(InputError) as caught:
        read_scenario(schools=TWO_DISTRICTS, performance=rates, require_flows=False)
    (problem,) = caught.value.problems
    assert "020 of NJ-130010-020" in problem.message
    assert problem.remedy.startswith(f"Set {problem.table}:columns.school_id=DISTRICT+school_id")
    scenario = read_scenario(
        schools=TWO_DISTRICTS,
        performance=rates.assign(school_id=rates["where"] + rates["school_id"]),
        require_flows=False,
    )
    assert scenario.performance["graduation_rate_low"].tolist() == [0.5, 0.6]


def test_how_many_identifiers_are_not_in_the_directory_is_said() -> None:
    rates = pd.DataFrame({"school_id": ["NJ-130010-020", "NJ-9-1", "NJ-9-2"], "graduation_rate": ["50", "60", "90"]})
    scenario = read_scenario(schools=TWO_DISTRICTS, performance=rates, require_flows=False)
    assert scenario.performance.index.tolist() == ["340001000001"]
    (told,) = [each.message for each in scenario.report.warnings if "translated" in each.message]
    assert told.endswith("Not in it, and left as they are: 2 of 3 (NJ-9-1, NJ-9-2).")


def test_any_schools_file_may_hold_both_identifiers() -> None:
    names = pd.DataFrame({"NCESSCH": TWO_DISTRICTS["NCESSCH"], "name": ["A", "B", "C"]})
    plain = TWO_DISTRICTS.drop(columns="ST_SCHID")
    rates = pd.DataFrame({"ST_SCHID": ["NJ-130010-020"], "graduation_rate": ["50"]})
    scenario = read_scenario(
        schools=[plain, names, TWO_DISTRICTS.drop(columns="grades")], performance=rates, require_flows=False
    )
    assert scenario.performance.index.tolist() == ["340001000001"]


@pytest.mark.parametrize(
    "columns",
    [
        {"School Code": ["4900501", "4900502"]},
        {"District Number": ["49005", "49005"], "School Code": ["01", "02"]},
    ],
)
def test_identifiers_with_parts_may_be_written_without_the_sign_between_them(columns: dict[str, list[str]]) -> None:
    places = {"name": ["Alder", "Birch"], "lat": ["42.1", "42.2"], "lon": ["-71.1", "-71.2"], "grades": ["9-12"] * 2}
    schools = pd.DataFrame({"school_id": ["49005-01", "49005-02"], **places})
    rates = pd.DataFrame({**columns, "graduation_rate": ["55", "80"]})
    scenario = read_scenario(schools=schools, performance=rates, require_flows=False)
    assert dict(zip(scenario.rates["school_id"], scenario.rates["exact"], strict=True)) == {
        "49005-01": 0.55,
        "49005-02": 0.8,
    }
    (told,) = [each.message for each in scenario.report.warnings if "translated" in each.message]
    assert "those of the schools files" in told


def test_numbers_of_other_schools_are_not_taken_for_parts_of_an_identifier() -> None:
    places = {"name": ["Alder", "Birch"], "lat": ["42.1", "42.2"], "lon": ["-71.1", "-71.2"], "grades": ["9-12"] * 2}
    schools = pd.DataFrame({"school_id": ["49005-01", "49005-02"], **places})
    rates = pd.DataFrame({"School Code": ["01", "02"], "graduation_rate": ["55", "80"]})
    with pytest.raises(InputError):
        read_scenario(schools=schools, performance=rates, require_flows=False)
