"""Where identification goes wrong in practice, each case worked out by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from clustering import Identification, InputError, Scenario, compare_rules, identify_high_schools, identify_schools
from tests.clustering.rated_schools import rated_schools

YEAR = "2021-22"


def rates_of(*rates: str, **traits: list[str]) -> Scenario:
    return rated_schools({"graduation_rate": list(rates), "school_year": [YEAR] * len(rates)}, **traits)


def certainties(found: Identification) -> list[str]:
    return found.decisions["certainty"].tolist()


@pytest.mark.parametrize(
    ("rate", "below", "at_or_below"),
    [
        ("66.9", "certain", "certain"),
        ("67", "no", "certain"),
        ("67.0", "no", "certain"),
        ("67.1", "no", "no"),
        ("LT50", "certain", "certain"),
        ("<50%", "certain", "certain"),
        ("LT67", "certain", "certain"),
        ("60-66", "certain", "certain"),
        ("60-67", "possible", "certain"),
        ("60-69", "possible", "possible"),
        ("67-69", "no", "possible"),
        ("GE67", "no", "possible"),
        ("GE80", "no", "no"),
        ("PS", "unknown", "unknown"),
        (".", "unknown", "unknown"),
        ("", "unknown", "unknown"),
        ("0", "certain", "certain"),
    ],
)
def test_below_and_at_or_below(rate: str, below: str, at_or_below: str) -> None:
    scenario = rates_of(rate, "90")
    assert identify_schools(scenario, {"threshold": 0.67}).decisions.loc["01", "certainty"] == below
    assert identify_schools(scenario, {"threshold": 0.67, "comparator": "le"}).decisions.loc["01", "certainty"] == (
        at_or_below
    )


@pytest.mark.parametrize("tenths", range(500, 800, 7))
def test_a_rate_equal_to_the_threshold_is_never_below_it(tenths: int) -> None:
    scenario = rates_of(f"{tenths / 10:.1f}", "90.5")
    below, at = (
        identify_schools(scenario, {"threshold": tenths / 1000, "comparator": sign}).decisions.loc["01", "certainty"]
        for sign in ("lt", "le")
    )
    assert (below, at) == ("no", "certain")
    by_text = identify_schools(scenario, f"graduation_rate<{tenths / 10:.1f}%")
    assert by_text.decisions.loc["01", "certainty"] == "no"


def test_rounding_decides_at_66_96() -> None:
    scenario = rates_of("66.96", "66.94", "66.95", "66.9-66.99")
    assert certainties(identify_schools(scenario, {"threshold": 0.67})) == ["certain"] * 4
    rounded = identify_schools(scenario, {"threshold": 0.67, "decimals": 1})
    # 67.0, 66.9, and 66.95 is rounded up to 67.0; the band becomes 66.9 to 67.0.
    assert certainties(rounded) == ["no", "certain", "no", "possible"]
    assert rounded.explanations["01"] == "Graduation rate 67.0% (2021-22), not below 67.0%."
    assert certainties(identify_schools(scenario, {"threshold": 0.67, "decimals": 0})) == ["no"] * 4
    unrounded = identify_schools(scenario, {"threshold": 0.67})
    assert unrounded.explanations["01"] == "Graduation rate 66.96% (2021-22), below 67.0%."


def test_nothing_known_is_no_number() -> None:
    found = identify_schools(rates_of("PS", "", "55"), {"threshold": 0.67, "range_policy": "possible"})
    assert certainties(found) == ["unknown", "unknown", "certain"]
    assert found.decisions["low"].isna().tolist() == [True, True, False]
    assert found.decisions["identified"].tolist() == [False, False, True]
    assert found.decisions["reason"].tolist()[:2] == ["suppressed", "not published"]
    assert found.explanations.tolist()[:2] == [
        "Graduation rate PS (2021-22), so it is unknown whether it is below 67.0%.",
        "Graduation rate not published, so it is unknown whether it is below 67.0%.",
    ]


@pytest.mark.parametrize(
    ("policy", "identified"),
    [
        # The middles of 60-69 and 60-79 are 64.5 and 69.5.
        ("certain", [True, False, False, False, False]),
        ("possible", [True, True, True, False, False]),
        ("midpoint", [True, True, False, False, False]),
    ],
)
def test_ranges_count_as_the_policy_says_and_stay_possible(policy: str, identified: list[bool]) -> None:
    scenario = rates_of("LT50", "60-69", "60-79", "GE80", "PS")
    found = identify_schools(scenario, {"threshold": 0.67, "range_policy": policy})
    assert certainties(found) == ["certain", "possible", "possible", "no", "unknown"]
    assert found.decisions["identified"].tolist() == identified
    assert found.counts == {
        "certain": 1,
        "possible": 2,
        "unknown": 1,
        "no": 1,
        "excluded": 0,
        "identified": sum(identified),
    }


def test_the_midpoint_of_the_lowest_is_among_middles() -> None:
    # The lowest of 60-69 (64.5) and 65: by its middle the first.
    scenario = rates_of("60-69", "65", title1=["yes", "yes"])
    found = identify_schools(scenario, {"bottom_count": 1, "range_policy": "midpoint"})
    assert certainties(found) == ["possible", "possible"]
    assert found.decisions["identified"].tolist() == [True, False]


HIGH_SCHOOLS = ["KG-12", "6-12", "7-12", "9", "10-12", "PK-9"]


def test_a_high_school_is_told_by_its_grades_and_not_by_its_label() -> None:
    grades = [*HIGH_SCHOOLS, "K-8", "6-8"]
    levels = ["Other", "Middle", "Elementary", "High", "Not applicable", "Elementary", "High", "High"]
    scenario = rates_of(*["50"] * 8, grades=grades, level=levels)
    found = identify_schools(scenario, "essa_csi_graduation")
    assert found.decisions.index.tolist() == ["01", "02", "03", "04", "05", "06"]
    assert identify_schools(scenario, {"grades": "all"}).counts["certain"] == 8
    assert identify_schools(scenario, {"grades": [12]}).decisions.index.tolist() == ["01", "02", "03", "05"]


def test_schools_of_no_stated_grades_are_told_in_a_note() -> None:
    found = identify_schools(rates_of("50", "50", "50", grades=["9-12", "", "9-12"]), "essa_csi_graduation")
    assert found.decisions.index.tolist() == ["01", "03"]
    assert found.notes == ("1 schools with rates are not decided: the files do not say which grades they offer.",)


KINDS = {
    "school_type": [
        "Regular",
        "Alternative",
        "Special education",
        "Vocational",
        "Regular",
        "Regular",
        "",
        "Alternative",
    ],
    "virtual": ["no", "no", "no", "no", "yes", "no", "", "no"],
    "opened_year": ["2000-01", "2000-01", "", "", "", "2020-21", "", "2021-22"],
}


def test_kinds_of_schools_are_left_out_as_asked_and_the_effect_is_told() -> None:
    scenario = rates_of("50", "50", "60-69", "90", "50", "50", "50", "60-69", **KINDS)
    rule = {
        "threshold": 0.67,
        "exclude": ["alternative", "special education", "career and technical", "virtual", "new"],
    }
    found = identify_schools(scenario, rule)
    because = ["alternative", "special education", "career and technical", "virtual", "new", None, "alternative"]
    told = found.decisions["excluded_because"].astype(object)
    assert told.where(told.notna(), None).tolist() == [None, *because]
    # A school of unknown type is kept.
    assert certainties(found) == ["certain", *["excluded"] * 5, "certain", "excluded"]
    assert found.decisions["identified"].tolist() == [True, *[False] * 5, True, False]
    effects = {each.reason: (each.schools, each.certain, each.possible) for each in found.exclusions}
    assert effects == {
        "alternative": (2, 1, 1),
        "special education": (1, 0, 1),
        "career and technical": (1, 0, 0),
        "virtual": (1, 1, 0),
        "new": (1, 1, 0),
    }
    assert found.explanations["02"] == (
        "Left out: an alternative school. Otherwise: Graduation rate 50.0% (2021-22), below 67.0%."
    )
    assert found.explanations["06"].startswith("Left out: open for less than 2 years. Otherwise:")
    kept = identify_schools(scenario, {"threshold": 0.67, "exclude": []})
    assert kept.counts["certain"] - found.counts["certain"] == sum(certain for _, certain, _ in effects.values())
    assert kept.exclusions == ()


@pytest.mark.parametrize(("years", "answer"), [(1, "certain"), (2, "excluded"), (3, "excluded")])
def test_a_school_is_new_by_the_year_of_the_question(years: int, answer: str) -> None:
    # Opened one year before 2021-22: not new by a rule of one year, new by one of two.
    scenario = rates_of("50", "50", opened_year=["2020-21", "2000-01"])
    rule = {"threshold": 0.67, "exclude": ["new"], "minimum_years_open": years}
    assert certainties(identify_schools(scenario, rule)) == [answer, "certain"]


def test_closed_schools_are_left_out_unless_they_are_asked_for() -> None:
    scenario = rates_of("50", "50", status=["Open", "Closed"])
    found = identify_schools(scenario, "essa_csi_graduation")
    assert certainties(found) == ["certain", "excluded"]
    assert found.explanations["02"].startswith("Left out: closed. Otherwise:")
    assert certainties(identify_schools(scenario, {"exclude": []})) == ["certain", "certain"]
    assert identify_high_schools(scenario, found.rule).index.tolist() == ["01"]


LISTED = {"threshold": 0.67, "official": {"column": "designation", "values": ["CSI"]}}


def with_list() -> Scenario:
    table = {
        "graduation_rate": ["50", "90", "50", "90", "60-69", "PS"],
        "designation": ["", "CSI", "csi", "TSI", "CSI", "CSI"],
        "school_year": [YEAR] * 6,
    }
    return rated_schools(table, school_type=["Regular", "Alternative", *["Regular"] * 4])


def test_an_official_list_wins_and_both_answers_are_shown() -> None:
    found = identify_schools(with_list(), LISTED)
    assert certainties(found) == ["no", "certain", "certain", "no", "certain", "certain"]
    assert found.decisions["computed_certainty"].tolist() == ["certain", "no", "certain", "no", "possible", "unknown"]
    assert set(found.decisions["source"]) == {"official"}
    assert found.disagreements.index.tolist() == ["01", "02"]
    assert found.explanations.tolist()[:2] == [
        "Not on the official list (designation: no entry). Graduation rate 50.0% (2021-22), below 67.0%.",
        "On the official list (designation: CSI). Graduation rate 90.0% (2021-22), not below 67.0%.",
    ]


def test_a_list_decides_schools_that_the_rule_would_leave_out() -> None:
    found = identify_schools(with_list(), {**LISTED, "exclude": ["alternative"]})
    assert found.decisions.loc["02", "certainty"] == "certain"
    assert "Left out" not in found.explanations["02"]
    # Nothing was left out, so nothing would change without the exclusion.
    assert [(each.reason, each.schools) for each in found.exclusions] == [("alternative", 0)]


def test_a_closed_school_is_not_identified_by_a_list() -> None:
    table = {"designation": ["CSI", "CSI"], "graduation_rate": ["50", "50"]}
    scenario = rated_schools(table, status=["Open", "Closed"])
    found = identify_schools(scenario, {**LISTED, "exclude": ["closed"]})
    assert found.decisions["identified"].tolist() == [True, False]
    assert found.decisions["source"].tolist() == ["official", "computed"]


def test_a_list_decides_without_any_rate() -> None:
    scenario = rated_schools({"designation": ["CSI", "none"]})
    found = identify_schools(scenario, "official:designation=CSI")
    assert certainties(found) == ["certain", "no"]
    assert found.year is None
    assert found.explanations["01"].startswith("On the official list (designation: CSI). Graduation rate not published")


SMALL = {
    "graduation_rate": ["50", "50", ""],
    "cohort": ["29", "30", ""],
    "school_year": [YEAR] * 3,
}


def test_twenty_nine_students_are_invisible_at_thirty() -> None:
    scenario = rated_schools(SMALL)
    found = identify_schools(scenario, {"threshold": 0.67, "minimum_students": 30})
    assert certainties(found) == ["excluded", "certain", "unknown"]
    assert found.explanations["01"] == (
        "Graduation rate 50.0% (2021-22, cohort of about 30), of fewer than the 30 students that the rule asks for."
    )
    assert certainties(identify_schools(scenario, {"threshold": 0.67, "minimum_students": 29}))[0] == "certain"


def test_a_small_cohort_may_be_tested_and_marked() -> None:
    found = identify_schools(rated_schools(SMALL), {"threshold": 0.67, "minimum_students": 30, "below_minimum": "flag"})
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
    found = identify_schools(three_years(["50", "100", "0"], ["20", "20", "20"]), rule)
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
    assert certainties(identify_schools(rated_schools(table), rule)) == ["excluded", "unknown"]


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
    assert found.notes == ("The files have no rates of the group MIG; groups there are: CWD, LEP.",)
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
    with pytest.raises(InputError, match=r"Falls there are: 2020\."):
        identify_schools(scenario, {"threshold": 0.67}, year=2021)


@pytest.mark.parametrize("year", [1999, 2019, 9999])
def test_a_year_without_rates_is_refused(year: int) -> None:
    with pytest.raises(InputError, match=f"begins in {year}.*Falls there are: 2021"):
        identify_schools(rates_of("50", "60"), "essa_csi_graduation", year=year)


PRESETS_WITH_RATES = ["essa_csi_graduation", "essa_csi_lowest", "essa_tsi", "sig_tier_1", "ca_csi_graduation"]


@pytest.mark.parametrize("rule", [*PRESETS_WITH_RATES, "bie_csi_graduation", "az_tsi", "graduation_rate<0.67"])
def test_without_any_rate_nothing_is_known(rule: str) -> None:
    found = identify_schools(rated_schools({"school_id": []}), rule)
    assert set(certainties(found)) == {"unknown"}
    assert found.year is None
    assert not found.decisions["identified"].any()
    with pytest.raises(InputError, match="Falls there are: none"):
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
    assert found.explanations["02"] == "Index 1.0 (2021-22), among the lowest 1 of 4 schools."


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
