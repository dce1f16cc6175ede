"""Text that shows what is there: without invisible characters, and school years as they are written."""

from __future__ import annotations

import unicodedata


def plain_text(text: str) -> str:
    """Text with control and invisible formatting characters, line separators among them, turned into spaces."""
    if text.isprintable():  # nearly every text is; none of these signs is printable
        return text
    return "".join(" " if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") else sign for sign in text)


def school_year_text(fall: int) -> str:
    """Name a school year: ``2014-15`` for the fall of 2014."""
    return f"{fall}-{(fall + 1) % 100:02d}"
