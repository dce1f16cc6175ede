"""What a caller in Python gives, checked where it comes in, so that nothing else fails far inside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import TypeVar

import numpy as np

from clustering.errors import InputError, Problem
from clustering.model.scenario import Scenario
from clustering.zones.parameters import ProposalParameters, parameter_problem
from clustering.zones.planner import ZonePlanner

_Kind = TypeVar("_Kind")


def planner_of(given: ZonePlanner | Scenario) -> ZonePlanner:
    """A planner as it is, or a new one of a scenario; TypeError if it is neither."""
    if isinstance(given, Scenario):
        return ZonePlanner(given)
    return of_type("planner", given, ZonePlanner, "a ZonePlanner, or the Scenario that read_scenario answers")


def request_of(given: ProposalParameters | None) -> ProposalParameters:
    """Parameters as they are, or the defaults; TypeError if it is anything else."""
    if given is None:
        return ProposalParameters()
    return of_type("parameters", given, ProposalParameters, "ProposalParameters, which parse_parameters makes of text")


def of_type(name: str, given: object, kind: type[_Kind], wanted: str) -> _Kind:
    """
    Refuse an argument of another type.

    Parameters
    ----------
    name, given
        The argument.
    kind
        What it must be.
    wanted
        The same in words.

    Returns
    -------
    given
        As it is.

    Raises
    ------
    TypeError
        Names the argument, what was given, and what to give.
    """
    if not isinstance(given, kind):
        raise TypeError(f"{name} is of type {type(given).__name__}; give {wanted}.")
    return given


def ids_of(name: str, given: Sequence[str]) -> tuple[str, ...]:
    """
    Take a list of school ids.

    Parameters
    ----------
    name, given
        The argument.

    Returns
    -------
    school_ids
        As given.

    Raises
    ------
    InputError
        It is a single text, no list, or has an entry that is no text.
    """
    parts: list[object] = listed(name, given, "a list of school ids, such as ['0450']")
    problems = [
        parameter_problem(name, each, "A school id is a text.", "Write it in quotes, with its leading zeros.")
        for each in parts
        if not isinstance(each, str)
    ]
    if problems:
        raise InputError(problems)
    return tuple(str(each) for each in parts)


def listed(name: str, given: Iterable[_Kind], wanted: str) -> list[_Kind]:
    """Entries of an argument that must be a list and no single text; ``wanted`` tells what to give."""
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        raise InputError([parameter_problem(name, given, "This is no list.", f"Give {wanted}.")])
    return list(given)


def number_problems(
    name: str, given: object, low: float, high: float | None, *, is_whole: bool = True
) -> list[Problem]:
    """
    Find what is wrong with a number.

    Parameters
    ----------
    name, given
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
    if isinstance(given, (bool, np.bool)) or not isinstance(given, Integral if is_whole else Real):
        message = f"This is no {kind}."
    elif not low <= float(given) <= (float("inf") if high is None else high):  # also catches NaN
        message = "The number is out of range."
    else:
        return []
    return [parameter_problem(name, given, message, f"Give a {kind} {span}.")]


def refuse(problems: Sequence[Problem]) -> None:
    """Raise an InputError of the problems, if there are any."""
    if problems:
        raise InputError(problems)
