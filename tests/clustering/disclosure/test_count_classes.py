"""Classes of counts: what a viewer is left with, by listing every table there can be."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clustering.disclosure.cell_key_noise import CellNoise, noise_table
from clustering.disclosure.cell_parts import CellParts
from clustering.disclosure.count_classes import CountCells, ShownCounts, classify_counts, cut_points
from clustering.disclosure.policy import DisclosurePolicy

SMALL = DisclosurePolicy(
    minimum_students=5,
    least_possible_values=3,
    rounding_students=3,
    rate_bands=[{"students_from": 5, "points_wide": 20}],
)


def cells(counts: np.ndarray, rows: np.ndarray, columns: np.ndarray, sizes: tuple[list[int], list[int]]) -> CountCells:
    row_size, column_size = (np.array(each, dtype="float64") for each in sizes)
    return CountCells(
        row=rows,
        column=columns,
        least=counts.astype("float64"),
        most=counts.astype("float64"),
        priority=np.zeros(len(counts), dtype="int64"),
        parts=CellParts(
            cell=np.arange(len(counts)),
            row=rows,
            column=columns,
            year=np.zeros(len(counts), dtype="int64"),
            row_size=row_size,
            column_size=column_size,
        ),
        row_most=row_size,
        column_most=column_size,
        cell_most=np.full(len(counts), np.inf),
    )


def what_is_seen(shown: ShownCounts) -> tuple[tuple[float, ...], ...]:
    """What a viewer gets: of cells that are withheld, only that they are."""
    low, high = (np.where(shown.is_withheld, -1.0, end) for end in (shown.low, shown.high))
    return tuple(low), tuple(high)


@st.composite
def layouts(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, tuple[list[int], list[int]]]:
    """Which cells there are, two rows and two columns at the most, and the sizes."""
    places = [(row, column) for row in range(2) for column in range(2)]
    chosen = draw(st.lists(st.sampled_from(places), min_size=1, max_size=4, unique=True))
    rows, columns = (np.array(each) for each in zip(*sorted(chosen), strict=True))
    size = st.integers(3, 11)
    return rows, columns, ([draw(size), draw(size)], [draw(size), draw(size)])


@given(layout=layouts())
@example(layout=(np.array([0, 1, 1]), np.array([0, 0, 1]), ([7, 3], [7, 3])))
@example(layout=(np.array([0, 1, 1]), np.array([1, 0, 1]), ([9, 3], [5, 7])))
@example(layout=(np.array([0, 0, 1]), np.array([0, 1, 1]), ([3, 11], [3, 10])))
@settings(max_examples=30, deadline=None)
def test_a_viewer_who_knows_sizes_and_the_way_is_left_with_all_tables_in_the_intervals(
    layout: tuple[np.ndarray, np.ndarray, tuple[list[int], list[int]]],
) -> None:
    rows, columns, sizes = layout
    seen = defaultdict(list)
    for counts in product(range(1, 12), repeat=len(rows)):
        counted = np.array(counts)
        of_rows, of_columns = (np.bincount(each, counted, minlength=2) for each in (rows, columns))
        if (of_rows <= sizes[0]).all() and (of_columns <= sizes[1]).all():
            seen[what_is_seen(classify_counts(cells(counted, rows, columns, sizes), SMALL))].append(counted)
    for (low, _high), tables in seen.items():
        possible = np.array(tables)
        for cell in range(len(rows)):
            if low[cell] == -1 or possible[:, cell].min() >= SMALL.minimum_students:
                continue
            assert len(np.unique(possible[:, cell])) >= SMALL.least_possible_values
        for row in np.unique(rows):  # those who left, but where it is not even shown who went where
            if -1 not in np.array(low)[rows == row]:
                left = sizes[0][row] - possible[:, rows == row].sum(axis=1)
                assert len(np.unique(left)) >= SMALL.least_possible_values


@dataclass(frozen=True, kw_only=True, eq=False)
class Drawn(CellNoise):
    """Noise that somebody has drawn already."""

    shown: tuple[int, ...]

    def draw(self, cell: int, students: int) -> int:
        return self.shown[cell]


def drawn_noises(counts: tuple[int, ...]) -> list[Drawn]:
    """Every noise that these counts can get."""
    table = noise_table(2, 1.0, 6)
    drawn = product(*(np.flatnonzero(table[count]).tolist() if count <= 6 else [0] for count in counts))
    return [Drawn(names=[], key=b"", most=2, variance=1.0, greatest=6, shown=shown) for shown in drawn]


@pytest.mark.parametrize(("number", "size"), [(2, 13), (2, 14)])
def test_a_viewer_who_knows_the_table_of_noise_is_left_with_enough_values(number: int, size: int) -> None:
    # One student is always shown as one. So of a grade of 14 with 11 in one cell, another shown as 2 was 2 or 3, if it
    # is said to be 1 to 3.
    columns, seen = np.arange(number), defaultdict(list)
    for counts in product(range(1, size), repeat=number):
        if sum(counts) > size:
            continue
        table = cells(np.array(counts), np.zeros(number, int), columns, ([size], [40] * number))
        for noise in drawn_noises(counts):
            shown = classify_counts(table, SMALL, noise)
            seen[what_is_seen(shown), tuple(np.nan_to_num(shown.noisy))].append(counts)
    assert len(seen) > 20
    for tables in seen.values():
        for possible in np.array(tables).T:
            if possible.min() < SMALL.minimum_students:
                assert len(np.unique(possible)) >= SMALL.least_possible_values


def test_the_intervals_say_neither_more_nor_less_than_all_tables() -> None:
    # A row of 11: one cell of 6 and one of 2. Slack 9 at first. From 5 on: 9 - 4 = 5 >= 2, asked, yes. From 8 on:
    # 5 - 3 = 2, asked, no. The other: from 5 on: 5 - 4 = 1 < 2, not asked. At the end the 6 is exact, since 5 - 2 = 3:
    # 1 to 1 + 4.
    shown = classify_counts(cells(np.array([6, 2]), np.zeros(2, int), np.array([0, 1]), ([11], [40, 40])), SMALL)
    assert shown.low.tolist() == [6, 1]
    assert shown.high.tolist() == [6, 5]
    assert not shown.is_withheld.any()


def test_cells_of_a_grade_that_is_too_small_are_withheld() -> None:
    # Two cells in a grade of three: each could be 1 or 2, two values where three are wanted.
    shown = classify_counts(cells(np.array([1, 2]), np.zeros(2, int), np.array([0, 1]), ([3], [40, 40])), SMALL)
    assert shown.is_withheld.all()


def test_those_asked_first_have_the_slack() -> None:
    # 11 students, slack 9: whoever is first is asked about 5, which leaves 5, and about 8, which would leave 2. The
    # other is not asked: 5 would leave 1.
    both = cells(np.array([5, 5]), np.zeros(2, int), np.array([0, 1]), ([11], [40, 40]))
    first, last = (
        classify_counts(CountCells(**{**vars(both), "priority": np.array(order)}), SMALL).low.tolist()
        for order in ([0, 1], [1, 0])
    )
    assert (first, last) == ([5, 1], [1, 5])


def test_an_interval_of_a_file_is_shown_by_its_ends() -> None:
    both = cells(np.array([1, 6]), np.array([0, 1]), np.array([0, 1]), ([90, 90], [90, 90]))
    shown = classify_counts(CountCells(**{**vars(both), "most": np.array([4.0, 9.0])}), SMALL)
    # 6 to 9 is 5 or more, and nobody knows whether it is 8 or more; the next class after 9 begins at 11.
    assert np.c_[shown.low, shown.high].tolist() == [[1, 4], [5, 10]]


@pytest.mark.parametrize(("minimum", "width", "points"), [(10, 5, [10, 15, 20, 25]), (15, 10, [15, 25, 35, 45])])
def test_classes_begin_at_the_minimum_and_then_a_width_each(minimum: int, width: int, points: list[int]) -> None:
    policy = DisclosurePolicy(minimum_students=minimum, rounding_students=width)
    assert cut_points(60, policy)[:4].tolist() == points
