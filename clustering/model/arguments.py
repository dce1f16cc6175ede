"""Types of a caller's arguments in Python, checked where they come in, so that nothing fails far inside."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from clustering.errors import InputError, Problem
from clustering.model.validation_errors import shown_value

_Kind = TypeVar("_Kind")


def of_type(name: str, value: object, kind: type[_Kind], wanted: str) -> _Kind:
    """
    Refuse an argument of another type.

    Parameters
    ----------
    name, value
        The argument.
    kind
        What it must be.
    wanted
        The same in words.

    Returns
    -------
    value
        As it is.

    Raises
    ------
    TypeError
        Names the argument, its type, and what to give.
    """
    if not isinstance(value, kind):
        raise TypeError(f"{name} is of type {type(value).__name__}; give {wanted}.")
    return value


def truth_value(name: str, value: object) -> bool:
    """
    Refuse what is neither true nor false: the text ``"false"`` would count as true.

    Parameters
    ----------
    name, value
        The argument.

    Returns
    -------
    value
        ``True`` or ``False``.

    Raises
    ------
    InputError
        Names the argument.
    """
    if not isinstance(value, bool | np.bool):
        problem = Problem(
            table="arguments",
            column=name,
            value=shown_value(value),
            message="This is neither true nor false.",
            remedy="Give True or False, not in quotes.",
        )
        raise InputError([problem])
    return bool(value)
