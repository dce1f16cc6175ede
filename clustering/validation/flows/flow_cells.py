"""Flows as plain arrays, one entry a cell, and how cells are added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from clustering.readers.text.columns import arrow_texts, sorted_texts
from clustering.validation.findings import positions_of

MISSING = -9
_RANK_BITS, _YEAR_BITS, _GRADE_BITS = 20, 12, 5


@dataclass(frozen=True, kw_only=True)
class FlowCells:
    """
    Students by origin, destination, grades and year.

    Parameters
    ----------
    ids
        Schools, each once; not all need be named.
    origin, destination
        Positions in ``ids``; -1 is no destination.
    grade, next_grade, year
        -9 is missing.
    students, low, high
        float64; ``students`` is NaN where only the interval is known.
    """

    ids: pa.StringArray
    origin: np.ndarray
    destination: np.ndarray
    grade: np.ndarray
    next_grade: np.ndarray
    year: np.ndarray
    students: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def without_nobody(self) -> FlowCells:
        """Leave out cells without students, except in years in which no cell has any."""
        has_students = self.high > 0
        if has_students.all():
            return self
        has_students |= ~np.isin(self.year, pd.unique(self.year[has_students]))
        return replace(self, **{name: getattr(self, name)[has_students] for name in _COLUMNS})

    def named(self) -> pa.StringArray:
        """Schools that are an origin or a destination, sorted as in ``ids``."""
        is_named = np.zeros(len(self.ids), dtype=bool)
        is_named[self.origin] = True
        is_named[self.destination[self.destination >= 0]] = True
        return self.ids.filter(pa.array(is_named))


_COLUMNS = tuple(each.name for each in fields(FlowCells) if each.name != "ids")


def cells_of_table(rows: pd.DataFrame) -> FlowCells:
    """Cells of a table of flows (``columns.FLOW_COLUMNS``; ``kind`` is not needed)."""
    origin = arrow_texts(rows["origin"])
    destination = arrow_texts(rows["destination"])
    ids = pc.unique(pa.concat_arrays([origin, destination]).drop_null())

    def whole(name: str) -> np.ndarray:
        """Whole numbers, missing as -9."""
        return rows[name].astype("Int64").fillna(MISSING).to_numpy(dtype="int64")

    return FlowCells(
        ids=ids,
        origin=positions_of(origin, ids),
        destination=positions_of(destination, ids),
        grade=whole("grade"),
        next_grade=whole("next_grade"),
        year=whole("year"),
        students=rows["students"].to_numpy(dtype="float64"),
        low=rows["students_low"].to_numpy(dtype="float64"),
        high=rows["students_high"].to_numpy(dtype="float64"),
    )


def add_up(parts: Sequence[FlowCells]) -> FlowCells:
    """
    Add up cells of the same origin, destination, grades and year, and sort them.

    Parameters
    ----------
    parts
        At least one.

    Returns
    -------
    cells
        Sorted by the texts of origin and destination (none last), grades and year (missing last), with ``ids``
        sorted. A sum with a part that is not known exactly is an interval.
    """
    all_ids = parts[0].ids
    if not all(part.ids.equals(all_ids) for part in parts[1:]):
        all_ids = pc.unique(pa.concat_arrays([part.ids for part in parts]))
    ids = sorted_texts(all_ids)
    ranked = [part if part.ids.equals(ids) else _ranked(part, ids) for part in parts]
    cells = ranked[0] if len(ranked) == 1 else _joined(ranked)
    order = _order(cells)
    if order.positions is not None:
        cells = replace(cells, **{name: getattr(cells, name)[order.positions] for name in _COLUMNS})
    starts = order.starts
    if len(starts) == len(cells.origin):
        return cells
    first = {name: getattr(cells, name)[starts] for name in ("origin", "destination", "grade", "next_grade", "year")}
    sums = {name: np.add.reduceat(getattr(cells, name), starts) for name in ("students", "low", "high")}
    return replace(cells, **first, **sums)


def _joined(parts: Sequence[FlowCells]) -> FlowCells:
    """Cells of several parts with the same ``ids``."""
    return replace(parts[0], **{name: np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS})


def _ranked(part: FlowCells, ids: pa.StringArray) -> FlowCells:
    """The same cells, with positions in ``ids``."""
    ranks = positions_of(part.ids, ids)
    if not len(ranks):
        return replace(part, ids=ids)
    destination = np.where(part.destination < 0, -1, ranks[part.destination])
    return replace(part, ids=ids, origin=ranks[part.origin], destination=destination)


@dataclass(frozen=True, kw_only=True)
class _Order:
    """Positions of cells in sorted order, ``None`` if they are in order; where in it each distinct key starts."""

    positions: np.ndarray | None
    starts: np.ndarray


def _order(cells: FlowCells) -> _Order:
    """Sort by key; cells of the same key by their students."""
    if not len(cells.origin):
        return _Order(positions=None, starts=np.empty(0, dtype="int64"))
    key = _packed(cells) if len(cells.ids) < (1 << _RANK_BITS) - 1 else _numbered(cells)
    if (key[1:] > key[:-1]).all():  # as in many files of one year
        return _Order(positions=None, starts=np.arange(len(key)))
    order = np.argsort(key, kind="stable")
    is_new = np.concatenate([[True], np.diff(key[order]) != 0])
    if not is_new.all():
        # The sum of fractions depends on their order: it must not be that of the rows.
        order = np.lexsort((cells.low, key))
    return _Order(positions=order, starts=np.flatnonzero(is_new))


class _KeyPart(NamedTuple):
    """A part of a cell's key: its cells, the value that means missing, its bits, what makes the least value 0."""

    cells: np.ndarray
    missing: int
    bits: int
    offset: int


def _parts_after_origin(cells: FlowCells) -> list[_KeyPart]:
    """Parts of the key after the origin, in the order in which cells are sorted."""
    return [
        _KeyPart(cells.destination, missing=-1, bits=_RANK_BITS, offset=0),
        _KeyPart(cells.grade, missing=MISSING, bits=_GRADE_BITS, offset=2),
        _KeyPart(cells.next_grade, missing=MISSING, bits=_GRADE_BITS, offset=2),
        _KeyPart(cells.year, missing=MISSING, bits=_YEAR_BITS, offset=0),
    ]


def _packed(cells: FlowCells) -> np.ndarray:
    """The key of each cell as one number that sorts like the key, missing values last."""
    key = cells.origin.astype("int64")
    for part in _parts_after_origin(cells):
        last = (1 << part.bits) - 1
        key <<= part.bits
        key |= np.where(part.cells == part.missing, last, part.cells + part.offset)
    return key


def _numbered(cells: FlowCells) -> np.ndarray:
    """The same for more schools than fit into the bits: each distinct key's number in sorted order."""
    last = np.iinfo("int64").max
    columns = [np.where(part.cells == part.missing, last, part.cells) for part in _parts_after_origin(cells)]
    _, numbers = np.unique(np.column_stack([cells.origin, *columns]), axis=0, return_inverse=True)
    return np.ravel(numbers)
