"""Several years and measures as one number: means, pooled rates, every year, any year, and gaps between years."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from clustering import Identification, Scenario, identify_schools
from tests.examples.rated_schools import rated_schools

YEARS = ["2021-22", "2020-21", "2019-20", "2018-19", "2017-18"]


def school(*rates: str, cohorts: list[str] | None = None, **columns: list[str]) -> Scenario:
    """One school, from 2021-22 back; a dash is a year that no file has."""
    given = [place for place, rate in enumerate(rates) if rate != "-"]
    table = {
        "school_id": ["01"] * len(given),
        "school_year": [YEARS[place] for place in given],
        "graduation_rate": [rates[place] for place in given],
        **({} if cohorts is None else {"cohort": [cohorts[place] for place in given]}),
        **columns,
    }
    return rated_schools(table)


def decide(scenario: Scenario, **rule: Any) -> tuple[str, float, float]:
    """The answer, and the ends of the number in per cent."""
    row = found(scenario, **rule).decisions.loc["01"]
    return str(row["certainty"]), round(float(row["low"]) * 100, 6), round(float(row["high"]) * 100, 6)


def found(scenario: Scenario, **rule: Any) -> Identification:
    return identify_schools(scenario, {"threshold": 0.67, **rule}, disclosure="exact")


def answer(scenario: Scenario, **rule: Any) -> str:
    return str(found(scenario, **rule).decisions.loc["01", "certainty"])


def test_california_pools_three_years_to_one_decimal() -> None:
    # 117 + 114 + 120 = 351 graduates of 170 + 168 + 168 = 506 students: 69.367 per cent, 69.4 to one decimal.
    table = {
        "school_id": ["01"] * 3,
        "school_year": YEARS[:3],
        "graduates": ["117", "114", "120"],
        "cohort": ["170", "168", "168"],
    }
    scenario = rated_schools(table)
    found = identify_schools(scenario, "ca_csi_graduation", disclosure="exact")
    row = found.decisions.loc["01"]
    assert (row["certainty"], row["low"], row["high"]) == ("no", 0.694, 0.694)
    assert (row["first_year"], row["last_year"], row["students"]) == (2019, 2021, 506)
    assert found.explanations["01"] == "Graduation rate 69.4% (2019-20 to 2021-22, cohort of 506), not below 68.0%."
    # Protected, the years are 68 to 70, 67 to 68 and 70 to 72 per cent, each of 100 to 299 students. At worst 299 of
    # them have 67, and 100 each the others: 338.33 of 499. At best 299 have 72: 353.28 of 499.
    row = identify_schools(scenario, "ca_csi_graduation").decisions.loc["01"]
    assert (row["certainty"], row["low"], row["high"]) == ("possible", 0.678, 0.708)
    assert row[["students", "students_at_least", "students_at_most"]].tolist() == [pd.NA, 300, 897]
    unrounded = identify_schools(scenario, {"years": 3, "average": "pooled", "threshold": 0.67}, disclosure="exact")
    assert unrounded.decisions.loc["01", "low"] == pytest.approx(351 / 506, abs=1e-12)
    assert unrounded.decisions.loc["01", "students"] == 506


@pytest.mark.parametrize(("graduates", "answer"), [("298", "certain"), ("299", "no")])
def test_california_rounds_before_it_compares(graduates: str, answer: str) -> None:
    # 1,698 of 2,500 are 67.92, 67.9 to one decimal; 1,699 are 67.96, which becomes 68.0 and is not below it.
    table = {
        "school_id": ["01"] * 3,
        "school_year": YEARS[:3],
        "graduates": ["700", "700", graduates],
        "cohort": ["1000", "1000", "500"],
    }
    found = identify_schools(rated_schools(table), "ca_csi_graduation", disclosure="exact")
    assert found.decisions.loc["01", "certainty"] == answer


def test_a_pooled_rate_is_not_the_mean() -> None:
    # 50% of 300 and 90% of 100: 150 + 90 = 240 of 400 are 60%, the mean is 70%.
    scenario = school("50", "90", cohorts=["300", "100"])
    assert decide(scenario, years=2, average="pooled") == ("certain", 60.0, 60.0)
    assert decide(scenario, years=2, average="mean") == ("no", 70.0, 70.0)
    assert decide(scenario, years=2) == ("certain", 50.0, 50.0)


def test_a_pooled_rate_needs_the_sizes_of_its_cohorts() -> None:
    scenario = school("50", "60", cohorts=["300", ""])
    row = found(scenario, years=2, average="pooled").decisions.loc["01"]
    assert (row["certainty"], row["reason"]) == ("unknown", "no cohort")
    assert found(scenario, years=2, average="pooled").explanations["01"] == (
        "Graduation rate not known (2020-21 to 2021-22), so it is unknown whether it is below 67.0%: the sizes of its"
        " cohorts are not published."
    )


def test_a_suppressed_year_makes_the_pooled_rate_a_range() -> None:
    # 120 graduates of 200 and 0 to 50 of 50: 120 to 170 of 250, 48% to 68%.
    scenario = school("60", "PS", cohorts=["200", "50"])
    assert decide(scenario, years=2, average="pooled") == ("possible", 48.0, 68.0)
    assert decide(scenario, years=2, average="pooled", threshold=0.69) == ("certain", 48.0, 68.0)


@pytest.mark.parametrize(
    ("four_year", "three_year"), [("68", "66"), ("66", "68"), ("67", "67"), ("67.1", "66.9"), ("66.7", "67.3")]
)
def test_a_mean_of_measures_at_exactly_67_is_at_or_below_67(four_year: str, three_year: str) -> None:
    scenario = rated_schools(
        {"graduation_rate": [four_year], "three_year_graduation_rate": [three_year], "school_year": ["2021-22"]}
    )
    decisions = identify_schools(scenario, "bie_csi_graduation").decisions
    assert decisions.loc["01", ["certainty", "low", "high"]].tolist() == ["certain", 0.67, 0.67]
    below = identify_schools(scenario, {"preset": "bie_csi_graduation", "comparator": "lt"})
    assert below.decisions.loc["01", "certainty"] == "no"
    assert below.explanations["01"] == (
        "Mean of three-year graduation rate and graduation rate 67.0% (2021-22), not below 67.0%."
    )


def test_a_mean_just_above_67_is_told_with_the_digits_it_takes() -> None:
    scenario = rated_schools(
        {"graduation_rate": ["67.02"], "three_year_graduation_rate": ["67.0"], "school_year": ["2021-22"]}
    )
    told = identify_schools(scenario, "bie_csi_graduation").explanations["01"]
    assert told == ("Mean of three-year graduation rate and graduation rate 67.01% (2021-22), not at or below 67.0%.")


def test_a_mean_of_measures_needs_both_in_the_same_year() -> None:
    table = {
        "school_id": ["01", "01", "02", "02"],
        "school_year": ["2021-22", "2020-21", "2021-22", "2020-21"],
        "graduation_rate": ["50", "", "60", "60"],
        "three_year_graduation_rate": ["", "50", "60", "60"],
    }
    found = identify_schools(rated_schools(table), "bie_csi_graduation")
    assert found.decisions["certainty"].tolist() == ["unknown", "certain"]
    assert found.decisions.loc["01", "reason"] == "no measure"
    # The rate of one measure is not shown as the mean.
    assert found.explanations["01"] == (
        "Mean of three-year graduation rate and graduation rate not known (2021-22), so it is unknown whether it is at"
        " or below 67.0%: not every measure has a rate."
    )


def test_several_years_of_one_subject_are_no_mean_of_two() -> None:
    table = {"proficiency_mathematics": ["10", "20"], "school_year": ["2021-22"] * 2}
    found = identify_schools(rated_schools(table), {"preset": "bie_csi_lowest", "minimum_years": 1})
    assert found.decisions["reason"].tolist() == ["no measure", "no measure"]
    assert found.notes == ("The files have no proficiency in reading of any school.",)


def test_the_newest_year_of_a_mean_is_one_that_all_measures_have() -> None:
    table = {
        "school_id": ["01"] * 3,
        "school_year": ["2021-22", "2020-21", "2019-20"],
        "graduation_rate": ["50", "", "60"],
        "three_year_graduation_rate": ["", "50", "62"],
    }
    found = identify_schools(rated_schools(table), "bie_csi_graduation")
    assert (found.year, found.decisions.loc["01", "low"]) == (2019, 0.61)


def test_a_missing_year_is_a_gap_and_the_years_before_it_do_not_move_up() -> None:
    # No 2019-20: the three years to 2021-22 have two rates, and 2018-19 is not the third.
    scenario = school("50", "55", "-", "90")
    for average in ("mean", "every"):
        assert answer(scenario, years=3, average=average) == "unknown"
    row = found(scenario, years=3, average="mean").decisions.loc["01"]
    assert (row["reason"], row["first_year"]) == ("few years", 2020)
    assert decide(scenario, years=3, average="mean", minimum_years=2) == ("certain", 52.5, 52.5)
    assert answer(scenario, years=3, average="every", minimum_years=2) == "certain"
    # Four years hold 2018-19: 50, 55 and 90 are 65 per cent.
    assert decide(scenario, years=4, average="mean", minimum_years=3) == ("certain", 65.0, 65.0)


def test_2018_19_and_2021_22_are_not_consecutive() -> None:
    scenario = school("50", "-", "-", "50")
    assert answer(scenario, years=2, average="every") == "unknown"
    assert answer(scenario, years=2, average="mean") == "unknown"
    assert answer(scenario, years=4, average="every", minimum_years=2) == "certain"


@pytest.mark.parametrize(
    ("rates", "every", "any_year"),
    [
        (("50", "55", "60"), "certain", "certain"),
        (("50", "55", "70"), "no", "certain"),
        (("70", "75", "80"), "no", "no"),
        (("50", "60-69", "55"), "possible", "certain"),
        (("70", "60-69", "75"), "no", "possible"),
        (("50", "PS", "55"), "unknown", "certain"),
        (("70", "PS", "75"), "no", "unknown"),
        (("60-69", "PS", "60-69"), "unknown", "possible"),
        # One year above the threshold is enough for no, whatever the missing years are.
        (("50", "-", "70"), "no", "certain"),
        (("50", "-", "55"), "unknown", "certain"),
        (("70", "-", "75"), "no", "no"),
    ],
)
def test_every_year_and_any_year(rates: tuple[str, ...], every: str, any_year: str) -> None:
    scenario = school(*rates)
    assert answer(scenario, years=3, average="every") == every
    assert answer(scenario, years=3, average="any") == any_year


def test_the_sentence_of_a_rule_of_every_year_says_so() -> None:
    told = found(school("50", "55", "60"), years=3, average="every").explanations["01"]
    assert told == "Graduation rate 60.0% (2019-20), below 67.0% in each of 3 years."
    told = found(school("50", "-", "60"), years=3, average="every", minimum_years=2).explanations["01"]
    assert told == "Graduation rate 60.0% (2019-20), below 67.0% in each of 3 years that has a rate."
    told = found(school("70", "55", "80"), years=3, average="any").explanations["01"]
    assert told == "Graduation rate 55.0% (2020-21), below 67.0% in at least one of 3 years."


def test_latest_looks_back_within_its_years_only() -> None:
    scenario = rated_schools(
        {
            "school_id": ["01", "02"],
            "school_year": ["2018-19", "2021-22"],
            "graduation_rate": ["50", "50"],
        }
    )
    assert answer(scenario, years=3) == "unknown"
    assert answer(scenario, years=4) == "certain"
    assert answer(scenario, years="newest") == "certain"


def test_latest_may_ask_for_several_years_with_rates() -> None:
    assert answer(school("50", "-", "60"), years=3, minimum_years=2) == "certain"
    assert answer(school("50", "-", "60"), years=3, minimum_years=3) == "unknown"


def test_a_suppressed_newest_year_is_not_passed_over() -> None:
    assert answer(school("PS", "50"), years=2) == "unknown"
    assert answer(school(".", "50"), years=2) == "certain"


def test_a_mean_of_bands_below_50_is_below_50() -> None:
    assert answer(school("LT50", "LT50"), years=2, average="mean", threshold=0.5) == "certain"
    assert answer(school("LT50", "50"), years=2, average="mean", threshold=0.5) == "certain"
    assert answer(school("LE50", "50"), years=2, average="mean", threshold=0.5) == "possible"
    assert answer(school("GT50", "GT50"), years=2, average="mean", threshold=0.5, comparator="le") == "no"


def test_a_suppressed_year_of_a_mean_can_be_anything() -> None:
    # (50 + 0) / 2 to (50 + 100) / 2.
    assert decide(school("50", "PS"), years=2, average="mean") == ("possible", 25.0, 75.0)
    assert decide(school("50", "PS"), years=2, average="mean", threshold=0.76) == ("certain", 25.0, 75.0)


def test_points_with_a_suppressed_year_are_unknown() -> None:
    table = {
        "school_id": ["01", "01", "02", "02"],
        "school_year": ["2021-22", "2020-21"] * 2,
        "index": ["400", "*", "400", "300"],
    }
    rule = {"measure": "index", "years": 2, "average": "mean", "threshold": 351}
    found = identify_schools(rated_schools(table), rule)
    assert found.decisions["certainty"].tolist() == ["unknown", "certain"]
    assert found.decisions["low"].isna().tolist() == [True, False]
    assert found.explanations.tolist() == [
        "Index suppressed (2020-21 to 2021-22), so it is unknown whether it is below 351.0.",
        "Index 350.0 (2020-21 to 2021-22), below 351.0.",
    ]
    also_lowest = {"measure": "index", "years": 2, "average": "mean", "bottom_count": 1}
    assert identify_schools(rated_schools(table), also_lowest).decisions["certainty"].tolist() == [
        "unknown",
        "possible",
    ]


def test_points_are_rounded_as_points() -> None:
    table = {"index": ["40.05", "40.04"], "school_year": ["2021-22"] * 2}
    rule = {"measure": "index", "threshold": 40.1, "decimals": 1}
    # 40.05 is 40.1 to one decimal, halves up, and not below it.
    assert identify_schools(rated_schools(table), rule).decisions["certainty"].tolist() == ["no", "certain"]
