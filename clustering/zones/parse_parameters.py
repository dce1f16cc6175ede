"""Parameters from text or JSON values, as they come from a command line or a request."""

from __future__ import annotations

import json
import math
import re
import types
import typing
from collections.abc import Container, Iterable, Mapping
from dataclasses import fields
from typing import Any, Literal

from clustering.errors import InputError, Problem
from clustering.identification.rules.parse import MAXIMUM_RULE_CHARACTERS
from clustering.zones.parameters import ProposalParameters, join_group, parameter_problem, unknown_schools

MAXIMUM_TEXT_CHARACTERS = 1_000
MAXIMUM_LIST_ENTRIES = 1_000
# Lists whose entries are groups of ids: as JSON each may be a list again.
_GROUPS = ("keep_together", "merge_anchors")
_RULES = ("identification", "need_rule")


def parse_parameters(
    settings: Mapping[str, object] | Iterable[str], *, school_ids: Container[str] | None = None
) -> ProposalParameters:
    """
    Build parameters from names and values given as text (``name=value``) or as JSON values.

    Parameters
    ----------
    settings
        A mapping of field name to value, or an iterable of ``name=value`` texts. Lists may be given as JSON lists or
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
            is_rule = name in _RULES and not _lifts(given, hints[name])
            values[name] = rule_text(given) if is_rule else _convert(_prepared(name, given), hints[name])
        except ValueError as error:
            problems.append(parameter_problem(name, given, "The value cannot be read.", f"Give {error}."))
    try:
        parameters = ProposalParameters(**values)  # type: ignore[arg-type]
    except InputError as error:
        problems.extend(error.problems)
    if school_ids is not None:
        problems.extend(unknown_schools(values, school_ids))  # type: ignore[arg-type]
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


def rule_text(given: object) -> str:
    """
    Write a rule as text, which :func:`~clustering.parse_rule` reads.

    Parameters
    ----------
    given
        Text, or the fields of a rule as an object.

    Returns
    -------
    text
        As given, without blanks around; of an object JSON.

    Raises
    ------
    ValueError
        Says what would be accepted.
    """
    if isinstance(given, Mapping):
        try:
            given = json.dumps(given, ensure_ascii=False, allow_nan=False)
        except (TypeError, ValueError, RecursionError):
            raise ValueError("an object whose fields are those of a rule") from None
    if not isinstance(given, str):
        raise ValueError("a rule as text or as an object")
    if len(given) > MAXIMUM_RULE_CHARACTERS:
        raise ValueError(f"a rule of at most {MAXIMUM_RULE_CHARACTERS:,} characters")
    return given.strip()


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


def _prepared(name: str, given: object) -> object:
    """A value as the type of its field wants it."""
    if name == "years":
        return _school_years(given)
    if name not in _GROUPS:
        return given
    if isinstance(given, str):  # whose quotes are those of the ids in a group
        return _parted(given)
    if isinstance(given, (list, tuple)):
        return [join_group(_texts(each)) if isinstance(each, (list, tuple)) else each for each in given]
    return given


def _texts(given: Iterable[object]) -> list[str]:
    return [str(_convert_plain(each, str)) for each in given]


def _parted(text: str) -> list[str]:
    """Entries of comma-separated text, with the double quotes that keep their commas together."""
    if text.count('"') % 2:
        raise ValueError('quotes in pairs, around an entry that has a comma or a +: "a,b",c')
    return [part.strip() for part in re.findall(r'(?:"[^"]*"|[^",])+', text) if part.strip()]


def _unquoted(text: str) -> str:
    is_quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return text[1:-1].replace('""', '"') if is_quoted else text


def _school_years(given: object) -> object:
    """Take ``2022-23`` for 2022, the fall of the school year."""
    parts = given.split(",") if isinstance(given, str) else given
    if not isinstance(parts, (list, tuple)):
        return given
    return [re.sub(r"^(\d{4})[-/]\d{2,4}$", r"\1", part.strip()) if isinstance(part, str) else part for part in parts]


def _lifts(given: object, hint: Any) -> bool:
    """Whether a value lifts an optional limit."""
    is_none = given is None or (isinstance(given, str) and given.strip().lower() in ("", "none"))
    return is_none and typing.get_origin(hint) is types.UnionType


def _convert(given: object, hint: Any) -> object:
    """Read one JSON or text value as the annotated type; the ValueError says what would be accepted."""
    origin, options = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:
        if _lifts(given, hint):
            return None
        return _convert(given, options[0])
    if origin is tuple:
        parts = [_unquoted(part) for part in _parted(given)] if isinstance(given, str) else given
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
