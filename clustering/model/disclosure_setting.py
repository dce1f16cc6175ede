"""
Who may see a result: ``protected`` is for staff and hides small counts of students, ``exact`` shows every count.

``public`` is for everybody. There is a base for everybody only where somebody released one.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, get_args

from clustering.errors import InputError, Problem
from clustering.model.validation_errors import did_you_mean, shown_value

Disclosure = Literal["protected", "public", "exact"]
# The member, property or column of files that hold exact counts of students.
MARK_FIELD = "not_for_release"


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
        It is none of the three: what is misspelled must not pass for one of them.
    """
    known = get_args(Disclosure)
    if not isinstance(disclosure, str) or disclosure not in known:
        hint = did_you_mean(disclosure.lower(), known) if isinstance(disclosure, str) else ""
        problem = Problem(
            table="parameters",
            column="disclosure",
            value=shown_value(disclosure),
            message="There is no such choice.",
            remedy=f"{hint}Give protected, public or exact.",
        )
        raise InputError([problem])
    return disclosure == "exact"


def refuse_unreleased(disclosure: object, audiences: Collection[str]) -> None:
    """
    Refuse the public base where there is none.

    Parameters
    ----------
    disclosure
        As requested.
    audiences
        Those that have a base of their own: ``Scenario.protections``.

    Raises
    ------
    InputError
        ``public`` is requested, and nobody has released a base.
    """
    if disclosure == "public" and "public" not in audiences:
        problem = Problem(
            table="parameters",
            column="disclosure",
            value="public",
            message="There is no public base of these inputs: nobody has released one.",
            remedy="Give protected, or release a proposal first.",
        )
        raise InputError([problem])
