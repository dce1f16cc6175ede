"""Capture worked out by hand: residents, those who enrol there, and where the others go."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from clustering import InputError, Protection, Scenario, measure_capture, parse_policy, read_scenario
from tests.examples.residents import residents_table
from tests.examples.toy_district import EXACT, toy_flows, toy_scenario, toy_schools


def residence_scenario(table: pd.DataFrame | None = None) -> Scenario:
    table = residents_table() if table is None else table
    return read_scenario(schools=toy_schools(), flows=table)


def row_of(table: pd.DataFrame, school_id: str) -> dict[str, object]:
    return dict(table.set_index("school_id").loc[school_id])


def test_each_school_is_counted_on_exact_numbers() -> None:
    table = measure_capture(residence_scenario(), {"disclosure": "exact"})
    assert table["school_id"].tolist() == ["0001", "0002", "0007"]
    first = row_of(table, "0001")
    assert (first["residents"], first["enrolled_there"], first["go_elsewhere"]) == (107, 80, 27)
    assert first["capture_share"] == pytest.approx(80 / 107, abs=1e-6)
    assert first["other_schools"] == 2
    assert first["top_destinations"] == "E2 (0002) 20; E3 (0003) 7"
    second = row_of(table, "0002")
    assert (second["residents"], second["enrolled_there"], second["come_from_elsewhere"]) == (57, 50, 20)


def test_small_counts_stay_hidden_and_leave_an_interval() -> None:
    first = row_of(measure_capture(residence_scenario()), "0001")
    # The 80 attend a grade of 80 to 89: that they are 80 or more is not asked, since it would leave none for anybody
    # else. E2 is asked up to 25. E3 has 14 to 19 students in two cells: 10 or more of one would leave too few.
    assert (first["residents_low"], first["residents"], first["residents_high"]) == (96, 82 + 22 + 9.5, 131)
    assert first["capture_share"] == pytest.approx(82 / 113.5, abs=1e-6)
    assert first["capture_share_low"] == pytest.approx(75 / (75 + 24 + 18), abs=1e-6)
    assert first["capture_share_high"] == pytest.approx(89 / (89 + 20 + 1), abs=1e-6)
    assert first["top_destinations"] == "E2 (0002) 20 to 24; E3 (0003) 1 to 18"
    # The true numbers: 80 of 107.
    assert first["capture_share_low"] < 80 / 107 < first["capture_share_high"]  # type: ignore[operator]


@pytest.mark.parametrize("small", ["1", "4", "6", "-1", "*"])
def test_no_number_turns_on_a_small_count(small: str) -> None:
    table = residents_table()
    table.loc[table["students"] == "7", "students"] = small
    pd.testing.assert_frame_equal(measure_capture(residence_scenario(table)), measure_capture(residence_scenario()))


def test_rounding_hides_what_a_total_would_give_away() -> None:
    table = residents_table()
    table.loc[0, "students"] = "83"  # 75 to 89, as before
    pd.testing.assert_frame_equal(measure_capture(residence_scenario(table)), measure_capture(residence_scenario()))


@pytest.mark.parametrize("form", ["grade twice", "one grade", "no grade"])
def test_every_form_of_the_table_gives_the_same(form: str) -> None:
    table = residents_table()
    forms = {"grade twice": table.assign(next_grade=table["grade"]), "one grade": table}
    forms["no grade"] = table.drop(columns="grade")
    pd.testing.assert_frame_equal(
        measure_capture(residence_scenario(forms[form])), measure_capture(residence_scenario())
    )


def test_headings_of_residence_tables_are_known() -> None:
    table = residents_table().rename(columns={"origin": "residence_school", "destination": "attended_school"})
    pd.testing.assert_frame_equal(measure_capture(residence_scenario(table)), measure_capture(residence_scenario()))


def test_promotions_beside_the_table_change_nothing() -> None:
    same = residents_table().assign(next_grade=lambda table: table["grade"])
    both = read_scenario(schools=toy_schools(), flows=[toy_flows().drop(columns="school_year"), same])
    pd.testing.assert_frame_equal(measure_capture(both), measure_capture(residence_scenario()))


def test_students_are_means_over_the_years_asked_for() -> None:
    years = [residents_table().assign(school_year=year) for year in ("2021-22", "2022-23")]
    years[1].loc[0, "students"] = "100"
    scenario = residence_scenario(pd.concat(years))
    exact, exact_of_2022 = EXACT, {**EXACT, "years": [2022]}
    assert row_of(measure_capture(scenario, exact), "0001")["enrolled_there"] == (80 + 100) / 2
    assert row_of(measure_capture(scenario, exact_of_2022), "0001")["enrolled_there"] == 100


def test_residents_of_years_that_are_added_up_are_means_over_their_own_years() -> None:
    promotions = [toy_flows().assign(school_year=year) for year in ("2020-21", "2021-22", "2022-23")]
    residents = pd.concat([residents_table().assign(school_year=year) for year in ("2021-22", "2022-23")])
    read = read_scenario(schools=toy_schools(), flows=[*promotions, residents])
    pooled = Protection(policy=parse_policy("standard"), method="pooled years")
    scenario = replace(read, protections={"protected": pooled})
    # 160 who attend two grades of 80 to 89 each: 155 to 178.
    assert row_of(measure_capture(scenario), "0001")["enrolled_there_low"] == 155 / 2
    assert row_of(measure_capture(scenario), "0001")["enrolled_there_high"] == 178 / 2
    pd.testing.assert_frame_equal(measure_capture(scenario, {"years": [2021, 2022]}), measure_capture(scenario))
    with pytest.raises(InputError, match="adding up 2021, 2022: none of these years can be had alone"):
        measure_capture(scenario, {"years": [2022]})


def test_residents_of_no_listed_school_only_come_from_elsewhere() -> None:
    more = pd.DataFrame([("OUT", "0001", "3", "30"), ("0001", "", "3", "10")], columns=residents_table().columns)
    table = measure_capture(residence_scenario(pd.concat([residents_table(), more])))
    assert "OUT" not in set(table["school_id"])
    first = row_of(table, "0001")
    assert (first["come_from_elsewhere"], first["go_elsewhere"], first["other_schools"]) == (32, 22 + 12 + 9.5, 2)
    assert str(first["top_destinations"]).split("; ")[1] == "no school given 10 to 14"


def test_only_as_many_destinations_are_named_as_asked_for() -> None:
    table = measure_capture(residence_scenario(), destinations=1)
    assert row_of(table, "0001")["top_destinations"] == "E2 (0002) 20 to 24"
    assert row_of(table, "0001")["other_schools"] == 2


def test_the_order_of_rows_changes_nothing() -> None:
    backwards = residents_table().iloc[::-1]
    pd.testing.assert_frame_equal(measure_capture(residence_scenario(backwards)), measure_capture(residence_scenario()))


def test_promotions_and_estimates_are_refused_with_what_to_do() -> None:
    for scenario in (toy_scenario(), read_scenario(schools=toy_schools(), estimate=True)):
        with pytest.raises(InputError) as caught:
            measure_capture(scenario)
        (problem,) = caught.value.problems
        assert "residence-to-attended table" in problem.remedy
    with pytest.raises(InputError, match="destinations"):
        measure_capture(residence_scenario(), destinations=0)
