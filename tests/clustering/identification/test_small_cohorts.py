"""Small cohorts, years and groups of students, worked out by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from clustering import InputError, Scenario, compare_rules, identify_schools
from tests.examples.rated_schools import rated_schools
from tests.examples.schools_with_rates import SMALL, YEAR, certainties, rates_of


def test_fewer_than_ten_is_fewer_than_the_minimum_without_a_size() -> None:
    # Of 01 and 02 only the bound is known, in place of the cohort and of the rate; of 03 nothing is.
    table = {"graduation_rate": ["*", "N<10", "*", "50"], "cohort": ["<10", "", "", "40"], "school_year": [YEAR] * 4}
    found = identify_schools(rated_schools(table), {"threshold": 0.67, "minimum_students": 20})
    assert certainties(found) == ["excluded", "excluded", "unknown", "certain"]
    assert found.decisions["reason"].tolist()[:2] == ["few students", "few students"]
    # Nine students at most may be enough for a minimum of five.
    found = identify_schools(rated_schools(table), {"threshold": 0.67, "minimum_students": 5})
    assert certainties(found) == ["unknown", "unknown", "unknown", "certain"]


def test_a_small_cohort_may_be_tested_and_marked() -> None:
    found = identify_schools(
        rated_schools(SMALL), {"threshold": 0.67, "minimum_students": 30, "below_minimum": "flag"}, disclosure="exact"
    )
    assert certainties(found) == ["certain", "certain", "unknown"]
    assert found.decisions["reason"].tolist()[:2] == ["few students", pytest.approx(float("nan"), nan_ok=True)]
    assert found.explanations["01"].endswith("below 67.0% (fewer than 30 students).")


def three_years(rates: list[str], cohorts: list[str]) -> Scenario:
    """Of one school, from the newest year back."""
    years = ["2021-22", "2020-21", "2019-20", "2018-19"][: len(rates)]
    table = {"school_id": ["01"] * len(rates), "school_year": years, "graduation_rate": rates, "cohort": cohorts}
    return rated_schools(table)


def test_small_cohorts_are_pooled_with_years_before_until_they_are_enough() -> None:
    rule = {"threshold": 0.67, "minimum_students": 30, "below_minimum": "pool_years"}
    # 20 students at 50% and 20 at 100%: 30 of 40.
    found = identify_schools(three_years(["50", "100", "0"], ["20", "20", "20"]), rule, disclosure="exact")
    assert found.decisions.loc["01", ["certainty", "low", "first_year", "last_year", "students"]].tolist() == [
        "no",
        0.75,
        2020,
        2021,
        40,
    ]
    # Two years are 24 students, three are 36: 10% of 12, 50% of 12, 90% of 12 = 50%.
    found = identify_schools(three_years(["10", "50", "90"], ["12", "12", "12"]), rule, disclosure="exact")
    assert found.decisions.loc["01", ["certainty", "low", "first_year", "students"]].tolist() == [
        "certain",
        0.5,
        2019,
        36,
    ]
    # A fourth year is not taken: 27 students stay too few.
    few = three_years(["10"] * 4, ["9"] * 4)
    assert identify_schools(few, rule, disclosure="exact").decisions.loc["01", "certainty"] == "excluded"


def test_a_group_with_old_rates_only_can_be_pooled_with_nothing() -> None:
    table = {
        "school_id": ["01", "01"],
        "graduation_rate": ["50", "60"],
        "cohort": ["100", "20"],
        "subgroup": ["All Students", "CWD"],
        "school_year": ["2021-22", "2015-16"],
    }
    rule = {"subgroup": ["CWD"], "years": "newest", "minimum_students": 30, "below_minimum": "pool_years"}
    found = identify_schools(rated_schools(table), rule, disclosure="exact")
    assert certainties(found) == ["excluded", "unknown"]


def test_a_cohort_of_unknown_size_is_unknown_where_a_size_is_asked_for() -> None:
    scenario = rates_of("50", "90")
    found = identify_schools(scenario, {"threshold": 0.67, "minimum_students": 30})
    # At 90 per cent the school is not identified, however many students it has.
    assert certainties(found) == ["unknown", "no"]
    assert found.decisions.loc["01", "reason"] == "cohort unknown"
    flagged = identify_schools(scenario, {"threshold": 0.67, "minimum_students": 30, "below_minimum": "flag"})
    assert certainties(flagged) == ["certain", "no"]


GROUPS = {
    "school_id": ["01"] * 3 + ["02"] * 2 + ["03"] * 2 + ["04"],
    "subgroup": ["All Students", "CWD", "LEP", "All Students", "CWD", "All Students", "CWD", "CWD"],
    "graduation_rate": ["80", "50", "60-69", "50", "90", "90", "PS", "50"],
    "school_year": [YEAR] * 8,
}


@pytest.mark.parametrize(
    ("subgroup", "answers", "groups"),
    [
        ("all", ["no", "certain", "no", "unknown"], ["all", "all", "all", None]),
        ("any", ["certain", "certain", "unknown", "certain"], ["CWD", "all", "CWD", "CWD"]),
        ("groups", ["certain", "no", "unknown", "certain"], ["CWD", "CWD", "CWD", "CWD"]),
        (["LEP"], ["possible", "unknown", "unknown", "unknown"], ["LEP", None, None, None]),
        (["English learners"], ["possible", "unknown", "unknown", "unknown"], ["LEP", None, None, None]),
        (["lep", "cwd"], ["certain", "no", "unknown", "certain"], ["CWD", "CWD", "CWD", "CWD"]),
    ],
)
def test_one_group_that_meets_the_test_is_enough(subgroup: Any, answers: list[str], groups: list[str | None]) -> None:
    found = identify_schools(rated_schools(GROUPS), {"threshold": 0.67, "subgroup": subgroup})
    assert certainties(found) == answers
    told = found.decisions["subgroup"].astype(object)
    assert told.where(told.notna(), None).tolist() == groups


def test_a_group_is_named_in_the_sentence() -> None:
    found = identify_schools(rated_schools(GROUPS), {"threshold": 0.67, "subgroup": "any"})
    assert found.explanations["01"] == ("Graduation rate of children with disabilities 50.0% (2021-22), below 67.0%.")


MEAN = {"measure": ["graduation_3year", "graduation_4year"]}


def test_a_group_or_a_measure_that_is_in_no_file_is_said_to_be_so() -> None:
    found = identify_schools(rated_schools(GROUPS), {"threshold": 0.67, "subgroup": ["MIG", "LEP"]})
    assert found.notes == ("The files have no rates of the group MIG. They have these groups: CWD, LEP.",)
    found = identify_schools(rates_of("50", "60"), {**MEAN, "threshold": 0.67})
    assert found.notes == ("The files have no three-year graduation rate of any school.",)
    assert certainties(found) == ["unknown", "unknown"]


def test_the_newest_year_is_that_of_the_groups_asked_for() -> None:
    table = {
        "school_id": ["01", "01"],
        "subgroup": ["All Students", "LEP"],
        "graduation_rate": ["90", "50"],
        "school_year": ["2021-22", "2020-21"],
    }
    found = identify_schools(rated_schools(table), {"subgroup": ["LEP"]})
    assert (found.year, found.decisions.loc["01", "certainty"]) == (2020, "certain")


def test_a_year_of_blanks_is_no_year_with_rates() -> None:
    table = {
        "school_id": ["01", "02", "01", "02"],
        "graduation_rate": ["50", "90", ".", "."],
        "school_year": ["2020-21", "2020-21", "2021-22", "2021-22"],
    }
    scenario = rated_schools(table)
    assert (scenario.rates["year"] == 2021).any()
    found = identify_schools(scenario, {"threshold": 0.67})
    assert (found.year, certainties(found)) == (2020, ["certain", "no"])
    with pytest.raises(InputError, match=r"There are rates for the falls of: 2020\."):
        identify_schools(scenario, {"threshold": 0.67}, year=2021)


@pytest.mark.parametrize("year", [1999, 2019, 9999])
def test_a_year_without_rates_is_refused(year: int) -> None:
    with pytest.raises(InputError, match=f"begins in {year}.*There are rates for the falls of: 2021"):
        identify_schools(rates_of("50", "60"), "essa_csi_graduation", year=year)


PRESETS_WITH_RATES = ["essa_csi_graduation", "essa_csi_lowest", "essa_tsi", "sig_tier_1", "ca_csi_graduation"]


@pytest.mark.parametrize("rule", [*PRESETS_WITH_RATES, "bie_csi_graduation", "az_tsi", "graduation_rate<0.67"])
def test_without_any_rate_nothing_is_known(rule: str) -> None:
    found = identify_schools(rated_schools({"school_id": []}), rule)
    assert set(certainties(found)) == {"unknown"}
    assert found.year is None
    assert not found.decisions["identified"].any()
    with pytest.raises(InputError, match="There are rates for the falls of: no year"):
        identify_schools(rated_schools({"school_id": []}), rule, year=2021)


@pytest.mark.parametrize("rule", [*PRESETS_WITH_RATES, "graduation_rate<0.67"])
def test_where_all_is_suppressed_nothing_is_known(rule: str) -> None:
    table = {
        name: ["PS", "*"] for name in ("graduation_rate", "index", "proficiency_mathematics", "proficiency_reading")
    }
    scenario = rated_schools({**table, "school_year": [YEAR] * 2}, title1=["yes", "yes"])
    assert set(certainties(identify_schools(scenario, rule))) == {"unknown"}


def test_a_rate_without_a_year_is_of_the_newest() -> None:
    table = {
        "school_id": ["01", "01", "02", "02"],
        "school_year": ["2021-22", "", "2020-21", ""],
        "graduation_rate": ["50", "90", "50", "90"],
    }
    found = identify_schools(rated_schools(table), {"threshold": 0.67})
    # Where the newest year has a stated rate, that one counts.
    assert found.decisions["low"].tolist() == [0.5, 0.9]
    assert found.decisions["last_year"].tolist() == [2021, 2021]


def test_several_tests_are_joined_by_or() -> None:
    table = {"graduation_rate": ["50", "90", "90", "60-69"], "index": ["9", "1", "8", "7"], "school_year": [YEAR] * 4}
    rule = {"threshold": 0.67, "also": [{"measure": "index", "bottom_count": 1}]}
    found = identify_schools(rated_schools(table), rule)
    assert certainties(found) == ["certain", "certain", "no", "possible"]
    assert found.decisions["criterion"].tolist() == [0, 1, 0, 0]
    assert found.explanations["02"] == "Index 1.0 (2021-22), among the lowest 1 of 4 schools (up to 1.0)."


def test_title1_schools_with_low_rates_only() -> None:
    scenario = rates_of("50", "50", "50", "90", title1=["yes", "no", "", ""])
    found = identify_schools(scenario, {"threshold": 0.67, "population": "title1"})
    # Of a school at 90 per cent it does not matter whether it is one.
    assert certainties(found) == ["certain", "no", "unknown", "no"]
    assert found.decisions["reason"].tolist()[1:3] == ["not of the population", "population unknown"]


def test_row_order_and_names_of_schools_change_nothing() -> None:
    table = {"graduation_rate": ["50", "60-69", "PS", "90"], "index": ["4", "1", "3", "*"], "school_year": [YEAR] * 4}
    rule = {"threshold": 0.67, "also": [{"measure": "index", "bottom_share": 0.3}]}
    found = identify_schools(rated_schools(table), rule).decisions.drop(columns="name")
    ids = ["01", "02", "03", "04"]
    turned = {name: values[::-1] for name, values in {"school_id": ids, **table}.items()}
    other = identify_schools(rated_schools(turned), rule).decisions.drop(columns="name")
    pd.testing.assert_frame_equal(found, other)
    swapped = identify_schools(rated_schools({"school_id": ["02", "03", "04", "01"], **table}), rule).decisions
    renamed = swapped.drop(columns="name").rename(index=dict(zip(["02", "03", "04", "01"], ids, strict=True)))
    pd.testing.assert_frame_equal(found, renamed.sort_index())


def test_hostile_names_of_groups_and_lists_stay_text() -> None:
    hostile = "<script>alert(1)</script>"
    table = {
        "school_id": ["01", "01"],
        "subgroup": ["All Students", hostile],
        "graduation_rate": ["90", "50"],
        "school_year": [YEAR] * 2,
    }
    found = identify_schools(rated_schools(table), {"threshold": 0.67, "subgroup": [hostile.upper()]})
    assert found.decisions.loc["01", "subgroup"] == hostile
    assert hostile in found.explanations["01"]
    with pytest.raises(InputError) as refused:
        identify_schools(rated_schools(table), {"official": {"column": "=HYPERLINK(1)", "values": [hostile]}})
    (problem,) = refused.value.problems
    assert problem.column == "identification"
    assert compare_rules(rated_schools(table), {}, {"subgroup": [hostile]}).changes["gained"] == 1
