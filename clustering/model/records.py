"""Tables and problems as plain values, ready for JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from clustering.errors import Problem, ProblemKind

MAXIMUM_COLUMNS_NAMED = 20


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
    """Write problems as plain values, one mapping each, without empty fields; ``further_records`` only if any."""
    documents = []
    for problem in problems:
        document = {name: value for name, value in asdict(problem).items() if value is not None}
        if not problem.further_records:
            del document["further_records"]
        documents.append(document)
    return documents


def kind_documents(kinds: Iterable[ProblemKind]) -> list[dict[str, Any]]:
    """
    Write kinds of problems as plain values.

    Parameters
    ----------
    kinds
        Of :func:`~clustering.errors.problem_kinds`.

    Returns
    -------
    documents
        ``table``, ``message``, ``remedy``, ``is_error``, ``columns`` (at most 20), ``count`` (all of the kind),
        ``listed`` (those that are listed one by one).
    """
    return [
        {
            "table": kind.table,
            "message": kind.message,
            "remedy": kind.remedy,
            "is_error": kind.is_error,
            "columns": list(kind.columns[:MAXIMUM_COLUMNS_NAMED]),
            "count": kind.count,
            "listed": len(kind.examples),
        }
        for kind in kinds
    ]
