"""Indicators from files of several shapes; suppressed, missing and zero are three values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clustering import InputError, join_progress, list_progress_indicators, read_progress, read_scenario
from tests.examples.progress_rows import counts
from tests.examples.toy_district import toy_scenario

WIDE = pd.DataFrame(
    {
        "school_id": ["0001", "0001", "0002"],
        "school_year": ["2021-22", "2022-23", "2021-22"],
        "Enrolled": ["100", "110", "8"],
        "Chronically Absent": ["20", "0", "*"],
        "Attendance Rate": ["93.4", "", "s"],
        "SGP": ["50", "-1.5", "."],
        "graduation_rate": ["60-69", "LT50", "N<10"],
    }
)


def cell(rows: pd.DataFrame, school: str, year: int, indicator: str) -> dict[Any, Any]:
    found = rows[(rows["school_id"] == school) & (rows["year"] == year) & (rows["indicator_id"] == indicator)]
    return found.iloc[0].to_dict()


def test_a_column_per_indicator_is_read() -> None:
    rows = read_progress(WIDE).rows
    absent = cell(rows, "0001", 2021, "chronic_absence")
    assert (absent["status"], absent["value"], absent["numerator"], absent["denominator"]) == ("exact", 0.2, 20, 100)
    assert cell(rows, "0001", 2021, "attendance")["value"] == pytest.approx(0.934)
    assert cell(rows, "0001", 2022, "growth")["value"] == -1.5
    band = cell(rows, "0001", 2021, "graduation")
    assert (band["status"], band["low"], band["high"]) == ("range", 0.6, 0.69)


def test_zero_suppressed_and_missing_are_three_values() -> None:
    rows = read_progress(WIDE).rows
    zero = cell(rows, "0001", 2022, "chronic_absence")
    assert (zero["status"], zero["value"]) == ("exact", 0.0)
    hidden = cell(rows, "0002", 2021, "chronic_absence")
    assert hidden["status"] == "suppressed"
    assert pd.isna(hidden["value"])
    assert (hidden["low"], hidden["high"]) == (0.0, 1.0)  # a star may hide the complement
    assert cell(rows, "0002", 2021, "growth")["status"] == "missing"
    assert rows[(rows["year"] == 2022) & (rows["indicator_id"] == "attendance")].empty  # a blank cell is no row
    few = counts(("1", 2021, "suspensions", "<10", 50)).rows
    assert few[["status", "low", "high"]].to_numpy().tolist() == [["suppressed", 1 / 50, 9 / 50]]
    nobody = counts(("1", 2021, "suspensions", 0, 0)).rows
    assert nobody["status"].tolist() == ["not applicable"]


def test_a_row_per_indicator_is_read_alike() -> None:
    long = pd.DataFrame(
        {
            "ncessch": ["010000000001"] * 3,
            "school_year": "2021-22",
            "measure": ["Chronic absence", "attendance_rate", "reading of minds"],
            "rate": ["", "0.93", "0.5"],
            "numerator": ["20", "", ""],
            "n": ["100", "", ""],
        }
    )
    found = read_progress(long)
    assert found.rows[["indicator_id", "value"]].to_numpy().tolist() == [["attendance", 0.93], ["chronic_absence", 0.2]]
    assert [problem.value for problem in found.warnings] == ["reading of minds"]


def test_counts_count_where_a_rate_beside_them_disagrees() -> None:
    found = read_progress(WIDE.assign(chronic_absence_rate=["21", "0", ""]))
    assert cell(found.rows, "0001", 2021, "chronic_absence")["value"] == 0.2
    assert ["counts are used" in problem.message for problem in found.warnings] == [True]
    agreed = read_progress(WIDE.assign(chronic_absence_rate=["20", "0", ""]))
    assert agreed.warnings == ()


def test_warnings_are_the_same_for_all_small_counts() -> None:
    """3 of 60 agree with 5 per cent and 4 do not: a warning would tell them apart."""
    table = {"school_id": ["0001"], "school_year": ["2021-22"], "indicator": ["suspensions"], "denominator": ["60"]}
    for few, rate in (*((few, "5%") for few in range(1, 10)), *((60 - few, "95%") for few in range(1, 10))):
        assert read_progress(pd.DataFrame({**table, "numerator": [str(few)], "value": [rate]})).warnings == ()


def test_groups_of_students_are_set_aside() -> None:
    table = pd.concat([WIDE.assign(subgroup="All students"), WIDE.assign(subgroup="ECD")])
    found = read_progress(table)
    pd.testing.assert_frame_equal(found.rows, read_progress(WIDE).rows)
    assert found.files[0].rows_set_aside == 3


def test_every_fault_is_told_at_once() -> None:
    faulty = WIDE.assign(
        school_id=["", "1.0E+5", "0002"],
        school_year=["2021-22", "2022-24", "2021-22"],
        **{
            "Enrolled": ["10", "110", "-4"],
            "Chronically Absent": ["20", "many", "2.5"],
            "Attendance Rate": ["93.4", "0.9", "<10"],
            "graduation_rate": ["14-Oct", "130", "60"],
        },
    )
    with pytest.raises(InputError) as caught:
        read_progress(faulty)
    found = {(problem.row, problem.column) for problem in caught.value.problems}
    assert found >= {
        *((2, "school_id"), (3, "school_id"), (3, "school_year"), (2, "Chronically Absent"), (3, "Chronically Absent")),
        *((4, "Chronically Absent"), (4, "Enrolled"), (None, "Attendance Rate"), (4, "Attendance Rate")),
        *((2, "graduation_rate"), (3, "graduation_rate")),
    }


def test_a_message_shows_no_count_that_can_be_read() -> None:
    with pytest.raises(InputError, match="greater than the denominator") as caught:
        counts(("0001", 2021, "suspensions", 7, 3))
    assert [problem.value for problem in caught.value.problems] == [None]


def test_a_bad_cell_is_one_problem_although_it_counts_for_two_indicators() -> None:
    row = {
        "school_id": "1",
        "school_year": "2021-22",
        "enrolled": "150%",
        "chronically_absent": "20",
        "suspended": "30",
    }
    with pytest.raises(InputError) as caught:
        read_progress(pd.DataFrame([row]))
    assert [each.value for each in caught.value.problems] == ["150%"]


def test_a_school_has_one_value_for_an_indicator_and_year() -> None:
    with pytest.raises(InputError, match="two values for one indicator and year"):
        read_progress(pd.concat([WIDE, WIDE.iloc[:1].assign(SGP="60")]))
    assert len(read_progress(pd.concat([WIDE, WIDE])).rows) == len(read_progress(WIDE).rows)


def test_a_bare_year_is_never_guessed() -> None:
    with pytest.raises(InputError, match="may be the school year"):
        read_progress(WIDE.assign(school_year="2022"))
    fall = read_progress(WIDE.assign(school_year=["2021", "2022", "2021"]), options=["year_convention=fall"])
    pd.testing.assert_frame_equal(fall.rows, read_progress(WIDE).rows)


def test_schools_that_are_not_listed_are_set_aside() -> None:
    found = read_progress(WIDE.assign(school_id=["0001", "0001", "7777"]), scenario=toy_scenario())
    assert set(found.rows["school_id"]) == {"0001"}
    with pytest.raises(InputError, match="lost its leading zero"):
        read_progress(WIDE.assign(school_id=["0001", "0001", "2"]), scenario=toy_scenario())


def test_a_later_file_corrects_an_earlier_one() -> None:
    later = read_progress(WIDE.iloc[:1].assign(SGP="60"))
    joined = join_progress([read_progress(WIDE), later])
    assert cell(joined.rows, "0001", 2021, "growth")["value"] == 60
    assert len(joined.rows) == len(read_progress(WIDE).rows)
    assert len(joined.files) == 2


@pytest.mark.parametrize(
    "content", ["", "school_id,school_year\n1,2021-22\n", "school_id,school_year,growth\n", "a;b\n1;2\n", "\x00"]
)
def test_files_without_indicators_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "indicators.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError):
        read_progress(path)


def test_the_generated_indicators_read_without_a_warning_and_agree_with_the_published_rates() -> None:
    scenario = read_scenario(schools="data/sample/schools.csv", require_flows=False)
    found = read_progress("data/sample/indicators_sample.csv", scenario=scenario)
    assert found.warnings == ()
    assert set(found.rows["indicator_id"]) == {each.indicator_id for each in list_progress_indicators()} - {
        "staff_attendance"
    }
    graduation = found.rows[(found.rows["indicator_id"] == "graduation") & (found.rows["year"] == 2022)]
    graduation = graduation[graduation["status"] == "exact"].set_index("school_id")
    published = scenario.performance.reindex(graduation.index)
    assert len(graduation) > 50
    inside = (graduation["value"] >= published["graduation_rate_low"] - 0.0051) & (
        graduation["value"] <= published["graduation_rate_high"] + 0.0051
    )
    known = published["graduation_rate_status"].isin(["exact", "range"])
    assert inside[known].all()


def test_headings_name_one_indicator_each() -> None:
    names = [heading for each in list_progress_indicators() for heading in each.headings]
    assert len(names) == len(set(names))
    assert all(each.source and each.denominator for each in list_progress_indicators())
