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
        (2, "The school has more than one record."),
        (4, "The school has more than one record."),
    ]
