"""Readiness of subjects, worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from clustering import (
    InputError,
    Readiness,
    evaluate_readiness,
    json_bytes,
    parse_indicator_set,
    read_assessments,
    readiness_document,
    readiness_table,
)
from tests.examples.toy_district import toy_scenario

SET = parse_indicator_set(
    {
        "set_id": "two",
        "title": "Two practices",
        "indicators": [{"indicator_id": "a", "title": "Practice A"}, {"indicator_id": "b", "title": "Practice B"}],
        "bands": [{"label": "ready", "least_total": 7}, {"label": "not yet", "least_total": 2}],
    }
)
ZONES = {"Z": ["0001", "0002", "0003"]}
ROWS = [
    # school, indicator, value, date, rater
    ("0001", "a", 2, "2023-10-01", "Ada"),
    ("0001", "a", 4, "2023-11-01", "Ben"),
    ("0001", "a", 3, "2024-10-01", "Ada"),
    ("0001", "b", 4, "2024-10-01", "Ada"),
    ("0002", "a", 1, "2024-09-01", "Ada"),
    ("0009", "a", 1, "2024-09-01", "Ada"),
]


def readiness_of(rows: Sequence[tuple[object, ...]] = ROWS, **request: Any) -> Readiness:
    table = pd.DataFrame(rows, columns=["school_id", "indicator", "value", "date", "rater"]).astype("str")
    return evaluate_readiness(read_assessments(table, indicator_sets=[SET]), "two", ZONES, **request)


def row_of(readiness: Readiness, subject: str, indicator: str) -> dict[Any, Any]:
    rows = readiness.indicators
    found: dict[Any, Any] = (
        rows[(rows["subject_id"] == subject) & (rows["indicator_id"] == indicator)].iloc[0].to_dict()
    )
    return found


def test_the_newest_value_of_each_rater_counts() -> None:
    # Ada says 3 now and 2 before, Ben says 4: (3 + 4) / 2, before the newest day (2 + 4) / 2.
    row = row_of(readiness_of(), "0001", "a")
    assert (row["value"], row["least"], row["greatest"], row["raters"]) == (3.5, 3, 4, 2)
    assert (row["previous"], row["change"], row["state"]) == (3.0, 0.5, "strength")


def test_later_assessments_do_not_count() -> None:
    readiness = readiness_of(on="2024-01-01")
    row = row_of(readiness, "0001", "a")
    # Before the newest day, that of Ben, only Ada had said anything: 2.
    assert (row["value"], row["previous"], row["change"], row["date"]) == (3.0, 2.0, 1.0, "2023-11-01")
    assert row_of(readiness, "0002", "a")["state"] == "not assessed"


def test_a_zone_is_the_mean_of_its_assessed_schools() -> None:
    row = row_of(readiness_of(), "Z", "a")
    assert (row["value"], row["least"], row["greatest"]) == (2.25, 1, 3.5)  # (3.5 + 1) / 2
    assert (row["assessed_schools"], row["schools"], row["schools_with_gap"]) == (2, 3, 1)
    assert (row["basis"], row["change"]) == ("mean of schools", 0.5)  # only one school was assessed before
    assert row["state"] == "between"


def test_raters_of_the_zone_itself_go_first() -> None:
    table = pd.DataFrame(
        [("school", "0001", "1"), ("zone", "Z", "4"), ("zone", "another", "4")],
        columns=["subject_kind", "subject_id", "value"],
    ).assign(indicator="a", date="2024-01-01")
    readiness = evaluate_readiness(read_assessments(table, indicator_sets=[SET]), SET, ZONES)
    row = row_of(readiness, "Z", "a")
    assert (row["value"], row["basis"], row["schools_with_gap"]) == (4.0, "assessed itself", 1)
    assert "another" not in set(readiness.subjects["subject_id"])


def test_a_band_is_certain_only_where_what_is_missing_cannot_move_it() -> None:
    subjects = readiness_of().subjects.set_index("subject_id")
    assert subjects.loc["0001", ["total", "band"]].tolist() == [7.5, "ready"]
    # Of 0002 one indicator is 1 and the other may be 1 to 4: 2 to 5 in all.
    assert subjects.loc["0002", ["total_least", "total_greatest", "band"]].tolist() == [2, 5, "not yet"]
    assert subjects.loc["0003", "possible_bands"] == "ready or not yet"
    assert subjects["band"].isna().loc["0003"]
    assert subjects.loc["Z", "sentence"].startswith("2 of 2 indicators are assessed: 1 strength and 0 gaps.")
    assert subjects.loc["0003", "sentence"] == "None of the 2 indicators is assessed."


def test_schools_outside_are_counted_and_not_listed() -> None:
    readiness = readiness_of()
    assert set(readiness.subjects["subject_id"]) == {"Z", "0001", "0002", "0003"}
    assert "1 assessed school is in none of these Zones and not listed." in readiness.notes


def test_districts_are_those_of_the_zones() -> None:
    scenario = toy_scenario()
    readiness = readiness_of(scenario=scenario)
    assert readiness.subjects["subject_kind"].tolist() == ["zone", "district", "school", "school", "school"]
    assert readiness.subjects.loc[1, ["subject_id", "zones"]].tolist() == ["01", "Z"]
    names = readiness.subjects.set_index("subject_id")["name"]
    assert names["0001"] == scenario.schools.loc["0001", "name"]


@pytest.mark.parametrize(("settings", "message"), [({"on": "soon"}, "not a date"), ({"on": ""}, "not a date")])
def test_a_day_that_is_none_is_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        readiness_of(**settings)


def test_unknown_sets_and_zones_are_refused() -> None:
    assessments = read_assessments(
        pd.DataFrame({"school_id": ["1"], "indicator": ["a"], "value": ["2"], "date": ["2024-01-01"]}),
        indicator_sets=[SET],
    )
    with pytest.raises(InputError, match="no set with this identifier"):
        evaluate_readiness(assessments, "nine", ZONES)
    faulty: list[dict[str, Any]] = [{"Z": []}, {"Z": "0001"}, {"Z": [1]}]
    for zones in faulty:
        with pytest.raises(InputError):
            evaluate_readiness(assessments, SET, zones)


def test_document_and_table_say_the_same_whatever_the_order_of_rows() -> None:
    one, other = readiness_of(), readiness_of(ROWS[::-1])
    document = readiness_document(one)
    ignored = {"provenance"}
    assert {k: v for k, v in document.items() if k not in ignored} == {
        k: v for k, v in readiness_document(other).items() if k not in ignored
    }
    assert json.loads(json_bytes(document))["subjects"][0]["values"][0]["state"] == "between"
    table = readiness_table(one)
    assert len(table) == 4 * 2
    assert set(table["on"]) == {"2024-10-01"}
