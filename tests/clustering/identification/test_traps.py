"""Where identification goes wrong in practice, each case worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from clustering import Scenario, identify_by_rules, identify_high_schools, identify_schools
from tests.examples.rated_schools import rated_schools
from tests.examples.schools_with_rates import SMALL, YEAR, certainties, rates_of


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
def test_a_rate_equal_to_the_threshold_is_never_surely_below_it(tenths: int) -> None:
    rates = range(500, 800, 7)
    scenario, own = rates_of(*(f"{each / 10:.1f}" for each in rates)), rates.index(tenths)
    rules: list[Any] = [
        {"threshold": tenths / 1000, "comparator": "lt", "compared_rate": "published"},
        {"threshold": tenths / 1000, "comparator": "le", "compared_rate": "published"},
        {"threshold": tenths / 1000, "comparator": "lt"},
        {"threshold": tenths / 1000, "comparator": "le"},
        f"graduation_rate<{tenths / 10:.1f}%",
    ]
    answers = [identify_schools(scenario, rule).decisions["certainty"].iloc[own] for rule in rules]
    # The number itself is at the threshold; what it stands for, in a file of 43 rates in tenths, is on either side.
    assert answers == ["no", "certain", "possible", "possible", "possible"]


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
        "Graduation rate suppressed (2021-22), so it is unknown whether it is below 67.0%.",
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
    (note,) = found.notes
    assert note.startswith(
        "Not decided: one school with rates, because the files do not say which grades the school offers."
    )
    assert 'grades = "all"' in note


def test_schools_that_graduate_students_and_offer_no_such_grade_are_told_in_a_note() -> None:
    found = identify_schools(rates_of("50", "50", "50", grades=["9-12", "6-8", "K-8"]), "essa_csi_graduation")
    assert found.notes == ("Not decided: 2 schools with a graduation rate but without any grade of the rule.",)


def test_exclusions_that_the_files_cannot_tell_do_not_pass_in_silence() -> None:
    rule = {"threshold": 0.67, "exclude": ["alternative", "virtual", "new"]}
    found = identify_schools(rates_of("50", "90"), rule)
    assert found.notes == (
        "No file says the type of any school, so the rule cannot leave out any as alternative.",
        "No file says whether instruction is virtual at any school, so the rule cannot leave out any as virtual.",
        "No file says when schools opened, so the rule cannot leave out any as new.",
    )
    kinds = {"school_type": ["alternative", ""], "virtual": ["no", "no"], "opened_year": ["2021", "1990"]}
    found = identify_schools(rates_of("50", "90", **kinds), rule)
    assert found.notes == ("The files do not say the type of one school, so it is not left out as alternative.",)
    without_year = rated_schools({"graduation_rate": ["50", "90"]}, **kinds)
    assert (
        "No file says which year the rates are for, so the rule cannot leave out any as new."
        in identify_schools(without_year, rule).notes
    )


def test_a_rule_of_any_group_is_not_sure_where_the_files_have_no_groups() -> None:
    found = identify_schools(rates_of("50", "90", "60-69"), "mn_csi_graduation")
    assert certainties(found) == ["certain", "unknown", "possible"]
    assert found.decisions["reason"].tolist()[1] == "no groups"
    assert found.explanations["02"] == (
        "Graduation rate 90.0% (2021-22), so it is unknown whether it, or a group of its students, is below 67.0%:"
        " the files have no rates of groups."
    )
    (note,) = found.notes
    assert note.startswith(
        "The rule also tests groups of students, and the files have no graduation rate of any group."
    )


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


def test_twenty_nine_students_are_invisible_at_thirty() -> None:
    scenario = rated_schools(SMALL)
    rules = [{"threshold": 0.67, "minimum_students": number} for number in (30, 29)]
    found, with_29 = identify_by_rules(scenario, rules, disclosure="exact")
    assert certainties(found) == ["excluded", "certain", "unknown"]
    assert found.explanations["01"] == (
        "Graduation rate 50.0% (2021-22, cohort of 29), from fewer than the 30 students that the rule requires."
    )
    assert certainties(with_29)[0] == "certain"
    # Protected, both have 20 to 39 students, and no rule tells them apart.
    found = identify_schools(scenario, rules[0])
    assert certainties(found) == ["unknown", "unknown", "unknown"]
    assert found.explanations["01"] == (
        "Graduation rate 30.0% to under 67.0% (2021-22, cohort of 20 to 39), so it is unknown whether it is below"
        " 67.0%: the rule requires a number of students, and the size of its cohort is not known well enough."
    )
