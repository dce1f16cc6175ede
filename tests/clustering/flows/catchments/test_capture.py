"""Who is taken to attend the school of the address: rectangles and enrolments whose numbers are worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from shapely import Geometry

from clustering.errors import InputError
from clustering.flows.catchments.capture import check_capture
from clustering.flows.catchments.estimate import CatchmentEstimate, estimate_catchment_flows
from clustering.flows.catchments.paths import divide_by_shares
from tests.examples.toy_catchments import catchments, rectangle, schools

WEST, EAST, WHOLE = rectangle(0, 0, 10, 10), rectangle(10, 0, 20, 10), rectangle(0, 0, 20, 10)
MIDDLES = (("M1", "6-8", "middle", WEST), ("M2", "6-8", "middle", EAST))
HIGHS = (("H1", "9-12", "high", WEST), ("H2", "9-12", "high", EAST))
# 100 students leave either middle school. H1 has 80 in a grade, H2 has 150.
LISTED = {"M1": ("6-8", 300), "M2": ("6-8", 300), "H1": ("9-12", 320), "H2": ("9-12", 600)}
# A middle school for the whole district, which covers both others: 60 leave it.
CHOICE = ("C", "6-8", "middle", WHOLE)
ELEMENTARIES = (("E1", "K-5", "elementary", WEST), ("E2", "K-5", "elementary", EAST))

Row = tuple[str, str, str | None, Geometry]


def estimate(
    rows: tuple[Row, ...], listed: dict[str, tuple[str, float | None]], capture: str = "places"
) -> CatchmentEstimate:
    return estimate_catchment_flows(catchments(*rows), schools(**listed), capture=check_capture(capture))


def students(answer: CatchmentEstimate) -> dict[tuple[str, str], float]:
    """Students of each pair; the school is empty where it is not known."""
    flows = answer.flows
    pairs = zip(flows["origin"], flows["destination"].fillna(""), strict=True)
    return dict(zip(pairs, flows["students"].round(1).tolist(), strict=True))


def test_who_finds_no_place_is_promoted_to_a_school_that_is_not_known() -> None:
    answer = estimate((*MIDDLES, *HIGHS), LISTED)
    assert students(answer) == {("M1", "H1"): 80, ("M1", ""): 20, ("M2", "H2"): 100}
    entries = answer.capture.entries.set_index("school_id")
    assert entries["share"].tolist() == pytest.approx([0.8, 1], abs=1e-3)
    assert entries.loc["H1", ["entrants_students", "places_students"]].tolist() == pytest.approx([100, 80], abs=0.1)
    told = "By address 100 students would enter grade 9 of H1, which has 80: 20% are taken to go elsewhere."
    assert told in " ".join(answer.notes)


def test_everybody_attends_the_school_of_the_address_on_request() -> None:
    answer = estimate((*MIDDLES, *HIGHS), LISTED, capture="none")
    assert students(answer) == {("M1", "H1"): 100, ("M2", "H2"): 100}
    assert "as requested" in " ".join(answer.notes)


def test_enrolment_of_the_grade_counts_before_that_of_the_school() -> None:
    by_grade = pd.DataFrame({"school_id": ["H1"], "year": [2022], "grade": [9], "students": [50.0]})
    by_grade = by_grade.astype({"year": "Int64", "grade": "Int64"})
    answer = estimate_catchment_flows(catchments(*MIDDLES, *HIGHS), schools(**LISTED), grade_enrolment=by_grade)
    assert students(answer) == {("M1", "H1"): 50, ("M1", ""): 50, ("M2", "H2"): 100}


def test_where_enrolment_is_missing_nothing_is_assumed() -> None:
    answer = estimate((*MIDDLES, *HIGHS), {**LISTED, "H1": ("9-12", None)})
    assert students(answer) == {("M1", "H1"): 100, ("M2", "H2"): 100}
    assert "The places of 1 grade of schools are not known" in " ".join(answer.notes)
    unknown = {school: (grades, None) for school, (grades, _) in LISTED.items()}
    nothing = estimate((*MIDDLES, *HIGHS), unknown)
    assert students(nothing) == {("M1", "H1"): 1, ("M2", "H2"): 1}
    assert "No places are known" in " ".join(nothing.notes)
    # The cohort of M1 is the median of the others, no number of a file: it cannot show that H1 is full.
    median = estimate((*MIDDLES, *HIGHS), {**LISTED, "M1": ("6-8", None)})
    assert students(median) == {("M1", "H1"): 100, ("M2", "H2"): 100}


def test_a_school_that_students_may_be_in_before_has_no_known_places() -> None:
    # Grade 9 of a 6-12 school is full of its own eighth graders.
    rows = (*MIDDLES, ("H1", "6-12", "high", WEST), HIGHS[1])
    answer = estimate(rows, {**LISTED, "H1": ("6-12", 70)})
    assert students(answer)["M1", "H1"] == 100


def test_small_numbers_are_not_told() -> None:
    answer = estimate((*MIDDLES, *HIGHS), {**LISTED, "H1": ("9-12", 32)})
    assert students(answer)["M1", "H1"] == 8
    assert "grade 9 of H1" not in " ".join(answer.notes)


def test_of_those_on_a_way_the_second_school_captures_its_share_of_the_students_of_the_first() -> None:
    # 100 leave E1, M1 has 80 in a grade; 80 leave M1, H1 has 60.
    listed = {**LISTED, "E1": ("K-5", 600), "E2": ("K-5", 600), "M1": ("6-8", 240), "H1": ("9-12", 240)}
    answer = estimate((*ELEMENTARIES, *MIDDLES, *HIGHS), listed)
    assert students(answer)["E1", "M1"] == 80
    assert students(answer)["M1", "H1"] == 60
    ways = answer.paths.assign(destination=answer.paths["destination"].fillna("")).set_index(["origin", "destination"])
    assert ways["students"].round(1).to_dict() == {("E1", ""): 20, ("E1", "H1"): 60, ("E2", "H2"): 100}


def test_official_ways_are_captured_too() -> None:
    flows = pd.DataFrame({"origin": ["E"], "destination": ["M"], "students": [40.0]})
    shares = pd.DataFrame({"origin": ["E"], "via": ["M"], "destination": ["H"], "share": [1.0]})
    paths = divide_by_shares(flows, shares, captured=pd.Series({"H": 0.75}))
    assert paths["destination"].fillna("").tolist() == ["H", ""]
    assert paths["students"].tolist() == [30, 10]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        # Of 60 who leave the choice middle school, all find a place in the choice high school, 15, or nobody.
        (240.0, {}),
        (60.0, {("C", "H1"): 22.5, ("C", "H2"): 22.5, ("C", ""): 15}),
        (None, {}),
    ],
)
def test_who_attends_a_choice_school_goes_on_to_one_as_far_as_there_are_places(
    places: float | None, expected: dict[tuple[str, str], float]
) -> None:
    listed = {**LISTED, "H1": ("9-12", 2000), "H2": ("9-12", 2000), "C": ("6-8", 180), "X": ("9-12", places)}
    listed |= {"E1": ("K-5", 600), "E2": ("K-5", 600)}
    answer = estimate((*ELEMENTARIES, *MIDDLES, CHOICE, *HIGHS), listed)
    assert [school.school_id for school in answer.choice_schools if school.is_excluded] == ["C"]
    assert {pair: count for pair, count in students(answer).items() if pair[0] == "C"} == expected
    assert "choice school" in " ".join(answer.notes)


def test_without_choice_schools_above_it_a_choice_school_sends_its_students_where_they_live() -> None:
    listed = {**LISTED, "H1": ("9-12", 2000), "H2": ("9-12", 2000), "C": ("6-8", 180)}
    listed |= {"E1": ("K-5", 600), "E2": ("K-5", 600)}
    answer = estimate((*ELEMENTARIES, *MIDDLES, CHOICE, *HIGHS), listed)
    assert students(answer)["C", "H1"] == students(answer)["C", "H2"] == 30


def test_choice_schools_of_another_district_take_nobody() -> None:
    listed = {**LISTED, "H1": ("9-12", 2000), "H2": ("9-12", 2000), "C": ("6-8", 180), "X": ("9-12", 240)}
    listed |= {"E1": ("K-5", 600), "E2": ("K-5", 600)}
    table = schools(**listed)
    table["district_id"] = ["far" if school == "X" else "here" for school in table.index]
    answer = estimate_catchment_flows(catchments(*ELEMENTARIES, *MIDDLES, CHOICE, *HIGHS), table)
    assert students(answer)["C", "H1"] == 30


def test_another_word_is_refused() -> None:
    with pytest.raises(InputError) as raised:
        check_capture("everybody")
    (problem,) = raised.value.problems
    assert problem.remedy == "Give one of places, none."
    assert [check_capture(rule) for rule in ("places", "none")] == ["places", "none"]
