"""Numbers rounded for people and files: what rounds to nothing is 0, never -0."""

from __future__ import annotations


def rounded(number: float, digits: int) -> float:
    """
    Round a number.

    Parameters
    ----------
    number
        Any.
    digits
        Decimals kept.

    Returns
    -------
    rounded
        Without the sign that ``round`` leaves on a small negative number.
    """
    return round(float(number), digits) + 0.0
