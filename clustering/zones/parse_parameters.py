"""Parameters from text or JSON values, as they come from a command line or a request."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any

from clustering.errors import InputError, Problem
from clustering.zones.parameters import LOCKS, ProposalParameters, parameter_problem, unknown_schools

_SETTINGS = "name=value texts, or a dictionary of names and values"


def parse_parameters(
    settings: Mapping[str, object] | Iterable[str] | str, *, school_ids: Container[str] | None = None
) -> ProposalParameters:
    """
    Build parameters from names and values given as text (``name=value``) or as JSON values.

    Parameters
    ----------
    settings
        A mapping of field name to value, or one or more ``name=value`` texts. Lists may be given as JSON lists or
        as comma-separated text, in which an entry that has a comma itself stands in double quotes (``"a,b",c``);
        groups of ids as JSON lists of lists or joined by ``+`` (``"a+b"+c``). ``identification`` and ``need_rule`` may
        be the fields of a rule as an object. ``none`` or an empty text lifts an optional limit.
    school_ids
        The schools there are. Where they are given, names of others are problems too.

    Returns
    -------
    parameters
        Defaults where nothing was said.

    Raises
    ------
    InputError
        Unknown names, unreadable or out-of-range values: all of them at once.
    """
    problems: list[Problem] = []
    pairs = dict(settings) if isinstance(settings, Mapping) else _split(settings, problems)
    values: dict[str, Any] = {str(name): value for name, value in pairs.items()}
    try:
        parameters = ProposalParameters(**values)
    except InputError as error:
        problems.extend(error.problems)
    if school_ids is not None:
        faulty = {problem.column for problem in problems}
        sound = {name: values[name] for name in LOCKS if name in values and name not in faulty}
        problems.extend(unknown_schools(ProposalParameters(**sound), school_ids))
    if problems:
        raise InputError(problems)
    return parameters


def split_settings(texts: Iterable[str]) -> dict[str, object]:
    """
    Split ``name=value`` texts.

    Parameters
    ----------
    texts
        One setting each.

    Returns
    -------
    settings
        Name to value, both text without blanks around.

    Raises
    ------
    InputError
        A text has no ``=``, or a name stands twice.
    """
    problems: list[Problem] = []
    pairs = _split(texts, problems)
    if problems:
        raise InputError(problems)
    return pairs


def _split(texts: Iterable[str], problems: list[Problem]) -> dict[str, object]:
    pairs: dict[str, object] = {}
    if not isinstance(texts, Iterable):
        raise TypeError(f"settings are of type {type(texts).__name__}; give {_SETTINGS}.")
    for text in [texts] if isinstance(texts, str) else texts:
        name, separator, value = (part.strip() for part in str(text).partition("="))
        if not separator:
            remedy = "Write for example maximum_schools=8."
            problems.append(parameter_problem(name, None, "A setting must read name=value.", remedy))
            continue
        if name in pairs:
            problems.append(
                parameter_problem(name, value, "The parameter is given twice.", "Give it once, lists with commas.")
            )
        pairs[name] = value
    return pairs
