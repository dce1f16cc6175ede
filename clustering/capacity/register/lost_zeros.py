"""Identifiers that a spreadsheet has stripped of their leading zeros."""

from __future__ import annotations

from collections.abc import Collection


def find_lost_zeros(text: str, known: Collection[str]) -> str | None:
    """
    Find a known identifier that differs only by leading zeros.

    Parameters
    ----------
    text
        An identifier that is not known.
    known
        The identifiers that are.

    Returns
    -------
    identifier
        The known one with up to three zeros more or fewer; ``None`` if there is none.
    """
    if not text.isascii() or not text.isdigit():
        return None
    restored = [f"{'0' * zeros}{text}" for zeros in (1, 2, 3)]
    stripped = [text[zeros:] for zeros in (1, 2, 3) if text[:zeros] == "0" * zeros and text[zeros:]]
    return next((each for each in (*restored, *stripped) if each in known), None)
