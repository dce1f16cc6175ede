"""American and British spelling: ``enrollment`` is understood wherever ``enrolment`` is part of a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_AMERICAN = re.compile("(enrol)l(ment)", re.IGNORECASE)


def british(name: str) -> str:
    """Spell ``enrollment`` in a name of a parameter, an option or a column as the code does: ``enrolment``."""
    return _AMERICAN.sub(r"\1\2", name)


def in_both_spellings(keys: Mapping[str, str]) -> dict[str, str]:
    """Headings by their keys, and by the British spelling of these where no other heading has it."""
    return {**{british(key): heading for key, heading in reversed(list(keys.items()))}, **keys}


def heading_of(aliases: Iterable[str], keys: Mapping[str, str]) -> str | None:
    """
    Find the heading of a column.

    Parameters
    ----------
    aliases
        Its names, best first, each in one spelling or both.
    keys
        Headings by their keys, from :func:`in_both_spellings`.

    Returns
    -------
    heading
        Of the first alias that is there; ``None`` if none is.
    """
    spellings = (spelling for alias in aliases for spelling in (alias, british(alias)))
    return next((keys[each] for each in spellings if each in keys), None)
