"""Cells are added up and sorted, whether or not they were in order."""

from __future__ import annotations

from dataclasses import fields

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
