"""Whether each school of a file is open: from the words and codes of its status, or from the day it closed."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa

from clustering.validation.findings import Findings

# Of a school that has no students now. CCD's codes: 2 closed, 6 inactive, 7 future.
_CLOSED = re.compile(
    r"clos|inactive|future|merge|consolidat|discontinu|dissol|abolish|terminat|defunct|retired|suspend"
    r"|planned|proposed|pending|not[ _-]?(?:yet|open|active|operat)|non[ _-]?operat|not currently"
)
_CLOSED_CODES = ("2", "6", "7")
_OPEN = re.compile(
    r"(?:re-?|currently |now |fully )?(?:open|opened|active|operational|operating|new|added|changed.*|reported.*)"
    r"|(?:currently |now )?(?:existing|exists|current|in (?:operation|session|use)|running|yes|y|true)"
    r"|school (?:is )?open|new school|change.*|reopened|[13458]|a|o|0"
)
_DATE = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}.*|(?:19|20)[0-9]{2}(?:[-/][0-9]{2,4})?")
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
    words: list[str] = column.texts.to_pylist()
    statuses: list[str | None]
    is_of_days = "clos" in findings.headings.get("status", "").lower()
    if is_of_days and all(_DATE.fullmatch(word) for word in words if word):
        statuses = ["closed" if word else "open" for word in words]
    else:
        statuses = [_status(word.lower()) for word in words]
        is_known = (_OPEN.fullmatch(word.lower()) for word in words)
        unknown = [
            word
            for word, status, known in zip(words, statuses, is_known, strict=True)
            if status == "open" and not known
        ]
        _warn_of_unknown(findings, unknown)
    return pa.array(statuses, type=pa.string()).take(pa.array(column.codes))


def _status(word: str) -> str | None:
    if not word:
        return None
    return "closed" if word in _CLOSED_CODES or _CLOSED.search(word) else "open"


def _warn_of_unknown(findings: Findings, words: Sequence[str]) -> None:
    if not words:
        return
    shown = ", ".join(sorted(word[:40] for word in words)[:_NAMED_AT_MOST])
    message = f"Schools with a status that is not known count as open: {shown}."
    remedy = "Write Closed for those that are not open. If the column is no status, give it another heading."
    findings.note(message, remedy, column=findings.headings["status"])
