"""Assessments from files of several shapes, and every fault of a file at once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from clustering import InputError, join_assessments, parse_indicator_set, read_assessments, read_scenario
from tests.examples.toy_district import toy_scenario

LONG = pd.DataFrame(
    {
        "school_id": ["0001", "0001", "0002"],
        "indicator": ["learn-1", "Teach 1", "Every student is close to an adult in the school"],
        "value": ["3", "In place everywhere", "1.5"],
        "date": ["2024-03-01", "3/2/2024", "20240303"],
        "rater": ["Ada", "Ada", "Ben"],
        "comments": ["good", "", "=1+1"],
    }
)


def test_a_row_per_value_is_read() -> None:
    rows = read_assessments(LONG).rows
    assert rows[["subject_kind", "subject_id", "indicator_id", "date", "value"]].to_numpy().tolist() == [
        ["school", "0001", "learn-1", "2024-03-01", 3.0],
        ["school", "0002", "learn-3", "2024-03-03", 1.5],
        ["school", "0001", "teach-1", "2024-03-02", 4.0],
    ]
    assert rows["comment"].tolist() == ["good", "=1+1", ""]


def test_a_column_per_indicator_is_read_alike() -> None:
    wide = pd.DataFrame(
        {
            "school_id": ["0001", "0002"],
            "date": "2024-03-01",
            "learn-1": ["3", ""],
            "TEACH_1": ["4", "n/a"],
            "LEARN 3": ["", "1.5"],
            "remarks of the office": ["x", "y"],
        }
    )
    found = read_assessments(wide)
    assert found.rows[["subject_id", "indicator_id", "value"]].to_numpy().tolist() == [
        ["0001", "learn-1", 3.0],
        ["0002", "learn-3", 1.5],
        ["0001", "teach-1", 4.0],
    ]
    assert found.files[0].unused_columns == ("remarks of the office",)


def test_districts_and_zones_are_subjects_too() -> None:
    rows = pd.DataFrame(
        {
            "subject_kind": ["LEA", "Zone"],
            "subject_id": ["07", "zone-0010"],
            "set": ["District self-assessment in 12 statements", "readiness-triangle"],
            "indicator": ["statement-01", "act-1"],
            "value": ["4", "2"],
            "date": "2024-03-01",
        }
    )
    found = read_assessments(rows).rows
    assert found[["subject_kind", "subject_id"]].to_numpy().tolist() == [["district", "07"], ["zone", "zone-0010"]]


def test_every_fault_is_told_at_once() -> None:
    faulty = LONG.assign(
        school_id=["", "1E+5", "0002"],
        indicator=["learn-1", "learn-9", "learn-1"],
        value=["5", "2", "very good"],
        date=["2024-02-30", "", "yesterday"],
    )
    with pytest.raises(InputError) as caught:
        read_assessments(faulty)
    found = {(problem.row, problem.column) for problem in caught.value.problems}
    assert found >= {
        *((2, "subject_id"), (3, "school_id"), (3, "indicator"), (2, "value"), (4, "value")),
        *((2, "date"), (3, "date"), (4, "date")),
    }
    assert all(problem.remedy for problem in caught.value.problems)


def test_one_rater_has_one_value_a_day() -> None:
    twice = pd.concat([LONG, LONG.iloc[:1].assign(value="2")])
    with pytest.raises(InputError, match="two values for this indicator on one day"):
        read_assessments(twice)
    assert len(read_assessments(pd.concat([LONG, LONG.iloc[:1]])).rows) == 3


def test_a_set_assesses_its_own_kinds_only() -> None:
    of_district = LONG.drop(columns="school_id").assign(district_id="07")
    with pytest.raises(InputError, match="does not assess such a subject"):
        read_assessments(of_district)


def test_an_indicator_of_several_sets_needs_the_set() -> None:
    sets = [
        parse_indicator_set({"set_id": name, "title": name, "indicators": [{"indicator_id": "1", "title": "x"}]})
        for name in ("a", "b")
    ]
    rows = pd.DataFrame({"school_id": ["1"], "indicator": ["1"], "value": ["2"], "date": ["2024-01-01"]})
    with pytest.raises(InputError, match="Several sets have this indicator"):
        read_assessments(rows, indicator_sets=sets)
    assert read_assessments(rows.assign(set="b"), indicator_sets=sets).rows["set_id"].tolist() == ["b"]
    with pytest.raises(InputError, match="no indicator set with this name"):
        read_assessments(rows.assign(set="c"), indicator_sets=sets)


def test_schools_of_other_states_are_set_aside_and_lost_zeros_are_errors() -> None:
    scenario = toy_scenario()
    other = pd.concat([LONG, LONG.iloc[:1].assign(school_id="9999")])
    found = read_assessments(other, scenario=scenario)
    assert set(found.rows["subject_id"]) == {"0001", "0002"}
    assert [problem.value for problem in found.warnings] == ["9999"]
    with pytest.raises(InputError, match="lost its leading zero"):
        read_assessments(LONG.assign(school_id=["1", "0001", "0002"]), scenario=scenario)


def test_the_order_of_rows_and_repeated_files_change_nothing() -> None:
    once, backwards = read_assessments(LONG), read_assessments(LONG.iloc[::-1])
    pd.testing.assert_frame_equal(once.rows, backwards.rows)
    pd.testing.assert_frame_equal(join_assessments([once, backwards]).rows, once.rows)


def test_a_later_file_corrects_an_earlier_one() -> None:
    corrected = read_assessments(LONG.iloc[:1].assign(value="2"))
    joined = join_assessments([read_assessments(LONG), corrected])
    assert joined.rows["value"].tolist() == [2.0, 1.5, 4.0]
    with pytest.raises(InputError, match="no assessments"):
        join_assessments([])


def test_a_comment_that_is_a_story_is_left_out_and_its_row_is_not() -> None:
    found = read_assessments(LONG.assign(comments=["x" * 501, "line\nbreak", "\u202eevil"]))
    assert found.rows["comment"].tolist() == ["", " evil", "line break"]


@pytest.mark.parametrize("content", ["", "date\n", "date,school_id\n2024-01-01,1\n", "a,b\n1,2\n", "\x00\x01"])
def test_files_without_assessments_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "assessments.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_assessments(path)
    assert all(problem.table == "assessments.csv" for problem in caught.value.problems)


def test_the_generated_assessments_read_without_a_warning() -> None:
    scenario = read_scenario(schools="data/sample/schools.csv", require_flows=False)
    found = read_assessments("data/sample/readiness_sample.csv", scenario=scenario)
    assert found.warnings == ()
    assert [each.set_id for each in found.sets] == ["readiness-triangle", "district-self-assessment"]
