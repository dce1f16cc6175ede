"""A register beside the schools that it is for: unknown districts and schools, lost zeros, names, homes."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering import Scenario, read_register, register_document, register_from_bytes, register_to_bytes
from clustering.capacity.register.documents import describe_missing
from tests.examples.register_files import partner_table, preference_table, register_faults
from tests.examples.toy_district import toy_scenario, toy_schools


def two_districts(**columns: object) -> Scenario:
    """The toy district, of which E1 to E6 are of district 01, One, and the others of 02, Two."""
    places = {"district_id": ["01"] * 6 + ["02"] * 5, "district_name": ["One"] * 6 + ["Two"] * 5}
    return toy_scenario(toy_schools().assign(**places, **columns))


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return two_districts()


def test_a_register_that_fits_is_not_warned_of(scenario: Scenario) -> None:
    table = partner_table(reach_districts=["01;02", "", ""], latitude=["38", "", "38"], longitude=["-98", "", "-98"])
    rows = preference_table(("LP1", "02", "0010", "", "exclude", "district", ""))
    assert read_register(table, rows, scenario=scenario).warnings == ()


def test_some_unknown_districts_are_warned_of_and_named(scenario: Scenario) -> None:
    table = partner_table(reach_districts=["01; 77; 78", "", ""])
    warnings = [each for each in read_register(table, scenario=scenario).warnings if each.column == "reach_districts"]
    (warning,) = warnings
    assert warning.value == "77; 78"
    assert "no such district" in warning.message


def test_a_partner_out_of_reach_is_not_counted_among_those_that_can_be_matched(scenario: Scenario) -> None:
    # The warning of the reading and the count are of one rule: North Star reaches no district of the toy, or no school.
    places = {"latitude": ["38", "", "38"], "longitude": ["-98", "", "-98"]}
    for cells in ({"reach_districts": ["77", "", ""]}, {"latitude": ["-38", "", "38"]}):
        register = read_register(partner_table(**places | cells), scenario=scenario)
        assert register.out_of_reach == ("LP1",)
        assert any("will not be matched" in each.message and each.row == 2 for each in register.warnings)
        assert describe_missing(register)["LP1"] == ("It reaches no school of the schools files.",)
        counts = register_document(register)["counts"]
        assert (counts["lead_partners"], counts["lead_partners_without_obstacle"]) == (2, 1)
        assert (counts["schools_free"], counts["schools_free_without_obstacle"]) == (10, 5)
        again = register_from_bytes(register_to_bytes(register))
        assert describe_missing(again).tolist() == describe_missing(register).tolist()
    assert read_register(partner_table(**places), scenario=scenario).out_of_reach == ()
    assert read_register(partner_table(reach_districts=["77", "", ""])).out_of_reach == ()


def test_a_partner_that_reaches_no_district_is_warned_of(scenario: Scenario) -> None:
    warnings = read_register(partner_table(reach_districts=["77", "", ""]), scenario=scenario).warnings
    assert any("will not be matched" in warning.message and warning.row == 2 for warning in warnings)


def test_districts_of_another_kind_would_exclude_everything_and_are_an_error(scenario: Scenario) -> None:
    table = partner_table(reach_districts=["GA-77", "", ""], home_district=["GA-76", "", "GA-75"])
    faults = register_faults(table, scenario=scenario)
    assert [(fault.row, fault.column, fault.value) for fault in faults] == [
        (2, "reach_districts", "GA-77"),
        (4, "reach_districts", ""),
    ]
    assert all("no Zone could have one" in fault.message for fault in faults)


def test_an_unknown_home_excludes_nothing(scenario: Scenario) -> None:
    table = partner_table(home_district=["GA-76", "", "01"])
    warnings = read_register(table, scenario=scenario).warnings
    assert ("home_district", "GA-76") in [(each.column, each.value) for each in warnings]


def test_lost_zeros_of_districts_and_schools_are_errors(scenario: Scenario) -> None:
    rows = preference_table(("LP1", "", "10", "", "exclude", "state", ""), ("LP1", "2", "", "", "prefer", "state", ""))
    faults = register_faults(partner_table(reach_districts=["1;02", "", ""]), rows, scenario=scenario)
    assert {(fault.column, fault.value) for fault in faults} == {
        ("reach_districts", "1"),
        ("school_id", "10"),
        ("district_id", "2"),
    }
    assert all("lost its leading zeros" in fault.message for fault in faults)


def test_unknown_targets_change_nothing_and_are_warned_of(scenario: Scenario) -> None:
    rows = preference_table(
        ("LP1", "01", "", "", "prefer", "state", ""),
        ("LP1", "99", "", "", "exclude", "state", ""),
        ("LP1", "", "0001; 7777", "", "exclude", "state", ""),
    )
    warnings = read_register(partner_table(), rows, scenario=scenario).warnings
    places = [(each.row, each.column, each.value, each.is_error) for each in warnings if each.table == "preferences"]
    assert (3, "district_id", "99", False) in places
    assert (4, "school_id", "7777", False) in places
    only_unknown = preference_table(("LP1", "99", "", "", "exclude", "state", ""))
    (fault,) = register_faults(partner_table(), only_unknown, scenario=scenario)
    assert "no district of the preferences" in fault.message


def test_schools_without_districts_are_told_apart_from_unknown_districts() -> None:
    nowhere = toy_scenario(toy_schools().drop(columns="district_id"))
    rows = preference_table(("LP1", "01", "", "", "exclude", "state", ""))
    warnings = read_register(partner_table(), rows, scenario=nowhere).warnings
    places = [(each.row, each.column) for each in warnings if "do not say to which district" in each.message]
    assert places == [(4, "reach_districts"), (2, "district_id")]


def test_districts_may_be_written_by_name(scenario: Scenario) -> None:
    table = partner_table(reach_districts=["one; Two", "", ""], home_district=["ONE", "", "Two"])
    register = read_register(table, preference_table(("LP1", "two", "", "", "prefer", "state", "")), scenario=scenario)
    assert register.partners["home_district"].to_dict() == {
        "DU1": "02",
        "LP1": "01",
        "SP1": pytest.approx(float("nan"), nan_ok=True),
    }
    assert register.partners["reach_districts"].to_dict() == {"DU1": ("02",), "LP1": ("01", "02"), "SP1": ()}
    assert register.preferences["district_id"].tolist() == ["02"]


def test_a_name_that_two_districts_have_is_none(scenario: Scenario) -> None:
    same = two_districts().schools
    assert same["district_name"].nunique() == 2
    twins = toy_scenario(toy_schools().assign(district_id=["01"] * 6 + ["02"] * 5, district_name=["One"] * 11))
    warnings = read_register(partner_table(reach_districts=["One; 01", "", ""]), scenario=twins).warnings
    assert any(warning.value == "One" for warning in warnings)


def test_the_home_is_the_middle_of_the_open_schools_of_its_district() -> None:
    # Of district 01 E1 to E5 are open, at 38.01 to 38.05 degrees; the closed E6 would move the middle to 38.035.
    closed = two_districts(status=["Open"] * 5 + ["Closed"] + ["Open"] * 5)
    register = read_register(partner_table(), scenario=closed)
    unit = register.partners.loc["DU1"]
    assert (unit["latitude"], unit["longitude"]) == pytest.approx((38.03, -98.0), abs=1e-6)
    assert unit["position_source"] == "schools of the home district"
    assert register.partners.loc["LP1", "position_source"] == "register"
    assert pd.isna(register.partners.loc["SP1", "position_source"])
    (warning,) = register.warnings
    assert (warning.row, warning.column) == (4, "home_district")
    assert "middle of its home district's schools" in warning.message


@pytest.mark.parametrize(
    ("latitude", "longitude", "reach_km", "is_far"),
    [
        # The schools lie at 38.01 to 38.11 degrees; 0.1 degrees of latitude are 11.1 km.
        ("38.21", "-98.0", "11", True),
        ("38.21", "-98.0", "12", False),
        ("38.05", "98.0", "500", True),  # the sign is missing
        ("38.21", "-98.0", "", False),
    ],
)
def test_a_home_far_from_every_school_is_warned_of(
    scenario: Scenario, latitude: str, longitude: str, reach_km: str, is_far: bool
) -> None:
    table = partner_table(latitude=[latitude, "", ""], longitude=[longitude, "", ""], reach_km=[reach_km, "", ""])
    warnings = read_register(table, scenario=scenario).warnings
    assert [each.row for each in warnings if "No school" in each.message] == ([2] if is_far else [])


def test_a_middle_across_the_antimeridian() -> None:
    islands = toy_schools().assign(lat="52.0", lon=["179.9", "-179.9"] * 5 + ["179.9"], district_id="01")
    register = read_register(
        pd.DataFrame({"partner_id": ["P"], "home_district": ["01"]}),
        scenario=toy_scenario(islands.iloc[:10], None),
    )
    assert abs(register.partners.loc["P", "longitude"]) > 179.8


def test_a_scenario_without_coordinates_gives_no_home() -> None:
    nowhere = toy_scenario(toy_schools().assign(lat="", lon=""))
    register = read_register(partner_table(), scenario=nowhere)
    assert pd.isna(register.partners.loc["DU1", "latitude"])
