"""Cells of flows added up and sorted, whatever the order of the schools in their look-up."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from clustering.validation.flows.flow_cells import FlowCells, add_up


def cells(ids: list[str], ends: list[tuple[int, int]]) -> FlowCells:
    """One student from each origin to each destination, by positions in ``ids``."""
    count = len(ends)
    origin, destination = (np.array(column, dtype="int32") for column in zip(*ends, strict=True))
    return FlowCells(
        ids=pa.array(ids),
        origin=origin,
        destination=destination,
        grade=np.full(count, 5, dtype="int8"),
        next_grade=np.full(count, 6, dtype="int8"),
        year=np.full(count, 2022),
        students=np.ones(count),
        low=np.ones(count),
        high=np.ones(count),
    )


def named_rows(added: FlowCells) -> list[tuple[str, str | None, float]]:
    """Origin, destination and students, by the names of the schools."""
    names = added.ids.to_pylist()
    ends = zip(added.origin, added.destination, added.students, strict=True)
    return [(names[a], None if b < 0 else names[b], float(students)) for a, b, students in ends]


# The schools that only a file of flows names come last among its schools, whatever their identifiers.
UNSORTED = cells(["b", "c", "a"], [(0, 1), (2, 0), (0, 1), (2, -1)])


def test_cells_of_one_file_keep_their_schools_when_these_are_sorted() -> None:
    added = add_up([UNSORTED])
    assert added.ids.to_pylist() == ["a", "b", "c"]
    assert named_rows(added) == [("a", "b", 1.0), ("a", None, 1.0), ("b", "c", 2.0)]


@pytest.mark.parametrize("turned", [False, True])
def test_cells_of_two_files_are_added_by_school(turned: bool) -> None:
    parts = [UNSORTED, cells(["d", "b", "c"], [(1, 2), (0, 1)])]
    added = add_up(parts[::-1] if turned else parts)
    assert named_rows(added) == [("a", "b", 1.0), ("a", None, 1.0), ("b", "c", 3.0), ("d", "b", 1.0)]
