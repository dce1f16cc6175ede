"""What the notes and sentences say about the lowest schools and about published bands, worked out by hand."""

from __future__ import annotations

import pytest

from clustering import identify_schools
from clustering.identification.explanations import band_text
from tests.examples.ranked_schools import LOWEST, answers, points_of
from tests.examples.rated_schools import rated_schools


def test_an_unknown_title1_status_leaves_the_cut_open() -> None:
    # 20 Title I schools, one of them lowest; if the 21st is one too and lies higher, two are.
    points = [*map(str, range(7, 27)), "50"]
    scenario = points_of(*points, title1=[*["yes"] * 20, ""])
    found = identify_schools(scenario, LOWEST)
    assert found.decisions["certainty"].tolist() == ["certain", "possible", *["no"] * 19]
    assert "possibly among the lowest 1 of 20 Title I schools" in found.explanations["02"]
    assert found.notes == (
        "The files do not say the Title I status of one school, which the rule needs.",
        "The lowest were found among 20 schools. The files do not say whether one other school should be among these.",
    )


def test_a_school_of_unknown_status_that_would_be_lowest_is_unknown() -> None:
    scenario = points_of("5", "1", "9", title1=["yes", "", "yes"])
    found = identify_schools(scenario, {**LOWEST, "bottom_count": 1})
    # School 01 is the lowest only if 02 is no Title I school.
    assert found.decisions["certainty"].tolist() == ["possible", "unknown", "no"]
    assert found.explanations["02"].endswith("the files do not say its Title I status.")


def test_the_lowest_of_all_grades_are_told_though_only_high_schools_are_decided() -> None:
    # The elementary school is the lowest of the four; a rule of one school leaves no high school.
    scenario = points_of("1", "2", "3", "4", title1=["yes"] * 4, grades=["K-5", "9-12", "9-12", "9-12"])
    rule = {**LOWEST, "bottom_count": 1}
    assert identify_schools(scenario, rule).decisions["certainty"].to_dict() == {"02": "no", "03": "no", "04": "no"}
    of_high_schools = identify_schools(scenario, {**rule, "cut_grades": [9, 10, 11, 12]})
    assert of_high_schools.decisions["certainty"].to_dict() == {"02": "certain", "03": "no", "04": "no"}


def test_excluded_schools_are_out_of_the_number_and_of_the_places() -> None:
    kinds = ["alternative", *["regular"] * 20]
    scenario = points_of(*map(str, range(7, 28)), title1=["yes"] * 21, school_type=kinds)
    kept = identify_schools(scenario, LOWEST)
    assert kept.decisions.index[kept.decisions["identified"]].tolist() == ["01", "02"]
    left_out = identify_schools(scenario, {**LOWEST, "exclude": ["alternative"]})
    assert left_out.decisions.index[left_out.decisions["identified"]].tolist() == ["02"]
    (effect,) = left_out.exclusions
    assert (effect.reason, effect.schools, effect.certain, effect.possible) == ("alternative", 1, 1, 0)


def test_a_group_as_low_as_the_lowest_schools() -> None:
    # ATSI: the lowest one of four Title I schools has 2 points; a group of a school without Title I has 2, another 3.
    table = {
        "school_id": ["01", "02", "03", "04", "05", "05", "05"],
        "subgroup": [*["All Students"] * 5, "CWD", "LEP"],
        "index": ["2", "5", "6", "7", "9", "2", "3"],
        "school_year": ["2021-22"] * 7,
    }
    scenario = rated_schools(table, title1=[*["yes"] * 4, "no"])
    found = identify_schools(scenario, "essa_atsi")
    assert found.decisions["certainty"].to_dict() == {
        **dict.fromkeys(["01", "02", "03", "04"], "unknown"),
        "05": "certain",
    }
    assert found.decisions.loc["05", "subgroup"] == "CWD"
    assert found.explanations["05"] == (
        "Index of children with disabilities 2.0 (2021-22), among the lowest 1 of 4 Title I schools (up to 2.0)."
    )


def test_a_group_below_the_cut_in_each_of_two_years() -> None:
    """TSI: in both years the lowest of four Title I schools has 20 points; what groups of the others have."""
    groups = [("02", "CWD", "15", "19"), ("03", "CWD", "15", "25"), ("04", "CWD", "15", "")]
    whole = [
        (f"{place:02d}", "All Students", points, points) for place, points in enumerate(["20", "50", "60", "70"], 1)
    ]
    rows = [
        (school, group, year, points)
        for school, group, newer, older in [*whole, *groups]
        for year, points in (("2021-22", newer), ("2020-21", older))
    ]
    names = ("school_id", "subgroup", "school_year", "index")
    table = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    found = identify_schools(rated_schools(table, title1=["yes"] * 4), "essa_tsi")
    assert found.decisions["certainty"].tolist() == ["unknown", "certain", "no", "unknown"]
    assert found.decisions["reason"].tolist()[3] == "few years"
    assert found.explanations["02"] == (
        "Index of children with disabilities 19.0 (2020-21),"
        " among the lowest 1 of 4 Title I schools (up to 20.0) in each of 2 years."
    )


def test_one_school_is_the_lowest_of_one() -> None:
    scenario = points_of("50", title1=["yes", "no"])
    assert answers(scenario, LOWEST) == "cn"


def test_each_year_has_a_cut_of_its_own() -> None:
    """The lowest of three has 10 points in the newer year and 30 in the older one."""
    table = {
        "school_id": ["01", "02", "03"] * 2,
        "school_year": [*["2021-22"] * 3, *["2020-21"] * 3],
        "index": ["10", "12", "50", "35", "30", "60"],
    }
    rule = {"measure": "index", "years": 2, "average": "every", "bottom_count": 1}
    found = identify_schools(rated_schools(table), rule)
    assert [(cutoff.year, cutoff.low) for cutoff in found.cutoffs] == [(2020, 30.0), (2021, 10.0)]
    # 01 is the lowest in the newer year only, 02 in the older one only: the sentence gives the year that says no.
    assert found.decisions["certainty"].tolist() == ["no", "no", "no"]
    numbers = found.decisions[["last_year", "low", "cut_low", "cut_high"]].to_numpy(dtype="float64").tolist()
    assert numbers[:2] == [[2020, 35, 30, 30], [2021, 12, 10, 10]]
    assert found.explanations["01"] == (
        "Index 35.0 (2020-21), not among the lowest 1 of 3 schools (up to 30.0) in each of 2 years."
    )


def test_negative_points_are_points() -> None:
    scenario = points_of("-3", "-2", "0", title1=["yes"] * 3)
    found = identify_schools(scenario, {**LOWEST, "bottom_count": 1})
    assert found.decisions["certainty"].tolist() == ["certain", "no", "no"]
    assert found.explanations["01"] == "Index -3.0 (2021-22), among the lowest 1 of 3 Title I schools (up to -3.0)."


@pytest.mark.parametrize(
    ("published", "words"),
    [
        ("LT50", "under 50%"),
        ("<5%", "under 5%"),
        ("LE1", "1% or less"),
        ("<=5%", "5% or less"),
        ("GE80", "80% or more"),
        (">=99.5%", "99.5% or more"),
        ("GT95", "over 95%"),
        ("60-69", "60% to 69%"),
        ("0.60-0.69", "60% to 69%"),
        ("#", "under 0.5%"),
        ("93", "93"),
        ("ask us", "ask us"),
    ],
)
def test_a_published_band_is_told_in_words(published: str, words: str) -> None:
    assert band_text(published) == words


def test_bands_stand_in_sentences_as_words() -> None:
    bands = {"graduation_rate": ["LT50", "60-69", "GE80"], "school_year": ["2021-22"] * 3, "cohort": ["12", "55", "90"]}
    found = identify_schools(rated_schools(bands), "essa_csi_graduation", disclosure="exact")
    assert found.explanations.tolist() == [
        "Graduation rate under 50% (2021-22, cohort of 12), below 67.0%.",
        "Graduation rate 60% to 69% (2021-22, cohort of 55), a published range that straddles 67.0%.",
        "Graduation rate 80% or more (2021-22, cohort of 90), not below 67.0%.",
    ]
