"""All tables that staff may have beside what the public is shown so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clustering.disclosure.rates.group_tables import GroupTables


@dataclass(frozen=True, kw_only=True)
class StaffTables:
    """
    Tables that staff may have, several of each school, year and measure.

    Parameters
    ----------
    tables
        ``whole`` is the number of the table, and ``row`` a position in the tables that they were made of.
    owner
        School, year and measure of each table.
    start
        Where each table begins.
    offset
        Place of each rate in its table, by its position in the tables that they were made of.
    """

    tables: GroupTables
    owner: np.ndarray
    start: np.ndarray
    offset: np.ndarray

    def position(self, table: np.ndarray, rate: np.ndarray) -> np.ndarray:
        """Find rates, by their positions in the tables that these were made of, in some tables."""
        return np.asarray(self.start[table] + self.offset[rate])

    def repeated(self, parents: np.ndarray) -> StaffTables:
        """Make a new table of each parent, in this order."""
        ends = np.append(self.start, len(self.tables.row))
        number = np.diff(ends)[parents]
        table = np.repeat(np.arange(len(parents)), number)
        start = np.cumsum(number) - number
        taken = self.start[parents][table] + np.arange(len(table)) - start[table]
        found = self.tables.take(taken)
        found.whole = table
        found.breakdown = _numbered(table, found.breakdown)
        return StaffTables(tables=found, owner=self.owner[parents], start=start, offset=self.offset)

    def with_counts(self, position: np.ndarray, least: np.ndarray, most: np.ndarray) -> None:
        """Set what some rates leave possible; in place."""
        self.tables.least[position], self.tables.most[position] = least, most


def one_table_each(tables: GroupTables) -> StaffTables:
    """
    Begin with one table of each school, year and measure.

    Parameters
    ----------
    tables
        Rates that may be made coarser are suppressed in them.

    Returns
    -------
    staff
        With the same rates, ordered by school, year and measure.
    """
    order = np.argsort(tables.whole, kind="stable")
    found = tables.take(order)
    owner, start, table = np.unique(found.whole, return_index=True, return_inverse=True)
    offset = np.empty(len(order), dtype="int64")
    offset[order] = np.arange(len(order)) - start[table]
    found.row, found.whole = order, table
    return StaffTables(tables=found, owner=owner, start=start, offset=offset)


def _numbered(table: np.ndarray, breakdown: np.ndarray) -> np.ndarray:
    """Number the sets of groups of each table anew: no two tables share one."""
    is_group = breakdown >= 0
    key = table[is_group] * (breakdown.max(initial=0) + 1) + breakdown[is_group]
    found = np.full(len(breakdown), -1)
    found[is_group] = np.unique(key, return_inverse=True)[1]
    return found
