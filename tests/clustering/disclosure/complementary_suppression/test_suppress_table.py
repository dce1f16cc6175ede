"""Tables of exact counts that are protected: audited by other means, and compared with the best of all choices."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from clustering import InputError, SuppressionParameters, suppress_table
from clustering.disclosure.complementary_suppression.cell_table import CellTable
from clustering.disclosure.complementary_suppression.optimal import hide_at_least_cost
from clustering.disclosure.complementary_suppression.protection import protection_levels
from clustering.disclosure.complementary_suppression.shortest_paths import hide_by_shortest_paths, publish_needless
from tests.oracles.hidden_cells import intervals_by_programmes, is_protected, tables_with_totals

ENDS = ["origin", "destination"]


def flows_of(counts: np.ndarray) -> pd.DataFrame:
    """A table of flows with every pair; the last column is students who left."""
    row, column = np.indices(counts.shape)
    destination = pd.Series([f"d{each}" for each in column.ravel()]).mask(column.ravel() == counts.shape[1] - 1)
    origin = [f"o{each}" for each in row.ravel()]
    return pd.DataFrame({"origin": origin, "destination": destination, "students": counts.ravel()})


def random_counts(seed: int, size: int, share_of_small: float = 0.4) -> np.ndarray:
    """A table like those of a district: few large cells, many small ones, some without students."""
    random = np.random.default_rng(seed)
    counts = random.integers(10, 80, (size, size + 1))
    kind = random.random(counts.shape)
    counts = np.where(kind < share_of_small, random.integers(1, 10, counts.shape), counts)
    return np.where(kind > 0.8, 0, counts)


def programmes_of(table: pd.DataFrame, exact: pd.DataFrame, *, small_only: bool = False) -> pd.DataFrame:
    """Intervals of hidden cells of a published table, by linear programmes and all totals of the exact one."""
    both = table.merge(exact, on=ENDS, how="left", suffixes=("", "_exact")).fillna({"students_exact": 0})
    rows, columns = (pd.factorize(both[end], use_na_sentinel=False)[0] for end in ENDS)
    students = both["students_exact"].to_numpy(dtype="int64")
    hidden = (students > 0) & (students < 10) if small_only else both["students"].isna().to_numpy()
    zero = both["students_exact"] == 0
    has_zero = zero.groupby(rows).transform("any") | zero.groupby(columns).transform("any")
    part, _ = pd.factorize(both["origin"].str.extract("(.* )", expand=False).fillna(""))
    found = intervals_by_programmes(rows, columns, students, hidden, np.where(has_zero, 0, 1), part)
    return both[hidden].assign(low=found[:, 0], high=found[:, 1])


def breaches_of(found: pd.DataFrame, exact: pd.DataFrame) -> pd.DataFrame:
    """Small cells with fewer than five values left, or known to be small though their totals would let them be more."""
    totals = [exact.groupby(end, dropna=False)["students"].sum().rename(f"{end}_total") for end in exact.columns[:2]]
    for each in totals:
        found = found.merge(each.reset_index(), on=each.index.name, how="left")
    total = found[["origin_total", "destination_total"]].min(axis=1)
    is_small = found["students_exact"].between(1, 9)
    few = found["high"] - found["low"] + 1 < np.minimum(5, total + 1)
    return found[is_small & few]


def test_the_marginal_example_by_hand() -> None:
    # 3 is given away by its row, its column, or both, unless a rectangle is hidden. Of the three rectangles with it the
    # one with 12, 40 and 11 has fewest students; 11 can give ten, so 3 can be anything from 1 to 10 and more.
    counts = np.array([[3, 12, 90], [11, 40, 95], [80, 85, 99]])
    suppressed = suppress_table(flows_of(counts))
    hidden = suppressed.table[suppressed.table["students"].isna()]
    assert hidden[["origin", "destination"]].to_numpy().tolist() == [
        ["o0", "d0"],
        ["o0", "d1"],
        ["o1", "d0"],
        ["o1", "d1"],
    ]
    assert (suppressed.small_cells, suppressed.further_cells, suppressed.further_students) == (1, 3, 63)
    assert suppressed.is_optimal
    # Any of them can go down to 1. 3 can have 10 more, as many as 11 can give, and 2 less.
    assert suppressed.intervals[["lowest", "highest"]].to_numpy().tolist() == [[1, 13], [2, 14], [1, 13], [38, 50]]


@pytest.mark.parametrize("cost", ["students", "cells"])
def test_no_choice_of_cells_costs_less(cost: str) -> None:
    compared = 0
    for seed in range(14):
        random = np.random.default_rng(seed)
        counts = random.integers(0, 8, (3, 3))
        students = counts.ravel()
        rows, columns = np.divmod(np.arange(9), 3)
        table = CellTable.of(rows, columns, students)
        levels = protection_levels(table, 3, 3)
        if levels.is_unresolved.any() or not len(levels.cells):
            continue
        compared += 1
        tables = np.array(list(tables_with_totals(tuple(counts.sum(axis=1)), tuple(counts.sum(axis=0)))))
        tables = tables[(tables >= table.least).all(axis=1)]
        costs = np.maximum(students, 1) if cost == "students" else np.ones(9, dtype="int64")
        small = (students > 0) & (students < 3)
        least = min(
            costs[hidden & ~small].sum()
            for hidden in map(np.array, product([False, True], repeat=9))
            if is_protected(students, tables, hidden, 3, 3, np.ones(9, dtype=bool))
        )
        choice = hide_at_least_cost(table, small, levels, costs, 60)
        assert is_protected(students, tables, choice.hidden, 3, 3, np.ones(9, dtype=bool))
        assert (choice.cost, choice.is_optimal) == (least, True)
    assert compared >= 8


def test_no_protected_table_is_broken_and_most_others_are() -> None:
    """200 tables, 50 at a time: they have no school in common."""
    for seed in range(4):
        parts = [flows_of(random_counts(50 * seed + part, 4)).fillna("left") for part in range(50)]
        named = [part.assign(**{end: f"{number} " + part[end] for end in ENDS}) for number, part in enumerate(parts)]
        exact = pd.concat(named, ignore_index=True)
        suppressed = suppress_table(exact, {"method": "optimal" if seed else "modular"})
        found = programmes_of(suppressed.table, exact)
        assert breaches_of(found, exact).empty
        own = found[ENDS].merge(suppressed.intervals, how="left")
        assert (found[["low", "high"]].to_numpy(dtype="int64") == own[["lowest", "highest"]].to_numpy()).all()
        control = breaches_of(programmes_of(suppressed.table, exact, small_only=True), exact)
        assert control["origin"].str.split(" ").str[0].nunique() >= 40


def test_small_totals_keep_all_that_they_allow() -> None:
    # Two students in the first row: the cell of 2 can be 0, 1 or 2, and no more. All zeros are listed.
    counts = np.array([[2, 0, 0], [30, 40, 20], [25, 35, 30]])
    suppressed = suppress_table(flows_of(counts))
    first = suppressed.intervals[
        (suppressed.intervals["origin"] == "o0") & (suppressed.intervals["destination"] == "d0")
    ]
    assert first[["lowest", "highest"]].to_numpy().tolist() == [[0, 2]]
    assert suppressed.narrow_cells == 1


def test_pairs_without_students_are_listed_where_totals_give_a_cell_away() -> None:
    # All four students of o0 go to d0, and no other pair of o0 is listed: the total is the cell.
    flows = pd.DataFrame(
        [("o0", "d0", 4), ("o1", "d0", 40), ("o1", "d1", 30), ("o2", "d0", 20), ("o2", "d1", 50)],
        columns=["origin", "destination", "students"],
    )
    with pytest.raises(InputError, match="Coarsen the table") as refused:
        suppress_table(flows, {"list_further_pairs": False})
    assert [problem.school_id for problem in refused.value.problems] == ["o0"]
    suppressed = suppress_table(flows)
    assert suppressed.listed_pairs == 1
    assert breaches_of(programmes_of(suppressed.table, flows), flows).empty
    hidden = suppressed.table[suppressed.table["students"].isna()]
    assert {("o0", "d0"), ("o0", "d1")} <= set(zip(hidden["origin"], hidden["destination"], strict=True))


def test_a_table_that_nothing_can_protect_is_refused() -> None:
    flows = pd.DataFrame({"origin": ["a"], "destination": ["b"], "students": [4]})
    with pytest.raises(InputError, match=r"give away how many students went from a to b\. Coarsen the table"):
        suppress_table(flows)


def test_grades_have_totals_of_their_own() -> None:
    # One school pair in two grades: each grade has its own totals, so a rectangle across grades protects nothing.
    counts = np.array([[3, 12, 90], [11, 40, 95], [80, 85, 99]])
    one, other = (flows_of(counts).assign(grade=grade, next_grade=grade + 1, year=2021) for grade in (5, 8))
    both = suppress_table(pd.concat([one, other]))
    assert both.further_cells == 6
    assert both.table["year"].unique().tolist() == [2021]
    left = both.table[both.table["destination"].isna()]
    assert left["next_grade"].isna().all()
    assert sorted(left["grade"].unique()) == [5, 8]


def test_years_are_added_up_only_on_request() -> None:
    counts = np.array([[3, 12, 90], [11, 40, 95], [80, 85, 99]])
    flows = pd.concat([flows_of(counts).assign(year=year) for year in (2021, 2022)])
    with pytest.raises(InputError, match="The table has 2 school years."):
        suppress_table(flows)
    pooled = suppress_table(flows, {"pool_years": True})
    assert pooled.small_cells == 1
    assert pooled.table["year"].isna().all()


def test_a_table_without_small_cells_is_published_as_it_is() -> None:
    flows = flows_of(np.array([[10, 0], [20, 30]]))
    suppressed = suppress_table(flows)
    assert suppressed.table["students"].tolist() == [10, 0, 20, 30]
    assert suppressed.intervals.empty
    assert (suppressed.cost, suppressed.is_optimal) == (0, True)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"students": [1.5, 2]}, "1 records have no whole number of students"),
        ({"students": [-1, 2]}, "1 records have no whole number of students"),
        ({"students": [None, 2]}, "1 records have no whole number of students"),
        ({"students": [2**24, 2]}, "more than 16,777,215 students"),
        ({"origin": [None, "a"], "destination": [None, "b"]}, "neither an origin nor a destination"),
    ],
)
def test_tables_that_are_not_exact_are_refused(changes: dict[str, list[object]], message: str) -> None:
    flows = pd.DataFrame({"origin": ["a", "b"], "destination": ["c", "c"], "students": [20, 30]} | changes)
    with pytest.raises(InputError, match=message):
        suppress_table(flows)
    with pytest.raises(InputError, match="no column destination"):
        suppress_table(flows.drop(columns="destination"))
    with pytest.raises(InputError, match="has no records"):
        suppress_table(flows.iloc[:0])


def test_more_values_than_the_minimum_are_refused() -> None:
    with pytest.raises(InputError, match="least_possible_values is greater"):
        suppress_table(flows_of(np.array([[20, 30]])), SuppressionParameters(minimum_students=4))


def test_shortest_paths_protect_and_needless_cells_are_published_again() -> None:
    counts = random_counts(3, 6)
    row, column = np.nonzero(counts)
    table = CellTable.of(row, column, counts[row, column])
    levels = protection_levels(table, 10, 5)
    levels = levels.of(~levels.is_unresolved)
    small = np.zeros(len(row), dtype=bool)
    small[levels.cells] = True
    costs = np.maximum(table.students, 1)
    protected = hide_by_shortest_paths(table, small, levels, costs)
    # With everything hidden, what is needless comes back: no single cell can be published any more.
    fewer = publish_needless(table, np.ones(len(row), dtype=bool), levels, costs)
    for hidden in (protected, fewer):
        found = intervals_by_programmes(table.rows, table.columns, table.students, hidden, table.least)
        at = np.searchsorted(np.flatnonzero(hidden), levels.cells)
        assert (found[at, 1] >= table.students[levels.cells] + levels.up).all()
        assert (found[at, 0] <= table.students[levels.cells] - levels.down).all()
    for cell in np.flatnonzero(fewer & ~small):
        without = fewer.copy()
        without[cell] = False
        found = intervals_by_programmes(table.rows, table.columns, table.students, without, table.least)
        at = np.searchsorted(np.flatnonzero(without), levels.cells)
        reaches = (found[at, 1] >= table.students[levels.cells] + levels.up) & (
            found[at, 0] <= table.students[levels.cells] - levels.down
        )
        assert not reaches.all()
