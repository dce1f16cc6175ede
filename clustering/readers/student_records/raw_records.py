"""The records of one file as text, whatever its format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from clustering.errors import Problem
from clustering.readers.student_records.formats import RecordFormat


@dataclass(frozen=True, kw_only=True, repr=False)
class RecordTable:
    """
    The records of one file as text.

    Parameters
    ----------
    name
        Name of the file in problems.
    record_format
        How its texts are read.
    first_row
        Row of the first record.
    cells
        For each canonical column present, but not ``student_id``, the text of each record, trimmed; blank is "".
    student_ids
        Text of the student id of each record.
    headings
        Canonical column to heading or position.
    unused
        Headings that nothing was read from.
    encoding, delimiter
        As recognised, or as set by the user.
    problems
        Warnings.
    companions
        Names of further files that the records refer to.
    """

    name: str
    record_format: RecordFormat
    first_row: int
    cells: Mapping[str, pd.Categorical]
    student_ids: pa.ChunkedArray
    headings: Mapping[str, str]
    unused: tuple[str, ...]
    encoding: str
    delimiter: str
    problems: tuple[Problem, ...]
    companions: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Number of records."""
        return len(self.student_ids)
