"""
Who may see a result.

``exact`` shows every count. ``protected`` is computed on the base of the staff who use a service, and ``public`` on the
base that was released to everybody; neither shows small counts of students.
"""

from __future__ import annotations

from typing import Literal, get_args

from clustering.errors import InputError, Problem
from clustering.model.validation_errors import did_you_mean, shown_value

Disclosure = Literal["public", "protected", "exact"]


def is_exact(disclosure: object) -> bool:
    """
    Whether every count is shown.

    Parameters
    ----------
    disclosure
        ``public``, ``protected`` or ``exact``.

    Returns
    -------
    is_exact
        For ``exact`` only.

    Raises
    ------
    InputError
        It is none of them: what is misspelled must not pass for one.
    """
    known = get_args(Disclosure)
    if not isinstance(disclosure, str) or disclosure not in known:
        hint = did_you_mean(disclosure.lower(), known) if isinstance(disclosure, str) else ""
        problem = Problem(
            table="parameters",
            column="disclosure",
            value=shown_value(disclosure),
            message="There is no such choice.",
            remedy=f"{hint}Give public, protected or exact.",
        )
        raise InputError([problem])
    return disclosure == "exact"
