"""Cells are added up and sorted, whether or not they were in order."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pyarrow as pa
import pytest

from clustering.validation.flows.flow_cells import MISSING, FlowCells, add_up

# Origin, destination (-1: none), grade, next grade, year, students; in the order in which they are sorted.
IN_ORDER = [
    (0, 1, 5, 6, 2022, 3.0),
    (0, 1, 5, 6, 2023, 4.0),
    (0, 1, MISSING, MISSING, 2022, 1.0),
    (0, -1, 5, MISSING, 2022, 2.0),
    (1, 0, 8, 9, 2022, 5.0),
]


def cells_of(rows: list[tuple[float, ...]]) -> FlowCells:
    *whole, students = (np.array(column) for column in zip(*rows, strict=True))
    origin, destination, grade, next_grade, year = whole
    return FlowCells(
        ids=pa.array(["0001", "0002"]),
        origin=origin,
        destination=destination,
        grade=grade,
        next_grade=next_grade,
        year=year,
        students=students,
        low=students,
        high=students,
    )


def rows_of(cells: FlowCells) -> list[tuple[float, ...]]:
    names = [each.name for each in fields(cells)][1:7]
    return list(zip(*(getattr(cells, name).tolist() for name in names), strict=True))


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]])
def test_the_order_of_the_rows_does_not_count(order: list[int]) -> None:
    assert rows_of(add_up([cells_of([IN_ORDER[number] for number in order])])) == IN_ORDER


def test_equal_cells_are_added_though_the_rows_are_in_order() -> None:
    twice = [row for row in IN_ORDER for _ in range(2)]
    assert rows_of(add_up([cells_of(twice)])) == [(*row[:5], 2 * row[5]) for row in IN_ORDER]


def promotions(ids: list[str], ends: list[tuple[float, ...]]) -> FlowCells:
    """One student from each origin to each destination, by positions in ``ids``."""
    return replace(cells_of([(*each, 5, 6, 2022, 1.0) for each in ends]), ids=pa.array(ids))


def named_rows(added: FlowCells) -> list[tuple[str, str | None, float]]:
    """Origin, destination and students, by the names of the schools."""
    names = added.ids.to_pylist()
    ends = zip(added.origin, added.destination, added.students, strict=True)
    return [(names[a], None if b < 0 else names[b], float(students)) for a, b, students in ends]


# The schools that only a file of flows names come last among its schools, whatever their identifiers.
UNSORTED = promotions(["b", "c", "a"], [(0, 1), (2, 0), (0, 1), (2, -1)])


def test_cells_of_one_file_keep_their_schools_when_these_are_sorted() -> None:
    added = add_up([UNSORTED])
    assert added.ids.to_pylist() == ["a", "b", "c"]
    assert named_rows(added) == [("a", "b", 1.0), ("a", None, 1.0), ("b", "c", 2.0)]


@pytest.mark.parametrize("turned", [False, True])
def test_cells_of_two_files_are_added_by_school(turned: bool) -> None:
    parts = [UNSORTED, promotions(["d", "b", "c"], [(1, 2), (0, 1)])]
    added = add_up(parts[::-1] if turned else parts)
    assert named_rows(added) == [("a", "b", 1.0), ("a", None, 1.0), ("b", "c", 3.0), ("d", "b", 1.0)]
