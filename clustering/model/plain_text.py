"""Text without control and invisible characters, so that what is shown is what is there."""

from __future__ import annotations

import unicodedata


def plain_text(text: str) -> str:
    """Text with control and invisible formatting characters, line separators among them, turned into spaces."""
    return "".join(" " if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") else sign for sign in text)
