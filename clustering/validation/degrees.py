"""Degrees of latitude or longitude in a column, as numbers."""

from __future__ import annotations

import pandas as pd

from clustering.readers.text.degrees import parse_degrees
from clustering.readers.text.numbers import shown_decimal
from clustering.readers.text.printed_marks import without_marks
from clustering.readers.text.values import parse_numbers
from clustering.validation.findings import Findings


def degrees_of(findings: Findings, canonical: str) -> tuple[pd.Series, pd.Series]:
    """
    Read a column of degrees.

    Parameters
    ----------
    findings
        The file.
    canonical
        ``latitude`` or ``longitude``.

    Returns
    -------
    degrees
        float64, one per distinct text; missing where it is blank, a mark such as ``NULL``, or no number. A comma is a
        decimal sign where the option ``decimal`` or the column shows it: no degrees have thousands. Minutes and seconds
        are read as :func:`~clustering.readers.text.degrees.parse_degrees` does.
    bad
        ``True`` where a text is none of these.
    """
    texts = findings.values(canonical)
    decimal = findings.table.options.decimal
    if decimal is None and shown_decimal(texts, thousands=False) == "comma":
        decimal = "comma"
    degrees, bad = parse_numbers(texts, decimal=decimal)
    if bad.any():
        written = pd.to_numeric(texts[bad].map(parse_degrees))
        degrees, bad = degrees.fillna(written), bad & ~written.notna().reindex(bad.index, fill_value=False)
    return degrees, without_marks(bad, texts)
