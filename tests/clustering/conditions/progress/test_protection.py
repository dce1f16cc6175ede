"""No count of 1 to 9 can be worked out: the ends by hand, and the attack itself over all counts."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clustering import evaluate_progress, json_bytes, progress_document, read_progress
from clustering.conditions.progress.protection import protect_values
from tests.examples.progress_rows import counts, rates, scenario_of

NO_ENROLMENT = pd.Series(dtype="float64")
COUNTS = ["counted_low", "counted_high", "others_low", "others_high"]


def protected(numerator: object, denominator: object) -> dict[Any, Any]:
    base = protect_values(counts(("1", 2021, "suspensions", numerator, denominator)).rows, NO_ENROLMENT, "protected")
    return base.iloc[0].to_dict()


def shown(numerator: int, denominator: int) -> tuple[object, ...]:
    """All that is known of a protected value, as one thing to compare."""
    return tuple("none" if pd.isna(value) else value for value in protected(numerator, denominator).values())


def test_counts_of_ten_and_more_are_rounded_to_tens() -> None:
    row = protected(23, 98)
    assert (row["status"], row["value"], row["students"]) == ("exact", 0.2, 100)
    assert [row[name] for name in COUNTS] == [15, 24, 71, 89]  # 95 to 104 students, of them 15 to 24
    assert row["low"] == round(15 / (15 + 89), 4)
    assert row["high"] == round(24 / (24 + 71), 4)


def test_few_on_one_side_are_a_range_of_all_groups_shown_alike() -> None:
    row = protected(3, 98)
    assert (row["status"], row["value"], row["low"], row["high"]) == ("few", 0.05, round(1 / 104, 4), round(9 / 95, 4))
    other = protected(96, 101)
    assert (other["low"], other["high"]) == (round(1 - 9 / 95, 4), round(1 - 1 / 104, 4))
    # Of 10 to 18 students one side or the other is few: which one is not told.
    assert shown(3, 14) == shown(11, 14) == shown(7, 11)


def test_a_small_group_is_suppressed_whatever_it_did() -> None:
    assert shown(0, 8) == shown(8, 8) == shown(3, 5)
    assert protected(0, 8)["status"] == "suppressed"


def test_none_and_all_of_a_large_group_stay() -> None:
    assert (protected(0, 98)["value"], protected(98, 98)["value"]) == (0.0, 1.0)
    assert protected(98, 98)["low"] == 1.0


def test_a_rate_with_its_denominator_stands_for_its_counts() -> None:
    table = pd.DataFrame(
        {"school_id": ["1"], "school_year": ["2021-22"], "indicator": ["graduation"], "value": ["92"], "n": ["50"]}
    )
    base = protect_values(read_progress(table).rows, NO_ENROLMENT, "protected")
    assert base["status"].tolist() == ["few"]  # 46 of 50: four did not graduate
    assert base["value"].tolist() == [0.9]


def test_a_published_band_that_narrows_a_small_count_is_widened() -> None:
    table = pd.DataFrame(
        {
            "school_id": ["1", "2"],
            "school_year": "2021-22",
            "indicator": "graduation",
            "value": ["4-6", "LE5"],
            "n": "98",
        }
    )
    base = protect_values(read_progress(table).rows, NO_ENROLMENT, "protected")
    nine = round(9 / 95, 4)
    assert base[["low", "high"]].to_numpy().tolist() == [[round(1 / 104, 4), nine], [0.0, nine]]  # LE5 may be none


@pytest.mark.parametrize("denominator", ["95", ""])
def test_a_band_that_only_nine_students_can_be_in_is_hidden(denominator: str) -> None:
    """Of 95 students 9 to 10 per cent are 8.55 to 9.5, and so 9; 90 to 91 per cent leave as many out."""
    table = pd.DataFrame(
        {
            "school_id": ["1", "2"],
            "school_year": "2021-22",
            "indicator": "chronic_absence",
            "value": ["9-10%", "90-91%"],
            "n": denominator,
        }
    )
    enrolment = pd.Series({"1": 95.0, "2": 95.0})
    base = protect_values(read_progress(table).rows, enrolment, "protected")
    assert base["status"].tolist() == ["few", "few"]
    few, nine = round(1 / 104, 4), round(9 / 95, 4)
    assert base[["low", "high"]].to_numpy().tolist() == [[few, nine], [round(1 - 9 / 95, 4), round(1 - 1 / 104, 4)]]


def test_a_band_that_begins_within_small_counts_has_all_of_them() -> None:
    """Of 100 students 8 to 12 per cent are 8 or more: shown from 1 on. Its other end stays as published."""
    rows = rates(("1", 2021, "suspensions", "8-12%"), ("2", 2021, "suspensions", "88-92%")).rows
    base = protect_values(rows, pd.Series({"1": 100.0, "2": 100.0}), "protected")
    few = 1 / 104
    assert base["status"].tolist() == ["range", "range"]
    assert base[["low", "high"]].to_numpy().tolist() == [[round(few, 4), 0.12], [0.88, round(1 - few, 4)]]


def test_a_rate_of_all_students_is_tested_with_the_enrolment() -> None:
    rows = rates(("1", 2021, "suspensions", "5%"), ("2", 2021, "suspensions", "5%")).rows
    base = protect_values(rows, pd.Series({"1": 100.0, "2": 400.0}), "protected")
    assert base["status"].tolist() == ["few", "exact"]  # 5 of 100, 20 of 400
    assert base["students"].isna().all()  # the enrolment is not the file's denominator
    small = protect_values(rows, pd.Series({"1": 9.0, "2": 400.0}), "protected")
    assert small["status"].tolist() == ["suppressed", "exact"]


def test_a_rate_that_is_neither_none_nor_all_has_somebody_on_both_sides() -> None:
    rows = rates(("1", 2021, "suspensions", "0.3%"), ("2", 2021, "suspensions", "99.8%")).rows
    base = protect_values(rows, pd.Series({"1": 100.0, "2": 100.0}), "protected")
    assert base["status"].tolist() == ["few", "few"]


def test_a_rate_of_a_group_of_unknown_size_is_a_band_of_five_points() -> None:
    rows = rates(("1", 2021, "graduation", "61.3%"), ("2", 2021, "graduation", "100%"), ("3", 2021, "graduation", "0%"))
    base = protect_values(rows.rows, NO_ENROLMENT, "protected")
    assert base[["low", "high"]].to_numpy().tolist() == [[0.6, 0.65], [0.95, 1.0], [0.0, 0.05]]
    narrow = protect_values(rates(("1", 2021, "graduation", "71.1-71.2%")).rows, NO_ENROLMENT, "protected")
    assert narrow[["low", "high"]].to_numpy().tolist() == [[0.7, 0.75]]
    wide = protect_values(rates(("1", 2021, "graduation", "60-69")).rows, NO_ENROLMENT, "protected")
    assert wide[["low", "high"]].to_numpy().tolist() == [[0.6, 0.69]]  # as published


def test_scores_and_days_of_a_small_group_are_suppressed() -> None:
    attendance = rates(("1", 2021, "attendance", "93.45%")).rows
    assert protect_values(attendance, pd.Series({"1": 9.0}), "protected")["status"].tolist() == ["suppressed"]
    kept = protect_values(attendance, pd.Series({"1": 90.0}), "protected")
    assert kept["value"].tolist() == [0.934]


def test_exact_values_stay_as_they_are() -> None:
    base = protect_values(counts(("1", 2021, "suspensions", 3, 98)).rows, NO_ENROLMENT, "exact").iloc[0]
    assert base["value"] == 3 / 98
    assert base["students"] == 98


def test_the_attack_on_one_value_leaves_every_small_count_possible() -> None:
    """The attacker knows the rule, and tries all counts that would be shown as they are."""
    pairs_tried = [(numerator, denominator) for denominator in range(1, 46) for numerator in range(denominator + 1)]
    cells = [(f"s{number:04d}", 2021, "suspensions", *pair) for number, pair in enumerate(pairs_tried)]
    base = protect_values(counts(*cells).rows, NO_ENROLMENT, "protected").drop(columns="school_id")
    seen: dict[tuple[object, ...], list[tuple[int, int]]] = {}
    for pair, values in zip(pairs_tried, base.astype("str").itertuples(index=False), strict=True):
        seen.setdefault(tuple(values), []).append(pair)
    small = set(range(1, 10))
    attacked = 0
    for pairs in seen.values():
        # A row that stands for groups larger than those tried is not complete.
        if any(denominator >= 35 for _, denominator in pairs):
            continue
        for side in ("numerator", "complement", "denominator"):
            found = {
                {"numerator": numerator, "complement": denominator - numerator, "denominator": denominator}[side]
                for numerator, denominator in pairs
            }
            if found & small:
                attacked += 1
                assert small <= found, (side, pairs)
    assert attacked >= 6


def test_control_rounding_alone_would_give_small_counts_away() -> None:
    """Without suppression, 3 of 98 would be shown as 0 of 100, and a small count would be none or few."""
    rounded = {int(np.floor(numerator / 10 + 0.5)) for numerator in range(1, 5)}
    assert rounded == {0}
    assert protected(3, 98)["low"] > 0


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
