"""Numbers however they are written: in digits of any script, as fractions, in English words, as Roman numerals."""

from __future__ import annotations

import re

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_TENS = "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand"
_WORDS = frozenset(f"{_UNITS} {_TENS} dozen dozens half couple percent".split())
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_ROMAN = re.compile(r"[ivxl]{2,}")
# A lone X is a cross, as lists have it.
_ROMAN_ALONE = frozenset({"i", "v", "l"})


def has_number(text: str) -> bool:
    """
    Say whether a text tells a number.

    Parameters
    ----------
    text
        A cell, such as ``d8``, ``n<10``, ``½``, ``seven``, ``Tier II`` or full-width digits.

    Returns
    -------
    has_number
        ``False`` for words alone. A single I, V or L is a number only if nothing else is in the cell, so that
        ``Title I`` is none.
    """
    if any(map(str.isnumeric, text)) or "%" in text:
        return True
    words = [word for word in _BETWEEN_WORDS.split(text.casefold()) if word]
    if len(words) == 1 and words[0] in _ROMAN_ALONE:
        return True
    return any(word in _WORDS or _ROMAN.fullmatch(word) is not None for word in words)
