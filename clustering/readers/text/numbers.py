"""One number as people and programs write it: thousands with commas, blanks or apostrophes, decimal commas, (12)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

Decimal = Literal["comma", "point"]

_TYPOGRAPHY = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "’": "'", "\uff05": "%"}
)
_NEGATIVE = re.compile(r"\(([0-9].*)\)")
_PLAIN = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_GROUPED = {
    "point": re.compile(r"[+-]?[0-9]{1,3}([, '])[0-9]{3}(?:\1[0-9]{3})*(?:\.[0-9]*)?"),
    "comma": re.compile(r"[+-]?[0-9]{1,3}([. '])[0-9]{3}(?:\1[0-9]{3})*(?:,[0-9]*)?"),
}
_WITH_COMMA = re.compile(r"[+-]?(?P<whole>[0-9]*),(?P<digits>[0-9]+)\s*%?")
_WITH_POINT = re.compile(r"[^0-9]*[0-9]*\.[0-9]+\s*%?")


def plain_signs(text: str) -> str:
    """A text with the signs of typesetting as a keyboard has them: minus, dash, blank, apostrophe, per cent."""
    return text if text.isascii() else text.translate(_TYPOGRAPHY).strip()


def number_of(text: str, decimal: Decimal | None = None) -> float | None:
    """
    Read one number.

    Parameters
    ----------
    text
        ``1234``, ``1,234.5``, ``1 234``, ``1'234``, ``(12)`` for -12, ``1e3``; ``1.234,5`` with ``comma``.
    decimal
        Which sign separates decimals; ``None`` is a point.

    Returns
    -------
    number
        ``None`` for another text; infinity where it is too large.
    """
    plain = plain_signs(text)
    if negative := _NEGATIVE.fullmatch(plain):
        plain = f"-{negative[1]}"
    if grouped := _GROUPED[decimal or "point"].fullmatch(plain):
        plain = plain.replace(grouped[1], "")
    elif "." in plain and "," in plain:
        return None
    if decimal == "comma":
        plain = plain.replace(",", ".")
    return float(plain) if _PLAIN.fullmatch(plain) else None


def shown_decimal(texts: Iterable[str], *, thousands: bool) -> Decimal | Literal["unclear"] | None:
    """
    Tell from the texts of a column whether a comma separates decimals.

    Parameters
    ----------
    texts
        Distinct.
    thousands
        Whether the numbers may be so large that a comma can separate thousands. Rates and degrees are not.

    Returns
    -------
    decimal
        ``comma`` if the column has numbers such as ``61,5`` and none with a point; ``unclear`` if it also has
        ``1,234``, which may be either; ``None`` if it has no such comma.
    """
    found, has_point = [], False
    for text in texts:
        if "," in text and (match := _WITH_COMMA.fullmatch(plain_signs(text))):
            found.append(match)
        has_point = has_point or ("." in text and _WITH_POINT.fullmatch(text) is not None)
    if not found or has_point:
        return None
    may_be_thousands = [len(match["digits"]) == 3 and 1 <= len(match["whole"].lstrip("0")) <= 3 for match in found]
    if not thousands or not any(may_be_thousands):
        return "comma"
    return None if all(may_be_thousands) else "unclear"
