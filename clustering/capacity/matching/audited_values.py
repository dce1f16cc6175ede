"""What the audits of matches and of year plans share: numbers that must be the same, and locks that must be kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pandas as pd

from clustering.capacity.matching.parameters import MatchParameters

NEED_ROUNDING = 0.05  # half of the last digit of a need; dollars are whole


def find_differences(
    label: str, row: Mapping[Any, Any], expected: Mapping[str, Any], *, tolerance: float = NEED_ROUNDING
) -> Iterator[str]:
    """
    Compare values with what they must be.

    Parameters
    ----------
    label
        Whose values they are; every sentence begins with it.
    row
        Values by name; there may be more of them.
    expected
        What they must be, by name.
    tolerance
        By how much a number may differ.

    Yields
    ------
    violation
        A sentence for each value that differs.
    """
    for name, value in expected.items():
        if not is_same(row[name], value, tolerance=tolerance):
            yield f"{label}: {name} is {row[name]} and must be {value}."


def is_same(actual: Any, expected: Any, *, tolerance: float = NEED_ROUNDING) -> bool:
    """
    Tell whether two values are the same.

    Parameters
    ----------
    actual, expected
        Texts, tuples of texts, numbers or truth values. Missing is the same as missing.
    tolerance
        By how much numbers may differ.

    Returns
    -------
    is_same
        Whether they are.
    """
    if isinstance(expected, str | tuple) or isinstance(actual, str | tuple):
        return bool(actual == expected)
    if pd.isna(actual) or pd.isna(expected):
        return bool(pd.isna(actual) and pd.isna(expected))
    return bool(abs(float(actual) - float(expected)) <= tolerance)


def find_broken_locks(parameters: MatchParameters, *, pairs: Collection[str], zones: Collection[str]) -> Iterator[str]:
    """
    Check that every lock is kept.

    Parameters
    ----------
    parameters
        With the locks.
    pairs
        ``zone=partner`` of each Zone that is run.
    zones
        Ids of the Zones that are run.

    Yields
    ------
    violation
        A sentence for each lock that is not kept.
    """
    for name, run, is_wanted in (
        ("force_match", pairs, True),
        ("forbid_match", pairs, False),
        ("force_served", zones, True),
        ("force_unserved", zones, False),
    ):
        for lock in getattr(parameters, name):
            if ("=".join(part.strip() for part in lock.split("=")) in run) is not is_wanted:
                yield f"The lock {name} {lock} is not kept."
