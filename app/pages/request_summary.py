"""What a request asks for beyond the defaults, in words."""

from __future__ import annotations

from collections.abc import Mapping

from clustering import InputError, ProposalParameters, read_rule

# Of a rule that is shown as it is.
_MOST_CHARACTERS = 100


def tell_request(parameters: Mapping[str, object]) -> str:
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
    defaults = ProposalParameters().as_dict()
    told = [
        _tell(name, parameters[name])
        for name, default in defaults.items()
        if name in parameters and parameters[name] != default
    ]
    return ", ".join(told) or "all parameters as by default"


def _tell(name: str, value: object) -> str:
    words = name.replace("_", " ")
    if name == "identification":
        return _rule_told(str(value))
    if isinstance(value, bool):
        return words if value else f"no {words}"
    if isinstance(value, list):
        return f"{words} {' '.join(map(str, value))}"
    return f"{words} {value:g}" if isinstance(value, float) else f"{words} {value}"


def _rule_told(text: str) -> str:
    """A rule as it is, or by its title where it is written out in fields."""
    if len(text) <= _MOST_CHARACTERS and not text.startswith("{") and "\n" not in text:
        return text
    try:
        return read_rule(text).title
    except InputError:  # kept by an earlier version
        return "a rule of one's own"
