"""Persistence of a Zone of three schools, followed by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering import (
    InputError,
    Scenario,
    measure_persistence,
    measure_persistence_of_schools,
    parse_parameters,
    propose_zones,
    read_scenario,
)
from tests.examples.toy_district import EXACT, toy_scenario

FLOWS = [
    ("0001", "0002", 6, 7, 80),
    ("0001", "", 6, "", 20),
    ("0002", "0002", 7, 8, 90),
    ("0002", "", 7, "", 10),
    ("0002", "0003", 8, 9, 60),
    ("0002", "0004", 8, 9, 40),
    ("0003", "0003", 9, 10, 50),
    ("0003", "0004", 9, 10, 50),
    ("0003", "0003", 10, 11, 40),
    ("0003", "", 10, "", 10),
    ("0003", "0003", 11, 12, 40),
    ("0003", "0003", 12, 12, 10),
    ("0003", "", 12, "", 30),
    ("0004", "0004", 9, 10, 40),
    ("0004", "0003", 10, 11, 10),
    ("0004", "0004", 10, 11, 30),
    ("0004", "0004", 11, 12, 30),
]
START = 530  # 100 in grades 6, 7, 8 and 9, 50 in 10, 40 in 11 and 12


def flows(school_year: str, **changed: int) -> pd.DataFrame:
    """One year; ``changed`` replaces the students of some rows, by number."""
    table = pd.DataFrame(FLOWS, columns=["origin", "destination", "grade", "next_grade", "students"]).astype("str")
    for row, students in changed.items():
        table.loc[int(row.removeprefix("row_")), "students"] = str(students)
    return table.assign(school_year=school_year)


def scenario(*years: pd.DataFrame) -> Scenario:
    """An elementary school of grade 6, a middle school of 7 and 8, the anchor, and another high school."""
    schools = pd.DataFrame(
        {
            "school_id": ["0001", "0002", "0003", "0004"],
            "name": ["E", "Oak", "West", "East"],
            "lat": ["38.1", "38.2", "38.3", "38.4"],
            "lon": ["-98.0"] * 4,
            "grades": ["6", "7-8", "9-12", "9-12"],
            "graduation_rate": ["", "", "55", "80"],
        }
    )
    return read_scenario(schools=[schools], flows=[pd.concat(years)])


def persistence(inputs: Scenario, years: int = 2, **settings: object) -> pd.Series:
    proposal = propose_zones(inputs, settings or EXACT)
    assert [member.school_id for member in proposal.zones[0].members] == ["0003", "0002", "0001"]
    table = measure_persistence(inputs, proposal, years=years)
    assert len(table) == 1
    return table.iloc[0]


def test_two_years_compose_the_shares_of_each() -> None:
    # In the second year half of Oak's grade 7 leave: 50 and 50 instead of 90 and 10.
    row = persistence(scenario(flows("2021-22"), flows("2022-23", row_2=50, row_3=50)))
    # From grade 6: 80 * 0.5; 7: 90 * 0.6; 8: 60 * 0.5; 9: 50 * 0.8 and 50 * 0.25 who come back; 10: 40; 11: 40 * 0.25;
    # 12: 10 * 0.25.
    staying = 40 + 54 + 30 + 52.5 + 40 + 10 + 2.5
    finished = 30 + 30 + 7.5  # of grade 11 in the second year; of 12 in the first and the second
    assert (row["start_students"], row["staying_students"]) == (START, staying)
    assert (row["finished_students"], row["unknown_students"]) == (finished, 0)
    assert row["persistence"] == pytest.approx(staying / (START - finished), abs=1e-6)
    assert (row["first_years"], row["shares_used"]) == ("2021", "each year's own")


def test_one_year_later_every_year_is_a_first_year() -> None:
    row = persistence(scenario(flows("2021-22"), flows("2022-23", row_2=50, row_3=50)), years=1)
    # 80 + 90 + 60 + 50 + 40 + 40 + 10 stay in one year, 40 fewer in the other; 30 finish.
    assert row["staying_students"] == (370 + 330) / 2
    assert row["persistence"] == pytest.approx(350 / (START - 30), abs=1e-6)
    assert row["first_years"] == "2021; 2022"


def test_a_single_year_stands_for_both_and_the_table_says_so() -> None:
    row = persistence(scenario(flows("2021-22")))
    staying = 80 * 0.9 + 54 + 30 + 52.5 + 40 + 10 + 2.5
    assert row["staying_students"] == staying
    assert row["persistence"] == pytest.approx(staying / (START - 67.5), abs=1e-6)
    assert row["shares_used"] == "the same in every year"
    assert pd.isna(row["first_years"])


def test_a_file_without_the_last_grade_counts_those_who_reach_it_as_finished_a_year_later() -> None:
    short = flows("2021-22")
    row = persistence(scenario(short[short["grade"] != "12"]))
    # The 40 of grade 11, all of them in grade 12 after a year.
    assert (row["start_students"], row["finished_students"], row["unknown_students"]) == (START - 40, 40, 0)


def test_those_in_a_grade_without_rows_are_unknown_and_left_out() -> None:
    short = flows("2021-22")
    row = persistence(scenario(short[~((short["origin"] == "0003") & (short["grade"] == "10"))]))
    # Grade 9 of the anchor: 50 reach its grade 10, of which nothing is told.
    assert (row["start_students"], row["unknown_students"]) == (START - 50, 50)
    staying = 80 * 0.9 + 54 + 30 + 50 * 0.25 + 10 + 2.5
    assert row["staying_students"] == staying
    assert row["persistence"] == pytest.approx(staying / (START - 50 - 50 - 67.5), abs=1e-6)


def test_small_counts_do_not_show() -> None:
    # Of the 50 in grade 10 of the anchor 45 to 49 go on, so that the size of the grade is the same.
    few, more = (
        persistence(scenario(flows("2021-22", row_8=50 - leave, row_9=leave)), disclosure="protected")
        for leave in (2, 4)
    )
    pd.testing.assert_series_equal(few, more)


def test_flows_without_rows_inside_schools_leave_it_missing() -> None:
    inputs = toy_scenario()
    proposal = propose_zones(inputs, parse_parameters({"identification": "official:designation=CSI"}))
    table = measure_persistence(inputs, proposal)
    assert table["zone_id"].to_list() == ["zone-0010", "zone-0011"]
    assert table[["persistence", "start_students", "staying_students"]].isna().all(axis=None)
    assert table["schools_without_rows"].to_list() == [7, 4]


def test_a_proposal_without_zones_gives_no_rows_and_years_out_of_range_are_refused() -> None:
    inputs = scenario(flows("2021-22"))
    none = propose_zones(inputs, parse_parameters({"minimum_schools": 5}))
    assert len(measure_persistence(inputs, none)) == 0
    with pytest.raises(InputError, match="out of range"):
        measure_persistence(inputs, none, years=0)


def test_any_schools_are_followed_as_those_of_a_proposal_are() -> None:
    inputs = scenario(flows("2020-21"), flows("2021-22"))
    proposal = propose_zones(inputs, EXACT)
    zones = {zone.zone_id: [member.school_id for member in zone.members] for zone in proposal.zones}
    expected = measure_persistence(inputs, proposal, years=2)
    pd.testing.assert_frame_equal(measure_persistence_of_schools(inputs, zones, proposal.parameters, years=2), expected)
    alone = measure_persistence_of_schools(inputs, {"Oak": ["0002"]}, proposal.parameters, years=1)
    # 200 in grades 7 and 8, of whom 90 are in grade 8 of the same school a year later; all others have left it.
    assert alone[["zone_id", "start_students", "staying_students", "persistence"]].to_numpy().tolist() == [
        ["Oak", 200, 90, 0.45]
    ]
