"""The parameters of a request that are not the defaults, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clustering import InputError, MatchParameters, ProposalParameters, read_rule

# A longer rule is shown by its title.
_MAXIMUM_RULE_CHARACTERS = 100


def changed_parameters(
    model: type[MatchParameters | ProposalParameters], parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """
    Choose the parameters that are not the defaults.

    Parameters
    ----------
    model
        Of the request, with the defaults.
    parameters
        Of the request, as plain values; those of an earlier version may be fewer.

    Returns
    -------
    changed
        Plain values, in the order of the fields.
    """
    defaults = model().as_dict()
    return {
        name: parameters[name]
        for name, default in defaults.items()
        if name in parameters and parameters[name] != default
    }


def summarise_request(parameters: Mapping[str, object]) -> str:
    """
    Name the parameters that are not the defaults.

    Parameters
    ----------
    parameters
        Of a proposal, as plain values.

    Returns
    -------
    text
        Such as ``maximum schools 8, contiguous, no check suppressed, force in 0001 0002``; the rule that identifies
        the high schools comes first, as it is.
    """
    changed = [_in_words(name, value) for name, value in changed_parameters(ProposalParameters, parameters).items()]
    return ", ".join(changed) or "all parameters as by default"


def _in_words(name: str, value: object) -> str:
    words = name.replace("_", " ")
    if name == "identification":
        return _rule_in_words(str(value))
    if isinstance(value, bool):
        return words if value else f"no {words}"
    if isinstance(value, list):
        return f"{words} {' '.join(map(str, value))}"
    return f"{words} {value:g}" if isinstance(value, float) else f"{words} {value}"


def _rule_in_words(text: str) -> str:
    """A short rule as it is, a rule in fields by its title."""
    if len(text) <= _MAXIMUM_RULE_CHARACTERS and not text.startswith("{") and "\n" not in text:
        return text
    try:
        return read_rule(text).title
    except InputError:  # kept by an earlier version
        return "a rule of one's own"
