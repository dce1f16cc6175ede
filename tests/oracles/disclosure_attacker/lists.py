"""Columns of counts that pose as official lists: the entries are listed, and asking for one names its schools."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping


def counts_in_lists(
    listed: Mapping[str, Iterable[str]], ask: Callable[[str, str], Iterable[str]]
) -> dict[tuple[str, str], int]:
    """
    Ask for every entry that is a number.

    Parameters
    ----------
    listed
        Entries of each column, as the report tells them.
    ask
        Schools of which a column has an entry.

    Returns
    -------
    counts
        By column and school.
    """
    return {
        (column, school): int(entry)
        for column, entries in listed.items()
        for entry in entries
        if entry.strip().isdecimal()
        for school in ask(column, entry)
    }
