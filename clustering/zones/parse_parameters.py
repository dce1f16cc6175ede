"""Parameters from text or JSON values, as they come from a command line or a request."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from typing import Any

from clustering.errors import InputError, Problem
from clustering.model.spelling import british
from clustering.zones.parameters import LOCKS, ProposalParameters, parameter_problem, unknown_schools

# Lists whose entries are groups of ids, with the double quotes of the ids in them.
_GROUPS = ("keep_together", "merge_anchors")
_LISTS = ("years", "levels", "force_in", "force_out")


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
    values: dict[str, Any] = {}
    for name, value in pairs.items():
        try:
            values[name] = _listed(british(name), value) if isinstance(value, str) else value
        except ValueError as error:
            problems.append(parameter_problem(name, value, "The value cannot be read.", f"Give {error}."))
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


def _listed(name: str, text: str) -> object:
    """The entries of a list that is written as text; other values as they are."""
    if name in _GROUPS:
        return _parted(text)
    return [_unquoted(entry) for entry in _parted(text)] if name in _LISTS else text


def _parted(text: str) -> list[str]:
    """Entries of comma-separated text, with the double quotes that keep their commas together."""
    if text.count('"') % 2:
        raise ValueError('quotes in pairs, around an entry that has a comma or a +: "a,b",c')
    return [part.strip() for part in re.findall(r'(?:"[^"]*"|[^",])+', text) if part.strip()]


def _unquoted(text: str) -> str:
    is_quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return text[1:-1].replace('""', '"') if is_quoted else text
