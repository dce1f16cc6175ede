"""A table of exact counts made fit to be published: small cells hidden, and others so that totals tell nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from clustering.disclosure.complementary_suppression.audit import find_intervals
from clustering.disclosure.complementary_suppression.cell_table import CellTable
from clustering.disclosure.complementary_suppression.flow_table import CellsOfFlows, cells_of_flows
from clustering.disclosure.complementary_suppression.further_pairs import Lines, further_pairs
from clustering.disclosure.complementary_suppression.modular import hide_block_by_block
from clustering.disclosure.complementary_suppression.optimal import Choice, hide_at_least_cost
from clustering.disclosure.complementary_suppression.parameters import SuppressionParameters
from clustering.disclosure.complementary_suppression.protection import Levels, protection_levels
from clustering.errors import InputError, Problem, SolverError

# Pairs listed in each row and column that totals give away: first the likeliest, then more.
_PAIRS = (1, 3, 10, 30)
_MOST_CELLS_AT_ONCE = 1_500
_MOST_LISTED = 20
_ELSEWHERE, _LEFT = "those from elsewhere", "those who left"


@dataclass(frozen=True, kw_only=True)
class SuppressedTable:
    """
    A table that may be published, and what the person who publishes it should know.

    Parameters
    ----------
    table
        ``origin``, ``destination``, ``grade``, ``next_grade``, ``year`` and ``students`` (Int64; missing: hidden),
        sorted. Nothing tells small cells from the others that are hidden.
    intervals
        The same keys and ``lowest`` and ``highest`` of each hidden cell: what a reader can work out from the table and
        all its totals.
    parameters
        What was asked.
    method
        ``optimal`` or ``modular``.
    small_cells, further_cells, further_students
        Cells of few students, further cells that are hidden, and their students. Not for publication: they say
        something of the hidden cells.
    listed_pairs
        Pairs without students that were listed.
    narrow_cells
        Small cells whose totals are too small for an interval from 1 to the minimum.
    bound
        No choice has a lower cost; ``cost`` is that of this one. Not for publication either.
    cost
        Students of the further cells, a cell without any counting as one; or their number.
    """

    table: pd.DataFrame
    intervals: pd.DataFrame
    parameters: SuppressionParameters
    method: str
    small_cells: int
    further_cells: int
    further_students: int
    listed_pairs: int
    narrow_cells: int
    bound: float
    cost: float

    @property
    def is_optimal(self) -> bool:
        """Whether no choice costs less."""
        return self.method == "optimal" and self.bound > self.cost - 1 + 1e-6


def suppress_table(
    flows: pd.DataFrame, parameters: SuppressionParameters | Mapping[str, object] | None = None
) -> SuppressedTable:
    """
    Hide small cells of a table of flows, and further cells so that no total gives a small one away.

    Parameters
    ----------
    flows
        Exact counts of one year: ``origin`` and ``destination`` (text), ``students`` (whole, 0 or more), and where
        known ``grade``, ``next_grade`` and ``year``. A missing destination is students who left, a missing origin
        students from elsewhere. With these the totals are those of grades, which everybody knows.
    parameters
        What is asked; the defaults are the practice of most states.

    Returns
    -------
    suppressed
        Audited. Every cell of 1 to ``minimum_students`` - 1 is hidden, and to a reader who knows all totals and all
        published cells it may be 1 or less as well as ``minimum_students`` or more; where totals are too small for
        that, all that they allow. It keeps ``least_possible_values`` values, or all from 0 to its total.

    Raises
    ------
    InputError
        The table is not one of exact counts, or small cells remain that totals give away whatever is hidden.
    SolverError
        The audit finds a cell that is not protected: an error of this program. Nothing is to be published.
    """
    asked = SuppressionParameters.given(parameters)
    if asked.least_possible_values > asked.minimum_students:
        message = "least_possible_values is greater than minimum_students."
        raise InputError([Problem(table="parameters", message=message, remedy="Lower it, or raise the minimum.")])
    given = cells_of_flows(flows, pool_years=asked.pool_years)
    cells, levels = resolve(given.cells, given.lines, asked)
    if levels.is_unresolved.any():
        raise InputError(_unresolved(given, levels.cells[levels.is_unresolved], asked))
    is_small = np.zeros(len(cells.rows), dtype=bool)
    is_small[levels.cells] = True
    choice, method = _choose(cells, given.lines, levels, is_small, asked)
    return _audited(given, cells, levels, choice, asked, method)


def resolve(cells: CellTable, lines: Lines, asked: SuppressionParameters) -> tuple[CellTable, Levels]:
    """
    List further pairs, as far as may be and is needed, until totals give no small cell away.

    Parameters
    ----------
    cells, lines
        Of the table.
    asked
        What is asked.

    Returns
    -------
    cells, levels
        With the pairs. Some small cells may still be unresolved.
    """
    least = asked.minimum_students, asked.least_possible_values
    levels = protection_levels(cells, *least)
    for most in _PAIRS if asked.list_further_pairs else ():
        unresolved = levels.cells[levels.is_unresolved]
        if not len(unresolved):
            break
        rows, columns = further_pairs(cells, lines, unresolved, most)
        if len(rows):
            cells = cells.with_listed(rows, columns)
            levels = protection_levels(cells, *least, before=levels)
    return cells, levels


def _choose(
    cells: CellTable, lines: Lines, levels: Levels, is_small: np.ndarray, asked: SuppressionParameters
) -> tuple[Choice, str]:
    """Choose the further cells."""
    costs = np.maximum(cells.students, 1) if asked.cost == "students" else np.ones(len(is_small), dtype="int64")
    at_once = len(is_small) <= _MOST_CELLS_AT_ONCE if asked.method == "automatic" else asked.method == "optimal"
    if at_once:
        return hide_at_least_cost(cells, is_small, levels, costs, asked.time_limit_s), "optimal"
    return hide_block_by_block(cells, lines.is_shared, levels, costs, asked.time_limit_s), "modular"


def _audited(
    given: CellsOfFlows,
    cells: CellTable,
    levels: Levels,
    choice: Choice,
    asked: SuppressionParameters,
    method: str,
) -> SuppressedTable:
    """Audit the whole, and write it as tables."""
    intervals, hidden = find_intervals(cells, choice.hidden), choice.hidden
    breaches = intervals.breaches(cells, levels)
    if len(breaches):
        raise SolverError(f"{len(breaches):,} small cells are not protected")
    keys = given.keys_of(cells.rows, cells.columns)
    keys["year"] = pd.array([given.year] * len(keys), dtype="Int64")
    students = pd.Series(cells.students, dtype="Int64").mask(hidden)
    order = keys.sort_values(list(keys.columns), kind="stable").index
    table = keys.assign(students=students).loc[order].reset_index(drop=True)
    found = keys.iloc[intervals.cells].assign(lowest=intervals.lowest, highest=intervals.highest)
    further = int(hidden.sum()) - len(levels.cells)
    return SuppressedTable(
        table=table,
        intervals=found.sort_values(list(keys.columns), kind="stable", ignore_index=True),
        parameters=asked,
        method=method,
        small_cells=len(levels.cells),
        further_cells=further,
        further_students=int(cells.students[hidden].sum() - cells.students[levels.cells].sum()),
        listed_pairs=len(cells.rows) - len(given.cells.rows),
        narrow_cells=int(levels.is_narrow.sum()),
        bound=choice.bound,
        cost=choice.cost,
    )


def _unresolved(given: CellsOfFlows, cells: np.ndarray, asked: SuppressionParameters) -> list[Problem]:
    """Say which pairs remain that totals give away."""
    keys = given.keys.iloc[cells[cells < len(given.keys)]]
    remedy = (
        "Coarsen the table: add up years, grades or small schools; or list pairs without students that a reader cannot"
        " rule out, with 0"
    )
    remedy += "." if asked.list_further_pairs else ", or set list_further_pairs=true."
    named = keys[["origin", "destination"]].fillna("").head(_MOST_LISTED)
    listed = [
        Problem(
            table="flows",
            school_id=origin or None,
            message=f"The totals of {origin or _ELSEWHERE} to {destination or _LEFT} give its students away.",
            remedy=remedy,
        )
        for origin, destination in named.itertuples(index=False, name=None)
    ]
    listed[-1:] = [replace(each, further_records=len(keys) - len(listed)) for each in listed[-1:]]
    return listed
