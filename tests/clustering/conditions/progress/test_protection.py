"""Values of indicators protected school by school: bands by hand, and differences that tell nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clustering import (
    InputError,
    Scenario,
    evaluate_progress,
    json_bytes,
    parse_policy,
    progress_document,
    read_progress,
)
from clustering.conditions.progress.protection import protect_values
from clustering.disclosure.protection import Protection
from tests.examples.counted_groups import Group, rates_of
from tests.examples.progress_rows import counts, rates, scenario_of

THIRTY = Protection(policy=parse_policy("minimum-30"), method="pooled years")


def of(*school_ids: str, enrolment: float = np.nan, published: pd.DataFrame | None = None) -> Scenario:
    """Schools with an enrolment, and rates of the dataset."""
    scenario = scenario_of(dict.fromkeys(school_ids, "9-12"), enrolment)
    return scenario if published is None else replace(scenario, rates=published)


def protected(numerator: object, denominator: object, *, indicator: str = "suspensions") -> dict[Any, Any]:
    base = protect_values(counts(("1", 2021, indicator, numerator, denominator)).rows, of("1"), "protected")
    return base.iloc[0].to_dict()


def shown(numerator: int, denominator: int) -> tuple[object, ...]:
    """All that is known of a protected value, as one thing to compare."""
    return tuple("none" if pd.isna(value) else value for value in protected(numerator, denominator).values())


def test_a_share_is_in_the_band_of_its_class() -> None:
    row = protected(23, 98)  # 23.5 per cent of 40 to 99 students: 15 to 30 per cent
    assert (row["status"], row["low"], row["high"], row["value"]) == ("range", 0.15, 0.3, 0.225)
    assert (row["students"], row["students_low"], row["students_high"]) == (70, 40, 99)
    assert shown(23, 98) == shown(7, 42)
    large = protected(46, 450)  # 10.2 per cent of 300 and more: a band of a point
    assert (large["low"], large["high"], large["students_low"]) == (0.1, 0.11, 300)


def test_none_and_few_and_all_and_nearly_all_are_coded_together() -> None:
    assert shown(0, 98) == shown(3, 98) == shown(14, 98)
    assert shown(98, 98) == shown(89, 98)
    # The case of the fault: 45 students of whom 3 did not.
    assert shown(42, 45) == shown(45, 45) == shown(41, 45)


def test_a_small_group_is_suppressed_whatever_it_did() -> None:
    assert shown(0, 8) == shown(8, 8) == shown(3, 5)
    row = protected(0, 8)
    assert (row["status"], row["low"], row["high"]) == ("suppressed", 0, 1)
    assert pd.isna(row["value"])
    assert pd.isna(row["students"])


def test_the_middle_of_a_class_ends_at_the_enrolment() -> None:
    rows = counts(("1", 2021, "suspensions", 30, 350), ("1", 2021, "graduation", 30, 120)).rows
    base = protect_values(rows, of("1", enrolment=400), "protected").set_index("indicator_id")
    assert base["students"].to_dict() == {"graduation": 200, "suspensions": 350}  # 100 to 299, and 300 to 400
    few = protect_values(rows, of("1", enrolment=np.nan), "protected").set_index("indicator_id")
    assert few.loc["suspensions", "students"] == 300


def file_of(value: str, students: str, indicator: str = "graduation") -> pd.DataFrame:
    row = {"school_id": ["1"], "school_year": ["2021-22"], "indicator": indicator, "value": value, "n": students}
    return read_progress(pd.DataFrame(row)).rows


def test_a_rate_with_its_denominator_is_in_the_band_of_its_class() -> None:
    base = protect_values(file_of("92", "50"), of("1"), "protected")
    assert base[["status", "low", "high"]].to_numpy().tolist() == [["range", 0.9, 1.0]]


def test_rates_in_whole_per_cents_are_in_bands_of_what_they_can_be() -> None:
    cells = [(f"{number}", 2021, "graduation", f"{number}%") for number in range(60, 72)]
    rows = rates(*cells).rows.assign(denominator=200.0)
    base = protect_values(rows, of(*(cell[0] for cell in cells)), "protected").set_index("school_id")
    # 63 is 62.5 to 63.5, and bands of two points end half a point lower than the ladder's.
    assert base.loc["63", ["low", "high"]].tolist() == [0.615, 0.635]


@pytest.mark.parametrize(
    ("band", "students", "left"),
    [
        ("60-69", "98", [0.6, 0.69]),  # 24 and more of 40 are, and 12 are not
        ("80-99", "98", [0.8, 0.99]),  # 19 points of 40 and more hold seven counts
        ("80-84", "98", [0.0, 1.0]),  # of 40, 32 and 33
        ("LE5", "98", [0.0, 1.0]),
        ("LE5", "120", [0.0, 0.05]),  # of 100, 0 to 5
        ("60-69", "", [0.0, 1.0]),
        ("GE50", "9", [0.0, 1.0]),
    ],
)
def test_a_published_band_stays_where_small_counts_keep_their_values(
    band: str, students: str, left: list[float]
) -> None:
    base = protect_values(file_of(band, students), of("1"), "protected")
    assert base[["low", "high"]].to_numpy().tolist() == [left]
    assert base["status"].tolist() == ["suppressed" if left == [0, 1] else "range"]


def test_a_rate_of_all_students_is_protected_as_of_half_the_enrolment() -> None:
    rows = rates(("1", 2021, "suspensions", "4.4%")).rows
    for enrolment, status, ends in ((19, "suppressed", [0, 1]), (198, "range", [0, 0.15]), (200, "range", [0, 0.06])):
        base = protect_values(rows, of("1", enrolment=enrolment), "protected").iloc[0]
        assert (base["status"], [base["low"], base["high"]]) == (status, ends)
        assert pd.isna(base["students"])  # the enrolment is not the file's denominator


def test_a_rate_of_a_group_of_unknown_size_is_suppressed() -> None:
    rows = rates(("1", 2021, "graduation", "61.3%"), ("2", 2021, "staff_retention", "100%")).rows
    base = protect_values(rows, of("1", "2", enrolment=900), "protected")
    assert base[["status", "basis"]].to_numpy().tolist() == [["suppressed", "no number of students"]] * 2


def test_few_of_a_file_that_suppresses_itself_are_a_band_of_the_class() -> None:
    row = protected("<10", 120)  # 1 to 9 of 100 and more
    assert (row["status"], row["low"], row["high"]) == ("range", 0.0, 0.09)
    assert protected("*", 120)["status"] == "suppressed"


def test_the_same_rate_of_the_dataset_is_shown() -> None:
    published = rates_of({("1", 2021, "graduation_4year"): {"all": Group(45, 30)}})
    rows = counts(("1", 2021, "graduation", 42, 45), ("1", 2022, "graduation", 42, 45)).rows
    base = protect_values(rows, of("1", published=published), "protected")
    # 30 of 45 are 66.7 per cent, although the file of indicators says 42.
    assert base[["low", "high", "basis"]].to_numpy().tolist() == [
        [0.65, 0.67, "rates of the dataset"],
        [0.9, 1.0, "the file"],
    ]


@pytest.mark.parametrize(
    ("graduates", "ends"),
    [
        (327, [0.65, 0.68]),  # 65.4 per cent
        (330, [0.65, 0.68]),  # 66 per cent
        (340, [0.68, 0.69]),  # 68 per cent, where the rate surely is not
    ],
)
def test_a_rate_without_a_year_cuts_no_band_in_two(graduates: int, ends: list[float]) -> None:
    published = rates_of({("1", 0, "graduation_4year"): {"all": Group(200, 132)}})
    # 66% of 200 students, rounded, is shown as 65.5 to 67.5. Of 500 students that is in three bands of a point.
    published = published.assign(year=published["year"].replace(0, pd.NA), low=0.655, high=0.665)
    rows = counts(("1", 2021, "graduation", graduates, 500)).rows
    base = protect_values(rows, of("1", published=published), "protected")
    assert base.loc[0, ["low", "high"]].tolist() == ends


@pytest.mark.parametrize(
    ("year", "measure", "group"),
    [
        (2021, "graduation_4year", "F"),
        (2021, "graduation_5year", "all"),
        (2022, "graduation_5year", "all"),
        (2023, "graduation_6year", "all"),
        (None, "graduation_5year", "all"),
    ],
)
def test_beside_rates_of_some_of_the_same_students_nothing_is_shown(year: int | None, measure: str, group: str) -> None:
    published = rates_of({("1", year or 0, measure): {group: Group(30, 20)}})
    published["year"] = published["year"].replace(0, pd.NA)
    rows = counts(("1", 2021, "graduation", 42, 45), ("1", 2021, "suspensions", 20, 45)).rows
    base = protect_values(rows, of("1", published=published), "protected").set_index("indicator_id")
    assert base["basis"].to_dict() == {"graduation": "other rates of the dataset", "suspensions": "the file"}
    assert base["status"].to_dict() == {"graduation": "suppressed", "suspensions": "range"}


def test_the_answer_says_how_many_values_are_not_the_file_s_own() -> None:
    published = rates_of({("1", 2021, "graduation_4year"): {"all": Group(45, 30)}})
    rows = counts(("1", 2021, "graduation", 42, 45), ("1", 2020, "graduation", 42, 45))
    without = rates(("1", 2020, "staff_retention", "90%"), ("1", 2021, "staff_retention", "90%"))
    values = replace(rows, rows=pd.concat([rows.rows, without.rows], ignore_index=True))
    progress = evaluate_progress(values, {"Z": ["1"]}, entry_fall=2021, scenario=of("1", published=published))
    assert any(note.startswith("1 of 4 values of schools is the dataset's rates") for note in progress.notes)
    assert any(note.startswith("2 of 4 values of schools are suppressed, since the file") for note in progress.notes)
    assert "fewer than 10 people" in progress.notes[0]


def test_indicators_are_never_for_the_public() -> None:
    with pytest.raises(InputError, match="not for the public: no release covers them"):
        evaluate_progress(
            counts(("1", 2021, "suspensions", 3, 98)),
            {"Z": ["1"]},
            entry_fall=2021,
            scenario=of("1"),
            parameters={"disclosure": "public"},
        )


def test_scores_and_days_of_a_small_group_are_suppressed() -> None:
    attendance = rates(("1", 2021, "attendance", "93.45%")).rows
    assert protect_values(attendance, of("1", enrolment=9), "protected")["status"].tolist() == ["suppressed"]
    assert protect_values(attendance, of("1", enrolment=90), "protected")["value"].tolist() == [0.934]
    by_policy = replace(of("1", enrolment=20), protections={"protected": THIRTY})
    assert protect_values(attendance, by_policy, "protected")["status"].tolist() == ["suppressed"]
    score = rates(("1", 2021, "growth", "51.26")).rows.assign(denominator=20.0)
    assert protect_values(score, of("1"), "protected")["value"].tolist() == [51.3]
    assert protect_values(score, by_policy, "protected")["status"].tolist() == ["suppressed"]


def test_exact_values_stay_as_they_are() -> None:
    base = protect_values(counts(("1", 2021, "suspensions", 3, 98)).rows, of("1"), "exact").iloc[0]
    assert base["value"] == 3 / 98
    assert base["students"] == 98


SCENARIO = scenario_of({"A": "9-12", "B": "9-12", "C": "9-12", "D": "9-12"})


def outputs_of(few: dict[tuple[str, int], int], zones: dict[str, list[str]]) -> bytes:
    """All that is told of Zones, where some schools have few suspended students in some years."""
    cells = [
        (school, year, "suspensions", few.get((school, year), 30), 200)
        for school, year in product("ABCD", (2020, 2021, 2022))
    ]
    progress = evaluate_progress(counts(*cells), zones, entry_fall=2021, scenario=SCENARIO)
    return json_bytes(progress_document(progress) | {"provenance": None})


PLANS = [{"Z": ["A", "B"]}, {"Z": ["A"]}, {"Z": ["B"]}, {"Z": ["A", "B", "C"]}, {"Z": ["A", "C"], "Y": ["B"]}]
CELLS = [("A", 2021), ("B", 2020), ("C", 2022)]


@pytest.mark.parametrize("zones", PLANS)
def test_differences_between_zones_schools_and_years_tell_nothing(zones: dict[str, list[str]]) -> None:
    """The attacker asks for the Zone, for the Zone without each school, and for each school, and subtracts."""
    outputs = {outputs_of(dict(zip(CELLS, few, strict=True)), zones) for few in ((1, 1, 1), (9, 9, 9), (3, 7, 1))}
    assert len(outputs) == 1


def test_control_exact_values_fall_to_the_same_attack() -> None:
    def suspended(schools: list[str]) -> float:
        values = counts(("A", 2021, "suspensions", 30, 200), ("B", 2021, "suspensions", 4, 200))
        progress = evaluate_progress(
            values, {"Z": schools}, entry_fall=2021, scenario=SCENARIO, parameters={"disclosure": "exact"}
        )
        row = progress.zone_values.iloc[0]
        return float(row["value"] * row["students"])

    assert suspended(["A", "B"]) - suspended(["A"]) == pytest.approx(4, abs=0.05)
