"""
States put together of cells that were read before, for tests of hundreds of states.

Every cell is read once, in one file of a school each. A state takes of that file what was read of its cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np
import pandas as pd

from clustering import Scenario
from clustering.ingest.fingerprint import hash_tables
from clustering.readers.published.edfacts_vocabulary import group_of_words
from clustering.readers.text.values import parse_school_year
from clustering.validation.rates.own_performance import RATE_COLUMNS
from clustering.validation.rates.repeated_rates import RATE_KEY
from tests.examples.rated_schools import rated_schools, school_ids

YEAR = "2021-22"
NO_ROW = -1


@dataclass(frozen=True)
class Row:
    """A row of a performance file: its cell by number, its school, school year and group of students."""

    cell: int
    school: str = "01"
    year: str = YEAR
    group: str = "All Students"


@dataclass(frozen=True, eq=False)
class ReadCells:
    """
    Cells of a performance file, and the states that can be made of them.

    Parameters
    ----------
    columns
        Heading to texts, one text for each cell.
    """

    columns: Mapping[str, Sequence[str]]

    @cached_property
    def _file(self) -> Scenario:
        count = len(next(iter(self.columns.values())))
        return rated_schools({**self.columns, "school_year": [YEAR] * count})

    @cached_property
    def _rates_rows(self) -> np.ndarray:
        """Row of the read rates of each cell; ``NO_ROW`` for a blank cell."""
        ids = self._file.rates["school_id"]
        assert ids.is_unique
        count = len(next(iter(self.columns.values())))
        return np.asarray(pd.Index(ids).get_indexer(pd.Index(school_ids(count))))

    def state(self, rows: Sequence[Row], **traits: Sequence[str]) -> Scenario:
        """The state that :func:`rated_schools` reads from a file of these rows."""
        count = max([2, *(len(values) for values in traits.values()), *(int(row.school) for row in rows)])
        base = _schools(count, tuple((name, tuple(values)) for name, values in traits.items()))
        assert base.performance.empty, "lists among the columns of schools are not joined"
        rates_rows = self._rates_rows[[row.cell for row in rows]]
        used = [row for row, rates_row in zip(rows, rates_rows, strict=True) if rates_row != NO_ROW]
        rates = self._file.rates.take(rates_rows[rates_rows != NO_ROW]).assign(
            school_id=pd.array([row.school for row in used], dtype="str"),
            year=pd.array([_fall_of(row.year) for row in used], dtype="Int64"),
            subgroup=pd.array([group_of_words(row.group) for row in used], dtype="str"),
        )
        rates = rates.sort_values(RATE_KEY, kind="stable", ignore_index=True)
        performance = _newest_graduation(rates)
        return replace(
            base,
            rates=rates,
            performance=performance,
            report=replace(base.report, files=(*base.report.files, self._file.report.files[-1])),
            content_sha256=hash_tables(base.schools, base.flows, performance, rates),
        )


@cache
def _schools(count: int, traits: tuple[tuple[str, tuple[str, ...]], ...]) -> Scenario:
    return rated_schools({"school_id": []}, **{"grades": ["9-12"] * count, **dict(traits)})


@cache
def _fall_of(year: str) -> int:
    fall = parse_school_year(year)
    assert fall is not None
    return fall


def _newest_graduation(rates: pd.DataFrame) -> pd.DataFrame:
    """The newest graduation rate of all students of each school, a published one before one that is missing."""
    whole = rates[(rates["measure"] == "graduation_4year") & (rates["subgroup"] == "all")]
    is_missing = whole["status"].isin(["missing", "not applicable"])
    order = np.lexsort((-whole["year"].to_numpy(dtype="int64"), is_missing))
    newest = whole.take(order).drop_duplicates("school_id").set_index("school_id").sort_index()
    return newest[["low", "high", "status", "text"]].set_axis(list(RATE_COLUMNS), axis="columns")
