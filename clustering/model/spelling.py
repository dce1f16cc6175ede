"""American and British spelling: ``enrollment`` is understood wherever ``enrolment`` is part of a name."""

from __future__ import annotations

import re

_AMERICAN = re.compile("(enrol)l(ment)", re.IGNORECASE)


def british(name: str) -> str:
    """Spell ``enrollment`` in a name of a parameter, an option or a column as the code does: ``enrolment``."""
    return _AMERICAN.sub(r"\1\2", name)
