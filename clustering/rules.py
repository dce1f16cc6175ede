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
    if match := re.fullmatch(r"official:\s*([^=]+?)\s*=\s*(.+)", text.strip()):
        values = tuple(value.strip() for value in match.group(2).split("|") if value.strip())
        return IdentificationRule(list_column=match.group(1), list_values=values)
    match = re.fullmatch(r"graduation_rate\s*(<=?)\s*(\d*\.?\d+)\s*(%?)", text.strip())
    if match is not None:
        threshold = float(match.group(2)) / (100 if match.group(3) else 1)
        if 0 <= threshold <= 1:
            return IdentificationRule(threshold=threshold, inclusive=match.group(1) == "<=")
    raise InputError(
        [
            Problem(
                table="parameters",
                column="identification",
                value=text,
                message="The rule cannot be read.",
                remedy="Write graduation_rate<0.67 (a share from 0 to 1) or official:COLUMN=VALUE.",
            )
        ]
    )
