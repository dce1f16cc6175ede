"""
Rows that are no schools: totals, records of districts and states, notes, areas that no school serves.

``rows`` is the one rule for files of every role. ``totals`` and ``areas``, as ``readers.text.notes``, tell by whole
names, so that a school called Total Learning Academy or Source Middle stays; ``aggregation_levels`` tells by a column.
"""
