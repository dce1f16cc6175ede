"""Checks a table of flows, and numbers its rows (grades of origins) and columns (grades of destinations)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.disclosure.complementary_suppression.cell_table import CellTable
from clustering.disclosure.complementary_suppression.further_pairs import Lines
from clustering.errors import InputError, Problem

KEY = ["origin", "destination", "grade", "next_grade"]
_ROW, _COLUMN = ["grade", "origin"], ["next_grade", "destination"]
_MOST_STUDENTS = 2**24 - 1
_NAME = "flows"


@dataclass(frozen=True, kw_only=True)
class CellsOfFlows:
    """
    The cells of a table of flows.

    Parameters
    ----------
    keys
        ``origin``, ``destination``, ``grade`` and ``next_grade`` of each cell, sorted.
    cells
        The same cells as arrays.
    lines
        Of the rows, then the columns.
    year
        Fall of the school year; ``None`` where the table names none, or where several were pooled.
    row_keys, column_keys
        ``grade`` and ``origin`` of each row, ``next_grade`` and ``destination`` of each column. The column of those who
        left has the grade that they left as its first key, since leavers are published by grade.
    """

    keys: pd.DataFrame
    cells: CellTable
    lines: Lines
    year: int | None
    row_keys: pd.DataFrame
    column_keys: pd.DataFrame

    def keys_of(self, rows: np.ndarray, columns: np.ndarray) -> pd.DataFrame:
        """The keys of pairs of a row and a column."""
        row, column = (
            keys.iloc[at].reset_index(drop=True) for keys, at in ((self.row_keys, rows), (self.column_keys, columns))
        )
        # Students from elsewhere have a grade in the column only, and those who left in the row only.
        grade = row["grade"].mask(row["origin"].isna())
        next_grade = column["next_grade"].mask(column["destination"].isna())
        pairs = {"origin": row["origin"], "destination": column["destination"], "grade": grade}
        return pd.DataFrame({**pairs, "next_grade": next_grade})


def cells_of_flows(flows: pd.DataFrame, *, pool_years: bool) -> CellsOfFlows:
    """
    Check a table of flows and number its rows and columns.

    Parameters
    ----------
    flows
        ``origin``, ``destination`` (text; missing: from elsewhere, left), ``students``; ``grade``, ``next_grade`` and
        ``year`` may be there.
    pool_years
        Whether several years are added up.

    Returns
    -------
    cells
        Rows of the same key are added up.

    Raises
    ------
    InputError
        Every problem of the table.
    """
    problems = _problems(flows, pool_years=pool_years)
    if problems:
        raise InputError(problems)
    table = pd.DataFrame({name: flows[name].astype("str") for name in ("origin", "destination")})
    for name in ("grade", "next_grade"):
        table[name] = flows[name].astype("Int64") if name in flows else pd.Series(pd.NA, table.index, dtype="Int64")
    table["next_grade"] = table["next_grade"].mask(table["destination"].isna())
    table["grade"] = table["grade"].mask(table["origin"].isna())
    table["students"] = flows["students"].astype("int64")
    cells = table.groupby(KEY, dropna=False, sort=True)["students"].sum().reset_index()
    keys = cells[KEY]
    left, came = keys["destination"].isna(), keys["origin"].isna()
    rows = keys[_ROW].assign(grade=keys["grade"].mask(came, keys["next_grade"]))
    columns = keys[_COLUMN].assign(next_grade=keys["next_grade"].mask(left, keys["grade"]))
    row, row_keys = _number(rows)
    column, column_keys = _number(columns)
    years = sorted(set(flows["year"].dropna())) if "year" in flows else []
    return CellsOfFlows(
        keys=keys,
        cells=CellTable.of(row, column, cells["students"].to_numpy()),
        lines=_lines(row_keys, column_keys),
        year=int(years[0]) if len(years) == 1 else None,
        row_keys=row_keys,
        column_keys=column_keys,
    )


def _number(lines: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """The number of each cell's line in the order of grade and identifier, and the keys of the lines."""
    grouped = lines.groupby(list(lines.columns), dropna=False, sort=True)
    keys = grouped.size().reset_index()[list(lines.columns)]
    return grouped.ngroup().to_numpy(), keys


def _lines(row_keys: pd.DataFrame, column_keys: pd.DataFrame) -> Lines:
    """A group for each grade of the rows, of the columns, and of those who left or came from elsewhere."""
    parts = []
    for name, keys, end in (("row", row_keys, "origin"), ("column", column_keys, "destination")):
        grade = keys.iloc[:, 0].astype("str").fillna("")
        parts.append(pd.DataFrame({"side": name, "grade": grade, "is_shared": keys[end].isna()}))
    both = pd.concat(parts, ignore_index=True)
    group = both.groupby(["side", "grade", "is_shared"], sort=True).ngroup().to_numpy()
    return Lines(group=group, is_shared=both["is_shared"].to_numpy())


def _problems(flows: pd.DataFrame, *, pool_years: bool) -> list[Problem]:
    """Every reason to refuse a table."""
    missing = [name for name in ("origin", "destination", "students") if name not in flows]
    if missing:
        message = f"The table has no column {' and no column '.join(missing)}."
        return [_problem(message, "Give origin, destination and students; grade, next_grade and year where known.")]
    problems = []
    students = pd.to_numeric(flows["students"], errors="coerce").astype("float64")
    bad = students.isna() | (students < 0) | (students % 1 != 0)
    if bad.any():
        message = f"{int(bad.sum()):,} records have no whole number of students, 0 or more."
        remedy = "Give the exact counts: a table in which something is hidden cannot be protected again."
        problems.append(_problem(message, remedy, column="students"))
    if students.sum() > _MOST_STUDENTS:
        problems.append(_problem("The table has more than 16,777,215 students.", "Give one state at a time."))
    if (flows["origin"].isna() & flows["destination"].isna()).any():
        message = "A record has neither an origin nor a destination."
        problems.append(_problem(message, "Take it out: nobody moved there."))
    years = set(flows["year"].dropna()) if "year" in flows else set()
    if len(years) > 1 and not pool_years:
        message = f"The table has {len(years):,} school years."
        problems.append(_problem(message, "Give one year, or set pool_years=true to add them up.", column="year"))
    if not len(flows):
        problems.append(_problem("The table has no records.", "Give a record for each pair of schools."))
    return problems


def _problem(message: str, remedy: str, column: str | None = None) -> Problem:
    return Problem(table=_NAME, column=column, message=message, remedy=remedy)
