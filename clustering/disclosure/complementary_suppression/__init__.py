"""
Tables of exact counts made fit to be published: complementary suppression, audited.

- ``suppress_table``: the whole. ``flow_table``: a table checked. ``cell_table``: its cells as arrays.
- ``protection``: what each small cell needs. ``flow_network``: what a reader can move. ``audit``: tightest intervals.
- ``optimal`` and ``capacity_cuts``: least cost with a proof. ``shortest_ways``, ``modular`` and ``blocks``: for states.
- ``further_pairs``: pairs without students that are listed where totals alone give a cell away.
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
