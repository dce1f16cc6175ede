"""A suppressed table as files: the table that may be published, and the report that says how it is protected."""

from __future__ import annotations

from clustering.disclosure.complementary_suppression import (
    SuppressedTable,
    intervals_table,
    suppressed_flows_table,
    suppression_document,
)
from clustering.outputs.files import json_bytes
from clustering.outputs.tables import table_bytes


def render_suppressed_table(suppressed: SuppressedTable) -> dict[str, bytes]:
    """
    Write a suppressed table and its report.

    Parameters
    ----------
    suppressed
        As :func:`suppress_table` answers.

    Returns
    -------
    contents
        ``protected_flows.csv`` (hidden cells are ``*``), ``hidden_cells.csv`` (their intervals, which any reader could
        work out) and ``protection.json`` (policy, numbers of cells, intervals). All may be published.
    """
    return {
        "protected_flows.csv": table_bytes(suppressed_flows_table(suppressed)),
        "hidden_cells.csv": table_bytes(intervals_table(suppressed)),
        "protection.json": json_bytes(suppression_document(suppressed)),
    }
