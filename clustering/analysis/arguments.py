"""Arguments of a caller in Python, checked where they come in, so that nothing fails far inside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import Any, TypeVar

import numpy as np

from clustering.errors import InputError, Problem
from clustering.model.arguments import of_type
from clustering.model.scenario import Scenario
from clustering.zones.parameters import ProposalParameters, parameter_problem
from clustering.zones.planner import ZonePlanner

_Kind = TypeVar("_Kind")


def planner_of(value: ZonePlanner | Scenario) -> ZonePlanner:
    """A planner as it is, or a new one of a scenario; TypeError if it is neither."""
    if isinstance(value, Scenario):
        return ZonePlanner(value)
    return of_type("planner", value, ZonePlanner, "a ZonePlanner, or the Scenario that read_scenario answers")


def ids_of(name: str, value: Sequence[str]) -> tuple[str, ...]:
    """
    Take a list of school ids.

    Parameters
    ----------
    name, value
        The argument.

    Returns
    -------
    school_ids
        As it is.

    Raises
    ------
    InputError
        It is a single text, no list, or has an entry that is no text.
    """
    parts: list[object] = listed(name, value, "a list of school ids, such as ['0450']")
    problems = [
        parameter_problem(name, each, "A school id is a text.", "Write it in quotes, with its leading zeros.")
        for each in parts
        if not isinstance(each, str)
    ]
    if problems:
        raise InputError(problems)
    return tuple(str(each) for each in parts)


def listed(name: str, value: Iterable[_Kind], wanted: str) -> list[_Kind]:
    """Entries of an argument that must be a list and no single text; ``wanted`` tells what to give."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise InputError([parameter_problem(name, value, "This is not a list.", f"Give {wanted}.")])
    return list(value)


def number_problems(
    name: str, value: object, low: float, high: float | None, *, is_whole: bool = True
) -> list[Problem]:
    """
    Find what is wrong with a number.

    Parameters
    ----------
    name, value
        The argument.
    low, high
        Least and greatest; ``None`` is no limit.
    is_whole
        Whether it must be a whole number.

    Returns
    -------
    problems
        One, or none.
    """
    kind = "whole number" if is_whole else "number"
    span = f"of {low:,g} or more" if high is None else f"from {low:,g} to {high:,g}"
    if isinstance(value, (bool, np.bool)) or not isinstance(value, Integral if is_whole else Real):
        message = f"This is not a {kind}."
    elif not _is_within(value, low, high):
        message = "The number is out of range."
    else:
        return []
    return [parameter_problem(name, value, message, f"Give a {kind} {span}.")]


def _is_within(number: Any, low: float, high: float | None) -> bool:
    """Compare without a conversion, which whole numbers of very many digits do not survive; NaN is within nothing."""
    return bool(low <= number and (high is None or number <= high))


def inexact_problems(parameters: ProposalParameters, why: str) -> list[Problem]:
    """Find whether the method of a request proves nothing; ``why`` tells what only the exact method can do."""
    if parameters.method == "exact":
        return []
    return [
        parameter_problem("method", parameters.method, "The method proves no plan.", f"Ask with method=exact: {why}.")
    ]


def refuse(problems: Sequence[Problem]) -> None:
    """Raise an InputError of the problems, if there are any."""
    if problems:
        raise InputError(problems)
