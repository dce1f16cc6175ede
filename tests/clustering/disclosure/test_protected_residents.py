"""Residents of the protected base, against a viewer who knows that all students of a grade are in the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd
import pytest

from clustering.disclosure.policy import Method, parse_policy
from clustering.disclosure.protected_residents import protect_residents
from clustering.model.columns import RESIDENT_COLUMNS

STANDARD = parse_policy("standard")
AREAS = ("B", "C", "D")


def shown(counts: np.ndarray, method: Method) -> pd.DataFrame:
    """Residents of some areas (rows) in some years (columns), all of them in one grade of B."""
    area, year = np.nonzero(counts)
    table = pd.DataFrame({"origin": np.array(AREAS)[area], "destination": "B", "grade": 6, "year": 2021 + year})
    students = counts[area, year].astype("float64")
    table = table.assign(students=students, students_low=students, students_high=students)
    table = table.astype({"origin": "str", "destination": "str", "grade": "Int64", "year": "Int64"})
    years = np.arange(counts.shape[1])
    sizes = pd.DataFrame({"school_id": "B", "grade": 6, "year": 2021 + years, "students": counts.sum(axis=0)})
    sizes = sizes.astype({"school_id": "str", "grade": "Int64", "year": "Int64", "students": "float64"})
    return protect_residents(table[list(RESIDENT_COLUMNS)], sizes, method, STANDARD)


def tables_of(sizes: tuple[int, ...], areas: int) -> Iterator[np.ndarray]:
    """Every table with these sizes of the grade in each year, with residents of all areas."""
    columns = [
        [each for each in product(range(size + 1), repeat=areas) if sum(each) == size and min(each) >= 0]
        for size in sizes
    ]
    for chosen in product(*columns):
        table = np.array(chosen).T
        if (table.sum(axis=1) > 0).all():
            yield table


@pytest.mark.parametrize(("sizes", "areas"), [((18,), 2), ((23,), 2), ((20,), 3), ((3, 15), 2)])
def test_a_count_of_1_to_9_keeps_five_values_though_all_students_are_in_the_table(
    sizes: tuple[int, ...], areas: int
) -> None:
    seen = defaultdict(list)
    for counts in tables_of(sizes, areas):
        base = shown(counts, "single years" if len(sizes) == 1 else "pooled years")
        seen[tuple(base[["origin", "students_low", "students_high"]].itertuples(index=False, name=None))].append(counts)
    assert len(seen) > 1
    for key, tables in seen.items():
        possible = np.array(tables).sum(axis=2)
        for row, (_, low, high) in enumerate(key):
            assert ((low <= possible[:, row]) & (possible[:, row] <= high)).all()
            if possible[:, row].min() < 10:
                assert len(np.unique(possible[:, row])) >= STANDARD.least_possible_values


def test_nothing_is_asked_about_one_cell_that_is_not_of_the_own_area() -> None:
    # 90, 20 and 30 of 140. B and C are asked about (B up to 90: 95 students would be more than it has), D is not: it
    # has what they leave.
    found = shown(np.array([[90], [20], [30]]), "single years")
    assert found[["students_low", "students_high"]].to_numpy().tolist() == [[90, 94], [20, 24], [1, 30]]
