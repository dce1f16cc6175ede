"""Cells with line breaks, or too long for one entry: signs of a quotation mark that is not closed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clustering.readers.text.columns import numpy_of, texts_of
from clustering.validation.findings import Findings

MAXIMUM_CELL_CHARACTERS = 500


def mark_overlong_cells(findings: Findings) -> None:
    """
    Note cells with line breaks, and cells that are too long for one entry.

    A quotation mark that is not closed swallows the records after it, and the table still looks sound. In a column that
    is used this is an error; in other columns, which may hold notes and addresses, it is a warning.
    """
    names = {heading: canonical for canonical, heading in findings.headings.items()}
    remedy = "Close or double the quotation mark at the start of the cell, or delete the line break."
    for heading in findings.table.headings:
        canonical = names.get(heading)
        cells = texts_of(findings.table.encoded[heading])
        # Only in delimited text is a line break a sign of a quotation mark that was not closed.
        may_be_broken = findings.table.has_quotes and findings.table.container in ("text", "DataFrame")
        if may_be_broken and pc.any(pc.match_substring_regex(cells, "[\n\r]")).as_py():
            column = findings.table.column(heading)
            is_broken = numpy_of(pc.match_substring_regex(column.texts, "[\n\r]"))
            count = int(column.spread(is_broken).sum())
            if canonical is not None:
                message = "The cell holds a line break; records may have been swallowed."
                findings.mark(column.spread(is_broken), canonical, message=message, remedy=remedy)
            elif count:
                message = f"{count:,} cells hold line breaks; records may be missing."
                findings.note(message, remedy, column=heading)
        _mark_overlong(findings, heading, canonical)


def _mark_overlong(findings: Findings, heading: str, canonical: str | None) -> None:
    if not is_longer(texts_of(findings.table.encoded[heading]), MAXIMUM_CELL_CHARACTERS).any():
        return
    column = findings.table.column(heading)
    overlong = column.spread(is_longer(column.texts, MAXIMUM_CELL_CHARACTERS))
    if canonical is None:
        message = (
            f"{int(overlong.sum()):,} cells are longer than {MAXIMUM_CELL_CHARACTERS:,} characters; they are not used."
        )
        findings.note(message, "Nothing needs to be done if the column is not needed.", column=heading)
    else:
        message = f"The cell is longer than {MAXIMUM_CELL_CHARACTERS:,} characters."
        remedy = f"Shorten it, or set columns.{canonical}=HEADING if another column is meant."
        findings.mark(overlong, canonical, message=message, remedy=remedy)
        findings.replace(canonical, column.clipped(MAXIMUM_CELL_CHARACTERS))  # before anything else reads them


def is_longer(texts: pa.StringArray | pa.ChunkedArray, characters: int) -> np.ndarray:
    """Whether each text has more characters; counted only if one has more bytes."""
    sizes = numpy_of(pc.binary_length(texts))
    if not len(sizes) or sizes.max() <= characters:
        return np.zeros(len(sizes), dtype=bool)
    return numpy_of(pc.utf8_length(texts)) > characters
