"""Progress of Zones, worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clustering import (
    InputError,
    Progress,
    benchmarks_table,
    evaluate_progress,
    json_bytes,
    measure_persistence,
    progress_document,
    progress_table,
    propose_zones,
)
from clustering.conditions.progress.evidence import NO_EVIDENCE, WEAK_EVIDENCE, WITH_PERSISTENCE
from tests.examples.progress_rows import Cell, counts, rates, scenario_of
from tests.examples.toy_district import MOVES, toy_scenario

# A and B are in the Zone, C to E in none; F is of another level. Entry in the fall of 2021.
SCENARIO = scenario_of(dict.fromkeys("ABCDE", "9-12") | {"F": "6-8"})
ZONES = {"Z": ["A", "B"]}
EXACT = {"disclosure": "exact", "variables": ["chronic_absence"], "neighbours": 1, "caliper": 3}
CELLS = [
    # Entry: A 40 of 100 and B 60 of 300, together 100 of 400.
    ("A", 2020, "chronic_absence", 40, 100),
    ("B", 2020, "chronic_absence", 60, 300),
    ("A", 2021, "chronic_absence", 30, 100),
    ("B", 2021, "chronic_absence", 60, 300),
    ("A", 2022, "chronic_absence", 20, 100),
    ("B", 2022, "chronic_absence", 30, 300),
    ("A", 2023, "chronic_absence", 20, 100),
    ("C", 2020, "chronic_absence", 39, 100),
    ("D", 2020, "chronic_absence", 21, 100),
    ("E", 2020, "chronic_absence", 80, 100),
    ("C", 2022, "chronic_absence", 34, 100),
    ("D", 2022, "chronic_absence", 26, 100),
    ("F", 2020, "chronic_absence", 40, 100),
]


def progress_of(cells: Sequence[Cell] = CELLS, zones: Mapping[str, Sequence[str]] = ZONES, **request: Any) -> Progress:
    settings: dict[str, Any] = {"entry_fall": 2021, "scenario": SCENARIO, "parameters": EXACT, **request}
    return evaluate_progress(counts(*cells), zones, **settings)


def row_of(progress: Progress, year: int, indicator: str = "chronic_absence") -> pd.Series:
    rows = progress.zone_values
    found: pd.Series = rows[(rows["year"] == year) & (rows["indicator_id"] == indicator)].iloc[0]
    return found


def test_a_zone_is_the_mean_of_its_schools_weighted_by_their_denominators() -> None:
    row = row_of(progress_of(), 2022)
    assert (row["value"], row["weights"], row["schools"], row["students"]) == (50 / 400, "denominators", 2, 400)
    assert (row["entry_value"], row["change"], row["change_schools"]) == (0.25, -0.125, 2)
    assert pd.isna(row_of(progress_of(), 2020)["change"])


def test_a_change_is_over_the_schools_with_both_values() -> None:
    row = row_of(progress_of(), 2023)
    assert (row["value"], row["schools"], row["schools_without"]) == (0.2, 1, 1)
    assert (row["entry_value"], row["change"], row["change_schools"]) == (0.4, -0.2, 1)


def test_the_change_of_comparison_schools_is_taken_off() -> None:
    progress = progress_of()
    # A is nearest to C (39%), B to D (21%); F is of another level.
    assert progress.comparison_schools.matches[["school_id", "comparison_id"]].to_numpy().tolist() == [
        ["A", "C"],
        ["B", "D"],
    ]
    row = row_of(progress, 2022)
    # By students at the entry: (100 * -0.2 + 300 * -0.1) / 400 against (100 * -0.05 + 300 * 0.05) / 400.
    assert row["compared_change"] == -0.125
    assert row["comparison_change"] == 0.025
    assert row["difference"] == -0.15
    assert (row["compared_schools"], row["comparison_schools"]) == (2, 2)
    assert "the change was 15.0 percentage points better than theirs" in row["sentence"]
    assert any("no proof" in note for note in progress.notes)


def test_benchmarks_are_looked_up_in_the_second_and_third_year() -> None:
    table = progress_of().benchmarks.set_index("months")
    assert table["year"].to_dict() == {18: 2022, 36: 2023}
    assert table["verdict"].to_dict() == {18: "met", 36: "met"}
    later = progress_of(entry_fall=2022).benchmarks.set_index("months")
    assert later["verdict"].to_dict() == {18: "met", 36: "not yet due"}
    missing = progress_of([cell for cell in CELLS if cell[1] != 2022]).benchmarks.set_index("months")
    assert missing["verdict"].to_dict() == {18: "unknown", 36: "met"}


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"kind": "value", "target": 0.125}, "met"),  # at most 12.5%
        ({"kind": "value", "target": 0.12}, "not met"),
        ({"kind": "improvement", "target": 0.125}, "met"),
        ({"kind": "improvement", "target": 0.13}, "not met"),
        ({"kind": "improvement", "target": 0}, "met"),
    ],
)
def test_lower_is_better_where_the_catalogue_says_so(fields: dict[str, object], verdict: str) -> None:
    goal = {"indicator_id": "chronic_absence", "months": 18, **fields}
    (row,) = progress_of(benchmarks=[goal]).benchmarks.to_dict("records")
    assert row["verdict"] == verdict
    own = {**goal, "zone_id": "Z", "kind": "value", "target": 0.5}
    (row,) = progress_of(benchmarks=[goal, own]).benchmarks.to_dict("records")
    assert (row["target"], row["verdict"]) == (0.5, "met")  # the Zone's own goes first


def test_a_verdict_is_certain_only_where_both_ends_say_it() -> None:
    parameters = {**EXACT, "disclosure": "protected"}
    # 20 of 100 are 20 to 22 per cent of 100 to 299 students, and 30 of 300 are 10 to 11 of 300 or more: together
    # (200 * 0.21 + 300 * 0.105) / 500 = 0.147, and up to (299 * 0.22 + 300 * 0.11) / 599 = 0.165.
    close = {"indicator_id": "chronic_absence", "months": 18, "kind": "value", "target": 0.15}
    far = {**close, "target": 0.3}
    verdicts = [
        progress_of(benchmarks=[goal], parameters=parameters).benchmarks.iloc[0][["verdict", "is_certain"]].tolist()
        for goal in (close, far)
    ]
    assert verdicts == [["met", False], ["met", True]]


def test_ends_hold_whatever_the_sizes_are_within_their_classes() -> None:
    row = row_of(progress_of(parameters={**EXACT, "disclosure": "protected"}), 2022)
    assert row["value"] == 0.147
    random = np.random.default_rng(3)
    sizes = np.column_stack([random.integers(100, 300, 500), random.integers(300, 5_000, 500)])
    shares = np.column_stack([random.uniform(0.2, 0.22, 500), random.uniform(0.1, 0.11, 500)])
    means = (sizes * shares).sum(axis=1) / sizes.sum(axis=1)
    assert row["low"] <= means.min()
    assert means.max() <= row["high"] == round((299 * 0.22 + 300 * 0.11) / 599, 4)
    assert row["students"] == 500


def test_outcomes_without_persistence_are_no_evidence() -> None:
    table = progress_of().benchmarks
    assert set(table["evidence"]) == {NO_EVIDENCE}
    assert table["sentence"].str.contains("no evidence without persistence").all()
    half = pd.DataFrame({"zone_id": ["Z"], "years": [3], "persistence": [0.48]})
    weak = progress_of(persistence=half).benchmarks
    assert set(weak["evidence"]) == {WEAK_EVIDENCE}
    assert weak["sentence"].str.contains("48% of the students were still in the Zone after 3 years").all()


def test_persistence_over_three_years_goes_first() -> None:
    several = pd.DataFrame({"zone_id": "Z", "years": [5, 2, 3, 1], "persistence": [0.1, 0.8, 0.7, 0.9]})
    assert set(progress_of(persistence=several).zone_values["persistence"]) == {0.7}
    below = several[several["years"] != 3]
    assert set(progress_of(persistence=below).zone_values["persistence_years"]) == {2}
    unknown = several.assign(persistence=float("nan"))
    assert set(progress_of(persistence=unknown).benchmarks["evidence"]) == {NO_EVIDENCE}
    with pytest.raises(InputError, match="no column persistence"):
        progress_of(persistence=pd.DataFrame({"zone_id": ["Z"], "years": [3]}))


def test_the_persistence_of_a_proposal_stands_beside_its_outcomes() -> None:
    scenario = toy_scenario()
    proposal = propose_zones(scenario, MOVES)
    cells = [("0010", year, "graduation", 110 + year - 2020, 200) for year in (2020, 2022, 2023)]
    persistence = pd.DataFrame({"zone_id": ["zone-0010"], "years": [3], "persistence": [0.9]})
    progress = evaluate_progress(
        counts(*cells), proposal, entry_fall=2021, scenario=scenario, persistence=persistence, parameters=EXACT
    )
    assert set(progress.benchmarks["evidence"]) == {WITH_PERSISTENCE}
    measured = measure_persistence(scenario, proposal, years=3)
    again = evaluate_progress(counts(*cells), proposal, entry_fall=2021, scenario=scenario, persistence=measured)
    assert set(again.benchmarks["evidence"]) == {NO_EVIDENCE}  # the flows tell of final grades only


def test_without_denominators_schools_are_weighted_by_enrolment_or_alike() -> None:
    values = rates(("A", 2021, "attendance", "90%"), ("B", 2021, "attendance", "80%"))
    alike = evaluate_progress(values, ZONES, entry_fall=2021, scenario=SCENARIO).zone_values.iloc[0]
    assert (alike["value"], alike["weights"]) == (0.85, "equal")
    scenario = scenario_of({"A": "9-12", "B": "9-12"}, enrolment=200)
    enrolled = evaluate_progress(values, ZONES, entry_fall=2021, scenario=scenario).zone_values.iloc[0]
    assert enrolled["weights"] == "enrolment"


def test_suppressed_and_missing_schools_are_counted() -> None:
    cells = [
        ("A", 2021, "suspensions", "*", 100),
        ("B", 2021, "suspensions", 20, 100),
        ("B", 2022, "suspensions", 9, 9),
    ]
    progress = progress_of(cells, parameters=None)
    first, second = row_of(progress, 2021, "suspensions"), row_of(progress, 2022, "suspensions")
    assert (first["schools"], first["schools_suppressed"], first["schools_without"]) == (1, 1, 0)
    assert (second["schools"], second["schools_suppressed"], second["schools_without"]) == (0, 1, 1)
    assert second["sentence"] == "Share of students suspended in 2022-23 is not known."


def test_zones_may_enter_in_different_years() -> None:
    zones = {"Z": ["A"], "Y": ["B"]}
    progress = progress_of(zones=zones, entry_fall={"Z": 2021, "Y": 2022})
    rows = progress.zone_values.set_index(["zone_id", "year"])
    assert rows.loc[("Z", 2022), "entry_value"] == 0.4
    assert rows.loc[("Y", 2022), "entry_value"] == 0.2  # that of 2021
    with pytest.raises(InputError) as caught:
        progress_of(zones=zones, entry_fall={"Z": 2021.5})
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"parameters": {"neighbours": 0}},
        {"parameters": {"disclosure": "open"}},
        {"benchmarks": [{"indicator_id": "happiness", "months": 18}]},
        {"benchmarks": [{"indicator_id": "graduation", "months": 12}]},
        {"benchmarks": [{"indicator_id": "graduation", "months": 36, "target": 67}]},
        {"benchmarks": [{"indicator_id": "graduation", "months": 36}] * 2},
        {"benchmarks": ["graduation"]},
        {"benchmarks": [{"indicator_id": "graduation", "months": 36, "zone_id": "another"}]},
        {"parameters": {"variables": ["happiness"]}},
        {"entry_fall": 21},
    ],
)
def test_what_cannot_be_used_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(InputError):
        progress_of(**fields)


@pytest.mark.parametrize(("fall", "is_before"), [(1990, True), (2020, True), (2021, False), (2023, False)])
def test_an_entry_before_the_data_is_said_so(fall: int, *, is_before: bool) -> None:
    # The data begin in 2020-21, which is the entry year of whoever begins in the fall of 2021.
    (sentence,) = progress_of(entry_fall=fall).summary["sentence"]
    years = [f"{year}-{(year + 1) % 100:02}" for year in (fall, fall - 1)]
    words = f"it began in {years[0]}, so values of {years[1]} are needed, and the data of its schools begin in 2020-21."
    assert (words in sentence) == is_before


def test_zones_without_a_single_value_are_said_so() -> None:
    progress = progress_of(zones={"Z": ["not listed"]})
    assert progress.zone_values.empty
    assert progress.comparison_schools.unmatched["reason"].tolist() == ["The school is not in the schools files."]
    assert progress_document(progress)["zones"][0]["values"] == []


def test_document_and_tables_are_the_same_whatever_the_order_of_rows() -> None:
    one, other = (
        json_bytes(progress_document(progress_of(cells)) | {"provenance": 0}) for cells in (CELLS, CELLS[::-1])
    )
    assert one == other
    assert json.loads(one)["zones"][0]["entry_fall"] == 2021
    assert set(progress_table(progress_of())["disclosure"]) == {"exact"}
    assert len(benchmarks_table(progress_of())) == 2
