"""Only the records that the user wants of a long table: those with an entry in a column (``rows.Subgroup=...``)."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

import numpy as np

from clustering.errors import Problem
from clustering.readers.raw_table import RawTable
from clustering.readers.recognition.columns_of_students import is_of_counts
from clustering.readers.recognition.headings import heading_key
from clustering.readers.text.columns import TextColumn

SEPARATOR = "|"
BLANK = "blank"  # what a blank cell is called as an entry
_SHOWN_ENTRIES = 10


def only_chosen_rows(table: RawTable, role: str) -> RawTable:
    """
    Keep the records with the entries that the option ``rows`` names.

    Parameters
    ----------
    table
        A table of text.
    role
        What the file is used as; it makes no difference.

    Returns
    -------
    chosen
        The same table without the option. Small and capital letters are one, and so are headings that differ only in
        signs. A column or an entry that is not there is an error, and then every record is kept.
    """
    del role
    keys = {heading_key(heading): heading for heading in reversed(table.headings)}
    kept, problems = np.ones(len(table), dtype=bool), []
    for column, wanted in table.options.rows.items():
        heading = column if column in table.headings else keys.get(heading_key(column))
        if heading is None:
            message = f"There is no column {column[:100]!r}; the file has {', '.join(table.headings[:30])}."
            problems.append(_error(table, column, message, "Set rows.COLUMN=ENTRY, with one of these columns."))
            continue
        texts = table.column(heading)
        chosen, missing = _with_entries(texts, wanted)
        if missing:
            entries = [] if is_of_counts(heading) else sorted(filter(None, texts.distinct()))
            message = f"No record has the entry {missing[0][:100]!r}."
            if entries:
                message = f"{message[:-1]}; the column has {', '.join(entries[:_SHOWN_ENTRIES])}."
            nearest = [*get_close_matches(missing[0], entries, n=1), *entries, "ENTRY"][0]
            remedy = f"Set {as_typed(heading)}={nearest}, or another of these entries."
            problems.append(_error(table, heading, message, remedy))
        kept &= chosen
    if table.options.rows and not problems and not kept.any():
        chosen_by = " and ".join(f"{as_typed(column)}={entry}" for column, entry in table.options.rows.items())
        message = f"No record has all of these entries: {chosen_by[:300]}."
        problems.append(_error(table, None, message, "Leave one of these options out."))
    if problems:
        return replace(table, problems=(*table.problems, *problems))
    if kept.all():
        return table
    others = tuple(table.row_of(int(record)) for record in np.flatnonzero(~kept))
    return replace(table.taking(kept), other_rows=others)


def as_typed(heading: str) -> str:
    """``rows.COLUMN`` as it is typed: a colon or an equals sign would end the name of the option."""
    return f"rows.{' '.join(heading.replace(':', ' ').replace('=', ' ').split())}"


def has_entry(table: RawTable, heading: str, entry: str) -> bool:
    """Whether a record of a table has an entry in a column, small and capital letters being one."""
    return bool((table.column(heading).distinct().map(_plain) == _plain(entry)).any())


def _with_entries(texts: TextColumn, wanted: str) -> tuple[np.ndarray, list[str]]:
    """Mark the records with one of the wanted entries, and list those that no record has."""
    plain = texts.distinct().map(_plain)
    if BLANK not in set(plain):
        plain = plain.replace("", BLANK)
    entries = [wanted] if _plain(wanted) in set(plain) else wanted.split(SEPARATOR)
    missing = [entry.strip() for entry in entries if _plain(entry) not in set(plain)]
    return texts.spread(plain.isin([_plain(entry) for entry in entries]).to_numpy(dtype=bool)), missing


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _error(table: RawTable, column: str | None, message: str, remedy: str) -> Problem:
    return Problem(table=table.name, column=column, message=message, remedy=remedy)
