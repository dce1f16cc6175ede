"""Who may see a result: ``protected`` hides small counts of students, ``exact`` shows every count."""

from __future__ import annotations

from typing import Literal, get_args

from clustering.errors import InputError, Problem
from clustering.model.validation_errors import did_you_mean, shown_value

Disclosure = Literal["protected", "exact"]
# The member, property or column of files that hold exact counts of students.
MARK_FIELD = "not_for_release"


def is_exact(disclosure: object) -> bool:
    """
    Whether every count is shown.

    Parameters
    ----------
    disclosure
        ``protected`` or ``exact``.

    Returns
    -------
    is_exact
        For ``exact`` only.

    Raises
    ------
    InputError
        It is neither: what is misspelled must not pass for one of the two.
    """
    known = get_args(Disclosure)
    if not isinstance(disclosure, str) or disclosure not in known:
        hint = did_you_mean(disclosure.lower(), known) if isinstance(disclosure, str) else ""
        problem = Problem(
            table="parameters",
            column="disclosure",
            value=shown_value(disclosure),
            message="There is no such choice.",
            remedy=f"{hint}Give protected or exact.",
        )
        raise InputError([problem])
    return disclosure == "exact"
