"""Whether each school of a file is open: from the words and codes of its status, or from the day it closed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from clustering.validation.findings import Findings

# Of a school that has no students now. CCD's codes: 2 closed, 6 inactive, 7 future.
_CLOSED_WORDS = r"clos|inactive|future|merge|consolidat|discontinu|dissol|abolish|terminat|defunct|retired|suspend"
_NOT_YET = r"planned|proposed|pending|not[ _-]?(?:yet|open|active|operat)|non[ _-]?operat|not currently"
_CLOSED_CODES = ("2", "6", "7")
_OPEN = (
    r"(?:re-?|currently |now |fully )?(?:open|opened|active|operational|operating|new|added|changed.*|reported.*)"
    r"|(?:currently |now )?(?:existing|exists|current|in (?:operation|session|use)|running|yes|y|true)"
    r"|school (?:is )?open|new school|change.*|reopened|[13458]|a|o|0"
)
_DATE = r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}.*|(?:19|20)[0-9]{2}(?:[-/][0-9]{2,4})?"
_NAMED_AT_MOST = 10


def read_status(findings: Findings) -> pa.Array:
    """
    Read whether each school is open.

    Parameters
    ----------
    findings
        A file of schools. A warning names words of its status that are not known.

    Returns
    -------
    status
        ``open``, ``closed`` or missing, one per record. Merged, pending and planned schools are closed. In a column of
        days of closing, which the heading says, a school with a day is closed and one without is open.
    """
    column = findings.texts("status")
    lower = column.distinct().str.lower()
    is_blank = lower == ""
    if "clos" in findings.headings.get("status", "").lower() and (is_blank | lower.str.fullmatch(_DATE)).all():
        statuses = pd.Series(np.where(is_blank, "open", "closed"), dtype="str")
    else:
        closed = lower.str.contains(f"{_CLOSED_WORDS}|{_NOT_YET}") | lower.isin(_CLOSED_CODES)
        _warn_of_unknown(findings, column.distinct()[~closed & ~is_blank & ~lower.str.fullmatch(_OPEN)])
        statuses = pd.Series(np.where(closed, "closed", "open"), dtype="str").where(~is_blank)
    return pa.array(statuses, type=pa.string(), from_pandas=True).take(pa.array(column.codes))


def _warn_of_unknown(findings: Findings, words: pd.Series) -> None:
    if not len(words):
        return
    shown = ", ".join(sorted(word[:40] for word in words)[:_NAMED_AT_MOST])
    message = f"Schools with a status that is not known count as open: {shown}."
    remedy = "Write Closed for those that are not open. If the column says something else, leave its heading out."
    findings.note(message, remedy, column=findings.headings["status"])
