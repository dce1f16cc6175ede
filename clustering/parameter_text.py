"""Parameters from text or JSON values, as they come from a command line or a request."""

from __future__ import annotations

import math
import re
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, Literal

from clustering.config import ProposalParameters, parameter_problem
from clustering.errors import InputError, Problem

MAXIMUM_TEXT_CHARACTERS = 1_000
MAXIMUM_LIST_ENTRIES = 1_000


def parse_parameters(settings: Mapping[str, object] | Iterable[str]) -> ProposalParameters:
    """
    Build parameters from names and values given as text (``name=value``) or as JSON values.

    Parameters
    ----------
    settings
        A mapping of field name to value, or an iterable of ``name=value`` texts. Lists may be given as JSON lists or
        as comma-separated text; ``none`` or an empty text lifts an optional limit.

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
    hints = typing.get_type_hints(ProposalParameters)
    values: dict[str, object] = {}
    for name, given in pairs.items():
        if name not in hints:
            known = ", ".join(field.name for field in fields(ProposalParameters))
            problems.append(
                parameter_problem(name, given, "There is no such parameter.", f"Known parameters: {known}.")
            )
            continue
        try:
            values[name] = _convert(_school_years(given) if name == "years" else given, hints[name])
        except ValueError as error:
            problems.append(parameter_problem(name, given, "The value cannot be read.", f"Give {error}."))
    try:
        parameters = ProposalParameters(**values)  # type: ignore[arg-type]
    except InputError as error:
        problems.extend(error.problems)
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
    for text in texts:
        name, separator, value = (part.strip() for part in text.partition("="))
        if not separator:
            problems.append(parameter_problem(name, None, "A setting must read name=value.", "Write for example a=1."))
        if name in pairs:
            problems.append(
                parameter_problem(name, value, "The parameter is given twice.", "Give it once, lists with commas.")
            )
        pairs[name] = value
    return pairs


def _school_years(given: object) -> object:
    """Take ``2022-23`` for 2022, the fall of the school year."""
    parts = given.split(",") if isinstance(given, str) else given
    if not isinstance(parts, (list, tuple)):
        return given
    return [re.sub(r"^(\d{4})[-/]\d{2,4}$", r"\1", part.strip()) if isinstance(part, str) else part for part in parts]


def _convert(given: object, hint: Any) -> object:
    """Read one JSON or text value as the annotated type; the ValueError says what would be accepted."""
    origin, options = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:
        if given is None or (isinstance(given, str) and given.lower() in ("", "none")):
            return None
        return _convert(given, options[0])
    if origin is tuple:
        parts = given.split(",") if isinstance(given, str) else given
        if not isinstance(parts, (list, tuple)) or len(parts) > MAXIMUM_LIST_ENTRIES:
            raise ValueError(f"a list of at most {MAXIMUM_LIST_ENTRIES:,} entries")
        return tuple(_convert(part, options[0]) for part in parts if str(part).strip())
    if origin is Literal:
        if given not in options:
            raise ValueError(" or ".join(map(str, options)))
        return given
    return _convert_plain(given, hint)


def _convert_plain(given: object, hint: type) -> object:
    if hint is bool:
        named = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if str(given).lower() not in named:
            raise ValueError("true or false")
        return named[str(given).lower()]
    if isinstance(given, bool) or not isinstance(given, (str, int, float)):
        raise ValueError("text" if hint is str else "a number")
    if len(str(given)) > MAXIMUM_TEXT_CHARACTERS:
        raise ValueError(f"at most {MAXIMUM_TEXT_CHARACTERS} characters")
    if hint is str:
        return str(given).strip()
    try:
        number = float(given)
    except (ValueError, OverflowError):
        raise ValueError("a number") from None
    if hint is int:
        if not math.isfinite(number) or number != int(number):
            raise ValueError("a whole number")
        return int(number)
    return number
