"""Primary and complementary suppression of a table of exact counts, so that it can be published."""

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

# Pairs added to each row and column whose totals give a cell away: first the likeliest, then more.
_PAIRS = (1, 3, 10, 30)
_MOST_CELLS_AT_ONCE = 1_500
_MOST_LISTED = 20
_ELSEWHERE, _LEFT = "elsewhere", "no school (those who left)"


@dataclass(frozen=True, kw_only=True)
class SuppressedTable:
    """
    A table that may be published, and what its publisher should know.

    Parameters
    ----------
    table
        ``origin``, ``destination``, ``grade``, ``next_grade``, ``year`` and ``students`` (Int64; missing: hidden),
        sorted. Nothing distinguishes small cells from the others that are hidden.
    intervals
        The same keys and ``lowest`` and ``highest`` of each hidden cell: what a reader can work out from the table and
        all its totals.
    parameters
        Those that were given.
    method
        ``optimal`` or ``modular``.
    small_cells, further_cells, further_students
        Small cells (primary suppression), further hidden cells (complementary suppression), and the students of the
        further ones. Not for publication: these numbers say something about the hidden cells.
    listed_pairs
        Pairs of schools without students that were added to the table.
    narrow_cells
        Small cells whose totals are too small for an interval from 1 to the minimum.
    bound
        Lower bound on the cost of any choice. Not for publication either.
    cost
        Of this choice: students of the further cells, a cell without any counting as one; or the number of cells.
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
    Hide the small cells of a table of flows, and further cells so that totals do not give the small ones away.

    Parameters
    ----------
    flows
        Exact counts of one year: ``origin`` and ``destination`` (text), ``students`` (whole, 0 or more), and where
        known ``grade``, ``next_grade`` and ``year``. A missing destination is students who left, a missing origin
        students from elsewhere. With these, the totals are the sizes of grades, which are public.
    parameters
        The minimum of the defaults is that of most states.

    Returns
    -------
    suppressed
        Audited. Every cell of 1 to ``minimum_students`` - 1 is hidden. To a reader who knows all totals and all
        published cells, its interval begins at 1 or less and ends at ``minimum_students`` or more, or holds all that
        the totals allow where that is less. It keeps ``least_possible_values`` values, or all from 0 to its total.

    Raises
    ------
    InputError
        The table does not hold exact counts, or totals give small cells away whatever is hidden.
    SolverError
        The audit finds a cell that is not protected. That is an error of this program: publish nothing.
    """
    parameters = SuppressionParameters.given(parameters)
    if parameters.least_possible_values > parameters.minimum_students:
        message = "least_possible_values is greater than minimum_students."
        raise InputError([Problem(table="parameters", message=message, remedy="Lower it, or raise the minimum.")])
    given = cells_of_flows(flows, pool_years=parameters.pool_years)
    cells, levels = resolve(given.cells, given.lines, parameters)
    if levels.is_unresolved.any():
        raise InputError(_unresolved(given, levels.cells[levels.is_unresolved], parameters))
    is_small = np.zeros(len(cells.rows), dtype=bool)
    is_small[levels.cells] = True
    choice, method = _choose(cells, given.lines, levels, is_small, parameters)
    return _audited(given, cells, levels, choice, parameters, method)


def resolve(cells: CellTable, lines: Lines, parameters: SuppressionParameters) -> tuple[CellTable, Levels]:
    """
    Add pairs without students, where that is allowed and needed, until totals give no small cell away.

    Parameters
    ----------
    cells, lines
        Of the table.
    parameters
        The minimum, the possible values, and whether pairs may be added.

    Returns
    -------
    cells, levels
        With the added pairs. Some small cells may still be unresolved.
    """
    least = parameters.minimum_students, parameters.least_possible_values
    levels = protection_levels(cells, *least)
    for most in _PAIRS if parameters.list_further_pairs else ():
        unresolved = levels.cells[levels.is_unresolved]
        if not len(unresolved):
            break
        rows, columns = further_pairs(cells, lines, unresolved, most)
        if len(rows):
            cells = cells.with_listed(rows, columns)
            levels = protection_levels(cells, *least, before=levels)
    return cells, levels


def _choose(
    cells: CellTable, lines: Lines, levels: Levels, is_small: np.ndarray, parameters: SuppressionParameters
) -> tuple[Choice, str]:
    """Choose the further cells."""
    costs = np.maximum(cells.students, 1) if parameters.cost == "students" else np.ones(len(is_small), dtype="int64")
    is_optimal = parameters.method == "optimal"
    if is_optimal or (parameters.method == "automatic" and len(is_small) <= _MOST_CELLS_AT_ONCE):
        return hide_at_least_cost(cells, is_small, levels, costs, parameters.time_limit_s), "optimal"
    return hide_block_by_block(cells, lines.is_shared, levels, costs, parameters.time_limit_s), "modular"


def _audited(
    given: CellsOfFlows,
    cells: CellTable,
    levels: Levels,
    choice: Choice,
    parameters: SuppressionParameters,
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
        parameters=parameters,
        method=method,
        small_cells=len(levels.cells),
        further_cells=further,
        further_students=int(cells.students[hidden].sum() - cells.students[levels.cells].sum()),
        listed_pairs=len(cells.rows) - len(given.cells.rows),
        narrow_cells=int(levels.is_narrow.sum()),
        bound=choice.bound,
        cost=choice.cost,
    )


def _unresolved(given: CellsOfFlows, cells: np.ndarray, parameters: SuppressionParameters) -> list[Problem]:
    """Name the cells that totals give away."""
    keys = given.keys.iloc[cells[cells < len(given.keys)]]
    remedy = (
        "Coarsen the table: add up years, grades or small schools. Or list pairs without students, with 0, that a"
        " reader cannot rule out"
    )
    remedy += "." if parameters.list_further_pairs else ", or set list_further_pairs=true."
    named = keys[["origin", "destination"]].fillna({"origin": _ELSEWHERE, "destination": _LEFT}).head(_MOST_LISTED)
    listed = [
        Problem(
            table="flows",
            school_id=None if origin == _ELSEWHERE else origin,
            message=f"The totals give away how many students went from {origin} to {destination}.",
            remedy=remedy,
        )
        for origin, destination in named.itertuples(index=False, name=None)
    ]
    listed[-1:] = [replace(each, further_records=len(keys) - len(listed)) for each in listed[-1:]]
    return listed
