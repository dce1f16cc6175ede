"""Protected paths: what they show, and that nobody can work small counts out of them and the flows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from clustering.disclosure.protected_base import suppress_flows, suppress_paths
from clustering.model.columns import PATH_COLUMNS
from clustering.model.grades import parse_grade_set

GRADES = {
    **dict.fromkeys(["A", "A2", "A3", "A4"], "K-5"),
    "B": "6-8",
    **dict.fromkeys(["H1", "H2", "H3", "H4"], "9-12"),
}
MASKS = pd.Series({school: parse_grade_set(text) for school, text in GRADES.items()})
Way = tuple[str, str, str | None, int]


def paths_of(*ways: Way) -> pd.DataFrame:
    table = pd.DataFrame(ways, columns=["origin", "via", "destination", "students"]).astype({"students": "float64"})
    table = table.assign(students_low=table["students"], students_high=table["students"], basis="student records")
    texts = dict.fromkeys(("origin", "via", "destination", "basis"), "str")
    return table[list(PATH_COLUMNS)].astype(texts).sort_values(["origin", "via", "destination"], ignore_index=True)


def flows_of(ways: pd.DataFrame, *others: tuple[str, str, int, int, int]) -> pd.DataFrame:
    """Flows of the same students, who enter B in fall 2019 and leave it in fall 2022, and those of others."""
    summed = ways.assign(destination=ways["destination"].fillna("gone"))
    first = summed.groupby(["origin", "via"])["students"].sum().reset_index()
    second = summed.groupby(["via", "destination"])["students"].sum().reset_index()
    rows = [(a, b, 5, 2018, count) for a, b, count in first.itertuples(index=False)]
    rows += [(b, h, 8, 2021, count) for b, h, count in second.itertuples(index=False)]
    # Every year between has records, as cells of a school that goes on.
    rows += [("Z", "Z", 9, year, 50) for year in range(2018, 2022)]
    rows += others
    flows = pd.DataFrame(rows, columns=["origin", "destination", "grade", "year", "students"])
    flows = flows.groupby(["origin", "destination", "grade", "year"])["students"].sum().reset_index()
    is_exit = flows["destination"] == "gone"
    kind = np.select([flows["origin"] == flows["destination"], is_exit], ["continuation", "exit"], default="feeding")
    students = flows["students"].astype("float64")
    return flows.assign(
        destination=flows["destination"].mask(is_exit),
        next_grade=(flows["grade"] + 1).astype("Int64"),
        year=flows["year"].astype("Int64"),
        students=students,
        students_low=students,
        students_high=students,
        kind=pd.Categorical(kind),
    )


def shown_of(paths: pd.DataFrame, flows: pd.DataFrame) -> dict[tuple[str, str, str | None], tuple[float, float]]:
    shown = suppress_paths(paths, suppress_flows(flows), MASKS)
    middle = (shown["students_low"] + shown["students_high"]) / 2
    assert shown["students"].dropna().equals(middle[shown["students"].notna()])
    assert (shown["students"].isna() == (shown["students_low"] < 10)).all()
    keys = shown[["origin", "via", "destination"]].astype(object)
    keys = keys.where(keys.notna(), None)
    ends = zip(shown["students_low"], shown["students_high"], strict=True)
    return dict(zip(keys.itertuples(index=False, name=None), ends, strict=True))


def test_counts_are_intervals_like_those_of_flows() -> None:
    paths = paths_of(("A", "B", "H1", 64), ("A", "B", "H2", 31), ("A", "B", None, 5), ("A2", "B", "H2", 58))
    assert shown_of(paths, flows_of(paths)) == {
        ("A", "B", "H1"): (55, 64),
        ("A", "B", "H2"): (25, 34),
        ("A", "B", None): (1, 9),
        ("A2", "B", "H2"): (55, 64),
    }


def test_protecting_twice_changes_nothing() -> None:
    paths = paths_of(("A", "B", "H1", 64), ("A", "B", "H2", 31), ("A", "B", None, 5), ("A2", "B", "H2", 3))
    flows = suppress_flows(flows_of(paths))
    once = suppress_paths(paths, flows, MASKS)
    pd.testing.assert_frame_equal(suppress_paths(once, flows, MASKS), once)


def test_a_count_that_the_rest_of_its_flow_would_give_away_is_not_shown() -> None:
    # 14 students, shown as 10 to 14: 11 of them, shown as 10 or more, leave at most 4 for the others.
    paths = paths_of(("A", "B", "H1", 11), ("A", "B", "H2", 3), ("A2", "B", "H1", 50), ("A2", "B", "H2", 50))
    assert {way[0] for way in shown_of(paths, flows_of(paths))} == {"A2"}


def test_a_small_flow_is_not_narrowed_by_its_number_of_ways() -> None:
    # 1 to 9 students on two ways would be at least 2.
    paths = paths_of(("A", "B", "H1", 4), ("A", "B", "H2", 4), ("A2", "B", "H1", 50), ("A2", "B", "H2", 50))
    assert {way[0] for way in shown_of(paths, flows_of(paths))} == {"A2"}


def test_a_small_flow_behind_the_school_between_is_not_narrowed_by_its_number_of_ways() -> None:
    # 1 to 9 students of B go on to H2, from two schools: each known pair shows no more than that.
    paths = paths_of(
        ("A", "B", "H1", 50), ("A", "B", "H2", 3), ("A2", "B", "H1", 70), ("A2", "B", "H2", 2), ("A3", "B", "H1", 90)
    )
    shown = shown_of(paths, flows_of(paths))
    assert {way: ends for way, ends in shown.items() if way[2] == "H2"} == {
        (origin, "B", "H2"): (0, 9) for origin in ("A", "A2", "A3")
    }
    assert shown[("A", "B", "H1")] == (45, 54)


def test_a_pair_without_small_counts_does_not_give_away_one_of_another_pair() -> None:
    # At least 125 are known to go from A2 through B, and at most 3 x 24 of them to H2, H3 and H4. So at least 53 go to
    # H1, of at most 54 from B: a single one is left for A, which is what it is.
    paths = paths_of(
        ("A", "B", "H1", 1),
        ("A", "B", "H2", 14),
        ("A2", "B", "H1", 53),
        *(("A2", "B", school, 24) for school in ("H2", "H3", "H4")),
    )
    assert shown_of(paths, flows_of(paths)) == {}
    # With 30 more from B to H1, whom nobody followed, 31 could be from A: more than 9.
    shown = shown_of(paths, flows_of(paths, ("B", "H1", 8, 2021, 30)))
    assert len(shown) == 6
    assert shown[("A", "B", "H1")] == (1, 9)


def test_what_a_control_shows_depends_on_the_years_that_can_be_followed() -> None:
    # The same ways, and as many students who entered too late to be followed: they hide nothing.
    paths = paths_of(("A", "B", "H1", 11), ("A", "B", "H2", 3), ("A2", "B", "H1", 50), ("A2", "B", "H2", 50))
    late = flows_of(paths, ("A", "B", 5, 2020, 80))
    assert {way[0] for way in shown_of(paths, late)} == {"A2"}
    in_time = flows_of(paths, ("A", "B", 5, 2017, 80), ("Z", "Z", 9, 2017, 50))
    assert {way[0] for way in shown_of(paths, in_time)} == {"A", "A2"}


def test_where_no_file_gives_grades_the_flows_tell_how_long_a_school_takes() -> None:
    paths = paths_of(("A", "B", "H1", 11), ("A", "B", "H2", 3), ("A2", "B", "H1", 50), ("A2", "B", "H2", 50))
    stays = [("B", "B", grade, year, 90) for grade in (6, 7) for year in range(2018, 2022)]
    flows = suppress_flows(flows_of(paths, *stays, ("A", "B", 5, 2020, 80)))
    shown = suppress_paths(paths, flows, MASKS.where(MASKS.index != "B", 0))
    assert shown["origin"].unique().tolist() == ["A2"]
    # If B had grade 6 alone, the 80 who entered in fall 2021 could be followed too, and would hide the small way.
    flows = suppress_flows(flows_of(paths, ("A", "B", 5, 2020, 80)))
    shown = suppress_paths(paths, flows, MASKS.where(MASKS.index != "B", 0))
    assert shown["origin"].unique().tolist() == ["A", "A2"]


def random_case(seed: int, origins: int = 3, destinations: int = 2) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Paths, and protected flows of the same students."""
    generator = np.random.default_rng(seed)
    sizes = [0, 0, 1, 2, 3, 5, 8, 9, 10, 11, 14, 15, 19, 24, 40, 73]
    ways = [
        (origin, "B", destination, int(generator.choice(sizes)))
        for origin in ("A", "A2", "A3", "A4")[:origins]
        for destination in [*("H1", "H2", "H3", "H4")[:destinations], None]
    ]
    paths = paths_of(*[way for way in ways if way[3]])
    return paths, suppress_flows(flows_of(paths))


def narrowed(shown: pd.DataFrame, flows: pd.DataFrame) -> list[bool]:
    """
    Whether linear programming finds less than 1 to 9 for each count shown as 1 to 9, of paths and of flows.

    The ways of a pair are known to be all of its flow. Those over a link are no more than the flow of the link.
    """
    cells = flows[flows["kind"] != "continuation"]
    counts = ["students_low", "students_high"]
    ranges = [tuple(ends) for table in (shown, cells) for ends in table[counts].to_numpy().tolist()]
    destination = shown["destination"].fillna("gone").to_numpy()
    sums = np.zeros((len(cells), len(ranges)))
    is_followed = np.zeros(len(cells), dtype=bool)
    for place, (origin, following) in enumerate(zip(cells["origin"], cells["destination"].fillna("gone"), strict=True)):
        ways = shown["origin"] == origin if following == "B" else destination == following
        sums[place, : len(shown)] = ways
        sums[place, len(shown) + place] = -1
        is_followed[place] = following == "B" and ways.any()
    found = []
    for place in (place for place, ends in enumerate(ranges) if ends == (1, 9)):
        ends = [smallest(sign * np.eye(len(ranges))[place], sums, is_followed, ranges) for sign in (1, -1)]
        found.append(ends[0] > 1 + 1e-6 or -ends[1] < 9 - 1e-6)
    return found


def smallest(aim: np.ndarray, sums: np.ndarray, is_equal: np.ndarray, ranges: list[tuple[float, float]]) -> float:
    """The smallest value of an aim among counts in these ranges, whose sums are at most 0, or 0 (``is_equal``)."""
    return float(
        linprog(
            aim,
            A_ub=sums[~is_equal],
            b_ub=np.zeros((~is_equal).sum()),
            A_eq=sums[is_equal],
            b_eq=np.zeros(is_equal.sum()),
            bounds=ranges,
        ).fun
    )


# Of three origins, the seeds above 30 are cases in which only several pairs together narrow a count.
@pytest.mark.parametrize("seed", [*range(24), 60, 110, 141, 187, 230])
def test_linear_programming_cannot_narrow_a_small_count(seed: int) -> None:
    paths, flows = random_case(seed)
    assert not any(narrowed(suppress_paths(paths, flows, MASKS), flows))


@pytest.mark.parametrize("seed", range(4))
def test_nor_in_a_table_of_more_schools(seed: int) -> None:
    paths, flows = random_case(seed, origins=4, destinations=4)
    assert not any(narrowed(suppress_paths(paths, flows, MASKS), flows))


def test_control_without_the_audit_small_counts_would_be_narrowed() -> None:
    found = []
    for seed in range(10):
        paths, flows = random_case(seed)
        found += narrowed(suppress_flows(paths), flows)
    assert 0.2 < np.mean(found) < 0.9


def test_the_order_of_rows_does_not_count() -> None:
    paths = paths_of(("A", "B", "H1", 64), ("A", "B", "H2", 3), ("A2", "B", "H1", 31), ("A2", "B", "H2", 4))
    flows = suppress_flows(flows_of(paths))
    again = suppress_paths(paths.iloc[::-1], flows.iloc[::-1], MASKS.iloc[::-1])
    pd.testing.assert_frame_equal(again, suppress_paths(paths, flows, MASKS))
