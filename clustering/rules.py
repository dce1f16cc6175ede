"""Identification rules as text and in parts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from clustering.errors import InputError, Problem

FEDERAL_THRESHOLD = 0.67


@dataclass(frozen=True, kw_only=True)
class IdentificationRule:
    """
    A rule in parts.

    Parameters
    ----------
    threshold
        Graduation rate below which a high school is low-performing [share].
    inclusive
        Whether a rate equal to the threshold is low-performing as well (``<=``).
    list_column, list_values
        Column of the official list and the entries that stand for low-performing; ``None`` without a list.
    """

    threshold: float = FEDERAL_THRESHOLD
    inclusive: bool = False
    list_column: str | None = None
    list_values: tuple[str, ...] = ()


def parse_rule(text: str) -> IdentificationRule:
    """
    Read a rule.

    Parameters
    ----------
    text
        ``graduation_rate<0.67``, ``graduation_rate<=0.6`` or ``official:COLUMN=VALUE``; several values are parted by
        ``|``.

    Returns
    -------
    rule
        The rule in parts.

    Raises
    ------
    InputError
        The text is neither.
    """
    # No regular expression before the text is short and without blanks: it comes from strangers.
    if text.strip().startswith("official:"):
        column, _, entries = text.strip().removeprefix("official:").partition("=")
        values = tuple(value.strip() for value in entries.split("|") if value.strip())
        if column.strip() and values:
            return IdentificationRule(list_column=column.strip(), list_values=values)
    compact = "".join(text.split())
    match = re.fullmatch(r"graduation_rate(<=?)(\d{0,9}\.?\d{1,9})(%?)", compact) if len(compact) < 50 else None
    if match is not None:
        threshold = float(match.group(2)) / (100 if match.group(3) else 1)
        if 0 <= threshold <= 1:
            return IdentificationRule(threshold=threshold, inclusive=match.group(1) == "<=")
    raise InputError(
        [
            Problem(
                table="parameters",
                column="identification",
                value=text[:200],
                message="The rule cannot be read.",
                remedy="Write graduation_rate<0.67 or graduation_rate<67%, or official:COLUMN=VALUE.",
            )
        ]
    )
