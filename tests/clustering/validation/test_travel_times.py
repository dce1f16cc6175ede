"""Travel times as files give them: long or as a matrix, in whatever unit, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from clustering import InputError, Problem, Scenario, read_scenario, scenario_from_bytes, scenario_to_bytes
from clustering.ingest.fingerprint import hash_tables
from clustering.ingest.open_files import open_files
from clustering.model.columns import TRAVEL_TIME_COLUMNS
from clustering.validation.travel_times import validate_travel_times
from tests.examples.sound_files import csv
from tests.examples.toy_district import toy_flows, toy_scenario, toy_schools

Rows = list[tuple[str, str, str]]
PAIRS: Rows = [("0007", "0010", "12"), ("0001", "0007", "5"), ("0010", "0007", "14.5")]


def long_table(
    rows: Rows = PAIRS, origin: str = "origin", to: str = "destination", time: str = "minutes"
) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[origin, to, time])


def read(*tables: pd.DataFrame | Path, **more: Any) -> Scenario:
    return read_scenario(schools=toy_schools(), flows=toy_flows(), travel_times=list(tables), **more)


def read_without_district(table: pd.DataFrame) -> pd.DataFrame:
    """The travel times of a sound table, opened and validated among the toy district's schools without its flows."""
    problems: list[Problem] = []
    files = open_files({"travel_times": [table]}, {}, problems).files["travel_times"]
    found = validate_travel_times(files, pa.array(sorted(toy_schools()["school_id"])))
    problems += [problem for findings in files for problem in findings.problems]
    assert not [problem for problem in problems if problem.is_error]
    return found


def times(scenario: Scenario) -> Rows:
    return rows_of(scenario.travel_times)


def rows_of(travel_times: pd.DataFrame) -> Rows:
    return [tuple(row) for row in travel_times.to_numpy().tolist()]


def refused(*tables: pd.DataFrame, **more: Any) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        read(*tables, **more)
    return [problem for problem in caught.value.problems if problem.is_error]


def test_a_long_table_is_sorted_and_each_direction_stands_for_itself() -> None:
    scenario = read(long_table())
    assert times(scenario) == [("0001", "0007", 5.0), ("0007", "0010", 12.0), ("0010", "0007", 14.5)]
    assert tuple(scenario.travel_times.columns) == TRAVEL_TIME_COLUMNS
    assert [str(kind) for kind in scenario.travel_times.dtypes] == ["str", "str", "float64"]
    facts = scenario.report.facts
    assert facts["pairs_with_travel_times"] == 3
    assert facts["schools_without_travel_times"] == 8  # eleven, but for 0001, 0007 and 0010


@pytest.mark.parametrize(
    ("origin", "to", "time"),
    [
        ("origin", "destination", "minutes"),
        ("from", "to", "travel_minutes"),
        ("from_id", "to_id", "travel_time"),
        ("From ID", "To ID", "Duration (min)"),
        ("origin_id", "destination_id", "duration_min"),
        ("origin", "destination", "travel_time"),
        ("origin", "destination", "duration"),
    ],
)
def test_headings_of_minutes(origin: str, to: str, time: str) -> None:
    assert rows_of(read_without_district(long_table(PAIRS, origin, to, time)))[0] == ("0001", "0007", 5.0)


@pytest.mark.parametrize(
    ("heading", "minutes"),
    [("seconds", 0.2), ("travel_time_s", 0.2), ("Duration Seconds", 0.2), ("duration_sec", 0.2), ("hours", 720.0)],
)
def test_other_units_are_converted(heading: str, minutes: float) -> None:
    (found,) = rows_of(read_without_district(long_table(PAIRS[:1], time=heading)))
    assert found == ("0007", "0010", pytest.approx(minutes))  # of 12


def test_a_column_named_by_the_user_says_its_unit_too(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(csv(long_table([("0007", "0010", "600")], time="transit_s")))
    scenario = read(tmp_path / "t.csv", options=["t.csv:columns.travel_time=transit_s"])
    assert times(scenario) == [("0007", "0010", 10.0)]


def test_a_unit_that_is_not_said_is_taken_for_minutes_and_told() -> None:
    (warning,) = read(long_table(time="duration")).report.warnings
    assert "does not name the unit" in warning.message
    assert warning.column == "duration"


def test_a_unit_that_cannot_be_told_is_asked_for() -> None:
    # 301 may be five hours or five minutes.
    doubtful = long_table([("0007", "0010", "301"), ("0010", "0007", "90000")], time="duration")
    (problem,) = refused(doubtful)
    assert "unit of the travel times is not clear" in problem.message
    assert "unit=seconds" in problem.remedy
    assert times(read(doubtful[:1], options=["unit=minutes"])) == [("0007", "0010", 301.0)]
    assert times(read(doubtful[:1], options=["unit=seconds"])) == [("0007", "0010", pytest.approx(301 / 60))]


def test_r5py_writes_minutes_and_leaves_blank_what_it_cannot_reach() -> None:
    table = pd.DataFrame(
        {"from_id": ["0007", "0007", "0007"], "to_id": ["0007", "0010", "0011"], "travel_time": [0, 400, float("nan")]}
    )
    scenario = read(table)
    assert times(scenario) == [("0007", "0007", 0.0), ("0007", "0010", 400.0)]
    (file,) = [file for file in scenario.report.files if file.role == "travel_times"]
    assert file.kind == "r5py travel times"
    assert dict(file.set_aside_reasons) == {"There is no travel time.": 1}


@pytest.mark.parametrize("blank", ["", " ", "NA", "nan", "N/A", "null", "None"])
def test_a_time_that_is_not_known_is_no_zero(blank: str) -> None:
    found = read_without_district(long_table([*PAIRS, ("0008", "0010", blank)]))
    assert len(found) == 3
    assert "0008" not in set(found["origin"])


def matrix(*rows: tuple[str, ...], to: tuple[str, ...] = ("0007", "0010")) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["origin", *to])


def test_a_matrix_has_a_row_per_origin() -> None:
    scenario = read(matrix(("0007", "0", "12"), ("0001", "5", ""), ("0010", "14.5", "0")))
    assert times(scenario) == [
        ("0001", "0007", 5.0),
        ("0007", "0007", 0.0),
        ("0007", "0010", 12.0),
        ("0010", "0007", 14.5),
        ("0010", "0010", 0.0),
    ]
    (file,) = [file for file in scenario.report.files if file.role == "travel_times"]
    assert file.kind == "travel times, a column per destination"
    assert file.unused_columns == ()


def test_a_matrix_in_seconds_must_say_so() -> None:
    table = matrix(("0007", "0", "720"))
    (problem,) = refused(table)
    assert "unit of the travel times is not clear" in problem.message
    assert times(read(table, options=["unit=seconds"]))[1] == ("0007", "0010", 12.0)


def test_a_matrix_of_schools_without_digits_is_said_to_be_one(tmp_path: Path) -> None:
    schools = toy_schools().assign(school_id=list("ABCDEFGHIJK"))
    flows = toy_flows()
    letters = dict(zip(toy_schools()["school_id"], "ABCDEFGHIJK", strict=True))
    flows = flows.assign(origin=flows["origin"].map(letters), destination=flows["destination"].map(letters))
    (tmp_path / "t.csv").write_bytes(csv(matrix(("A", "5", "6"), to=("B", "C"))))
    options = ["t.csv:kind=matrix"]
    scenario = read_scenario(schools=schools, flows=flows, travel_times=tmp_path / "t.csv", options=options)
    assert times(scenario) == [("A", "B", 5.0), ("A", "C", 6.0)]


@pytest.mark.parametrize("role", ["flows", "travel_times"])
def test_a_long_table_called_a_matrix_is_refused(role: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(csv(long_table(time="minutes" if role == "travel_times" else "students")))
    files = {"schools": [toy_schools()], "flows": [toy_flows()]} | {role: [tmp_path / "t.csv"]}
    with pytest.raises(InputError, match="no column for a destination"):
        read_scenario(**files, options=["t.csv:kind=matrix"])


def test_strangers_of_a_long_table_are_set_aside_row_by_row() -> None:
    report = read(long_table([*PAIRS, ("0990", "0010", "3"), ("0007", "0991", "4")])).report
    (file,) = [file for file in report.files if file.role == "travel_times"]
    assert (file.rows_read, file.rows_used) == (5, 3)
    assert [(row.row, row.reason) for row in report.set_aside] == [
        (5, "The origin is not in the schools files."),
        (6, "The destination is not in the schools files."),
    ]


def test_strangers_of_a_matrix_are_a_row_set_aside_and_a_column_told() -> None:
    report = read(matrix(("0001", "5", "6"), ("0990", "7", "8"), to=("0007", "0991"))).report
    assert [(row.row, row.reason) for row in report.set_aside] == [(3, "The origin is not in the schools files.")]
    told = [problem for problem in report.warnings if "Columns of destinations" in problem.message]
    assert [problem.column for problem in told] == ["0991"]


def test_a_file_of_strangers_alone_is_refused() -> None:
    (problem,) = refused(long_table([("0990", "0991", "3")]))
    assert "No travel time is between two schools" in problem.message


def test_the_same_pair_with_the_same_time_counts_once_and_with_another_is_refused() -> None:
    same = read(long_table([*PAIRS, PAIRS[0]]), long_table(PAIRS[1:]))
    assert len(same.travel_times) == 3
    reasons = [dict(file.set_aside_reasons) for file in same.report.files if file.role == "travel_times"]
    again = "The same origin, destination and travel time appear before."
    assert reasons == [{again: 1}, {again: 2}]
    (problem,) = refused(long_table([*PAIRS, ("0007", "0010", "13")]))
    assert (problem.row, problem.column, problem.value) == (5, "minutes", "13")
    assert "appear before with another travel time" in problem.message
    (problem,) = refused(long_table(), long_table([("0007", "0010", "13")]))
    assert (problem.row, problem.value) == (2, "13")


def test_a_matrix_that_contradicts_a_long_table_is_told_by_row_and_column() -> None:
    (problem,) = refused(long_table(), matrix(("0001", "5", ""), ("0007", "", "13")))
    assert (problem.row, problem.column, problem.value) == (3, "0010", "13")


def test_every_problem_comes_at_once() -> None:
    rows = [
        ("0007", "0010", "-1"),
        ("0007", "0011", "far"),
        ("0008", "0010", "1441"),
        ("7", "0010", "3"),
        ("0009", "", "4"),
    ]
    told = {(problem.row, problem.column, problem.value) for problem in refused(long_table(rows)) if problem.is_error}
    assert told == {
        (2, "minutes", "-1"),
        (4, "minutes", "1441"),
        (5, "origin", "7"),
        (6, "destination", ""),
    }


def test_a_whole_day_is_the_longest() -> None:
    assert times(read(long_table([("0007", "0010", "1440")]))) == [("0007", "0010", 1440.0)]
    assert times(read(long_table([("0007", "0010", "24")], time="hours"))) == [("0007", "0010", 1440.0)]
    (problem,) = refused(long_table([("0007", "0010", "24.1")], time="hours"))
    assert "over 24 hours" in problem.message


def test_identifiers_of_the_state_are_translated_where_the_directory_has_both() -> None:
    schools = toy_schools().assign(ST_SCHID="KS-" + toy_schools()["school_id"])
    schools = schools.assign(NCESSCH="20000500" + schools["school_id"]).drop(columns="school_id")
    flows = toy_flows().assign(**{end: "20000500" + toy_flows()[end] for end in ("origin", "destination")})
    table = long_table([("KS-0007", "KS-0010", "12")])
    scenario = read_scenario(schools=schools, flows=flows, travel_times=table)
    assert times(scenario) == [("200005000007", "200005000010", 12.0)]


def test_travel_times_are_kept_and_part_of_the_hash_whatever_the_order_of_the_rows() -> None:
    scenario, turned = read(long_table()), read(long_table(PAIRS[::-1]))
    assert scenario.content_sha256 == turned.content_sha256
    assert scenario.content_sha256 == read(long_table(PAIRS[:2]), long_table(PAIRS[2:])).content_sha256
    other = read(long_table([*PAIRS[:2], ("0010", "0007", "14.6")]))
    assert len({scenario.content_sha256, other.content_sha256, toy_scenario().content_sha256}) == 3
    back = scenario_from_bytes(scenario_to_bytes(scenario))
    pd.testing.assert_frame_equal(back.travel_times, scenario.travel_times)
    assert back.report == scenario.report


def test_without_travel_times_there_are_none_and_the_hash_is_of_the_other_tables() -> None:
    scenario = toy_scenario()
    assert scenario.travel_times.empty
    assert [str(kind) for kind in scenario.travel_times.dtypes] == ["str", "str", "float64"]
    assert scenario.content_sha256 == hash_tables(
        scenario.schools, scenario.flows, scenario.performance, scenario.rates
    )
    back = scenario_from_bytes(scenario_to_bytes(scenario))
    pd.testing.assert_frame_equal(back.travel_times, scenario.travel_times)
