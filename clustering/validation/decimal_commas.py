"""Columns in which a comma separates decimals in some cells, and perhaps thousands in others: the user is asked."""

from __future__ import annotations

import pandas as pd

from clustering.readers.text.numbers import shown_decimal
from clustering.validation.findings import Findings


def ask_for_decimal(findings: Findings, heading: str, texts: pd.Series) -> None:
    """
    Note an error if a column has numbers such as ``61,5`` beside ``1,234``, and no option says what the commas are.

    Parameters
    ----------
    findings
        The file.
    heading
        Of the column.
    texts
        Distinct texts of the column, in which thousands may occur.
    """
    shown = [str(text) for text in texts if "," in str(text)]
    if findings.table.options.decimal is not None or shown_decimal(texts.astype("str"), thousands=True) != "unclear":
        return
    grouped = next(text for text in shown if shown_decimal([text], thousands=True) is None)
    other = next(text for text in shown if shown_decimal([text], thousands=True) == "comma")
    findings.note(
        f"The comma separates decimals in {other[:40]}, and perhaps thousands in {grouped[:40]}.",
        "Set decimal=comma if it separates decimals in the whole column, or decimal=point if it separates thousands.",
        column=heading,
        is_error=True,
    )
