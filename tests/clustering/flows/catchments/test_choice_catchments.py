"""Choice, alternative and city-wide schools among catchments, on rectangles whose numbers can be worked out by hand."""

from __future__ import annotations

from typing import Literal

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Geometry, Point

from clustering.flows.catchments.choice_catchments import MAXIMUM_ENTRANTS_PER_PLACE
from clustering.flows.catchments.estimate import CatchmentEstimate, estimate_catchment_flows
from clustering.model.ingest_report import ChoiceSchool
from tests.examples.toy_catchments import ALBERS, catchments, rectangle, schools

WEST, EAST, WHOLE = rectangle(0, 0, 10, 10), rectangle(10, 0, 20, 10), rectangle(0, 0, 20, 10)
# Two neighbourhoods with a middle and a high school each: 100 students leave either middle school.
NEIGHBOURHOODS = (
    ("M1", "6-8", "middle", WEST),
    ("M2", "6-8", "middle", EAST),
    ("H1", "9-12", "high", WEST),
    ("H2", "9-12", "high", EAST),
)
SCHOOLS = {"M1": ("6-8", 300), "M2": ("6-8", 300), "H1": ("9-12", 1000), "H2": ("9-12", 1000)}
CITY_WIDE = ("A", "9-12", "high", WHOLE)


def estimate(
    *rows: tuple[str, str, str | None, Geometry],
    exclude_receivers: tuple[str, ...] = ("found",),
    capture: Literal["places", "none"] = "places",
    **listed: tuple[str, float | None],
) -> CatchmentEstimate:
    table = schools(**listed)
    return estimate_catchment_flows(catchments(*rows), table, exclude_receivers=exclude_receivers, capture=capture)


def students(answer: CatchmentEstimate) -> dict[tuple[str, str], float]:
    flows = answer.flows
    counts = flows["students"].round(1)  # a straight border bends a little from one projection to the other
    return dict(zip(zip(flows["origin"], flows["destination"], strict=True), counts, strict=True))


def only(answer: CatchmentEstimate) -> ChoiceSchool:
    (found,) = answer.choice_schools
    return found


def test_an_alternative_school_whose_catchment_covers_two_others_takes_nobody() -> None:
    answer = estimate(*NEIGHBOURHOODS, CITY_WIDE, **SCHOOLS, A=("9-12", 60))
    assert students(answer) == {("M1", "H1"): 100, ("M2", "H2"): 100}
    found = only(answer)
    # By its catchment it would share each middle school's 100 leavers with one other high school. 60 / 4 = 15 places.
    assert (found.school_id, found.kind, found.is_excluded) == ("A", "covers catchments", True)
    assert (found.next_grade, found.entrants_students, found.places_students) == (9, 100, 15)
    assert found.covered == ("H1", "H2")
    (warning,) = [problem for problem in answer.warnings if problem.school_id == "A"]
    assert not warning.is_error
    for told in ("H1, H2", "about 100 students would enter grade 9", "about 15 places", "sends it no students"):
        assert told in warning.message


def test_nothing_is_estimated_out_of_a_school_whose_catchment_says_nothing() -> None:
    # A city-wide middle school: who attends it lives anywhere, so its catchment does not tell the high school.
    elementary = (("E1", "K-5", "elementary", WEST), ("E2", "K-5", "elementary", EAST))
    rows = (*elementary, *NEIGHBOURHOODS, ("C", "6-8", "middle", WHOLE))
    listed = {**SCHOOLS, "E1": ("K-5", 300), "E2": ("K-5", 300), "C": ("6-8", 60)}
    answer = estimate(*rows, capture="none", **listed)
    assert {origin for origin, _ in students(answer)} == {"E1", "E2", "M1", "M2"}
    assert "C" not in set(answer.coverage["origin"])
    kept = estimate(*rows, exclude_receivers=("none",), capture="none", **listed)
    assert ("C", "H1") in students(kept)


def test_the_user_decides_otherwise() -> None:
    shared = {("M1", "A"): 50, ("M1", "H1"): 50, ("M2", "A"): 50, ("M2", "H2"): 50}
    kept = estimate(*NEIGHBOURHOODS, CITY_WIDE, exclude_receivers=("none",), **SCHOOLS, A=("9-12", 400))
    assert students(kept) == shared
    assert not only(kept).is_excluded
    assert only(kept).statement.endswith(
        "It stays a receiver: exclude_receivers neither names it nor has the word found."
    )
    named = estimate(*NEIGHBOURHOODS, CITY_WIDE, exclude_receivers=("H1",), **SCHOOLS, A=("9-12", 600))
    assert students(named) == {("M1", "A"): 100, ("M2", "A"): 50, ("M2", "H2"): 50}
    assert [(found.school_id, found.kind, found.is_excluded) for found in named.choice_schools] == [
        ("A", "covers catchments", False),
        ("H1", "named by the user", True),
    ]


def test_schools_that_share_one_catchment_are_neighbourhood_schools() -> None:
    rows = [(school, "9-12", "high", WHOLE) for school in ("H1", "H2", "H3")]
    answer = estimate(*NEIGHBOURHOODS[:2], *rows, **SCHOOLS, H3=("9-12", 1000))
    assert answer.choice_schools == ()
    assert students(answer)["M1", "H3"] == pytest.approx(33.3)


def test_a_catchment_around_two_small_ones_is_named_and_keeps_its_students() -> None:
    # Two theme schools with a corner each: they do not take over the large catchment, most of which is its own.
    corners = (("T1", "9-12", "high", rectangle(0, 0, 2, 2)), ("T2", "9-12", "high", rectangle(18, 0, 20, 2)))
    rows = (*NEIGHBOURHOODS[:2], ("H1", "9-12", "high", WHOLE), *corners)
    listed = {**SCHOOLS, "T1": ("9-12", 400), "T2": ("9-12", 400)}
    del listed["H2"]
    found = only(estimate(*rows, **listed))
    assert (found.school_id, found.is_excluded) == ("H1", False)
    assert "no other schools take over most of its catchment" in found.statement


def test_schools_that_students_do_not_enter_at_the_grade_are_not_covered() -> None:
    # Two K-8 schools inside a middle school's catchment: their students stay, and the middle school's is its own.
    rows = (("K1", "K-8", None, WEST), ("K2", "K-8", None, EAST), ("E", "K-5", "elementary", WHOLE))
    answer = estimate(
        *rows, ("M", "6-8", "middle", WHOLE), K1=("K-8", 90), K2=("K-8", 90), E=("K-5", 600), M=("6-8", 300)
    )
    assert answer.choice_schools == ()


def test_a_small_school_with_the_catchment_of_a_large_one_takes_nobody() -> None:
    rows = (*NEIGHBOURHOODS, ("A", "9-12", "high", WEST))
    # Half of 100 students for 48 / 4 = 12 places: 50 / 12 is more than 4. With 52 students, 50 / 13 is not.
    assert MAXIMUM_ENTRANTS_PER_PLACE == 4
    answer = estimate(*rows, **SCHOOLS, A=("9-12", 48))
    found = only(answer)
    assert (found.kind, found.is_excluded) == ("more entrants than places", True)
    assert (found.entrants_students, found.places_students) == (50, 12)
    assert students(answer) == {("M1", "H1"): 100, ("M2", "H2"): 100}
    assert estimate(*rows, **SCHOOLS, A=("9-12", 52)).choice_schools == ()


def test_a_small_school_alone_in_its_catchment_is_named_and_stays() -> None:
    answer = estimate(*NEIGHBOURHOODS, **{**SCHOOLS, "H1": ("9-12", 80)})
    found = only(answer)
    assert (found.school_id, found.kind, found.is_excluded) == ("H1", "more entrants than places", False)
    assert (found.entrants_students, found.places_students) == (100, 20)
    # It has room for 20 of them; where the others go is not known.
    assert students(answer)["M1", "H1"] == 20
    assert answer.flows.loc[answer.flows["destination"].isna(), "students"].tolist() == pytest.approx([80], abs=0.1)
    assert found.statement.endswith("It stays a receiver.")


def test_entrants_are_counted_again_without_the_schools_that_are_left_out() -> None:
    # With A in, H1 gets 50 students for 20 places; without it 100, five for each place.
    rows = (*NEIGHBOURHOODS, CITY_WIDE)
    found = estimate(*rows, **{**SCHOOLS, "H1": ("9-12", 80)}, A=("9-12", 1000)).choice_schools
    assert [(each.school_id, each.is_excluded) for each in found] == [("A", True), ("H1", False)]
    assert found[1].entrants_students == 100


def test_a_type_tells_a_choice_school_too() -> None:
    table = schools(**SCHOOLS, A=("9-12", 1000)).assign(
        school_type=["regular"] * 4 + ["alternative"], virtual=None, name=[*SCHOOLS, "Second Chance"]
    )
    layer = catchments(*NEIGHBOURHOODS, ("A", "9-12", "high", WEST))
    answer = estimate_catchment_flows(layer, table)
    assert only(answer).kind == "school type"
    assert only(answer).statement.startswith("Second Chance (A) is no neighbourhood school")
    assert students(answer) == {("M1", "H1"): 100, ("M2", "H2"): 100}


def test_without_enrolment_the_catchments_alone_tell() -> None:
    listed = {school: (grades, None) for school, (grades, _) in SCHOOLS.items()}
    found = only(estimate(*NEIGHBOURHOODS, CITY_WIDE, **listed, A=("9-12", None)))
    assert (found.is_excluded, found.entrants_students, found.places_students) == (True, None, None)
    assert "students would enter" not in found.statement


def test_small_numbers_of_students_are_not_told() -> None:
    found = only(estimate(*NEIGHBOURHOODS, CITY_WIDE, **SCHOOLS, A=("9-12", 28)))
    assert found.places_students is None
    assert "at most 9 places" in found.statement


def test_a_population_counts_entrants() -> None:
    # All who live in the west live in its upper half, which A shares with H1: A takes half of 100 for 10 places.
    people = gpd.GeoDataFrame(geometry=[Point(5_000, 8_000), Point(6_000, 8_000), Point(15_000, 5_000)], crs=ALBERS)
    layer = catchments(*NEIGHBOURHOODS, ("A", "9-12", "high", rectangle(0, 5, 10, 10)))
    table = schools(**SCHOOLS, A=("9-12", 40))
    by_people = estimate_catchment_flows(layer, table, population=people)
    assert only(by_people).entrants_students == 50
    assert students(by_people) == {("M1", "H1"): 100, ("M2", "H2"): 100}
    # By area it takes a third: its half of the catchment beside the whole of H1's.
    assert estimate_catchment_flows(layer, table).choice_schools == ()


def test_row_order_changes_nothing() -> None:
    layer = catchments(*NEIGHBOURHOODS, CITY_WIDE, ("B", "9-12", "high", WHOLE))
    table = schools(**SCHOOLS, A=("9-12", 60), B=("9-12", 60))
    answer = estimate_catchment_flows(layer, table)
    assert [found.school_id for found in answer.choice_schools] == ["A", "B"]
    again = estimate_catchment_flows(layer.iloc[::-1], table.iloc[::-1])
    assert again.choice_schools == answer.choice_schools
    pd.testing.assert_frame_equal(again.flows, answer.flows)
