"""The tables of a register as plain values in one order, for its hash and for storing it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pandas as pd

from clustering.model.records import table_records


def plain_partners(partners: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of partners, by identifier; tuples become lists, missing becomes ``None``."""
    return table_records(partners.rename_axis("partner_id").sort_index().reset_index())


def plain_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of another table, sorted by all its columns."""
    return sorted(table_records(table), key=_sorting_key)


def text_of(document: Any) -> str:
    """Plain values as JSON, always in the same bytes."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def hash_register(partners: pd.DataFrame, capacities: pd.DataFrame, preferences: pd.DataFrame) -> str:
    """
    Hash the tables of a register.

    Parameters
    ----------
    partners, capacities, preferences
        As of :class:`~clustering.capacity.register.register.Register`.

    Returns
    -------
    sha256
        Hexadecimal; the same whatever the order of the rows.
    """
    document = [plain_partners(partners), plain_rows(capacities), plain_rows(preferences)]
    return hashlib.sha256(text_of(document).encode()).hexdigest()


def _sorting_key(row: dict[str, Any]) -> list[tuple[bool, Any]]:
    """Missing before everything else, for it cannot be compared."""
    return [(value is not None, value if value is not None else 0) for value in row.values()]
