"""Text that shows what is there: without invisible characters, and school years as they are written."""

from __future__ import annotations

from clustering.errors import plain_text  # there, since messages are made plain too

__all__ = ["plain_text", "school_year_text"]


def school_year_text(fall: int) -> str:
    """Name a school year: ``2014-15`` for the fall of 2014."""
    return f"{fall}-{(fall + 1) % 100:02d}"
