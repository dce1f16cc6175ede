"""An identifier that a file holds in several columns, such as county, district and school, joined to one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from clustering.errors import Problem
from clustering.readers.file_options import split_joined
from clustering.readers.raw_table import RawTable
from clustering.readers.text.columns import TextColumn


def join_identifiers(table: RawTable, _role: str = "") -> RawTable:
    """
    Join the columns that the user names with ``+``, as in ``columns.school_id=CountyCode+SchoolCode``.

    Parameters
    ----------
    table
        A file, with the user's options.

    Returns
    -------
    joined
        The table with one more column for each such option, under the option's own text as its heading: the texts of
        the parts, one after another, blank where a part is blank. Numbers of a part that are not equally long are
        filled up with zeros, and a warning says so. A part that is not in the file is left to ``recognise_headings``.
    """
    encoded, problems = dict(table.encoded), list(table.problems)
    for heading in table.options.columns.values():
        parts = split_joined(heading)
        if heading in encoded or len(parts) == 1 or not set(parts) <= set(table.headings):
            continue
        columns = [table.column(part) for part in parts]
        problems += _warn_of_filled(table.name, parts, columns)
        encoded[heading] = join_columns(columns)
    return table if len(encoded) == len(table.encoded) else replace(table, encoded=encoded, problems=tuple(problems))


def join_columns(columns: Sequence[TextColumn]) -> pa.StringArray:
    """Texts of several columns one after another, one per record; blank where one of them is blank."""
    texts = []
    for column in columns:
        filled = (
            pc.utf8_lpad(column.texts, width=digits_of(column), padding="0") if _is_uneven(column) else column.texts
        )
        known = pc.if_else(pc.equal(column.texts, ""), pa.scalar(None, pa.string()), filled)
        texts.append(known.take(pa.array(column.codes)))
    return pc.binary_join_element_wise(*texts, "", null_handling="emit_null").fill_null("")


def digits_of(column: TextColumn) -> int:
    """Digits of the longest text."""
    return int(pc.max(pc.utf8_length(column.texts)).as_py() or 0)


def _is_uneven(column: TextColumn) -> bool:
    """Whether the texts are numbers that are not equally long."""
    texts = column.texts.filter(pc.not_equal(column.texts, ""))
    ends = pc.min_max(pc.utf8_length(texts)).as_py()
    return bool(len(texts)) and ends["min"] < ends["max"] and pc.all(pc.ascii_is_decimal(texts)).as_py()


def _warn_of_filled(name: str, parts: Sequence[str], columns: Sequence[TextColumn]) -> Iterator[Problem]:
    for part, column in zip(parts, columns, strict=True):
        if _is_uneven(column):
            message = "The numbers of this part of the identifier are not equally long: zeros fill them up to"
            message += f" {digits_of(column)} digits."
            remedy = "Check some of the identifiers. If they are wrong, format the column as text and export it again."
            yield Problem(table=name, column=part, message=message, remedy=remedy, is_error=False)
