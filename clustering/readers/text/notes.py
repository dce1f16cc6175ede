"""Notes and sources that stand in rows of their own, above or below the records."""

from __future__ import annotations

import re

_WORDS = r"foot ?notes?|notes?|sources?|disclaimer|legend|key|caution|warning|definitions?|(last )?updated?"
_DONE = r"updated|prepared|generated|retrieved|downloaded|extracted|published|modified"
_NOTE = re.compile(
    "|".join(
        (
            rf"({_WORDS})\s*(\(?\d*\)?)?\s*[:–—]",
            r"(data|figures|results|counts)( shown| reported| are| is)? (as of|source|from|through|current|provided)\b",
            r"as of \S+ ",
            rf"(data |last )?({_DONE}) ((on|by|from|as of)\b|\d)",
            r"(end of|this) (file|report|table|data)\b|report (date|run|generated)\b|run date\b",
            r"[*†‡§¹²³]++(\s.*[^\W\d]|[^\s\d].*\s)|\(\d\)\s+\S|\[\d\]\s+\S|©|copyright\b",
        )
    ),
    re.IGNORECASE,
)


def is_note(text: str) -> bool:
    """Tell whether what stands in place of an identifier is a note: ``Source: records office``, ``* fewer than 10``."""
    return _NOTE.match(text) is not None
