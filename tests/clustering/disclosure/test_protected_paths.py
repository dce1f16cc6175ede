"""Protected paths: what they show, and that nobody can work small counts out of them and the flows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from clustering.disclosure.policy import Method, parse_policy
from clustering.disclosure.protected_flows import ProtectedFlows, protect_flows
from clustering.disclosure.protected_paths import pairs_seen_whole, protect_paths
from clustering.disclosure.protection import Protection
from clustering.disclosure.public_sizes import public_sizes
from clustering.model.columns import PATH_COLUMNS
from clustering.model.grades import parse_grade_set

GRADES = {
    **dict.fromkeys(["A", "A2", "A3", "A4"], "K-5"),
    "B": "6-8",
    **dict.fromkeys(["H1", "H2", "H3", "H4"], "9-12"),
}
MASKS = pd.Series({school: parse_grade_set(text) for school, text in GRADES.items()})
YEARS = (2018, 2019, 2020, 2021)
STANDARD = parse_policy("standard")
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


NO_SIZES = pd.DataFrame(
    {"school_id": pd.Series(dtype="str"), "grade": pd.Series(dtype="Int64"), "year": pd.Series(dtype="Int64")}
).assign(students=pd.Series(dtype="float64"))


def base_of(flows: pd.DataFrame, method: Method = "single years") -> ProtectedFlows:
    sizes = public_sizes(flows, NO_SIZES)
    return protect_flows(flows, sizes, Protection(policy=STANDARD, method=method))


def shown_of(paths: pd.DataFrame, base: ProtectedFlows) -> pd.DataFrame:
    return protect_paths(paths, base.flows, base.least_counts, MASKS, years=YEARS, policy=STANDARD)


def ends_of(shown: pd.DataFrame) -> dict[tuple[str, str | None], tuple[float, float]]:
    return {
        (origin, None if pd.isna(destination) else destination): (low, high)
        for origin, destination, low, high in shown[
            ["origin", "destination", "students_low", "students_high"]
        ].itertuples(index=False)
    }


def test_paths_are_shown_as_far_as_the_flows_leave_five_values() -> None:
    # All 80 students of a grade of A went to B. Asked whether they are 75 or more leaves 5, and 80 or more would leave
    # none: 75 to 80. So the paths share 75 at the least.
    paths = paths_of(("A", "B", "H1", 70), ("A", "B", "H2", 7), ("A", "B", None, 3))
    base = base_of(flows_of(paths, ("B", "H2", 8, 2021, 60)))
    first = base.flows[(base.flows["origin"] == "A") & (base.flows["destination"] == "B")]
    assert first[["students_low", "students_high"]].to_numpy().tolist() == [[75, 80]]
    shown = ends_of(shown_of(paths, base))
    assert shown["A", "H1"][0] <= 70 <= shown["A", "H1"][1]
    assert shown["A", "H2"] == (1, 9)
    low, high = shown["A", None]
    assert low == 0
    assert high >= 3


def test_a_pair_whose_flow_is_small_is_left_out() -> None:
    paths = paths_of(("A", "B", "H1", 6), ("A", "B", "H2", 2), ("A2", "B", "H1", 90), ("A2", "B", "H2", 60))
    base = base_of(flows_of(paths))
    shown = shown_of(paths, base)
    assert shown["origin"].unique().tolist() == ["A2"]
    # Nothing is known of its paths, though its students may have been followed.
    assert ("A", "B") in pairs_seen_whole(base.flows, MASKS, years=YEARS)


def test_paths_over_a_small_link_are_among_the_rest() -> None:
    paths = paths_of(("A", "B", "H1", 60), ("A", "B", "H2", 2), ("A2", "B", "H1", 90), ("A2", "B", "H2", 1))
    shown = ends_of(shown_of(paths, base_of(flows_of(paths))))
    assert not [key for key in shown if key[1] == "H2"]
    assert shown["A", None][1] >= 2


def test_students_whose_years_are_added_up_are_followed_in_a_share_of_them() -> None:
    paths = paths_of(("A", "B", "H1", 60), ("A", "B", "H2", 20))
    later = [("A", "B", 5, year, 80) for year in (2019, 2020, 2021)]  # not followed: the files end before they leave B
    base = base_of(flows_of(paths, *later), "pooled years")
    shown = shown_of(paths, base).set_index("destination")
    assert base.flows["year"].isna().all()
    # Of about 320 students in four years, those of one were followed: 80, of whom 60 and 20 went on.
    assert shown["students"].fillna(0).sum() == pytest.approx(80, abs=12)


@pytest.mark.parametrize("method", ["single years", "pooled years"])
@pytest.mark.parametrize("seed", range(8))
def test_linear_programmes_leave_every_small_count_five_values(seed: int, method: Method) -> None:
    paths, flows = random_case(seed)
    base = base_of(flows, method)
    assert min(values_left(shown_of(paths, base), base.flows), default=5) >= 5


def test_control_counts_shown_one_by_one_would_be_narrowed() -> None:
    few = []
    for seed in range(6):
        paths, flows = random_case(seed)
        naive, base = (
            each.assign(
                students_low=np.where(each["students"] < 10, 1.0, 5 * np.floor(each["students"] / 5)),
                students_high=np.where(each["students"] < 10, 9.0, 5 * np.floor(each["students"] / 5) + 4),
            )
            for each in (paths, flows)
        )
        few += [values < 5 for values in values_left(naive, base)]
    assert any(few)


def random_case(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Paths, and exact flows of the same students."""
    generator = np.random.default_rng(seed)
    sizes = [0, 0, 1, 2, 3, 5, 8, 9, 10, 11, 14, 15, 19, 24, 40, 73]
    ways = [
        (origin, "B", destination, int(generator.choice(sizes)))
        for origin in ("A", "A2", "A3")
        for destination in ("H1", "H2", None)
    ]
    paths = paths_of(*[way for way in ways if way[3]])
    return paths, flows_of(paths)


def values_left(shown: pd.DataFrame, base: pd.DataFrame) -> list[int]:
    """
    Values that linear programmes leave to each count of a path or a flow that can be below ten.

    The paths of a pair, those who left among them, are known to be all of its flow; those over a link are no more than
    the flow of the link.
    """
    cells = base[~base["kind"].isin(["continuation", "exit"])]
    ends = ["students_low", "students_high"]
    ranges = [tuple(pair) for table in (shown, cells) for pair in table[ends].to_numpy().tolist()]
    sums, is_equal = np.zeros((len(cells), len(ranges))), np.zeros(len(cells), dtype=bool)
    for place, (origin, destination) in enumerate(zip(cells["origin"], cells["destination"], strict=True)):
        ways = (shown["origin"] == origin) if destination == "B" else (shown["destination"] == destination)
        sums[place, : len(shown)] = ways.fillna(value=False)
        sums[place, len(shown) + place] = -1
        is_equal[place] = destination == "B" and bool(ways.any())
    rest = np.r_[shown["destination"].isna().to_numpy(), np.zeros(len(cells), dtype=bool)]
    found = []
    for place, (low, _) in enumerate(ranges):
        if low < 10 and not rest[place]:
            least, most = (smallest(sign * np.eye(len(ranges))[place], sums, is_equal, ranges) for sign in (1, -1))
            found.append(round(-most - least) + 1)
    return found


def smallest(aim: np.ndarray, sums: np.ndarray, is_equal: np.ndarray, ranges: list[tuple[float, float]]) -> float:
    """The smallest value of an aim among counts in these ranges, whose sums are at most 0, or 0 (``is_equal``)."""
    equal = {"A_eq": sums[is_equal], "b_eq": np.zeros(is_equal.sum())} if is_equal.any() else {}
    found = linprog(aim, A_ub=sums[~is_equal], b_ub=np.zeros((~is_equal).sum()), bounds=ranges, **equal)
    return float(found.fun)


def test_the_order_of_rows_does_not_count() -> None:
    paths = paths_of(("A", "B", "H1", 64), ("A", "B", "H2", 3), ("A2", "B", "H1", 31), ("A2", "B", "H2", 4))
    flows = flows_of(paths)
    base = base_of(flows.iloc[::-1])
    again = protect_paths(
        paths.iloc[::-1], base.flows, base.least_counts.iloc[::-1], MASKS.iloc[::-1], years=YEARS, policy=STANDARD
    )
    pd.testing.assert_frame_equal(again, shown_of(paths, base_of(flows)))
