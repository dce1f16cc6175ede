"""Tables and problems as plain values, ready for JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from clustering.errors import Problem


def table_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Write a table as plain values, a mapping per row; missing is ``None``."""
    names = [str(name) for name in table.columns]
    columns = [_plain_values(column) for _, column in table.items()]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _plain_values(column: pd.Series) -> list[Any]:
    """Values of Python's own types; to pick them column by column is much faster than row by row."""
    values = column.to_numpy(dtype=object, copy=True)
    values[column.isna().to_numpy()] = None
    if column.dtype != object:
        return values.tolist()
    return [value.item() if isinstance(value, np.generic) else value for value in values]


def problem_documents(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Write problems as plain values, one mapping each, without empty fields."""
    return [{name: value for name, value in asdict(problem).items() if value is not None} for problem in problems]
