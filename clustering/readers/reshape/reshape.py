"""The steps that bring a table of text into the shape that validation knows, and their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from clustering.readers.raw_table import RawTable
from clustering.readers.reshape.chosen_rows import only_chosen_rows
from clustering.readers.reshape.grades_to_rows import grades_to_rows
from clustering.readers.reshape.joined_identifiers import join_identifiers
from clustering.readers.reshape.located_records import locate_records
from clustering.readers.reshape.own_tables import take_back
from clustering.readers.reshape.recognised_layout import with_published_options
from clustering.readers.reshape.shared_catchments import spread_levels, spread_schools

Step = Callable[[RawTable, str], RawTable]

# Each takes a table and the role of its file.
STEPS: Sequence[Step] = (
    *(take_back, with_published_options, join_identifiers, locate_records, spread_levels, spread_schools),
    only_chosen_rows,
    grades_to_rows,
)


def reshape(table: RawTable, role: str) -> RawTable:
    """
    Bring a table of text into the shape that validation knows.

    Parameters
    ----------
    table
        A file as it was parsed.
    role
        What the file is used as, a key of ``aliases.ALIASES``.

    Returns
    -------
    reshaped
        The same table after every step; what a step did is among its ``problems``, as a warning.
    """
    for step in STEPS:
        table = step(table, role)
    return table
