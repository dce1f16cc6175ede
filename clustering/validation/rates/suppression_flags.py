"""A column that says of each rate whether it is suppressed: then nothing else in the row does."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from clustering.readers.recognition.headings import heading_key
from clustering.readers.text.printed_marks import status_of_mark
from clustering.validation.findings import Findings

_FLAG = re.compile(r"(is_|data_|rate_)?(suppress(ed|ion)?|redacted|redaction|masked)(_(flag|ind|indicator|yn|status))?")
_YES = frozenset({"yes", "y", "true", "1", "suppressed", "redacted", "masked"})
_NO = frozenset({"", "no", "n", "false", "0", "none", "reported", "not suppressed", "not redacted"})
_SUPPRESSED = "PS"


def with_flagged_rates(findings: Findings, part: pd.DataFrame, column: str) -> pd.DataFrame:
    """
    Take rates for suppressed where a column such as ``Suppressed`` says yes, whatever stands in their place.

    Parameters
    ----------
    findings
        A performance file; a warning is added if a number stands where a rate is suppressed.
    part
        ``record``, ``text`` and ``heading`` of the rates of a column.
    column
        Canonical name of the rates.

    Returns
    -------
    rates
        With the rates that are flagged, also where their cell is blank.
    """
    flag = next((heading for heading in findings.table.headings if _is_flag(findings, heading)), None)
    if findings.role != "performance" or flag is None:
        return part
    flags = findings.table.column(flag)
    flagged = flags.spread(flags.distinct().str.lower().isin(_YES).to_numpy())
    heading = findings.headings.get(column, str(part["heading"].iloc[0]) if len(part) else "")
    blank = np.setdiff1d(np.flatnonzero(flagged), part["record"].to_numpy())
    is_flagged = flagged[part["record"].to_numpy()]
    numbers = int(sum(status_of_mark(text) is None for text in part.loc[is_flagged, "text"]))
    if numbers:
        findings.note(
            f"Rates that are marked as suppressed in {flag} are read as suppressed, though a value stands in their"
            f" place ({numbers:,}).",
            f"Delete the column {flag} if the values are rates.",
            column=flag,
        )
    marked = part.assign(text=part["text"].mask(is_flagged, _SUPPRESSED))
    more = pd.DataFrame({"record": blank, "text": _SUPPRESSED, "heading": heading})
    return pd.concat([marked, more], ignore_index=True).sort_values("record", ignore_index=True)


def _is_flag(findings: Findings, heading: str) -> bool:
    if not _FLAG.fullmatch(heading_key(heading)) or heading in findings.headings.values():
        return False
    entries = {text.lower() for text in findings.table.column(heading).distinct()}
    return entries <= _YES | _NO and not entries.isdisjoint(_YES)
