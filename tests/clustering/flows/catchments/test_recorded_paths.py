"""Ways of counted students, by rectangles whose common parts are worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from clustering.flows.catchments.estimate import estimate_catchment_flows
from clustering.flows.catchments.measured_ground import MeasuredGround
from clustering.flows.catchments.recorded_paths import ELSEWHERE_SHARE, paths_of_ways, ways_of_recorded_flows
from clustering.model.columns import PATH_COLUMNS
from tests.examples.toy_catchments import catchments, rectangle, schools

HIGH = {"H1": ("9-12", 400), "H2": ("9-12", 400), "C": ("9-12", 90)}
SCHOOLS = schools(A=("K-5", 240), A2=("K-5", 120), B=("6-8", 300), **HIGH)
# A: 4 square kilometres, 1 of them in H1 and 3 in H2; A2 all in H1. One middle school takes both.
SPLIT = (
    ("A", "K-5", "elementary", rectangle(0, 0, 4, 1)),
    ("A2", "K-5", "elementary", rectangle(-2, 0, 0, 1)),
    ("B", "6-8", "middle", rectangle(-2, 0, 4, 1)),
    ("H1", "9-12", "high", rectangle(-5, -5, 1, 5)),
    ("H2", "9-12", "high", rectangle(1, -5, 9, 5)),
)
Flow = tuple[str, str | None, int, float | None, str]
IN = [("A", "B", 5, 40, "feeding"), ("A2", "B", 5, 20, "feeding")]


def flows_of(*rows: Flow) -> pd.DataFrame:
    """Flows of one year; students that are missing are a suppressed cell."""
    flows = pd.DataFrame(rows, columns=["origin", "destination", "grade", "students", "kind"])
    students = flows["students"].astype("float64")
    flows = flows.assign(
        students=students,
        students_low=students.fillna(1.0),
        students_high=students.fillna(9.0),
        next_grade=flows["grade"] + 1,
        year=2020,
    )
    return flows.astype({"origin": "str", "destination": "str", "grade": "Int64", "next_grade": "Int64"})


def paths_of(*rows: Flow, layer: tuple[Any, ...] = SPLIT, excluded: tuple[str, ...] = ()) -> pd.DataFrame:
    ground = estimate_catchment_flows(catchments(*layer), SCHOOLS).ground
    return fitted(rows, ground, excluded)


def fitted(rows: Sequence[Flow], ground: MeasuredGround, excluded: tuple[str, ...] = ()) -> pd.DataFrame:
    """Paths by ways that are measured on the cells alone: one student in each."""
    cells = flows_of(*rows).assign(students=1.0, students_low=1.0, students_high=1.0)
    return paths_of_ways(flows_of(*rows), ways_of_recorded_flows(cells, ground, excluded=excluded))


def ways_of(paths: pd.DataFrame) -> dict[tuple[str, str, str | None], float]:
    keys = paths[["origin", "via", "destination"]].astype(object)
    keys = keys.where(keys.notna(), None)
    return dict(zip(keys.itertuples(index=False, name=None), paths["students"].tolist(), strict=True))


def out(**students: float | None) -> list[Flow]:
    return [("B", school, 8, count, "feeding") for school, count in students.items()]


def test_students_go_on_to_the_high_school_that_they_live_in() -> None:
    ways = ways_of(paths_of(*IN, *out(H1=30, H2=30)))
    # Shares alone would send half of A's 40 students to each. A quarter of A lies in H1, and all of A2.
    expected = {("A", "B", "H1"): 10, ("A", "B", "H2"): 30, ("A2", "B", "H1"): 20, ("A2", "B", "H2"): 0}
    assert ways == {way: pytest.approx(students, abs=0.5) for way, students in expected.items()}


def test_the_counts_win_over_the_ground_and_the_ratio_of_products_stays() -> None:
    ways = ways_of(paths_of(*IN, *out(H1=36, H2=24)))
    first, second, third, fourth = (ways[a, "B", h] for a in ("A", "A2") for h in ("H1", "H2"))
    assert [first + second, third + fourth, first + third] == pytest.approx([40, 20, 36])
    assert first * fourth / (second * third) == pytest.approx(0.25 * ELSEWHERE_SHARE / 0.75, rel=1e-4)


def test_a_school_of_choice_and_those_who_leave_take_the_same_share_of_every_origin() -> None:
    ways = ways_of(paths_of(*IN, *out(H1=25, H2=25, C=6), ("B", None, 8, 4, "exit")))
    assert ways["A", "B", "C"] == pytest.approx(4, abs=0.05)
    assert ways["A2", "B", "C"] == pytest.approx(2, abs=0.05)
    assert ways["A", "B", None] == pytest.approx(ways["A", "B", "C"] * 4 / 6)


def test_a_catchment_that_says_nothing_is_none() -> None:
    layer = (*SPLIT, ("C", "9-12", "high", rectangle(-6, -6, 10, 6)))
    plain = paths_of(*IN, *out(H1=25, H2=25, C=10))
    pd.testing.assert_frame_equal(paths_of(*IN, *out(H1=25, H2=25, C=10), layer=layer, excluded=("C",)), plain)


def test_an_origin_outside_the_catchment_is_shared_out_as_all_are() -> None:
    far = ("Z", "K-5", "elementary", rectangle(20, 0, 24, 1))
    ways = ways_of(paths_of(*IN, ("Z", "B", 5, 60, "feeding"), *out(H1=60, H2=60), layer=(*SPLIT, far)))
    assert ways["Z", "B", "H1"] == pytest.approx(30, abs=1)
    assert ways["A", "B", "H1"] == pytest.approx(10, abs=1)


def test_into_a_school_without_a_catchment_students_come_from_all_of_their_own() -> None:
    layer = tuple(row for row in SPLIT if row[0] != "B")
    ways = ways_of(paths_of(*IN, *out(H1=30, H2=30), layer=layer))
    assert ways["A", "B", "H1"] == pytest.approx(10, abs=0.5)
    assert ways["A2", "B", "H1"] == pytest.approx(20, abs=0.5)


def test_students_whom_no_ground_explains_stay_counted() -> None:
    # All of both lives in H1, yet half goes to H2.
    layer = (*SPLIT[:3], ("H1", "9-12", "high", rectangle(-5, -5, 5, 5)), ("H2", "9-12", "high", rectangle(6, 0, 9, 5)))
    ways = ways_of(paths_of(*IN, *out(H1=30, H2=30), layer=layer))
    assert ways == pytest.approx(
        {("A", "B", "H1"): 20, ("A", "B", "H2"): 20, ("A2", "B", "H1"): 10, ("A2", "B", "H2"): 10}
    )


def test_those_who_were_in_the_school_before_stand_beside_those_who_enter() -> None:
    # B has all grades to 8; 40 of its own live where A2 lives, and go to H1.
    layer = (SPLIT[0], ("B", "K-8", "middle", rectangle(-2, 0, 4, 1)), *SPLIT[3:])
    everyone = schools(A=("K-5", 240), A2=("K-5", 120), B=("K-8", 300), **HIGH)
    ground = estimate_catchment_flows(catchments(*layer), everyone).ground
    rows = [IN[0], ("B", "B", 5, 60, "continuation"), *out(H1=40, H2=60)]
    ways = ways_of(fitted(rows, ground))
    # Half of B lies in H1, a quarter of A: without B's own students A would send 40 percent there.
    assert ways["A", "B", "H1"] == pytest.approx(10, abs=0.5)
    assert {origin for origin, _, _ in ways} == {"A"}


def test_the_ends_move_with_the_suppressed_cells() -> None:
    paths = paths_of(*IN, *out(H1=30, H2=30, C=None)).set_index(["origin", "destination"])
    low, middle, high = (paths.loc[("A", "C"), name] for name in ("students_low", "students", "students_high"))
    assert (low / middle, high / middle) == (pytest.approx(1 / 5), pytest.approx(9 / 5))
    assert paths.loc[("A", "H1"), "students_low"] == paths.loc[("A", "H1"), "students"]


def test_without_catchments_of_high_schools_nothing_is_told() -> None:
    nothing = paths_of(*IN, *out(H1=30, H2=30), layer=SPLIT[:3])
    assert nothing.empty
    assert list(nothing.columns) == list(PATH_COLUMNS)


@pytest.mark.parametrize("seed", range(10))
def test_sums_are_those_of_the_flows_and_the_order_of_rows_does_not_count(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows: list[Flow] = [(a, "B", 5, int(rng.integers(10, 90)), "feeding") for a in ("A", "A2", "Z")]
    rows += [("B", h, 8, int(rng.integers(10, 90)), "feeding") for h in ("H1", "H2", "C")]
    rows += [("B", None, 8, int(rng.integers(10, 40)), "exit")]
    paths = paths_of(*rows)
    left = paths["destination"].fillna("left")
    assert paths.groupby(left)["students"].sum().to_dict() == pytest.approx(
        {row[1] or "left": row[3] for row in rows if row[0] == "B"}
    )
    shares = paths.groupby("origin")["students"].sum() / paths["students"].sum()
    entering = {row[0]: row[3] for row in rows[:3]}
    assert shares.to_dict() == pytest.approx({a: n / sum(entering.values()) for a, n in entering.items()}, rel=1e-5)
    pd.testing.assert_frame_equal(paths_of(*(rows[number] for number in rng.permutation(len(rows)))), paths)
