"""Tables and problems as plain values, ready for JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import pandas as pd

from clustering.errors import Problem


def table_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Write a table as plain values, a mapping per row; missing is ``None``."""
    plain = table.astype("object")
    return [
        {str(name): value for name, value in row.items()} for row in plain.where(table.notna(), None).to_dict("records")
    ]


def problem_documents(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Write problems as plain values, one mapping each, without empty fields."""
    return [{name: value for name, value in asdict(problem).items() if value is not None} for problem in problems]
