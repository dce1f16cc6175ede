"""Tables fitted to sums, against closed forms and by their properties."""

from __future__ import annotations

import numpy as np
import pytest

from clustering.flows.catchments.proportional_fitting import Margins, fit_proportionally


def margins_of(*tables: tuple[list[float], list[float]]) -> Margins:
    """Full tables with these sums of rows and columns."""
    parts, rows_before, columns_before = [], 0, 0
    for number, (rows, columns) in enumerate(tables):
        row, column = np.divmod(np.arange(len(rows) * len(columns)), len(columns))
        parts.append((np.full(len(row), number), row + rows_before, column + columns_before))
        rows_before, columns_before = rows_before + len(rows), columns_before + len(columns)
    table, row, column = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Margins(
        table=table,
        row=row,
        column=column,
        row_totals=np.concatenate([rows for rows, _ in tables]).astype("float64"),
        column_totals=np.concatenate([columns for _, columns in tables]).astype("float64"),
    )


def test_two_by_two_as_worked_out_by_hand() -> None:
    # Scaling keeps the ratio of products, 3: x (x - 10) = 3 (40 - x) (30 - x), so that x = 50 - sqrt(700).
    fitted = fit_proportionally(np.array([3.0, 1, 1, 1]), margins_of(([40, 20], [30, 30])))
    first = 50 - np.sqrt(700)
    assert fitted == pytest.approx([first, 40 - first, 30 - first, first - 10], rel=1e-5)


def test_a_table_that_has_the_sums_stays_as_it_is_beside_one_that_takes_many_rounds() -> None:
    seeds = np.array([30.0, 10, 10, 10, 1, 0.001, 0.001, 1])
    fitted = fit_proportionally(seeds, margins_of(([40, 20], [40, 20]), ([90, 10], [10, 90])))
    assert fitted[:4] == pytest.approx([30, 10, 10, 10])
    # x (x) = 10^6 (90 - x) (10 - x): nearly all that can be on the diagonal is.
    assert fitted[4:] == pytest.approx([10, 80, 0, 10], abs=0.01)


@pytest.mark.parametrize("seed", range(20))
def test_sums_of_random_tables(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tables = []
    for _ in range(5):
        rows, columns = rng.integers(1, 500, rng.integers(1, 7)), rng.integers(1, 500, rng.integers(1, 7))
        tables.append((list(rows * (columns.sum() / rows.sum())), list(columns)))
    margins = margins_of(*tables)
    seeds = rng.choice([0.01, 0.3, 1.0], len(margins.row))
    fitted = fit_proportionally(seeds, margins)
    assert np.bincount(margins.row, weights=fitted) == pytest.approx(margins.row_totals, rel=1e-5)
    assert np.bincount(margins.column, weights=fitted) == pytest.approx(margins.column_totals)
    # Only factors of rows and columns were multiplied in: the residuals of their logarithms are none.
    logs = np.log(fitted / seeds)
    design = (margins.row[:, None] == np.arange(len(margins.row_totals))).astype(float)
    both = np.hstack([design, (margins.column[:, None] == np.arange(len(margins.column_totals))).astype(float)])
    assert both @ np.linalg.lstsq(both, logs, rcond=None)[0] == pytest.approx(logs, abs=1e-6)


def test_no_tables() -> None:
    nothing = np.zeros(0, dtype="int64")
    margins = Margins(table=nothing, row=nothing, column=nothing, row_totals=np.zeros(0), column_totals=np.zeros(0))
    assert len(fit_proportionally(np.zeros(0), margins)) == 0
