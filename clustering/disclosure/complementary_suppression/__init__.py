"""
Complementary suppression: tables of exact counts in which cells are hidden so that the rest can be published.

- ``suppress_table``: the whole. ``flow_table``: checks a table of flows. ``cell_table``: its cells as arrays.
- ``protection``: the interval that each small cell must keep. ``flow_network``, ``augmenting_paths``: how many students
  can move between hidden cells. ``audit``: the tightest interval of each hidden cell.
- ``optimal`` and ``capacity_cuts``: the choice of least cost, with a proof. ``shortest_paths``, ``modular`` and
  ``blocks``: a choice for a whole state.
- ``further_pairs``: pairs without students that are added where totals alone give a cell away.
- ``documents``: what is published.
"""

from clustering.disclosure.complementary_suppression.documents import (
    SUPPRESSION_FORMAT,
    intervals_table,
    suppressed_flows_table,
    suppression_document,
)
from clustering.disclosure.complementary_suppression.parameters import SuppressionParameters
from clustering.disclosure.complementary_suppression.suppress_table import SuppressedTable, suppress_table

__all__ = [
    "SUPPRESSION_FORMAT",
    "SuppressedTable",
    "SuppressionParameters",
    "intervals_table",
    "suppress_table",
    "suppressed_flows_table",
    "suppression_document",
]
